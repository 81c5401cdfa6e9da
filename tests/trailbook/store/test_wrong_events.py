"""A wrong event is refused alone, with a code, and the rest of its batch goes on."""

from typing import Any

import msgspec
import pytest

from trailbook.clock import now_us
from trailbook.errors import ContentMissing
from trailbook.ids import new_id
from trailbook.store.forms import SnapshotForm
from trailbook.store.ingest.bounds import ITEMS, TEXT_CHARACTERS
from trailbook.store.records import (
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    Gap,
    KernelEnvironment,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Receipt,
    Registration,
)
from trailbook.store.tables.database import Direct

HUGE = 1 << 63
LONG = "x" * (TEXT_CHARACTERS + 1)


def wrong_events(space: str, run: str, session: str) -> dict[str, Any]:
    """Events that no recorder of ours sends."""
    who = {"space": space, "at": now_us()}
    begun = {"execution": new_id(), "kernel_session": session, "position": 1, "source": 0}
    told = {"execution": run, "index": 0, "type": "stream"}
    ended = {"execution": run, "status": "ok"}
    late = {"started_at": 1}
    many = {f"text/x-{n}": 0 for n in range(ITEMS + 1)}
    return {
        "a time beyond all times": Gap(**{**who, "at": HUGE}, reason="x", since=1),
        "a time before all times": Gap(**{**who, "at": -HUGE}, reason="x", since=1),
        "a place beyond all places": ExecutionStarted(**who, **begun | {"position": HUGE}, **late),
        "a place below all places": ExecutionStarted(**who, **begun, started_at=-HUGE),
        "a source that is not there": ExecutionStarted(**who, **begun | {"source": 7}, **late),
        "a source from behind": ExecutionStarted(**who, **begun | {"source": -1}, **late),
        "an output from nowhere": OutputRecorded(**who, **told, parts={"text/plain": 9}),
        "an output of everything": OutputRecorded(**who, **told, parts=many),
        "a count beyond all counts": ExecutionFinished(
            **who, **ended, execution_count=HUGE, finished_at=1
        ),
        "a loss beyond all losses": Gap(**who, reason="x", since=1, dropped_bytes=HUGE),
        "a reason without an end": Gap(**who, reason=LONG, since=1),
        "a kernel of everything": KernelStarted(
            **who, kernel_session=new_id(), environment={LONG: "x"}
        ),
        "packages that are not there": KernelEnvironment(**who, kernel_session=session, packages=3),
        "a path without an end": NotebookSaved(**who, snapshot=new_id(), path=LONG),
        "a version that was not cut": NotebookSaved(**who, snapshot=new_id(), path="w.ipynb"),
        "a version of no file": NotebookSaved(
            **who, snapshot=new_id(), path="w.ipynb", form=SnapshotForm(), sha256="zz"
        ),
        "a version larger than all": NotebookSaved(
            **who, snapshot=new_id(), path="w.ipynb", form=SnapshotForm(), sha256="00", size=HUGE
        ),
        "a version smaller than none": NotebookSaved(
            **who, snapshot=new_id(), path="w.ipynb", form=SnapshotForm(), sha256="00", size=-1
        ),
    }


NAMES = list(wrong_events("", "", ""))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_alone_and_named(store: Any, ada: Any, name: str) -> None:
    run = ada.run("before = 1")
    event = wrong_events(ada.space, run, ada.session)[name]
    saved = NotebookSaved(space=ada.space, at=now_us(), snapshot=new_id(), path="a.ipynb")
    good, pieces = ada.seal(saved, b"{}")
    ada.sequence += 1
    wrong = msgspec.structs.replace(good, sequence=ada.sequence, event=event)
    after, more = ada.seal(Gap(space=ada.space, at=now_us(), reason="disk-full", since=1))
    batch = Batch([good, wrong, after], {ada.space: [*pieces.values(), *more.values()]})
    receipt = store.ingest(ada.owner, ada.writer, batch)
    assert receipt.acknowledged == after.sequence
    (code,) = receipt.refused.values()
    assert list(receipt.refused) == [wrong.sequence]
    assert code in {"bad-request", "not-exact", "bad-path"}
    assert store.snapshot_bytes(saved.snapshot) == b"{}"
    assert store.ingest(ada.owner, ada.writer, batch) == receipt
    assert store.check() == []


@pytest.mark.parametrize("identity", [b"", b"x", bytes(15), bytes(17), bytes(1000)])
def test_content_that_is_named_by_no_identity(store: Any, ada: Any, identity: bytes) -> None:
    sealed, _ = ada.seal(Gap(space=ada.space, at=1, reason="x", since=1))
    wrong = msgspec.structs.replace(sealed, contents=[identity])
    assert store.ingest(ada.owner, ada.writer, Batch([wrong])).refused == {1: "bad-request"}


