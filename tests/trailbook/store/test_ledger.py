"""Events into the ledger: exactly once, in sequence, believed in nothing."""

import threading
from typing import Any

import msgspec
import pytest

from trailbook.access import Role
from trailbook.clock import now_us
from trailbook.errors import (
    BadRequest,
    Busy,
    ContentMissing,
    NotExact,
    NotFound,
    OutOfSequence,
    WriterForked,
)
from trailbook.ids import new_id
from trailbook.store.database import Direct
from trailbook.store.landing import land
from trailbook.store.prepare import prepare
from trailbook.store.records import (
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    Gap,
    KernelEnded,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    RecordingPaused,
    RecordingResumed,
)
from trailbook.store.writers import find_writer

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


def test_what_is_sent_for_a_strange_space_is_not_kept(store: Any, ada: Any, project: Any) -> None:
    store.ingest(ada.owner, ada.writer, Batch([], {project.space: [b"x"], new_id(): [b"y"]}))
    assert store.check() == []


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


def test_whether_others_hold_content_cannot_be_asked(
    store: Any, ada: Any, owner_of: Any, recorder: Any
) -> None:
    bob = recorder(store, owner_of("bob"))
    ada.run("secret = 1")
    ids = list(ada.seal(Gap(space=ada.space, at=1, reason="x", since=1), b"secret = 1")[1])
    assert store.missing(bob.writer, ada.space, ids) == []
    assert store.missing(bob.writer, ada.space, [bytes(32)]) == []
    assert store.missing(bob.writer, bob.space, ids) == ids


def test_a_version_must_match_its_checksum(store: Any, ada: Any, notebook_bytes: Any) -> None:
    event = NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb")
    batch = ada.batch((event, [notebook_bytes("1")]))
    sealed = batch.events[0]
    wrong = [
        msgspec.structs.replace(sealed.event, sha256="0" * 64),
        msgspec.structs.replace(sealed.event, size=1),
        msgspec.structs.replace(
            sealed.event, form=msgspec.structs.replace(sealed.event.form, layout=0)
        ),
        msgspec.structs.replace(
            sealed.event, form=msgspec.structs.replace(sealed.event.form, layout=99)
        ),
    ]
    for event in wrong:
        forged = Batch([msgspec.structs.replace(sealed, event=event)], batch.payloads)
        with pytest.raises(NotExact):
            store.ingest(ada.owner, ada.writer, forged)
    assert store.notebooks(ada.space) == []


def test_a_version_that_was_not_cut_is_a_bad_request(store: Any, ada: Any) -> None:
    batch = ada.batch((NotebookSaved(space=ada.space, at=1, snapshot="v", path="a"), [b"{}"]))
    sealed = batch.events[0]
    whole = msgspec.structs.replace(sealed, event=msgspec.structs.replace(sealed.event, form=None))
    with pytest.raises(BadRequest):
        store.ingest(ada.owner, ada.writer, Batch([whole], batch.payloads))


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
    with pytest.raises(BadRequest):
        ada.send((event, [b"x"]))


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


def test_the_author_of_an_own_server_is_verified(store: Any, ada: Any) -> None:
    run = ada.run("1")
    step = store.step(run)
    assert (step.author, step.author_basis) == ("ada", "verified")
    assert store.step_owner(run) == ada.owner.person


def test_another_name_on_an_own_server_is_not_believed(store: Any, ada: Any) -> None:
    run = ada.run("1", author="bob", author_basis="verified")
    assert store.step(run).author_basis == "unknown"
    assert store.step_owner(run) is None


def test_a_project_server_reports_its_members(
    store: Any, project: Any, project_owner: Any, owner_of: Any, recorder: Any
) -> None:
    ada, bob = owner_of("ada"), owner_of("bob")
    store.set_member(project.id, ada.person, Role.CONTRIBUTOR, by=None)
    server = recorder(store, project_owner)
    assert server.registered.shared
    reported, unknown = server.run("1", author="ada"), server.run("2", author="bob")
    assert store.step(reported).author_basis == "reported"
    assert store.step_owner(reported) == ada.person
    assert store.step(unknown).author_basis == "unknown"
    assert store.step_owner(unknown) is None
    assert bob.person != ada.person


def test_an_own_server_mounts_the_projects_one_may_write_to(
    store: Any, project: Any, owner_of: Any, recorder: Any
) -> None:
    owner = owner_of("ada")
    assert list(recorder(store, owner).mounts) == [""]
    store.set_member(project.id, owner.person, Role.VIEWER, by=None)
    assert list(recorder(store, owner).mounts) == [""]
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    mounts = recorder(store, owner).mounts
    assert list(mounts) == ["", "projects/churn"]
    assert mounts["projects/churn"].space == project.space
    assert mounts[""].key != mounts["projects/churn"].key


