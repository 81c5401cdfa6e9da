"""R17, R19: a copy made at any moment is whole; what is restored is a version like any other."""

import shutil
import sqlite3
import threading
import time

import pytest

from trailbook.store.sql import SqlStore

from .outside import Outside
from .writing import Writer, notebook

COPIES = 6


def by_files(file, to):
    """As `cp` does it, while it is written to: the file, then the log behind it.

    Somebody who reads meanwhile keeps the log from being begun anew between the two.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM event").fetchone()
    shutil.copy(file, to)
    shutil.copy(file.with_name(file.name + "-wal"), to.with_name(to.name + "-wal"))
    connection.close()


def by_database(file, to):
    connection = sqlite3.connect(file)
    connection.execute("VACUUM INTO ?", (str(to),))
    connection.close()


@pytest.mark.parametrize("how", [by_files, by_database])
def test_a_copy_while_it_is_written_to_holds_what_was_answered_before(
    tmp_path, outside, rounds, how
):
    file = tmp_path / "s.sqlite"
    store = SqlStore.open(file)
    writer = Writer(store, "ada", outside.answer)
    stop = threading.Event()

    def work():
        n = 0
        while not stop.is_set():
            writer.save(notebook(n), f"{n % 3}.ipynb")
            writer.run(f"x = {n}", f"{n % 3}.ipynb")
            n += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for n in range(rounds(COPIES)):
            time.sleep(0.15)
            before = tmp_path / f"{n}.jsonl"
            shutil.copy(outside.file, before)
            whole = before.read_text()
            before.write_text(whole[: whole.rfind("\n") + 1])
            to = tmp_path / f"copy-{n}" / "s.sqlite"
            to.parent.mkdir()
            how(file, to)
            with Outside(before) as known:
                assert known.answers("save")
                known.hold(to)
    finally:
        stop.set()
        thread.join()
        store.close()
    outside.hold(file)


def test_restoring_is_a_version_twice_and_after_a_crash_between(tmp_path, outside):
    """The old bytes are saved again: nothing that came after them is lost or overwritten."""
    file = tmp_path / "s.sqlite"
    store = SqlStore.open(file)
    writer = Writer(store, "ada", outside.answer)
    first = writer.save(notebook(1))
    second = writer.save(notebook(2))
    old = store.snapshot_bytes(first)
    again = writer.save(old, path="b.ipynb")
    # A crash: the store is opened by the next process while this one never closed it.
    other = SqlStore.open(file)
    heir = Writer(other, "ada", outside.answer)
    once_more = heir.save(old)
    assert len({first, second, again, once_more}) == 4
    notebook_id = other.notebook_at(writer.mount.space, "a.ipynb").id
    newest = [snapshot.id for snapshot in other.snapshots(notebook_id)]
    assert newest == [once_more, second, first]
    raws = [other.snapshot_bytes(id_) for id_ in newest]
    assert raws == [notebook(1), notebook(2), notebook(1)]
    assert other.check() == []
    other.close()
    store.close()
