"""What was purged does not come back, however late or often it is sent; what is new is kept."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from trailbook.clock import now_us
from trailbook.errors import ContentMissing
from trailbook.ids import new_id
from trailbook.server.feeder import Feeder
from trailbook.store import spool as spools
from trailbook.store.objects import Sealer
from trailbook.store.records import (
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Registration,
)
from trailbook.store.spool import Spool

from .canaries import cell, error, notebook, places, stream

SECRET = "c4nary-late-and-again"  # noqa: S105
TEXT = {"text/plain": 0}
RAW = notebook(
    cell("one", f"say('{SECRET}')", [stream(f"{SECRET}\n"), error("E", SECRET)]),
    cell("two", "x = 1\n" * 20),
)
NEXT = notebook(
    cell("one", f"say('{SECRET}')", [stream(f"{SECRET}\n"), error("E", SECRET)]),
    cell("two", "x = 1\n" * 20 + "y = 2"),
)


class Sink:
    """The embedded store, for one person's server."""

    def __init__(self, store: Any, owner: Any) -> None:
        self.store = store
        self.owner = owner

    def register(self, registration: Registration) -> Any:
        return self.store.register_writer(self.owner, registration)

    def missing(self, writer: str, space: str, ids: Any) -> Any:
        return self.store.missing(writer, space, ids)

    def ingest(self, writer: str, batch: Batch) -> Any:
        return self.store.ingest(self.owner, writer, batch)


@pytest.fixture
def sink(store: Any, owner_of: Any) -> Sink:
    return Sink(store, owner_of("ada"))


@pytest.fixture
def told(sink: Sink) -> list[tuple[AnyEvent, list[bytes]]]:
    """A run that says it, and two versions that show it."""
    about = {"space": "a.ipynb", "at": now_us(), "author": "ada"}
    session, run = new_id(), new_id()
    save = {"path": "a.ipynb", **about}
    return [
        (KernelStarted(kernel_session=session, path="a.ipynb", **about), []),
        (
            ExecutionStarted(
                execution=run,
                kernel_session=session,
                position=0,
                source=0,
                started_at=now_us(),
                cell_id="one",
                **save,
            ),
            [f"say('{SECRET}')".encode()],
        ),
        (
            OutputRecorded(
                execution=run, index=0, type="stream", name="stdout", parts=TEXT, **about
            ),
            [f"{SECRET}\n".encode()],
        ),
        (
            OutputRecorded(
                execution=run, index=1, type="error", name="E", value=SECRET, parts=TEXT, **about
            ),
            [f"E: {SECRET}".encode()],
        ),
        (ExecutionFinished(execution=run, status="error", finished_at=now_us(), **about), []),
        (NotebookSaved(snapshot=new_id(), **save), [RAW]),
        (NotebookSaved(snapshot=new_id(), **save), [NEXT]),
    ]  # fmt: skip


def spooled(folder: Path, told: list[tuple[AnyEvent, list[bytes]]]) -> Spool:
    spool = Spool(folder)
    spool.open()
    for event, contents in told:
        spool.append(event, contents)
    assert spool.flush()
    return spool


def feed(spool: Spool, sink: Sink, folder: Path) -> None:
    feeder = Feeder(spool, sink, Registration(), folder / "refused")
    while feeder.feed():
        pass
    assert spool.acknowledged == spool.last


