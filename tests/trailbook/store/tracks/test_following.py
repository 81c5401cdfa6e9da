"""Which cell is which, from one version to the next."""

from collections.abc import Sequence
from typing import Any

import pytest

from trailbook.store.tracks.following import Cell, Edge, Followed, Kind, Known, Lost, follow

LOAD = "import pandas as pd\nframe = pd.read_csv('customers.csv')"
CLEAN = "frame = frame.dropna()\nframe['tenure'] = frame.tenure.clip(0)\nframe.head()"
FIT = "model = Forest(trees=200)\nmodel.fit(frame, labels)\nmodel.score(frame, labels)"
PLOT = "frame.tenure.plot()"


def cell(source: str, id_: str | None = None, kind: str = "code") -> Cell:
    return Cell(id_, kind, source, not source.strip())


def after(before: Sequence[Cell], now: Sequence[Cell], **more: Any) -> Followed:
    """The cells before have the tracks 0, 1, 2 …"""
    known = [Known(number, it) for number, it in enumerate(before)]
    return follow(known, now, lambda source: str(source).encode(), **more)


def plain(*sources: str) -> list[Cell]:
    return [cell(source) for source in sources]


def named(**sources: str) -> list[Cell]:
    return [cell(source, id_) for id_, source in sources.items()]


def test_an_id_is_the_cell_whatever_it_says_and_wherever_it_is() -> None:
    found = after(named(a=LOAD, b=FIT), named(b=PLOT, a=CLEAN))
    assert found == Followed([1, 0], [])


def test_of_two_cells_with_one_id_those_that_say_the_same_are_each_others() -> None:
    before = [cell(LOAD, "x"), cell(FIT, "x")]
    assert after(before, [cell(FIT, "x"), cell(LOAD, "x")]).numbers == [1, 0]
    assert after(before, [cell(FIT, "x"), cell(LOAD + "\n1", "x")]).numbers == [1, 0]


def test_a_second_cell_of_an_id_that_was_there_once_is_a_copy() -> None:
    found = after([cell(LOAD, "x")], [cell(LOAD, "x"), cell(LOAD, "x")])
    assert found == Followed([0, None], [Edge(1, Kind.COPY, 0)])


def test_ids_that_number_places_are_not_believed() -> None:
    sources = [LOAD, CLEAN, FIT, PLOT]
    before = [cell(source, f"cell-{n}") for n, source in enumerate(sources)]
    now = [cell(source, f"cell-{n}") for n, source in enumerate(["first = 1", *sources])]
    assert after(before, now).numbers == [None, 0, 1, 2, 3]


def test_other_ids_on_the_same_cells_change_nothing() -> None:
    """As tools do that invent ids each time."""
    edited = CLEAN.replace("head", "tail")
    found = after(named(a=LOAD, b=CLEAN, c=FIT), named(x=LOAD, y=edited, z=FIT))
    assert found == Followed([0, 1, 2], [])


def test_a_new_cell_in_the_place_of_another_is_another() -> None:
    assert after(named(a=LOAD, b=PLOT), named(a=LOAD, c=FIT)) == Followed([0, None], [])


def test_without_ids_a_cell_is_found_by_what_it_says() -> None:
    assert after(plain(LOAD, CLEAN, FIT), plain(FIT, LOAD, CLEAN)).numbers == [2, 0, 1]


def test_without_ids_an_edited_cell_is_found_between_its_neighbours() -> None:
    now = plain(LOAD, "new = 1", CLEAN + "\nframe.tail()", FIT)
    assert after(plain(LOAD, CLEAN, FIT), now).numbers == [0, None, 1, 2]


def test_without_ids_the_only_cell_between_two_known_ones_was_overwritten() -> None:
    assert after(plain(LOAD, CLEAN, FIT), plain(LOAD, PLOT, FIT)).numbers == [0, 1, 2]


