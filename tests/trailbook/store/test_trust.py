"""A recorder is believed in nothing: who it is, where it may write, whose things it names."""

from typing import Any

import pytest

from trailbook.access import Role
from trailbook.clock import now_us
from trailbook.errors import (
    Busy,
    NotFound,
)
from trailbook.ids import new_id
from trailbook.store.ingest.landing import land
from trailbook.store.ingest.prepare import prepare
from trailbook.store.ingest.writers import find_writer
from trailbook.store.records import (
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    Gap,
    KernelEnded,
    KernelStarted,
    NotebookSaved,
    Receipt,
    RecordingPaused,
)
from trailbook.store.tables.direct import Direct

HOUR = 3_600_000_000


def gaps(store: Any, notebook: str) -> list[tuple[str, int]]:
    return [(gap.reason, gap.dropped_events) for gap in store.steps(notebook).gaps]


def test_what_is_sent_for_a_strange_space_is_not_kept(store: Any, ada: Any, project: Any) -> None:
    store.ingest(ada.owner, ada.writer, Batch([], {project.space: [b"x"], new_id(): [b"y"]}))
    assert store.check() == []


def test_whether_others_hold_content_cannot_be_asked(
    store: Any, ada: Any, owner_of: Any, recorder: Any
) -> None:
    bob = recorder(store, owner_of("bob"))
    ada.run("secret = 1")
    ids = list(ada.seal(Gap(space=ada.space, at=1, reason="x", since=1), b"secret = 1")[1])
    assert store.missing(bob.writer, ada.space, ids) == []
    assert store.missing(bob.writer, ada.space, [bytes(32)]) == []
    assert store.missing(bob.writer, bob.space, ids) == ids


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


def test_what_was_recorded_before_recording_went_off_is_kept_however_often_that_is_said(
    store: Any, project: Any, project_owner: Any, recorder: Any
) -> None:
    server = recorder(store, project_owner)
    before = now_us()
    store.update_project(project.id, recording=False)
    after = now_us()
    store.update_project(project.id, recording=False)
    server.save(b"{}", at=before)
    server.save(b"{}", path="b.ipynb", at=after)
    assert [notebook.path for notebook in store.notebooks(project.space)] == ["a.ipynb"]


def test_a_store_that_is_off_keeps_nothing_and_says_so(
    store: Any, ada: Any, recorder: Any, project: Any, project_owner: Any
) -> None:
    ada.run("1")
    before = store.step(ada.run("2"))
    store.recording = False
    again = recorder(store, ada.owner, writer=ada.writer)
    assert not any(mount.recording for mount in again.mounts.values())
    assert not recorder(store, project_owner).mount.recording
    contents = list(ada.seal(Gap(space=ada.space, at=1, reason="x", since=1), b"new")[1])
    assert store.missing(ada.writer, ada.space, contents) == []
    again.run("3", printed="4")
    again.save(b"{}")
    again.tell(Gap, reason="recording-off", since=1, until=1, dropped_events=5)
    saved = NotebookSaved(space=ada.space, at=now_us(), snapshot=new_id(), path="a.ipynb")
    assert again.send((saved, [b"{}"])) == Receipt(again.sequence, recording_off=True)
    assert store.notebook(before.notebook).runs == 2
    store.recording = True
    again.session = None
    again.run("5")
    assert gaps(store, before.notebook) == [("recording-off", 7)]
    assert store.notebook(before.notebook).runs == 3
    assert again.send() == Receipt(again.sequence)
    assert store.check() == []


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_run_that_recording_was_switched_off_under_still_ends(
    store: Any, project: Any, project_owner: Any, recorder: Any, everywhere: bool
) -> None:
    server = recorder(store, project_owner)
    server.run("1")
    run, session = new_id(), server.session
    begun = {"execution": run, "kernel_session": session, "source": 0, "started_at": now_us()}
    server.tell(ExecutionStarted, b"sleep()", position=1, path="a.ipynb", **begun)
    if everywhere:
        store.recording = False
    else:
        store.update_project(project.id, recording=False)
    server.output(run, 0, "stream", name="stdout", text="secret")
    server.tell(ExecutionFinished, execution=run, status="ok", finished_at=now_us())
    server.tell(ExecutionFinished, execution=new_id(), status="ok", finished_at=now_us())
    server.tell(KernelEnded, kernel_session=session, reason="shutdown")
    step = store.step(run)
    assert (step.status, step.outputs) == ("ok", [])
    assert store.check() == []


def test_what_a_server_drops_because_recording_is_off_is_one_gap(store: Any, ada: Any) -> None:
    ada.run("1")
    for _ in range(3):
        ada.tell(Gap, reason="recording-off", since=now_us(), until=now_us(), dropped_events=1)
    ada.run("2")
    assert gaps(store, ada.notebook()) == [("recording-off", 3)]


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
