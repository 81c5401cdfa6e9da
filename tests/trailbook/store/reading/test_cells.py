"""How a cell became what it is, and where a notebook comes from."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.errors import NotFound, StoreDamaged
from trailbook.store.records import NotebookCopied, NotebookDeleted, NotebookMoved

LOAD = "import pandas as pd\nframe = pd.read_csv('customers.csv')"
CLEAN = "frame = frame.dropna()\nframe['tenure'] = frame.tenure.clip(0)"
FIT = "model = Forest(trees=200)\nmodel.fit(frame, labels)\nmodel.score(frame, labels)"


def raw(*cells: tuple[str | None, str]) -> bytes:
    listed = [
        {
            "cell_type": "code",
            "execution_count": None,
            **({} if id_ is None else {"id": id_}),
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for id_, source in cells
    ]
    whole = {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=1) + "\n").encode()


def test_the_cells_of_a_version_are_named_by_their_first_lines(store: Any, ada: Any) -> None:
    first = ada.save(raw(("a", LOAD), ("b", FIT)))
    ada.save(raw(("b", FIT), ("c", "\n  # new\n1")))
    notebook = ada.notebook()
    now = [(it.number, it.place, it.id, it.starts) for it in store.cells(notebook)]
    assert now == [(1, 0, "b", "model = Forest(trees=200)"), (2, 1, "c", "# new")]
    assert [it.number for it in store.cells(notebook, snapshot=first)] == [0, 1]
    with pytest.raises(NotFound):
        store.cells(notebook, snapshot="0" * 32)


def test_a_notebook_without_versions_has_no_cells(store: Any, ada: Any) -> None:
    ada.run("1")
    assert store.cells(ada.notebook()) == []
    with pytest.raises(NotFound):
        store.cell_history(ada.notebook(), 0)


def test_a_history_says_what_a_cell_said_when_it_went_and_came_back(store: Any, ada: Any) -> None:
    versions = [
        ada.save(raw(("a", LOAD), ("b", FIT))),
        ada.save(raw(("a", LOAD), ("b", FIT.replace("200", "400")))),
        ada.save(raw(("a", LOAD))),
        ada.save(raw(("b", FIT), ("a", LOAD))),
    ]
    found = store.cell_history(ada.notebook(), 1)
    told = [(it.snapshot, it.change, it.place, it.source) for it in found.versions]
    assert told == [
        (versions[3], "back", 0, FIT),
        (versions[2], "gone", None, ""),
        (versions[1], "edited", 1, FIT.replace("200", "400")),
        (versions[0], "written", 1, FIT),
    ]
    assert (found.cell.place, found.cell.id, found.more) == (0, "b", False)
    assert [it.change for it in store.cell_history(ada.notebook(), 1, limit=2).versions] == [
        "back",
        "gone",
    ]
    assert store.cell_history(ada.notebook(), 1, limit=2).more


def test_a_cell_that_is_gone_is_known_by_what_it_said_last(store: Any, ada: Any) -> None:
    ada.save(raw(("a", LOAD), ("b", FIT)))
    ada.save(raw(("a", LOAD)))
    found = store.cell_history(ada.notebook(), 1)
    assert (found.cell.place, found.cell.starts) == (None, "model = Forest(trees=200)")


def test_the_runs_of_a_cell_are_those_of_its_ids(store: Any, ada: Any) -> None:
    ada.save(raw(("a", LOAD), ("b", FIT)))
    runs = [ada.run(FIT, cell="b"), ada.run("never saved", cell="b", status="error")]
    ada.run(LOAD, cell="a")
    ada.save(raw(("a", LOAD), ("new", FIT)))
    runs.append(ada.run(FIT, cell="new"))
    found = store.cell_history(ada.notebook(), 1)
    assert [run.id for run in found.runs] == runs[::-1]


def test_the_runs_of_a_cell_without_an_id_are_those_of_what_it_said(store: Any, ada: Any) -> None:
    """JupyterLab names it while it is open, and a run of something never saved has that name."""
    ada.save(raw((None, LOAD), (None, FIT)))
    runs = [
        ada.run(FIT, cell="in-memory"),
        ada.run("never saved", cell="in-memory"),
        ada.run(FIT, cell=None),
    ]
    ada.run(LOAD, cell="other")
    found = store.cell_history(ada.notebook(), 1)
    assert [run.id for run in found.runs] == runs[::-1]


def test_of_two_cells_with_one_id_each_has_the_runs_of_what_it_said(store: Any, ada: Any) -> None:
    ada.save(raw(("x", LOAD), ("x", FIT)))
    one, other = ada.run(LOAD, cell="x"), ada.run(FIT, cell="x")
    for number, run in ((0, one), (1, other)):
        assert run in [it.id for it in store.cell_history(ada.notebook(), number).runs]
        assert store.cell_of_step(run) == number


def test_a_run_knows_its_cell(store: Any, ada: Any) -> None:
    ada.save(raw(("a", LOAD), ("b", FIT)))
    by_id, by_source = ada.run("now = 1", cell="b"), ada.run(LOAD, cell="in-memory")
    never = ada.run("never saved", cell="in-memory")
    assert [store.cell_of_step(run) for run in (by_id, by_source, never)] == [1, 0, None]


def test_split_and_copied_cells_know_each_other(store: Any, ada: Any) -> None:
    ada.run(FIT)
    ada.save(raw(("a", LOAD + "\n" + CLEAN), ("f", FIT)))
    version = ada.save(raw(("a", LOAD), ("b", CLEAN), ("f", FIT)))
    ada.save(raw(("x", FIT)), path="b.ipynb")
    notebook, other = ada.notebook(), ada.notebook("b.ipynb")
    part = store.cell_history(notebook, 2)
    assert [(it.kind, it.number, it.snapshot) for it in part.origins] == [("split", 0, version)]
    whole = store.cell_history(notebook, 0)
    assert [(it.kind, it.notebook, it.number) for it in whole.descendants] == [
        ("split", notebook, 2)
    ]
    copied = store.cell_history(notebook, 1)
    assert [(it.kind, it.notebook, it.number) for it in copied.descendants] == [("copy", other, 0)]
    copy = store.cell_history(other, 0)
    assert [(it.kind, it.notebook, it.number) for it in copy.origins] == [("copy", notebook, 1)]


def test_what_was_deleted_is_in_no_history(store: Any, ada: Any) -> None:
    run = ada.run("secret = 1\nsecret = 2", cell="a")
    ada.save(raw(("a", "secret = 1\nsecret = 2"), ("b", FIT)))
    gone = ada.save(raw(("a", "open = 1"), ("b", FIT)))
    store.delete_step(run, by="ada")
    store.delete_step(gone, by="ada")
    found = store.cell_history(ada.notebook(), 0)
    assert [(it.source, it.withheld) for it in found.versions] == [("", True)]
    assert found.runs == []
    assert "secret" not in str(store.cells(ada.notebook(), snapshot=found.versions[0].snapshot))


def test_a_private_past_stays_private_when_a_notebook_moves(
    store: Any, project: Any, project_owner: Any, recorder: Any, owner_of: Any
) -> None:
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    own = recorder(store, owner)
    own.run("private = 1", cell="a")
    own.save(raw(("a", "private = 1"), ("b", FIT)))
    notebook = own.notebook()
    own.tell(NotebookMoved, path="a.ipynb", to_space=project.space, to_path="shared.ipynb")
    assert store.cells(notebook) == []
    with pytest.raises(NotFound):
        store.cell_history(notebook, 0)
    recorder(store, project_owner).save(raw(("a", "open = 1"), ("b", FIT)), path="shared.ipynb")
    found = store.cell_history(notebook, 0)
    assert [it.source for it in found.versions] == ["open = 1"]
    assert found.runs == []
    mine = store.cell_history(notebook, 0, person=owner.person)
    assert [it.source for it in mine.versions] == ["open = 1", "private = 1"]
    assert [path.path for path in store.lineage(notebook).paths] == ["shared.ipynb"]
    paths = [path.path for path in store.lineage(notebook, person=owner.person).paths]
    assert paths == ["a.ipynb", "shared.ipynb"]


def test_a_lineage_tells_names_copies_and_what_lay_there_before(store: Any, ada: Any) -> None:
    ada.run("old")
    old = ada.notebook()
    ada.tell(NotebookDeleted, path="a.ipynb")
    ada.run("new")
    notebook = ada.notebook()
    ada.tell(NotebookMoved, path="a.ipynb", to_space=ada.space, to_path="b.ipynb")
    ada.tell(NotebookCopied, path="b.ipynb", to_space=ada.space, to_path="copy.ipynb")
    copy = ada.notebook("copy.ipynb")
    found = store.lineage(notebook)
    assert [(it.path, it.until is None) for it in found.paths] == [
        ("a.ipynb", False),
        ("b.ipynb", True),
    ]
    assert [(it.kind, it.notebook, it.path) for it in found.descendants] == [
        ("copy", copy, "copy.ipynb")
    ]
    assert [it.id for it in found.predecessors] == [old]
    assert [(it.kind, it.notebook) for it in store.lineage(copy).origins] == [("copy", notebook)]
    assert store.lineage(old).predecessors == []


def spoil(store: Any, statement: str) -> None:
    """Change the file as a disk does, behind the store's back."""
    with closing(sqlite3.connect(store.db.path)) as connection, connection:
        connection.execute(statement)
    with store.db.statements() as connection:
        connection.cache.clear()