def test_a_cell_that_became_text_is_the_same_cell() -> None:
    before, now = [cell(LOAD), cell(FIT)], [cell(LOAD), cell(FIT, kind="raw")]
    assert after(before, now).numbers == [0, 1]


def test_blank_cells_are_only_taken_for_one_another_between_neighbours() -> None:
    assert after(plain("", LOAD), plain(LOAD, "")).numbers == [1, None]
    assert after(plain(LOAD, "", FIT), plain(LOAD, "x = 1", FIT)).numbers == [0, 1, 2]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a"), ("x", "y"), (None, None)])
def test_of_a_split_one_keeps_the_track_and_the_other_says_where_it_was(
    ids: tuple[str | None, str | None],
) -> None:
    first = None if ids[0] is None else "a"
    found = after([cell(LOAD + "\n" + CLEAN, first)], [cell(LOAD, ids[0]), cell(CLEAN, ids[1])])
    assert sorted(found.numbers, key=str) == [0, None]
    assert found.edges == [Edge(found.numbers.index(None), Kind.SPLIT, 0)]


def test_a_part_that_was_edited_before_it_was_saved_was_split_off_all_the_same() -> None:
    found = after(named(a=LOAD + "\n" + FIT), named(a=LOAD, b=FIT.replace("200", "400")))
    assert found == Followed([0, None], [Edge(1, Kind.SPLIT, 0)])


def test_of_a_split_in_three_two_say_where_they_were() -> None:
    found = after(named(a="\n".join([LOAD, CLEAN, FIT])), named(a=LOAD, b=CLEAN, c=FIT))
    assert found == Followed([0, None, None], [Edge(1, Kind.SPLIT, 0), Edge(2, Kind.SPLIT, 0)])


@pytest.mark.parametrize("id_", ["a", "b", "x", None])
def test_a_cell_that_was_merged_into_another_is_named_there(id_: str | None) -> None:
    before = plain(LOAD, CLEAN) if id_ is None else named(a=LOAD, b=CLEAN)
    found = after(before, [cell(LOAD + "\n" + CLEAN, id_)])
    (kept,) = found.numbers
    assert kept in (0, 1)
    assert found.edges == [Edge(0, Kind.MERGE, 1 - kept)]


def test_a_copy_says_of_which_cell() -> None:
    found = after(named(a=LOAD, b=FIT), named(a=LOAD, b=FIT, c=LOAD))
    assert found == Followed([0, 1, None], [Edge(2, Kind.COPY, 0)])


def test_a_copy_that_was_edited_before_it_was_saved_is_one_too() -> None:
    found = after(named(a=FIT), named(a=FIT, b=FIT.replace("200", "400")))
    assert found == Followed([0, None], [Edge(1, Kind.COPY, 0)])


def test_a_copy_of_a_cell_that_did_not_change_is_found_among_the_others() -> None:
    around = [Known(7, cell(FIT, "far"))]
    found = after([], [cell(FIT, "new")], around=lambda: around)
    assert found == Followed([None], [Edge(0, Kind.COPY, 7)])


def test_what_everybody_writes_is_no_copy() -> None:
    found = after(named(a="plt.show()"), named(a="plt.show()", b="plt.show()"))
    assert found == Followed([0, None], [])


def test_a_cell_that_comes_back_is_the_one_that_it_was() -> None:
    lost = [Lost(3, hash("a"), LOAD), Lost(4, None, FIT)]
    assert after([], named(a=PLOT), lost=lost).numbers == [3]
    assert after([], [cell(FIT, "new")], lost=lost).numbers == [4]
    assert after([], [cell(FIT), cell(FIT)], lost=lost).numbers == [4, None]
    assert after([], plain(PLOT), lost=lost).numbers == [None]


def test_nothing_comes_back_twice() -> None:
    lost = [Lost(3, hash("a"), FIT)]
    assert after([], [cell(FIT, "a"), cell(FIT, "b")], lost=lost).numbers == [3, None]