def test_nothing_is_left_and_nothing_comes_back(
    store: Any, sink: Sink, told: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "RENEW_SECONDS", 0.2)
    aside = tmp_path.parent / f"{tmp_path.name}-aside"
    spool = spooled(tmp_path / "spool", told)
    shutil.copytree(tmp_path / "spool", aside, ignore=shutil.ignore_patterns("owner"))
    feed(spool, sink, tmp_path)
    assert places(tmp_path, SECRET)
    run = told[1][0].execution
    version = told[5][0].snapshot
    view = store.purge(run)
    assert (view.runs, view.emptied_versions) == (1, 2)
    end = time.monotonic() + 10
    while places(tmp_path / "spool", SECRET):  # its server still runs
        assert time.monotonic() < end
        time.sleep(0.05)
    assert places(tmp_path, SECRET) == []
    spool.close()
    assert store.snapshot(version).withheld
    # The same spool, put back from a copy: as a new writer, and as the one that it was.
    for note in (b"", spool.note):
        again = Spool(shutil.copytree(aside, tmp_path / "again"))
        again.open()
        if note:
            again.acknowledge(0, note)
        feed(again, sink, tmp_path)
        again.close()
        assert places(tmp_path, SECRET) == []
        assert store.check() == []
        shutil.rmtree(tmp_path / "again", ignore_errors=True)  # it goes with what was in it


def test_a_version_that_arrives_late_comes_without_it(
    store: Any, sink: Sink, told: list[Any], tmp_path: Path
) -> None:
    """The run arrived before the purge, what was saved before it only afterwards."""
    spool = spooled(tmp_path / "spool", told[:5])
    feed(spool, sink, tmp_path)
    store.purge(told[1][0].execution)
    for event, contents in told[5:]:
        spool.append(event, contents)
    assert spool.flush()
    feed(spool, sink, tmp_path)
    spool.close()
    for event, _ in told[5:]:
        assert SECRET.encode() not in store.snapshot_bytes(event.snapshot)
        assert store.snapshot(event.snapshot).withheld
    shown = json.loads(store.snapshot_bytes(told[6][0].snapshot))
    assert shown["cells"][1] == json.loads(NEXT)["cells"][1]
    assert store.check() == []
    assert places(tmp_path, SECRET) == []


def test_what_is_typed_anew_is_a_new_fact(store: Any, ada: Any) -> None:
    run = ada.run(f"say('{SECRET}')")
    store.purge(run)
    again = ada.run(f"say('{SECRET}')")
    assert store.step(again).source == f"say('{SECRET}')"
    version = ada.save(RAW)
    assert store.snapshot_bytes(version) == RAW
    assert store.check() == []


def test_a_purged_file_that_is_saved_again_is_whole(store: Any, ada: Any) -> None:
    first = ada.save(RAW)
    store.purge(first, 0)
    assert SECRET.encode() not in store.snapshot_bytes(first) or store.snapshot(first).withheld
    second = ada.save(RAW)
    assert store.snapshot_bytes(second) == RAW
    assert store.snapshot_bytes(first) != RAW
    assert store.check() == []


def test_a_change_of_a_version_that_lost_something_is_told_in_whole(store: Any, ada: Any) -> None:
    sealer = Sealer()

    def seal(raw: bytes) -> Batch:
        event = NotebookSaved(
            space=ada.space, at=now_us(), author="ada", snapshot=new_id(), path="a.ipynb"
        )
        sealed, pieces = sealer.seal(ada.sequence + 1, event, [raw], ada.mount.key)
        return Batch([sealed], {ada.space: list(pieces.values())})

    first = seal(RAW)
    store.ingest(ada.owner, ada.writer, first)
    ada.sequence += 1
    store.purge(first.events[0].event.snapshot, 0)
    change = seal(NEXT)
    assert change.events[0].event.form.base is not None
    with pytest.raises(ContentMissing):
        store.ingest(ada.owner, ada.writer, change)
    assert store.snapshot_bytes(ada.save(NEXT)) == NEXT
    assert store.check() == []


def test_a_late_event_of_a_purged_notebook_is_not_kept(
    store: Any, ada: Any, tmp_path: Path
) -> None:
    before = now_us()
    ada.run("1")
    purged = ada.notebook()
    store.purge(purged)
    late = {"space": ada.space, "at": before, "author": "ada"}
    ada.tell(NotebookSaved, RAW, snapshot=new_id(), path="a.ipynb", **late)
    assert store.notebooks(ada.space) == []
    assert places(tmp_path, SECRET) == []
    ada.save(RAW)
    assert ada.notebook() != purged
    assert store.check() == []
