"""What was acknowledged survives a killed process; closing and full batches lose nothing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from trailbook.errors import Busy
from trailbook.store.sql import SqlStore

KILLS = 8
# A process that records for ever and prints each identity only after its batch was acknowledged.
WRITER = """
import sys, threading
from types import SimpleNamespace
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import seal
from trailbook.store.records import Batch, ExecutionStarted, NotebookSaved, Registration
from trailbook.store.sql import SqlStore

store = SqlStore.open(sys.argv[1])

def work(name):
    person = store.person(name, "2024").id
    owner = SimpleNamespace(person=person, project=None, name=name)
    me = store.register_writer(owner, Registration())
    mount, session = me.mounts[0], new_id()
    for n in range(1, 1_000_000):
        thing, at = new_id(), now_us()
        if n % 2:
            event = NotebookSaved(space=mount.space, at=at, snapshot=thing, path="a.ipynb")
            content = b'{"cells":[{"source":"%d"}]}' % n
        else:
            event = ExecutionStarted(space=mount.space, at=at, execution=thing, started_at=at,
                kernel_session=session, position=n, source=0, path="a.ipynb")
            content = b"x = %d" % n
        sealed, pieces = seal(n, event, [content], mount.key)
        store.ingest(owner, me.writer, Batch([sealed], {mount.space: list(pieces.values())}))
        sys.stdout.write(f"{thing} {n}\\n")
        sys.stdout.flush()

for name in ("ada", "bob"):
    threading.Thread(target=work, args=(name,), daemon=True).start()
threading.Event().wait()
"""


def test_everything_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "trailbook.sqlite"
    acknowledged: list[tuple[str, int]] = []
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    for _ in range(KILLS):
        log = tmp_path / "acknowledged"
        with log.open("w") as out:
            process = subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=out)
            while log.stat().st_size == 0 and process.poll() is None:
                time.sleep(0.02)
            time.sleep(chance.uniform(0.0, 0.4))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        lines = log.read_text().splitlines(keepends=True)
        acknowledged += [
            (line.split()[0], int(line.split()[1])) for line in lines if line.endswith("\n")
        ]
    assert len(acknowledged) >= KILLS
    store = SqlStore.open(file)
    assert store.check() == []
    for thing, n in acknowledged:
        if n % 2:
            assert store.snapshot_bytes(thing) == b'{"cells":[{"source":"%d"}]}' % n
        else:
            assert store.step_payload(thing, 0) == ("text/plain", b"x = %d" % n)
    store.close()


def test_closing_finishes_what_waits_and_refuses_what_comes(store: Any, ada: Any) -> None:
    runs: list[str] = []
    refused = threading.Event()

    def work() -> None:
        try:
            while True:
                runs.append(ada.run("x"))
        except Busy:
            refused.set()

    thread = threading.Thread(target=work)
    thread.start()
    while len(runs) < 5:
        time.sleep(0.01)
    store.close()
    store.close()
    thread.join()
    assert refused.is_set()
    again = SqlStore.open(store.db.path)
    for run in runs:
        assert again.step(run).status == "ok"
    again.close()


def test_another_process_reads_while_one_writes(store: Any, ada: Any) -> None:
    """A laptop has several servers and a command line on one store."""
    ada.run("1")
    other = SqlStore.open(store.db.path)
    ada.run("2")
    assert other.steps(ada.notebook()).total == 2
    other.person("bob", "2024")
    ada.run("3")
    assert store.find_person("bob") is not None
    assert other.steps(ada.notebook()).total == 3
    other.close()


def test_reads_cannot_write(store: Any) -> None:
    with pytest.raises(Busy), store.db.statements() as connection:
        connection.exec_driver_sql("DELETE FROM person")


def test_a_full_disk_is_said_and_nothing_is_half_stored(store: Any, ada: Any) -> None:
    kept = ada.run("1")
    pages = store.db.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    store.db.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}").scalar())
    with pytest.raises(Busy) as full:
        ada.save(os.urandom(1_000_000))
    assert "full" in str(full.value)
    assert store.steps(ada.notebook()).total == 1
    store.db.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar())
    ada.sequence -= 1
    ada.save(os.urandom(1_000_000))
    assert store.step(kept).status == "ok"
    assert store.check() == []
