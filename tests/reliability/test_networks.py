"""R8: a store where no memory is shared, as on some file systems over a network."""

import errno
import signal
import sqlite3

from trailbook.store.sql import SqlStore

from . import faults
from .outside import Outside
from .writer import work

OPEN = """
import sys
from pathlib import Path
from trailbook.store.sql import SqlStore
store = SqlStore.open(Path(sys.argv[1]) / "trailbook.sqlite")
print(store.check())
store.close()
"""
WITHOUT = {"calls": "map", "at": 1, "how": errno.ENODEV, "sticky": True}


def journal_of(file):
    connection = sqlite3.connect(file)
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    return mode


def hold(folder, output):
    file = folder.with_name("outside.jsonl")
    file.write_text("".join(line for line in output.splitlines(True) if line.endswith("]\n")))
    with Outside(file) as outside:
        assert outside.answers("save")
        outside.hold(folder / "trailbook.sqlite")


def test_a_store_without_shared_memory_keeps_all_and_says_that_it_is_slow(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    done = faults.run(work(6), folder, **WITHOUT)
    assert done.returncode == 0, done.stderr
    assert "without shared memory" in done.stderr
    assert journal_of(folder / "trailbook.sqlite") != "wal"
    hold(folder, done.stdout)


def test_a_store_that_had_a_log_is_opened_where_there_can_be_none(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    done = faults.run(work(6), folder, how="kill")
    assert done.returncode == 0, done.stderr
    assert journal_of(folder / "trailbook.sqlite") == "wal"
    moved = faults.run(OPEN, folder, **WITHOUT)
    assert moved.returncode == 0, moved.stderr
    assert moved.stdout == "[]\n"
    assert journal_of(folder / "trailbook.sqlite") != "wal"
    hold(folder, done.stdout)


def test_a_store_that_comes_back_to_a_disk_has_a_log_again(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    done = faults.run(work(6), folder, **WITHOUT)
    assert done.returncode == 0, done.stderr
    SqlStore.open(folder / "trailbook.sqlite").close()
    assert journal_of(folder / "trailbook.sqlite") == "wal"
    hold(folder, done.stdout)


def test_killed_where_no_memory_is_shared_it_is_whole_again(tmp_path, rounds):
    for at in range(rounds(3)):
        folder = tmp_path / str(at) / "store"
        folder.mkdir(parents=True)
        killed = KILLED.replace("SECONDS", str(0.5 + at % 20 / 20)) + work(10_000)
        done = faults.run(killed, folder, **WITHOUT)
        assert done.returncode == -signal.SIGKILL, done.stderr
        hold(folder, done.stdout)


KILLED = """
import os, signal, sys, threading
said = sys.stdout.write
def write(text):  # a while after the first answer
    global said
    threading.Timer(SECONDS, os.kill, (os.getpid(), signal.SIGKILL)).start()
    sys.stdout.write = said
    return said(text)
sys.stdout.write = write
"""
