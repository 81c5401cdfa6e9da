"""A notebook keeps its identity through renames and moves; copies and successors are new."""

from types import SimpleNamespace
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.clock import now_us
from trailbook.errors import NotFound
from trailbook.store.records import (
    ExecutionStarted,
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
)


def move(server: Any, path: str, to_path: str, *, folder: bool = False, to: str = "") -> None:
    server.tell(
        NotebookMoved, path=path, to_space=to or server.space, to_path=to_path, is_folder=folder
    )


@pytest.fixture
def member(store: Any, project: Any, owner_of: Any, recorder: Any) -> SimpleNamespace:
    """Ada, a contributor: her server as it records outside and inside the project."""
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    own = recorder(store, owner)
    inside = SimpleNamespace(space=project.space)
    return SimpleNamespace(own=own, inside=inside, person=owner.person)


def test_a_rename_keeps_the_identity(store: Any, ada: Any) -> None:
    ada.run("1")
    notebook = ada.notebook()
    move(ada, "a.ipynb", "b/c ü.ipynb")
    ada.run("2", path="b/c ü.ipynb")
    assert ada.notebook("b/c ü.ipynb") == notebook
    assert store.notebook(notebook).path == "b/c ü.ipynb"
    assert [step.path for step in store.steps(notebook).steps] == ["a.ipynb", "b/c ü.ipynb"]
    with pytest.raises(NotFound):
        ada.notebook("a.ipynb")


def test_a_move_to_the_same_place_changes_nothing(store: Any, ada: Any) -> None:
    ada.run("1")
    notebook = ada.notebook()
    move(ada, "a.ipynb", "./a.ipynb")
    move(ada, "nowhere", "elsewhere", folder=True)
    assert ada.notebook() == notebook
    assert store.notebook(notebook).deleted_at is None


def test_a_folder_takes_its_notebooks_along_and_no_sibling(store: Any, ada: Any) -> None:
    paths = ["data/a.ipynb", "data/deep/b.ipynb", "data-secret/c.ipynb", "data.ipynb"]
    for path in paths:
        ada.run("1", path=path)
    before = {path: ada.notebook(path) for path in paths}
    move(ada, "data", "old/data", folder=True)
    assert ada.notebook("old/data/a.ipynb") == before["data/a.ipynb"]
    assert ada.notebook("old/data/deep/b.ipynb") == before["data/deep/b.ipynb"]
    assert ada.notebook("data-secret/c.ipynb") == before["data-secret/c.ipynb"]
    assert ada.notebook("data.ipynb") == before["data.ipynb"]


def test_a_move_over_another_notebook_ends_that_one(store: Any, ada: Any) -> None:
    ada.run("1", path="a.ipynb")
    ada.run("2", path="b.ipynb")
    moved, replaced = ada.notebook("a.ipynb"), ada.notebook("b.ipynb")
    move(ada, "a.ipynb", "b.ipynb")
    assert ada.notebook("b.ipynb") == moved
    assert store.notebook(replaced).deleted_at is not None
    assert store.steps(replaced).total == 1


def test_two_notebooks_can_change_places(store: Any, ada: Any) -> None:
    ada.run("1", path="a.ipynb")
    ada.run("2", path="b.ipynb")
    a, b = ada.notebook("a.ipynb"), ada.notebook("b.ipynb")
    for path, to_path in (("a.ipynb", "c.ipynb"), ("b.ipynb", "a.ipynb"), ("c.ipynb", "b.ipynb")):
        move(ada, path, to_path)
    assert (ada.notebook("a.ipynb"), ada.notebook("b.ipynb")) == (b, a)


def test_a_copy_is_a_new_notebook_that_knows_its_origin(store: Any, ada: Any) -> None:
    ada.run("1")
    ada.tell(NotebookCopied, path="a.ipynb", to_space=ada.space, to_path="copy.ipynb")
    ada.run("2", path="copy.ipynb")
    copy = store.notebook(ada.notebook("copy.ipynb"))
    assert copy.id != ada.notebook()
    assert copy.copied_from == ada.notebook()
    assert (copy.runs, store.notebook(ada.notebook()).runs) == (1, 1)


def test_a_file_made_again_is_a_new_notebook(store: Any, ada: Any) -> None:
    ada.run("old")
    old = ada.notebook()
    ada.tell(NotebookDeleted, path="a.ipynb")
    with pytest.raises(NotFound):
        ada.notebook()
    assert store.notebooks(ada.space) == []
    assert [view.id for view in store.notebooks(ada.space, deleted=True)] == [old]
    ada.run("new")
    assert ada.notebook() != old
    assert [step.source for step in store.steps(old).steps] == ["old"]
    assert [step.source for step in store.steps(ada.notebook()).steps] == ["new"]


def test_a_deleted_folder_takes_its_notebooks_along(store: Any, ada: Any) -> None:
    for path in ("x/a.ipynb", "x/y/b.ipynb", "xy/c.ipynb"):
        ada.run("1", path=path)
    ada.tell(NotebookDeleted, path="x", is_folder=True)
    assert [view.path for view in store.notebooks(ada.space)] == ["xy/c.ipynb"]


