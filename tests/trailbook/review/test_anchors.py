"""Comments follow their lines, cells and outputs, and say when these are others or gone."""

import pytest

from trailbook.review import anchors
from trailbook.review.anchors import Sight, follow_lines, place
from trailbook.store.review_facts import CellFacts
from trailbook.store.review_views import AnchorView

THEN = "import pandas\n\nrows = load()\nrows = rows.dropna()\nmodel.fit(rows)\nmodel.score(rows)"


def followed(now: str, first: int, last: int | None = None) -> tuple[str, int | None, int | None]:
    found = follow_lines(THEN, now, first, last or first)
    return found.state, found.first, found.last


def test_what_did_not_change_is_where_it_was() -> None:
    assert followed(THEN, 3, 4) == ("here", 3, 4)


def test_lines_before_it_push_it_down() -> None:
    assert followed("# new\n# lines\n" + THEN, 3, 4) == ("here", 5, 6)
    assert followed(THEN.replace("import pandas\n\n", ""), 3) == ("here", 1, 1)


def test_space_counts_for_nothing() -> None:
    now = THEN.replace("rows = load()", "if True:\n    rows  =  load()   ")
    assert followed(now, 3) == ("here", 4, 4)


def test_moved_lines_are_found_again() -> None:
    lines = THEN.split("\n")
    now = "\n".join([*lines[:2], *lines[4:], *lines[2:4]])
    assert followed(now, 3, 4) == ("here", 5, 6)
    assert followed(now, 5, 6) == ("here", 3, 4)


def test_of_many_the_nearest_is_taken() -> None:
    then = "x = 1\ny = 2\nz = 3"
    now = "y = 2\n" + "a = 0\n" * 5 + "z = 3\ny = 2"
    found = follow_lines(then, now, 2, 2)
    assert (found.state, found.first) == ("here", 1)
    found = follow_lines("y\na\nb\nc\nd", "a\nb\nc\nd\ny\ne\nf\ny", 1, 1)
    assert (found.state, found.first) == ("here", 5)


def test_an_edited_line_is_changed() -> None:
    now = THEN.replace("rows.dropna()", "rows.fillna(0)")
    assert followed(now, 4) == ("changed", 4, 4)
    assert followed("# new\n" + now, 3, 4) == ("changed", 4, 4)


def test_lines_between_them_are_a_change() -> None:
    now = THEN.replace("rows = rows.dropna()", "print(rows)\nrows = rows.dropna()")
    assert followed(now, 3, 4) == ("changed", 3, 5)


def test_lines_that_are_not_there_are_gone() -> None:
    assert followed(THEN.replace("rows = rows.dropna()\n", ""), 4) == ("gone", None, None)
    assert followed("something\nelse\nentirely", 4) == ("gone", None, None)
    assert followed("", 1) == ("gone", None, None)


def test_lines_outside_the_source_are_its_last() -> None:
    assert followed(THEN, 99) == ("here", 6, 6)


def test_a_very_long_source_is_searched() -> None:
    then = "\n".join(f"x_{n} = {n}" for n in range(6_000))
    found = follow_lines(then, "# new\n" + then, 3_000, 3_001)
    assert (found.state, found.first, found.last) == ("here", 3_001, 3_002)


def cell(source: str, *outputs: str, at: int = 3) -> CellFacts:
    return CellFacts(
        number=7,
        place=at,
        source=source.encode(),
        outputs=[it.encode() for it in outputs],
        digest=b"",
    )


def test_the_whole_review_is_always_here() -> None:
    assert place(AnchorView(kind="review"), Sight()).state == "here"


def test_a_cell_is_here_changed_or_gone() -> None:
    anchor = AnchorView(kind="cell", cell=7, quote="")
    same = place(anchor, Sight(then=cell("a"), now=cell("a", at=5), said="a", says="a"))
    assert (same.state, same.place, same.was) == ("here", 5, "")
    other = place(anchor, Sight(then=cell("a"), now=cell("b"), said="a", says="b"))
    assert (other.state, other.place, other.was) == ("changed", 3, "a")
    gone = place(anchor, Sight(then=cell("a"), said="a"))
    assert (gone.state, gone.place, gone.was) == ("gone", None, "a")


def test_lines_are_placed_in_their_cell() -> None:
    anchor = AnchorView(kind="lines", cell=7, first_line=1, last_line=1, quote="a")
    moved = place(anchor, Sight(then=cell("a"), now=cell("b"), said="a", says="x\na"))
    assert (moved.state, moved.place, moved.first_line, moved.last_line) == ("here", 3, 2, 2)
    gone = place(anchor, Sight(then=cell("a"), now=cell("b"), said="a", says="x"))
    assert (gone.state, gone.place, gone.first_line, gone.was) == ("gone", 3, None, "a")


@pytest.mark.parametrize(
    ("quote", "says", "state", "line"),
    [
        ("b  = 1", "a\nb = 1", "here", 2),
        ("b = 1", "a", "gone", None),
        ("", "a", "changed", None),
        ("b = 1", None, "changed", None),
    ],
)
def test_where_the_version_is_gone_the_quote_decides(
    quote: str, says: str | None, state: str, line: int | None
) -> None:
    anchor = AnchorView(kind="lines", cell=7, first_line=1, last_line=1, quote=quote)
    found = place(anchor, Sight(now=cell("b"), says=says))
    assert (found.state, found.first_line) == (state, line)


def test_an_output_is_found_by_what_it_holds() -> None:
    anchor = AnchorView(kind="output", cell=7, output=1, quote="0.87")

    def placed(then: CellFacts | None, *now: str) -> tuple[str, int | None]:
        found = place(anchor, Sight(then=then, now=cell("a", *now)))
        return found.state, found.output

    then = cell("a", "x", "plot")
    assert placed(then, "x", "plot") == ("here", 1)
    assert placed(then, "plot") == ("here", 0)
    assert placed(then, "plot", "other", "x", "plot") == ("here", 0)
    assert placed(cell("a", "plot", "plot"), "plot", "plot") == ("here", 1)
    assert placed(then, "x", "other") == ("changed", 1)
    assert placed(then, "x") == ("gone", None)
    assert placed(None, "x", "y") == ("changed", 1)
    assert placed(None, "x") == ("gone", None)


def test_a_quote_is_the_lines_and_the_start_the_first_that_says_something() -> None:
    assert anchors.quoted("a\nb\nc", 2, 3) == "b\nc"
    assert anchors.starts("\n  \n  x = 1  \ny") == "x = 1"
    assert anchors.starts("") == ""
