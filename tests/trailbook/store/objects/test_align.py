"""Which cell of an earlier version a cell is."""

from trailbook.store.forms import SavedCell, SavedOutput
from trailbook.store.objects.align import Seen, align, like, slots


def aligned(
    before: list[tuple[str | None, str]], after: list[tuple[str | None, str]]
) -> list[int | None]:
    """Cells are (id, source)."""

    return align(
        before,
        after,
        lambda cell: Seen(cell, cell[0], "code"),
        lambda cell: cell[1].encode(),
    )


def plain(*sources: str) -> list[tuple[str | None, str]]:
    return [(None, source) for source in sources]


def test_equal_cells_are_found_wherever_they_went() -> None:
    assert aligned(plain("a", "b", "c"), plain("c", "a", "b")) == [2, 0, 1]


def test_equal_cells_are_each_taken_once() -> None:
    assert aligned(plain("a", "a"), plain("a", "a", "a")) == [0, 1, None]


def test_an_id_finds_a_cell_whatever_it_says_now() -> None:
    before = [("one", "a"), ("two", "b")]
    assert aligned(before, [("two", "x"), ("one", "y")]) == [1, 0]


def test_of_an_id_that_two_cells_have_the_place_decides() -> None:
    before = [("same", "a"), ("same", "b"), (None, "z")]
    assert aligned(before, [("same", "x"), ("same", "y"), (None, "z")]) == [0, 1, 2]


def test_an_edited_cell_without_an_id_is_found_between_its_neighbours() -> None:
    assert aligned(plain("a", "b", "c"), plain("a", "b = 2", "c")) == [0, 1, 2]


def test_a_new_cell_beside_an_edited_one_has_no_ancestor() -> None:
    edited = "import pandas\nread()\nclean()"
    before = plain("a", edited, "c")
    assert aligned(before, plain("a", "brand new", edited + "\nmore()", "c")) == [0, None, 1, 2]


def test_cells_of_another_type_are_not_compared() -> None:
    before, after = ["markdown", "code"], ["code "]
    found = align(before, after, lambda cell: Seen(cell, None, cell.strip()), lambda _: b"text")
    assert found == [1]


def test_shared_objects_are_each_taken_once() -> None:
    cell = (None, "a")
    other = (None, "b")
    assert aligned([cell, other, cell], [cell, cell, cell, other]) == [0, 2, None, 1]


def test_a_part_of_an_output_is_likest_to_the_same_part() -> None:
    def cell(*outputs: dict[str, int]) -> SavedCell:
        return SavedCell(None, "code", 0, [SavedOutput("display_data", None, o) for o in outputs])

    earlier = slots(cell({"text/plain": 1}, {"image/png": 2, "text/plain": 3}))
    assert like(("source",), earlier) == 0
    assert like(("output", 1, "text/plain"), earlier) == 3
    assert like(("output", 5, "image/png"), earlier) == 2
    assert like(("output", 0, "text/html"), earlier) is None
