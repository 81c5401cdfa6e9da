"""A project's history out into a file and into another project."""

import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from trailbook.access import Role
from trailbook.clock import now_us
from trailbook.errors import BadRequest
from trailbook.store.recording.export import export_project, import_recording, recording_header
from trailbook.store.recording.file import Content, Header
from trailbook.store.records import (
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
    RecordingPaused,
    RecordingResumed,
)
from trailbook.store.sql import SqlStore
from trailbook.store.views import Charter

HOUR = 3_600_000_000
IDENTITY = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def recorded(
    store: Any, project: Any, project_owner: Any, owner_of: Any, recorder: Any, notebook_bytes: Any
) -> Any:
    """A project with everything that a recording can hold."""
    ada = owner_of("ada")
    store.set_member(project.id, ada.person, Role.CONTRIBUTOR, by=None)
    own, shared = recorder(store, ada, "projects/churn"), recorder(store, project_owner)
    at = now_us() - 100 * HOUR
    own.save(notebook_bytes("a"), at=at)
    own.run("a", printed="1\n", at=at + HOUR, started_at=at + HOUR)
    failed = shared.run("b", status="error", author="ada", cell="b")
    shared.output(failed, 0, "error", name="KeyError", value="'x'", text="Traceback")
    repaired = own.run("b", cell="b", printed="\x1b[1m2")
    version = own.save(notebook_bytes("a", "b", outputs={1: "2"}))
    own.run("print(token)", printed="s3cret")
    own.save(notebook_bytes("a", "print(token)", outputs={1: "s3cret"}))
    own.save(b"\xff no notebook", path="broken.ipynb")
    own.tell(NotebookCopied, path="a.ipynb", to_space=own.space, to_path="copy.ipynb")
    own.tell(NotebookMoved, path="copy.ipynb", to_space=own.space, to_path="moved.ipynb")
    own.run("moved", path="out.ipynb")
    personal = own.mounts[""].space
    own.tell(NotebookMoved, path="out.ipynb", to_space=personal, to_path="out.ipynb")
    own.tell(NotebookDeleted, path="broken.ipynb")
    own.tell(RecordingPaused, path="a.ipynb")
    own.tell(RecordingResumed, path="a.ipynb")
    says = {"person": ada.person, "author": "ada", "author_basis": "verified"}
    store.add_note(step=repaired, snapshot=None, kind="why", text="it was a typo", **says)
    store.add_note(step=None, snapshot=version, kind="decision", text="keep", **says)
    return project


def story(store: Any, space: str) -> str:
    """All that can be read of a space, with identities by their order of appearance."""
    found: list[Any] = []
    for view in store.notebooks(space):
        page = store.steps(view.id)
        versions = store.snapshots(view.id)
        found += [page, versions, [store.snapshot_bytes(version.id) for version in versions]]
    text = repr(found)
    # What an import changes on purpose.
    text = re.sub(r"author_basis='\w+'", "", text)
    text = re.sub(r"(before|after|first_at|last_at|until|since)=\d+", "", text)
    text = text.replace("project='churn'", "").replace("project='demo'", "")
    text = re.sub(r"withheld=\w+|sha256='\w+', ", "", text)
    order: dict[str, str] = {}
    return IDENTITY.sub(lambda m: order.setdefault(m.group(), f"#{len(order)}"), text)


def exported(store: Any, project: Any) -> bytes:
    return b"".join(export_project(store, project.id))


def test_a_recording_tells_the_same_story(store: Any, recorded: Any) -> None:
    file = exported(store, recorded)
    demo = store.create_project("demo", "Demo", Charter(), by=None, demo=True)
    import_recording(store, io.BytesIO(file), demo.id, {"ada": "Ada Lovelace"})
    assert story(store, demo.space) == story(store, recorded.space)
    assert store.project(demo.id).charter == recorded.charter
    assert store.check() == []


def test_the_people_of_a_recording_are_shown_and_are_nobody(store: Any, recorded: Any) -> None:
    real = store.find_person("ada")
    file = exported(store, recorded)
    demo = store.create_project("demo", "Demo", Charter(), by=None, demo=True)
    import_recording(store, io.BytesIO(file), demo.id, {"ada": "Ada Lovelace"})
    (view,) = [view for view in store.notebooks(demo.space) if view.path == "a.ipynb"]
    step = store.steps(view.id).steps[1]
    assert (step.author, step.author_basis) == ("ada", "reported")
    assert store.step_owner(step.id) not in (None, real.id)
    assert store.find_person("ada") == real
    assert store.members(demo.id) == []


