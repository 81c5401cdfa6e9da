"""Events into the ledger: exactly once, in sequence, at times that can be."""

import threading
from typing import Any

import msgspec
import pytest

from trailbook.clock import now_us
from trailbook.errors import (
    ContentMissing,
    OutOfSequence,
    WriterForked,
)
from trailbook.ids import new_id
from trailbook.store.forms import Frame, SnapshotForm
from trailbook.store.records import (
    Batch,
    ExecutionStarted,
    Gap,
    KernelEnded,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    RecordingPaused,
    RecordingResumed,
)

HOUR = 3_600_000_000


def gaps(store: Any, notebook: str) -> list[tuple[str, int]]:
    return [(gap.reason, gap.dropped_events) for gap in store.steps(notebook).gaps]


def test_a_batch_sent_twice_is_stored_once(store: Any, ada: Any) -> None:
    batch = ada.batch(
        (KernelStarted(space=ada.space, at=1, kernel_session=new_id(), path="a.ipynb"), []),
        (Gap(space=ada.space, at=2, reason="disk-full", since=1, path="a.ipynb"), []),
    )
    first = store.ingest(ada.owner, ada.writer, batch)
    assert store.ingest(ada.owner, ada.writer, batch) == first
    assert first.acknowledged == 2
    assert gaps(store, ada.notebook()) == [("disk-full", 0)]


def test_another_event_at_the_same_place_is_a_fork(store: Any, ada: Any) -> None:
    ada.start_kernel("a.ipynb")
    ada.sequence -= 1
    other = ada.batch((RecordingPaused(space=ada.space, at=now_us()), []))
    with pytest.raises(WriterForked):
        store.ingest(ada.owner, ada.writer, other)


def test_a_hole_in_the_sequence_is_refused(store: Any, ada: Any) -> None:
    ada.sequence += 1
    batch = ada.batch((RecordingPaused(space=ada.space, at=1), []))
    with pytest.raises(OutOfSequence) as refused:
        store.ingest(ada.owner, ada.writer, batch)
    assert "Event 1 of this writer comes next, not 2." in str(refused.value)


def test_a_batch_that_fails_leaves_nothing(store: Any, ada: Any, notebook_bytes: Any) -> None:
    batch = ada.batch(
        (RecordingPaused(space=ada.space, at=1, path="a.ipynb"), []),
        (NotebookSaved(space=ada.space, at=2, snapshot=new_id(), path="a.ipynb"), [b"{"]),
    )
    with pytest.raises(ContentMissing):
        store.ingest(ada.owner, ada.writer, Batch(batch.events, {}))
    assert store.notebooks(ada.space) == []
    assert store.ingest(ada.owner, ada.writer, batch).acknowledged == 2


def test_an_output_whose_content_is_missing_is_asked_for(store: Any, ada: Any) -> None:
    run = ada.run("1")
    event = OutputRecorded(
        space=ada.space, at=1, execution=run, index=0, type="stream", parts={"text/plain": 0}
    )
    batch = ada.batch((event, [b"printed"]))
    with pytest.raises(ContentMissing):
        store.ingest(ada.owner, ada.writer, Batch(batch.events, {}))
    assert store.step(run).outputs == []
    store.ingest(ada.owner, ada.writer, batch)
    assert store.step(run).outputs[0].parts[0].text == "printed"


def test_content_that_is_there_is_not_asked_for_again(store: Any, ada: Any) -> None:
    run = (
        ExecutionStarted(
            space=ada.space,
            at=1,
            execution=new_id(),
            kernel_session=new_id(),
            position=0,
            source=0,
            path="a.ipynb",
            started_at=1,
        ),
        [b"1 + 1"],
    )
    sealed, pieces = ada.seal(run[0], *run[1])
    assert store.missing(ada.writer, ada.space, list(pieces)) == list(pieces)
    store.ingest(ada.owner, ada.writer, Batch([sealed], {ada.space: [b"1 + 1"]}))
    assert store.missing(ada.writer, ada.space, list(pieces)) == []


def wrong_forms(form: SnapshotForm) -> list[SnapshotForm]:
    """Forms that nobody cut."""
    cell, *others = form.cells
    cells = [
        msgspec.structs.replace(cell, text=b"\x00\xff"),
        msgspec.structs.replace(cell, text=b"\x00"),
        msgspec.structs.replace(cell, text=cell.text + b"\x00\x03"),
        msgspec.structs.replace(cell, contents=99),
        msgspec.structs.replace(cell, encodings=[]),
        msgspec.structs.replace(cell, cell=msgspec.structs.replace(cell.cell, source=99)),
    ]
    replace = msgspec.structs.replace
    return [
        *(replace(form, cells=[wrong, *others]) for wrong in cells),
        replace(form, frame=None),
        replace(form, frame=Frame(b"", [b"", b"", b""], b"")),
        replace(form, counts=[1, 2, 3, 4]),
        replace(form, cells=[]),
        replace(form, readable=False),
    ]


def test_a_version_must_match_its_checksum(store: Any, ada: Any, notebook_bytes: Any) -> None:
    event = NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb")
    batch = ada.batch((event, [notebook_bytes("1")]))
    sealed, sent = batch.events[0], batch.payloads
    wrong = [
        msgspec.structs.replace(sealed.event, sha256="0" * 64),
        msgspec.structs.replace(sealed.event, size=1),
        *(
            msgspec.structs.replace(sealed.event, form=wrong)
            for wrong in wrong_forms(sealed.event.form)
        ),
    ]
    for sequence, event in enumerate(wrong, 1):
        forged = Batch([msgspec.structs.replace(sealed, event=event, sequence=sequence)], sent)
        assert store.ingest(ada.owner, ada.writer, forged).refused == {sequence: "not-exact"}
    assert store.notebooks(ada.space) == []
    assert store.check() == []