def test_what_arrives_late_belongs_to_the_notebook_that_was_there(
    store: Any, project: Any, project_owner: Any, recorder: Any, member: Any
) -> None:
    """A spool that waited speaks of a path that another server's move has freed since."""
    shared = recorder(store, project_owner)
    shared.run("1", path="a.ipynb")
    notebook = shared.notebook()
    at = now_us()
    late = ExecutionStarted(
        space=project.space,
        at=at,
        execution="0" * 32,
        kernel_session="1" * 32,
        position=0,
        source=0,
        path="a.ipynb",
        cell_id="c",
        started_at=at,
    )
    move(shared, "a.ipynb", "b.ipynb")
    member.own.mount = member.own.mounts["projects/churn"]
    member.own.space = project.space
    member.own.send((late, [b"late"]))
    assert store.step("0" * 32).notebook == notebook
    assert [view.path for view in store.notebooks(project.space)] == ["b.ipynb"]


def test_a_personal_and_a_project_server_record_one_notebook(
    store: Any, project: Any, project_owner: Any, recorder: Any, owner_of: Any, member: Any
) -> None:
    shared = recorder(store, project_owner)
    own = recorder(store, member.own.owner, "projects/churn")
    shared.run("1", author="ada")
    own.run("2")
    assert [step.author_basis for step in store.steps(shared.notebook()).steps] == [
        "reported",
        "verified",
    ]


def test_a_notebook_put_into_a_project_is_visible_from_then_on(
    store: Any, project: Any, project_owner: Any, recorder: Any, member: Any
) -> None:
    own = member.own
    own.run("private = 1")
    version = own.save(b"private")
    notebook = own.notebook()
    move(own, "a.ipynb", "shared.ipynb", to=project.space)
    shared = recorder(store, project_owner)
    shared.run("public = 1", path="shared.ipynb")
    assert shared.notebook("shared.ipynb") == notebook
    assert store.place_of_notebook(notebook).project == project.id

    def seen(person: str | None) -> list[str]:
        return [step.source for step in store.steps(notebook, person=person).steps]

    assert seen(None) == ["public = 1"]
    assert seen("somebody") == ["public = 1"]
    assert seen(member.person) == ["private = 1", "public = 1"]
    assert store.steps(notebook).total == 1
    assert store.snapshots(notebook) == []
    assert [view.id for view in store.snapshots(notebook, person=member.person)] == [version]
    assert store.place_of_snapshot(version).person == member.person
    assert store.notebook(notebook).runs == 1
    (step,) = store.steps(notebook).steps
    assert step.snapshot is None


def test_a_move_to_where_one_may_not_write_is_refused(
    store: Any, project: Any, owner_of: Any, recorder: Any
) -> None:
    bob = recorder(store, owner_of("bob"))
    bob.run("1")
    move(bob, "a.ipynb", "a.ipynb", to=project.space)
    bob.tell(NotebookCopied, path="a.ipynb", to_space=project.space, to_path="a.ipynb")
    assert store.notebooks(project.space) == []
    assert bob.notebook()


def test_what_lay_at_a_path_before_is_found_the_latest_first(store: Any, ada: Any) -> None:
    gone = []
    for source in ("first", "second"):
        ada.run(source)
        gone.insert(0, ada.notebook())
        ada.tell(NotebookDeleted, path="a.ipynb")
    ada.run("third")
    assert [view.id for view in store.deleted_at_path(ada.space, "a.ipynb")] == gone
    assert store.deleted_at_path(ada.space, "b.ipynb") == []


def test_a_restored_notebook_goes_on_with_its_history(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    raw = notebook_bytes("x = 1")
    first = ada.save(raw)
    old = ada.notebook()
    ada.tell(NotebookDeleted, path="a.ipynb")
    version = ada.save(raw, path="b/a.ipynb", cause="restore", restores=first)
    assert ada.notebook("b/a.ipynb") == old
    view = store.notebook(old)
    assert (view.path, view.deleted_at, view.versions) == ("b/a.ipynb", None, 1)
    assert store.snapshot(version).cause == "restore"
    assert [(it.path, it.until is None) for it in store.lineage(old).paths] == [
        ("a.ipynb", False),
        ("b/a.ipynb", True),
    ]
    assert [cell.number for cell in store.cells(old)] == [0]


def test_what_is_no_deleted_notebook_of_the_space_is_not_restored(
    store: Any, ada: Any, owner_of: Any, recorder: Any, notebook_bytes: Any
) -> None:
    raw = notebook_bytes("x = 1")
    alive = ada.save(raw, path="alive.ipynb")
    gone = ada.save(raw, path="gone.ipynb")
    deleted = ada.notebook("gone.ipynb")
    ada.tell(NotebookDeleted, path="gone.ipynb")
    bob = recorder(store, owner_of("bob"))
    bob.save(raw, restores=gone)
    ada.save(raw, path="new.ipynb", restores=alive)
    ada.save(raw, path="other.ipynb", restores="0" * 32)
    ada.save(notebook_bytes("y = 1"), path="alive.ipynb", restores=gone)
    assert store.notebook(deleted).deleted_at is not None
    notebooks = [view.path for view in store.notebooks(ada.space)]
    assert notebooks == ["alive.ipynb", "new.ipynb", "other.ipynb"]


def test_a_notebook_that_took_the_path_meanwhile_is_not_merged_with_the_restored_one(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    first = ada.save(notebook_bytes("x = 1"))
    old = ada.notebook()
    ada.tell(NotebookDeleted, path="a.ipynb")
    ada.save(notebook_bytes("y = 1"))
    other = ada.notebook()
    ada.save(notebook_bytes("x = 1"), path="a (restored).ipynb", restores=first)
    assert ada.notebook("a (restored).ipynb") == old
    assert (ada.notebook(), store.notebook(other).versions) == (other, 1)