def test_what_a_wrong_event_brought_is_kept_only_where_another_speaks_of_it(
    store: Any, ada: Any
) -> None:
    run = ada.run("1")
    lost = OutputRecorded(
        space=ada.space, at=1, execution=run, index=0, type="stream", parts={"text/plain": 5}
    )
    kept = msgspec.structs.replace(lost, parts={"text/plain": 0})
    ada.send((lost, [b"only of the wrong one"]), (lost, [b"of both"]), (kept, [b"of both"]))
    assert store.step(run).outputs[0].parts[0].text == "of both"
    with store.db.read() as connection:
        found = connection.exec_driver_sql("SELECT data FROM payload").all()
    assert {bytes(data) for (data,) in found} == {b"1", b"of both"}


def test_a_version_told_as_a_change_of_a_refused_one_is_asked_for_in_whole(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    from trailbook.store.objects import Sealer

    sealer, raws = Sealer(), [notebook_bytes("1"), notebook_bytes("1", "2")]
    events = [NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb") for _ in raws]
    told = [
        sealer.seal(n, event, [raw], ada.mount.key)
        for n, (event, raw) in enumerate(zip(events, raws, strict=True), 1)
    ]
    (first, pieces), (second, more) = told
    forged = msgspec.structs.replace(
        first, event=msgspec.structs.replace(first.event, sha256="0" * 64)
    )
    contents = {ada.space: [*pieces.values(), *more.values()]}
    with pytest.raises(ContentMissing):
        store.ingest(ada.owner, ada.writer, Batch([forged, second], contents))
    assert store.ingest(ada.owner, ada.writer, Batch([forged], contents)).acknowledged == 1
    whole, pieces = Sealer().seal(2, events[1], [raws[1]], ada.mount.key)
    store.ingest(ada.owner, ada.writer, Batch([whole], {ada.space: list(pieces.values())}))
    assert store.snapshot_bytes(events[1].snapshot) == raws[1]


def test_a_receipt_that_got_lost_is_told_at_the_next_registration(store: Any, ada: Any) -> None:
    ada.run("1")
    heard = ada.sequence
    ada.tell(Gap, reason=LONG, since=1)
    again = store.register_writer(ada.owner, Registration(writer=ada.writer, heard=heard))
    assert (again.acknowledged, again.refused) == (heard + 1, {heard + 1: "bad-request"})
    for known in (None, heard + 1, heard + 2, -5, 1 << 70):
        about = Registration(writer=ada.writer, heard=known)
        assert store.register_writer(ada.owner, about).refused == {}


def bomb(store: Any, ada: Any, notebook_bytes: Any, plan: list[list[int]], size: int) -> Receipt:
    saved = NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb")
    sealed, pieces = ada.seal(saved, notebook_bytes("x" * 1000))
    store.ingest(ada.owner, ada.writer, Batch([sealed], {ada.space: list(pieces.values())}))
    form = SnapshotForm(base=saved.snapshot, plan=plan, counts=[])
    forged = msgspec.structs.replace(sealed.event, snapshot=new_id(), form=form, size=size)
    ada.sequence += 1
    wrong = msgspec.structs.replace(sealed, sequence=ada.sequence, event=forged, contents=[])
    return store.ingest(ada.owner, ada.writer, Batch([wrong]))


@pytest.mark.parametrize("size", [10, 1_000_000, 250_000_000, 1 << 61])
def test_a_plan_that_grows_beyond_its_file_takes_no_memory(
    store: Any, ada: Any, notebook_bytes: Any, size: int
) -> None:
    receipt = bomb(store, ada, notebook_bytes, [[0, 1]] * 500_000, size)
    assert list(receipt.refused.values()) == ["not-exact"]


def test_content_that_is_named_again_and_again_takes_no_memory(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    saved = NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb")
    sealed, pieces = ada.seal(saved, notebook_bytes("x" * 1_000_000))
    form = sealed.event.form
    (cell,) = form.cells
    times = 100_000
    more = msgspec.structs.replace(
        cell, text=cell.text * times, contents=times, encodings=cell.encodings * times
    )
    forged = msgspec.structs.replace(
        sealed.event, form=msgspec.structs.replace(form, cells=[more]), size=200_000_000
    )
    wrong = msgspec.structs.replace(sealed, event=forged, contents=sealed.contents * times)
    receipt = store.ingest(ada.owner, ada.writer, Batch([wrong], {ada.space: [*pieces.values()]}))
    assert receipt.refused == {1: "not-exact"}


def test_only_a_batch_with_a_wrong_event_sets_a_savepoint_for_each(
    store: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets go of a savepoint the slower, the more pages the transaction has touched."""
    said: list[str] = []
    execute = Direct.exec_driver_sql

    def listen(direct: Direct, statement: str, parameters: Any = ()) -> Any:
        said.append(statement)
        return execute(direct, statement, parameters)

    monkeypatch.setattr(Direct, "exec_driver_sql", listen)
    run = ada.run("1")
    assert "SAVEPOINT landing" not in said
    finished = ExecutionFinished(space=ada.space, at=1, execution=run, status="ok", finished_at=1)
    unknown = msgspec.structs.replace(finished, execution=new_id())
    receipt = ada.send((finished, []), (unknown, []), (finished, []))
    assert receipt.refused == {ada.sequence - 1: "unknown-run"}
    assert said.count("SAVEPOINT landing") == 3
    assert store.check() == []