def test_a_version_that_was_not_cut_is_a_bad_request(store: Any, ada: Any) -> None:
    batch = ada.batch((NotebookSaved(space=ada.space, at=1, snapshot="v", path="a"), [b"{}"]))
    sealed = batch.events[0]
    whole = msgspec.structs.replace(sealed, event=msgspec.structs.replace(sealed.event, form=None))
    receipt = store.ingest(ada.owner, ada.writer, Batch([whole], batch.payloads))
    assert (receipt.acknowledged, receipt.refused) == (1, {1: "bad-request"})


def test_an_event_must_carry_what_it_names(store: Any, ada: Any) -> None:
    event = ExecutionStarted(
        space=ada.space,
        at=1,
        execution=new_id(),
        kernel_session=new_id(),
        position=0,
        source=3,
        cell_id="c",
        path="a.ipynb",
        started_at=1,
    )
    assert ada.send((event, [b"x"])).refused == {1: "bad-request"}
    assert store.check() == []


def test_times_lie_between_the_writers_last_event_and_receipt(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    before = now_us()
    first = ada.save(notebook_bytes("1"), at=before + 24 * HOUR)
    second = ada.save(notebook_bytes("2"), at=before - 24 * HOUR)
    first_at, second_at = (store.snapshot(snapshot).at for snapshot in (first, second))
    assert before <= first_at <= second_at <= now_us()


def test_old_times_of_a_late_spool_are_kept(store: Any, ada: Any, notebook_bytes: Any) -> None:
    at = now_us() - 48 * HOUR
    assert store.snapshot(ada.save(notebook_bytes("1"), at=at)).at == at


def test_the_same_identity_twice_is_refused(store: Any, ada: Any) -> None:
    run = ada.run("1", printed="once")
    ada.output(run, 0, "stream", text="twice")
    started = ExecutionStarted(
        space=ada.space,
        at=now_us(),
        execution=run,
        kernel_session=ada.session,
        position=9,
        source=0,
        path="a.ipynb",
        cell_id="c",
        started_at=1,
    )
    ada.send((started, [b"2"]))
    version = ada.save(b"one")
    ada.tell(NotebookSaved, b"two", snapshot=version, path="a.ipynb")
    step = store.step(run)
    assert (step.source, step.outputs[0].parts[0].text) == ("1", "once")
    assert store.snapshot_bytes(version) == b"one"
    ada.run("3")
    assert gaps(store, ada.notebook()) == [("twice", 3)]


def test_a_pause_is_a_gap_with_an_end(store: Any, ada: Any) -> None:
    ada.run("1")
    ada.tell(RecordingPaused, path="a.ipynb")
    (gap,) = store.steps(ada.notebook()).gaps
    assert (gap.reason, gap.path, gap.until) == ("paused", "a.ipynb", None)
    ada.tell(RecordingResumed, path="a.ipynb")
    ada.run("2")
    (gap,) = store.steps(ada.notebook()).gaps
    assert gap.until is not None
    assert gap.until >= gap.since


def test_a_run_without_an_end_ends_with_its_kernel(store: Any, ada: Any) -> None:
    session, run = ada.start_kernel("a.ipynb"), new_id()
    ada.tell(
        ExecutionStarted,
        b"while True: pass",
        execution=run,
        kernel_session=session,
        position=0,
        source=0,
        path="a.ipynb",
        started_at=now_us(),
    )
    assert store.step(run).status == "running"
    ada.tell(KernelEnded, kernel_session=session, reason="died")
    assert store.step(run).status == "died"
    assert store.steps(ada.notebook()).steps[0].status == "died"
    (view,) = store.steps(ada.notebook()).kernel_sessions
    assert view.end_reason == "died"


def test_a_kernel_that_was_never_announced_is_known_by_its_runs(store: Any, ada: Any) -> None:
    ada.session = new_id()
    run = ada.run("1", cell=None)
    assert store.step(run).kernel_session == ada.session
    ada.tell(KernelStarted, kernel_session=ada.session, spec="ir", language="R")
    (session,) = store.steps(ada.notebook()).kernel_sessions
    assert (session.spec, session.language) == ("ir", "R")


def test_output_of_a_run_that_never_began_is_refused(store: Any, ada: Any) -> None:
    ada.run("1")
    ada.tell(OutputRecorded, execution=new_id(), index=0, type="stream", parts={})
    ada.tell(KernelEnded, kernel_session=new_id())
    ada.run("2")
    assert gaps(store, ada.notebook()) == [("unknown-run", 1), ("unknown-session", 1)]


def test_many_servers_at_once(store: Any, owner_of: Any, recorder: Any) -> None:
    servers = [recorder(store, owner_of(f"person{n}")) for n in range(8)]
    failures: list[BaseException] = []

    def work(server: Any) -> None:
        try:
            for n in range(10):
                server.run(f"x = {n}", printed=f"{n}\n")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for server in servers:
        page = store.steps(server.notebook())
        assert [step.source for step in page.steps] == [f"x = {n}" for n in range(10)]
    assert store.check() == []


def test_one_bad_batch_does_not_hurt_the_others(store: Any, owner_of: Any, recorder: Any) -> None:
    good, bad = recorder(store, owner_of("ada")), recorder(store, owner_of("bob"))
    bad.sequence += 5
    failures: list[BaseException] = []

    def fail() -> None:
        for _ in range(20):
            try:
                bad.tell(RecordingPaused)
            except OutOfSequence as error:
                failures.append(error)

    thread = threading.Thread(target=fail)
    thread.start()
    runs = [good.run(str(n)) for n in range(20)]
    thread.join()
    assert len(failures) == 20
    assert [step.id for step in store.steps(good.notebook()).steps] == runs
