"""Who has changed a document that several people have open, beside a version's author."""

import io

import pytest

from trailbook.access import Role
from trailbook.store.recording import export, importing
from trailbook.store.views import Charter


@pytest.fixture
def together(store, project, project_owner, owner_of, recorder):
    """The recorder of a project's server; ada and bob are members, eve is not."""
    for name in ("ada", "bob"):
        store.set_member(project.id, owner_of(name).person, Role.CONTRIBUTOR, by=None)
    owner_of("eve")
    return recorder(store, project_owner)


def known(view):
    return [(editor.author, editor.author_basis) for editor in view.editors]


def test_a_version_names_all_who_changed_it_and_how_well_each_is_known(
    store, together, notebook_bytes
):
    saved = together.save(
        notebook_bytes("1"), author="bob", editors=["ada", "eve", None, "bob", "ada"]
    )
    view = store.snapshot(saved)
    assert (view.author, view.author_basis) == ("bob", "reported")
    assert known(view) == [
        ("ada", "reported"),
        ("eve", "unknown"),
        (None, "unknown"),
        ("bob", "reported"),
    ]
    assert store.snapshots(view.notebook)[0].editors == view.editors
    assert set(store.notebook(view.notebook).authors) == {"ada", "bob", "eve"}


def test_a_server_of_ones_own_vouches_for_nobody_else(store, ada, notebook_bytes):
    view = store.snapshot(ada.save(notebook_bytes("1"), editors=["bob", "ada"]))
    assert known(view) == [("bob", "unknown"), ("ada", "verified")]


def test_a_version_that_no_room_saved_names_nobody_beside_its_author(store, ada, notebook_bytes):
    assert store.snapshot(ada.save(notebook_bytes("1"))).editors == []


def test_saves_in_a_row_are_one_edit_only_of_the_same_people(store, together, notebook_bytes):
    for source, editors in (("1", ["ada"]), ("2", ["ada"]), ("3", ["bob", "ada"]), ("4", ["ada"])):
        together.save(notebook_bytes(source), author="ada", editors=editors)
    steps = store.steps(together.notebook()).steps
    assert [[editor.author for editor in step.editors] for step in steps] == [
        ["ada"],
        ["bob", "ada"],
        ["ada"],
    ]


def test_a_recording_keeps_them(store, project, together, notebook_bytes):
    together.save(notebook_bytes("1"), author="bob", editors=["ada", None, "bob"])
    file = io.BytesIO(b"".join(export.export_project(store, project.id)))
    other = store.create_project("again", "Again", Charter(), by=None)
    again = importing.import_recording(store, file, other.id)
    (notebook,) = store.notebooks(again.space)
    (view,) = store.snapshots(notebook.id)
    assert known(view) == [("ada", "reported"), (None, "unknown"), ("bob", "reported")]


def test_a_purged_version_leaves_none_behind(store, ada, notebook_bytes):
    saved = ada.save(notebook_bytes("1"), editors=["bob", "ada"])
    store.purge(saved)
    with store.db.statements() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM snapshot_editor").scalar_one()
    assert left == 0
