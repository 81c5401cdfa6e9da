"""A purge that is killed is not begun, or is finished at the next start."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from trailbook.clock import now_us
from trailbook.errors import Busy
from trailbook.ids import new_id
from trailbook.store.ingest.landing import land
from trailbook.store.ingest.prepare import prepare
from trailbook.store.ingest.writers import find_writer, open_spaces
from trailbook.store.records import ExecutionStarted
from trailbook.store.sql import SqlStore
from trailbook.store.tables.direct import Direct

from .canaries import cell, notebook, places

SECRET = "c4nary-when-the-power-fails"  # noqa: S105
# A purge whose process dies just before it does what is named.
PURGER = """
import os, signal, sys
from trailbook.store.purging import erasing, purge
from trailbook.store.sql import SqlStore
from trailbook.store.tables.database import Database

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

place = {"lose": (erasing, "_lose_ids"), "things": (erasing, "_things"),
         "forget": (Database, "forget"), "compact": (Database, "compact"),
         "swept": (purge.Purging, "is_unswept")}[sys.argv[3]]
store = SqlStore.open(sys.argv[1])
setattr(*place, die)
store.purge(sys.argv[2])
if sys.argv[3] == "swept":
    die()
"""


@pytest.mark.parametrize("place", ["lose", "things", "forget", "compact", "swept"])
def test_a_killed_purge_is_not_begun_or_is_finished(
    store: Any, ada: Any, place: str, tmp_path: Path
) -> None:
    run, kept = ada.run(SECRET, printed=SECRET), ada.run("other")
    raw = notebook(cell("cell", SECRET), cell("two", "x = 1"))
    version = ada.save(raw)
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", PURGER, str(store.db.path), run, place], check=False
    )
    assert done.returncode == -signal.SIGKILL
    again = SqlStore.open(store.db.path)
    try:
        assert again.check() == []
        if place in ("compact", "swept"):
            assert places(tmp_path, SECRET) == []
            assert not again.is_unswept()
        else:
            assert again.snapshot_bytes(version) == raw
            again.purge(run)
            assert places(tmp_path, SECRET) == []
        assert again.step(kept).source == "other"
        assert again.check() == []
    finally:
        again.close()


def test_what_was_prepared_before_a_purge_is_prepared_again(
    store: Any, ada: Any, tmp_path: Path
) -> None:
    """Its changes are told against what is there no more."""
    lines = "\n".join(f"value_{n} = {n}" for n in range(40))
    run = ada.run(f"{lines}\n# {SECRET}")
    event = ExecutionStarted(
        space=ada.space,
        at=now_us(),
        author="ada",
        execution=new_id(),
        kernel_session=ada.session,
        position=9,
        source=0,
        started_at=now_us(),
        path="a.ipynb",
        cell_id="cell",
    )
    batch = ada.batch((event, [f"{lines}\n# other".encode()]))
    with store.db.statements() as connection:
        writer = find_writer(connection, ada.writer)
        spaces = open_spaces(connection, ada.owner.person, None)
        prepared = prepare(connection, writer, spaces, batch)
    store.purge(run)
    with pytest.raises(Busy):
        store.db.write(lambda c: land(Direct(c, store.db.cache), ada.owner, ada.writer, prepared))
    store.ingest(ada.owner, ada.writer, batch)
    assert store.step(event.execution).source == f"{lines}\n# other"
    assert store.check() == []
    assert places(tmp_path, SECRET) == []


def test_a_reader_who_stays_holds_up_only_the_sweeping(
    store: Any, ada: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook.store.tables.direct._WAIT_MS", 200)
    run = ada.run(SECRET)
    with store.db.statements() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM event").first()
        assert not store.purge(run).swept
    assert store.is_unswept()
    assert store.sweep()
    assert places(tmp_path, SECRET) == []
    assert not store.is_unswept()
