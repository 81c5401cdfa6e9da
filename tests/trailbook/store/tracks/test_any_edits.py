"""Whatever happens to a notebook, its tracks are what the person who edits it would say."""

import random
from typing import Any

import pytest

from trailbook.store.tracks import wire
from trailbook.store.tracks.versions import head_at

from .edits import Notebook

VERSIONS = 45


def links_of(store: Any, snapshot: str) -> list[tuple[int, int, int]]:
    with store.db.statements() as connection:
        data = connection.exec_driver_sql(
            "SELECT tracks FROM snapshot WHERE id = ?", (snapshot,)
        ).scalar_one()
    said = wire.decode(data)
    return [] if said is None else [(it.number, it.kind, it.origin) for it in said.links]


def order_of(store: Any, notebook: str) -> list[int]:
    with store.db.statements() as connection:
        head = head_at(connection, notebook)
    assert head is not None
    return head.state.order


@pytest.mark.parametrize("ids", ["kept", "none", "invented", "places"])
@pytest.mark.parametrize("seed", range(4))
def test_tracks_are_what_the_editor_says(store: Any, ada: Any, ids: str, seed: int) -> None:
    chance = random.Random(f"{ids} {seed}")  # noqa: S311 - repeatable, not secret
    notebook = Notebook(chance, ids)
    for _ in range(6):
        notebook.add()
    notebook.cells.sort(key=lambda cell: cell.track)
    ada.save(notebook.raw())
    assert order_of(store, ada.notebook()) == notebook.order()
    for number in range(VERSIONS):
        what = notebook.happen()
        snapshot = ada.save(notebook.raw())
        if chance.random() < 0.2:  # nothing is at hand any more
            store.db.forget()
        assert order_of(store, ada.notebook()) == notebook.order(), (number, what)
        assert links_of(store, snapshot) == notebook.links, (number, what)