def test_a_membership_that_begins_meanwhile_is_tried_again(
    store: Any, project: Any, owner_of: Any, recorder: Any
) -> None:
    """What was not verified, for it was not allowed, is not stored unverified."""
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    server = recorder(store, owner, "projects/churn")
    batch = server.batch((RecordingPaused(space=project.space, at=1), []))
    with store.db.statements() as connection:
        writer = find_writer(connection, server.writer)
        prepared = prepare(connection, writer, {}, batch)
    with pytest.raises(Busy):
        store.db.write(lambda c: land(Direct(c), owner, server.writer, prepared))
    assert store.ingest(owner, server.writer, batch).acknowledged == 1


def test_a_removed_members_spool_does_not_stick(
    store: Any, project: Any, owner_of: Any, recorder: Any
) -> None:
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    server = recorder(store, owner, "projects/churn")
    server.run("kept = 1")
    notebook = server.notebook()
    own = recorder(store, owner)
    own.run("before = 1")
    store.remove_member(project.id, owner.person, by=None)
    server.run("refused = 1")
    assert store.notebook(notebook).runs == 1
    own.run("after = 1")
    assert gaps(store, own.notebook()) == [("not-allowed", 2)]


def test_events_for_a_strange_space_are_acknowledged_and_counted(store: Any, ada: Any) -> None:
    ada.run("1")
    for _ in range(3):
        ada.tell(RecordingPaused, space=new_id())
    ada.run("2")
    assert gaps(store, ada.notebook()) == [("not-allowed", 3)]


def test_nothing_is_recorded_where_recording_is_off(
    store: Any, project: Any, project_owner: Any, recorder: Any
) -> None:
    server = recorder(store, project_owner)
    server.run("1")
    notebook = server.notebook()
    store.update_project(project.id, recording=False)
    assert not recorder(store, project_owner).mount.recording
    server.run("2")
    assert store.notebook(notebook).runs == 1
    store.update_project(project.id, recording=True)
    server.run("3")
    assert store.notebook(notebook).runs == 2


@pytest.mark.parametrize("path", ["../a.ipynb", "a/../../b.ipynb", "", "/", "a\x00b.ipynb"])
def test_a_path_out_of_the_space_is_refused(store: Any, ada: Any, path: str) -> None:
    ada.run("1")
    ada.save(b"{}", path=path)
    assert len(store.notebooks(ada.space)) == 1
    ada.run("2")
    assert gaps(store, ada.notebook()) == [("bad-path", 1)]


def test_strange_names_are_only_names(store: Any, ada: Any) -> None:
    for path in ("ä b/<script>.ipynb", "'; DROP TABLE event; --.ipynb", "%s.ipynb", "\U0001f600"):
        ada.run("1", path=path)
        assert store.notebook(ada.notebook(path)).path == path


def test_identities_of_others_cannot_be_taken(
    store: Any, ada: Any, owner_of: Any, recorder: Any
) -> None:
    run = ada.run("mine", printed="mine")
    version = ada.save(b"mine")
    bob = recorder(store, owner_of("bob"))
    bob.session = ada.session
    bob.run("his")
    bob.session = None
    bob.output(run, 1, "stream", text="his")
    bob.tell(ExecutionFinished, execution=run, status="error", finished_at=1)
    bob.tell(KernelEnded, kernel_session=ada.session)
    bob.tell(KernelStarted, kernel_session=ada.session, spec="his")
    bob.tell(NotebookSaved, b"his", snapshot=version, path="his.ipynb")
    bob.tell(KernelStarted, kernel_session="no identity")
    step = store.step(run)
    assert (step.source, step.status, len(step.outputs)) == ("mine", "ok", 1)
    assert store.snapshot_bytes(version) == b"mine"
    assert store.steps(ada.notebook()).kernel_sessions[0].spec == "python3"


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


def test_a_writer_is_taken_up_again_by_its_owner_alone(
    store: Any, ada: Any, owner_of: Any, recorder: Any
) -> None:
    ada.run("1")
    again = recorder(store, ada.owner, writer=ada.writer)
    assert (again.writer, again.sequence) == (ada.writer, ada.sequence)
    again.run("2")
    bob = owner_of("bob")
    with pytest.raises(NotFound):
        recorder(store, bob, writer=ada.writer)
    with pytest.raises(NotFound):
        store.ingest(bob, ada.writer, Batch([]))
    with pytest.raises(NotFound):
        recorder(store, bob, writer=new_id())


def test_a_successor_of_the_same_name_inherits_nothing(
    store: Any, ada: Any, owner_of: Any, recorder: Any
) -> None:
    ada.run("1")
    successor = recorder(store, owner_of("ada", "2026-06-01T00:00:00Z"))
    assert successor.owner.person != ada.owner.person
    assert successor.space != ada.space
    with pytest.raises(NotFound):
        recorder(store, successor.owner, writer=ada.writer)


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