def test_a_damaged_version_is_refused_and_not_shown_without_cells(store: Any, ada: Any) -> None:
    ada.save(raw(("a", LOAD), ("b", CLEAN), ("f", FIT)))
    ada.save(raw(("a", LOAD), ("f", FIT)))
    notebook = ada.notebook()
    spoil(store, "UPDATE manifest SET data = x'00' WHERE row = (SELECT max(row) FROM manifest)")
    with pytest.raises(StoreDamaged):
        store.cells(notebook)
    found = store.cell_history(notebook, 2)  # what is known otherwise is told
    assert (found.cell.place, found.cell.starts) == (1, "model = Forest(trees=200)")
    assert [it.source for it in found.versions] == [FIT]


def test_a_damaged_cell_does_not_look_empty(store: Any, ada: Any) -> None:
    ada.save(raw(("a", FIT), ("e", "")))
    notebook = ada.notebook()
    spoil(store, "UPDATE payload SET data = x'00' WHERE size > 0")
    told = [(it.id, it.starts, it.withheld) for it in store.cells(notebook)]
    assert told == [("a", "", True), ("e", "", False)]
    assert store.cell_history(notebook, 0).cell.withheld
    assert not store.cell_history(notebook, 1).cell.withheld


def test_a_deleted_cell_does_not_look_empty(store: Any, ada: Any) -> None:
    run = ada.run(FIT, cell="a")
    ada.save(raw(("a", FIT)))
    store.delete_step(run, by="ada")
    (cell,) = store.cells(ada.notebook())
    assert (cell.starts, cell.withheld) == ("", True)