def test_a_recording_holds_nothing_that_was_deleted(store: Any, recorded: Any) -> None:
    (view,) = [view for view in store.notebooks(recorded.space) if view.path == "a.ipynb"]
    steps = {step.source: step for step in store.steps(view.id).steps}
    store.delete_step(steps["print(token)"].id, by=store.find_person("ada").id)
    store.delete_output(steps["a"].id, 0, by=store.find_person("ada").id)
    file = exported(store, recorded)
    demo = store.create_project("demo", "Demo", Charter(), by=None, demo=True)
    import_recording(store, io.BytesIO(file), demo.id)
    assert "s3cret" not in story(store, demo.space)
    assert "token" not in story(store, demo.space)
    (view,) = [view for view in store.notebooks(demo.space) if view.path == "a.ipynb"]
    steps = {step.source: step for step in store.steps(view.id).steps}
    assert steps["a"].outputs == []
    assert store.check() == []


def test_a_recording_can_be_imported_twice(store: Any, recorded: Any) -> None:
    file = exported(store, recorded)
    for slug in ("one", "two"):
        copy = store.create_project(slug, slug, Charter(), by=None)
        import_recording(store, io.BytesIO(file), copy.id)
    assert story(store, store.project("one").space).replace("'one'", "'two'") == story(
        store, store.project("two").space
    )


def test_a_recording_can_make_its_own_demo_project(
    store: Any, recorded: Any, tmp_path: Path
) -> None:
    file = tmp_path / "demo.trail"
    file.write_bytes(exported(store, recorded))
    other = SqlStore.open(tmp_path / "other" / "trailbook.sqlite")
    made = import_recording(other, file)
    assert (made.slug, made.name, made.demo) == ("churn", "Churn", True)
    assert made.charter == recorded.charter
    assert story(other, made.space) == story(store, recorded.space)
    other.close()


def test_the_header_says_what_a_recording_is_of(store: Any, recorded: Any) -> None:
    header = recording_header(io.BytesIO(exported(store, recorded)))
    assert (header.name, header.slug, header.charter.goal) == ("Churn", "churn", "Find leavers")


def test_what_is_no_recording_is_refused(store: Any, recorded: Any, project: Any) -> None:
    file = exported(store, recorded)
    demo = store.create_project("demo", "Demo", Charter(), by=None)
    for broken in (b"", b"no recording", file[: len(file) // 2], file[:10]):
        with pytest.raises(BadRequest):
            import_recording(store, io.BytesIO(broken), demo.id)
        assert store.project(demo.id).notebooks == 0


def framed(*messages: bytes) -> io.BytesIO:
    """A file of these messages, whatever they are."""
    lengths = [len(message).to_bytes(4, "big") + message for message in messages]
    return io.BytesIO(zstandard.compress(b"".join(lengths)))


def test_a_recording_can_be_imported_where_nothing_is_recorded(
    store: Any, recorded: Any, tmp_path: Path
) -> None:
    exported = io.BytesIO(b"".join(export_project(store, recorded.id)))
    quiet = SqlStore.open(tmp_path / "quiet.sqlite", recording=False)
    made = import_recording(quiet, exported)
    assert quiet.project(made.id).runs == store.project(recorded.id).runs
    quiet.close()


def test_a_forged_recording_is_refused(store: Any) -> None:
    header = Header(name="x", slug="x", charter=Charter(), exported_at=0)
    later = msgspec.structs.replace(header, format=99)
    encode = msgspec.msgpack.encode
    for file in (
        framed(encode(later)),
        framed(encode(Content(b"x"))),
        framed(b"nonsense"),
        framed(encode(header), b""),
        io.BytesIO(zstandard.compress(b"\xff\xff\xff\xff")),
        io.BytesIO(zstandard.compress(b"\x00")),
    ):
        with pytest.raises(BadRequest):
            import_recording(store, file)
    assert store.projects() == []


def test_a_recording_goes_into_a_store_alone() -> None:
    with pytest.raises(TypeError):
        import_recording(object(), io.BytesIO())  # type: ignore[arg-type]
