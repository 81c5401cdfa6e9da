"""What versions that land say of cell tracks."""

import json
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.store.records import NotebookCopied, NotebookMoved
from trailbook.store.tracks import wire
from trailbook.store.tracks.following import Kind
from trailbook.store.tracks.versions import head_at
from trailbook.store.tracks.wire import Link, Step

LOAD = "import pandas as pd\nframe = pd.read_csv('customers.csv')"
CLEAN = "frame = frame.dropna()\nframe['tenure'] = frame.tenure.clip(0)"
FIT = "model = Forest(trees=200)\nmodel.fit(frame, labels)\nmodel.score(frame, labels)"


def raw(**cells: str) -> bytes:
    """A notebook of cells by their ids."""
    listed = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": id_,
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for id_, source in cells.items()
    ]
    whole = {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=1) + "\n").encode()


def order(store: Any, notebook: str) -> list[int]:
    with store.db.statements() as connection:
        head = head_at(connection, notebook)
    return [] if head is None else head.state.order


def said(store: Any, snapshot: str) -> Step:
    with store.db.statements() as connection:
        query = "SELECT tracks FROM snapshot WHERE id = ?"
        data = connection.exec_driver_sql(query, (snapshot,)).scalar_one()
    return wire.decode(data) or Step()


def edges(store: Any, notebook: str) -> list[tuple[str, str]]:
    with store.db.statements() as connection:
        query = "SELECT kind, origin FROM notebook_edge WHERE notebook = ?"
        return [tuple(row) for row in connection.exec_driver_sql(query, (notebook,))]


def test_a_version_that_only_ran_again_says_nothing(store: Any, ada: Any) -> None:
    ada.save(raw(a=LOAD, b=FIT))
    again = raw(a=LOAD, b=FIT).replace(b'"execution_count": null', b'"execution_count": 7')
    assert said(store, ada.save(again)) == Step()


def test_what_is_no_notebook_in_between_changes_no_track(store: Any, ada: Any) -> None:
    ada.save(raw(a=LOAD, b=FIT))
    ada.save(b"half a file")
    version = ada.save(raw(b=FIT, a=CLEAN))
    assert order(store, ada.notebook()) == [1, 0]
    assert said(store, version).changed == [0]


def test_a_damaged_version_costs_tracks_and_no_save(store: Any, ada: Any) -> None:
    ada.save(raw(a=LOAD, b=FIT))
    store.db.write(lambda c: c.exec_driver_sql("UPDATE manifest SET data = x'00'"))
    store.db.forget()
    ada.save(raw(a=LOAD, b=CLEAN))
    ada.save(raw(b=CLEAN, a=LOAD))
    assert order(store, ada.notebook()) == [3, 2]


def test_a_cell_from_another_notebook_names_its_origin(store: Any, ada: Any) -> None:
    for source in (LOAD, FIT):
        ada.run(source, path="a.ipynb")
    ada.save(raw(x=LOAD, y=FIT), path="a.ipynb")
    ada.save(raw(own="own = 1"), path="b.ipynb")
    version = ada.save(raw(own="own = 1", z=FIT), path="b.ipynb")
    origin = bytes.fromhex(ada.notebook("a.ipynb"))
    assert said(store, version).links == [Link(Kind.COPY, 1, 1, 1, origin)]
    assert edges(store, ada.notebook("b.ipynb")) == [("cells", ada.notebook("a.ipynb"))]
    assert store.notebook(ada.notebook("b.ipynb")).copied_from is None


def test_what_was_run_here_first_was_copied_from_nowhere(store: Any, ada: Any) -> None:
    ada.run(FIT, path="a.ipynb")
    ada.run(FIT, path="b.ipynb")
    ada.save(raw(x=FIT), path="b.ipynb")
    assert said(store, ada.save(raw(y=FIT), path="a.ipynb")).links == []


def test_a_notebook_saved_under_another_name_is_another_that_is_alike(store: Any, ada: Any) -> None:
    for source in (LOAD, FIT):
        ada.run(source, path="a.ipynb")
    ada.save(raw(x=LOAD, y=FIT), path="a.ipynb")
    ada.save(raw(x=LOAD, y=FIT), path="as.ipynb")
    origin, other = ada.notebook("a.ipynb"), ada.notebook("as.ipynb")
    assert origin != other
    assert edges(store, other) == [("alike", origin)]
    assert store.notebook(other).copied_from == origin


@pytest.mark.parametrize("first", ["told", "saved"])
def test_the_cells_of_a_copy_are_copies_of_the_origins(store: Any, ada: Any, first: str) -> None:
    """Jupyter saves a copy before it tells that it is one."""
    ada.save(raw(a=LOAD, b="x = 1", c=FIT))
    ada.save(raw(c=FIT, a=LOAD, b="x = 1"))

    def tell() -> None:
        ada.tell(NotebookCopied, path="a.ipynb", to_space=ada.space, to_path="copy.ipynb")

    if first == "told":
        tell()
    version = ada.save(raw(c=FIT, a=LOAD, b="x = 1"), path="copy.ipynb")
    if first == "saved":
        tell()
    origin = ada.notebook()
    assert order(store, ada.notebook("copy.ipynb")) == [0, 1, 2]
    assert said(store, version).links == [
        Link(Kind.COPY, 0, 2, 1, bytes.fromhex(origin)),
        Link(Kind.COPY, 1, 0, 2, bytes.fromhex(origin)),
    ]
    assert edges(store, ada.notebook("copy.ipynb")) == [("copy", origin)]


def test_tracks_go_along_into_another_space(
    store: Any, project: Any, project_owner: Any, recorder: Any, owner_of: Any
) -> None:
    """Where the same content has other identities."""
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    own = recorder(store, owner)
    own.save(raw(a=LOAD, b=FIT))
    notebook = own.notebook()
    own.tell(NotebookMoved, path="a.ipynb", to_space=project.space, to_path="a.ipynb")
    shared = recorder(store, project_owner)
    version = shared.save(raw(new="x = 1", b=FIT, a=CLEAN))
    assert shared.notebook() == notebook
    assert order(store, notebook) == [2, 1, 0]
    assert said(store, version).changed == [0, 2]


def test_after_a_version_was_purged_the_others_have_the_same_tracks(store: Any, ada: Any) -> None:
    versions = [
        raw(a=LOAD + "\n" + CLEAN),
        raw(a=LOAD, b=CLEAN),
        raw(b=CLEAN, c=FIT),
        raw(c=FIT, a=LOAD, b=CLEAN),
    ]
    saved = [ada.save(version) for version in versions]
    for gone, expected in ((saved[1], [2, 0, 1]), (saved[0], [2, 0, 1])):
        store.purge(gone)
        assert order(store, ada.notebook()) == expected
    assert Link(Kind.SPLIT, 1, 0) in said(store, saved[2]).links
    ada.save(raw(a=LOAD, b=CLEAN, d="d = 1"))
    assert order(store, ada.notebook()) == [0, 1, 3]


def test_a_cell_that_was_lost_long_ago_is_found_by_its_run(store: Any, ada: Any) -> None:
    ada.run(FIT, cell="fit")
    ada.save(raw(fit=FIT, last=LOAD))
    ada.save(raw(last=LOAD))
    for n in range(wire.MOST_LOST + 1):
        ada.save(raw(last=LOAD, **{f"n{n}": f"n = {n}"}))
    ada.save(raw(again=FIT, last=LOAD))
    assert order(store, ada.notebook()) == [0, 1]
