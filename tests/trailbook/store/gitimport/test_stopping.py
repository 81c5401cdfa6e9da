"""An import that is stopped at any instant goes on, and doubles nothing."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trailbook.cli.sources import user
from trailbook.store.sql import SqlStore

from .conftest import Repo

VERSIONS = 900
COMMAND = [sys.executable, "-c", "from trailbook.cli import main; main()", "import"]


def content(n: int) -> bytes:
    return b'{"cells":[{"cell_type":"code","metadata":{},"outputs":[],"source":"%d"}]}' % n


@pytest.fixture
def long(repo: Repo) -> Repo:
    """A history long enough for several batches, the notebook renamed half-way."""
    lines = []
    for n in range(VERSIONS):
        path = "a.ipynb" if n < VERSIONS // 2 else "b.ipynb"
        when = f"Ada <a@x.org> {1_500_000_000 + n} +0000"
        lines.append(f"commit refs/heads/main\nauthor {when}\ncommitter {when}\ndata 1\nx\n")
        lines += ["R a.ipynb b.ipynb\n"] if n == VERSIONS // 2 else []
        lines.append(f"M 100644 inline {path}\ndata {len(content(n))}\n{content(n).decode()}\n")
    subprocess.run(
        ["git", "fast-import", "--quiet"],
        cwd=repo.folder,
        input="".join(lines).encode(),
        check=True,
    )
    return repo


def stored(file: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM snapshot").fetchone()[0])


def wait_for_more(process: "subprocess.Popen[bytes]", file: Path, than: int) -> int:
    """How much is stored when it is more, or when the process has ended."""
    while process.poll() is None:
        with contextlib.suppress(sqlite3.OperationalError):
            if stored(file) > than:
                break
        time.sleep(0.002)
    return stored(file)


def assert_whole(file: Path) -> None:
    store = SqlStore.open(file)
    person = store.find_person(user())
    assert person is not None
    [notebook] = store.notebooks(store.personal_space(person.id), deleted=True)
    versions = store.snapshots(notebook.id, limit=10_000)
    assert notebook.path == "b.ipynb"
    assert [store.snapshot_bytes(v.id) for v in reversed(versions)] == [
        content(n) for n in range(VERSIONS)
    ]
    assert store.check() == []
    store.close()


def test_kill_9_in_the_middle_loses_and_doubles_nothing(long: Repo, tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    command = [*COMMAND, str(long.folder), "--store", str(file)]
    kills, known = 0, 0
    while known < VERSIONS:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        known = wait_for_more(process, file, known)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += known < VERSIONS
    assert kills >= 2
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert_whole(file)


def test_ctrl_c_says_how_to_go_on(long: Repo, tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    command = [*COMMAND, str(long.folder), "--store", str(file)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert 0 < wait_for_more(process, file, 0) < VERSIONS
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all that belongs together
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the same command goes on" in said
    assert b"Traceback" not in said
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"had been imported before" in done.stdout
    assert_whole(file)
