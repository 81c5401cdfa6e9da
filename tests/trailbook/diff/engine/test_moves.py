"""Which removed and added cells are the same ones, and what changed in them."""

from trailbook.diff.engine import notebook_diff
from trailbook.diff.engine.moves import Move, places
from trailbook.diff.reading import read

from ..notebooks import Notebook, code, full, raw


def of(*cells: Notebook) -> Notebook:
    return read(raw({**full(), "cells": list(cells)}))


A, B, C, D = (code(name, f"step_{name}(data)") for name in "abcd")


def without_id(cell: Notebook) -> Notebook:
    return {key: value for key, value in cell.items() if key != "id"}


def test_a_cell_that_stands_elsewhere_has_moved() -> None:
    outcome = notebook_diff(of(A, B, C, D), of(B, C, D, A))
    assert outcome.moves == [Move(0, 3, [])]


def test_what_changed_in_a_moved_cell_is_told() -> None:
    changed = {**A, "source": "step_a(data, more)"}
    [move] = notebook_diff(of(A, B, C, D), of(B, C, D, changed)).moves
    assert (move.base, move.target) == (0, 3)
    assert [entry["key"] for entry in move.diff] == ["source"]


def test_without_ids_the_same_text_is_the_same_cell() -> None:
    one, other = (of(*map(without_id, cells)) for cells in ((A, B, C, D), (B, C, D, A)))
    assert notebook_diff(one, other).moves == [Move(0, 3, [])]


def test_names_from_outside_go_before_ids() -> None:
    renamed = {**A, "id": "other", "source": "something_else(1, 2, 3)"}
    names = [1, 2, 3, 4], [2, 3, 4, 1]
    [move] = notebook_diff(of(A, B, C, D), of(B, C, D, renamed), names=names).moves
    assert (move.base, move.target) == (0, 3)
    assert notebook_diff(of(A, B, C, D), of(B, C, D, renamed)).moves == []


def test_what_is_there_twice_or_says_nothing_has_not_moved() -> None:
    twice = without_id(code("x", "plot()"))
    empty = without_id(code("y", "  \n"))
    rest = [without_id(cell) for cell in (B, C, D)]
    assert notebook_diff(of(twice, twice, *rest), of(*rest, twice, twice)).moves == []
    assert notebook_diff(of(empty, *rest), of(*rest, empty)).moves == []


def test_a_removed_and_an_added_cell_are_none() -> None:
    assert notebook_diff(of(A, B, C), of(B, C, code("n", "new_thing(9)"))).moves == []


def test_places_count_what_was_removed_and_added_before() -> None:
    diff = [
        {"op": "addrange", "key": 1, "valuelist": ["p", "q"]},
        {"op": "removerange", "key": 1, "length": 1},
        {"op": "patch", "key": 2, "diff": []},
        {"op": "removerange", "key": 4, "length": 2},
        {"op": "addrange", "key": 7, "valuelist": ["r"]},
    ]
    assert places(diff) == ([1, 4, 5], [1, 2, 6])
