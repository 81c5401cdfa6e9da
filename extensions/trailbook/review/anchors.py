"""Where what a comment is about is in a newer version: here, changed, or gone.

A cell is followed by its number, lines by aligning its source then and now. Space at the ends of
a line and inside it counts for nothing; lines that moved as they were are found again.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from ..store.review_facts import CellFacts
from ..store.review_views import AnchorView, PlacementView

HERE, CHANGED, GONE = "here", "changed", "gone"
MOST_LINES = 5_000
"""Longer sources are looked through for the lines as they were, and not aligned."""
MOST_OF_A_LINE = 120
MOST_EDITED = 20
"""So many lines are looked for among so many before and behind their place."""
ALIKE = 0.6
"""A line in place of another one is the same line, edited, if this share of both is equal."""


class Lines(msgspec.Struct, frozen=True):
    """Where lines are now, from 1; nowhere if they are gone."""

    state: str
    first: int | None = None
    last: int | None = None


def starts(source: str) -> str:
    """The first line that says something, as lists show it."""
    lines = (line.strip() for line in source.split("\n"))
    return next((line for line in lines if line), "")[:MOST_OF_A_LINE]


def quoted(source: str, first: int, last: int) -> str:
    """The lines first…last; empty where there are none."""
    return "\n".join(source.split("\n")[first - 1 : last])


def plain(line: str) -> str:
    """A line without what counts for nothing."""
    return " ".join(line.split())


def follow_lines(then: str, now: str, first: int, last: int) -> Lines:
    """Where the lines first…last of a source are in what it says now."""
    before, after = then.split("\n"), now.split("\n")
    first = max(1, min(first, len(before)))
    last = max(first, min(last, len(before)))
    if before == after:
        return Lines(HERE, first, last)
    old, new = [plain(line) for line in before], [plain(line) for line in after]
    places = _places(old, new, first - 1, last)
    if None not in places and _is_run(places):
        return _found(HERE, places)
    moved = _moved(old[first - 1 : last], new, first - 1)
    if moved is not None:
        return Lines(HERE, moved + 1, moved + last - first + 1)
    known = [place for place in places if place is not None]
    if known:
        return _found(CHANGED, known)
    return _edited(old, new, first - 1, last)


def _is_run(places: Sequence[int | None]) -> bool:
    start = places[0] or 0
    return all(place == start + n for n, place in enumerate(places))


def _found(state: str, places: Sequence[int | None]) -> Lines:
    known = [place for place in places if place is not None]
    return Lines(state, min(known) + 1, max(known) + 1)


def _blocks(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > MOST_LINES:
        return []
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _places(old: list[str], new: list[str], start: int, end: int) -> list[int | None]:
    """Where each of the lines start…end - 1 is, as far as it is as it was."""
    places: list[int | None] = [None] * (end - start)
    for kind, i1, i2, j1, _ in _blocks(old, new):
        if kind == "equal":
            for i in range(max(i1, start), min(i2, end)):
                places[i - start] = j1 + i - i1
    return places


def _moved(lines: list[str], new: list[str], start: int) -> int | None:
    """Where the lines stand as they were, nearest to where they stood; empty ones say nothing."""
    if not any(lines):
        return None
    size = len(lines)
    found = [n for n in range(len(new) - size + 1) if new[n : n + size] == lines]
    return min(found, key=lambda n: abs(n - start), default=None)


def _edited(old: list[str], new: list[str], start: int, end: int) -> Lines:
    """What stands in place of lines of which none is as it was."""
    for kind, i1, i2, j1, j2 in _blocks(old, new):
        if kind != "replace" or i2 <= start or i1 >= end:
            continue
        lines = range(max(i1, start), min(i2, end))[:MOST_EDITED]
        like = [j for i in lines for j in _near(i - i1, i2 - i1, j1, j2) if _like(old[i], new[j])]
        if like:
            return Lines(CHANGED, min(like) + 1, max(like) + 1)
    return Lines(GONE)


def _near(place: int, of: int, start: int, end: int) -> range:
    """Where in start…end - 1 the line at this place of so many may be."""
    middle = start + place * (end - start) // of
    return range(max(start, middle - MOST_EDITED), min(end, middle + MOST_EDITED))


def _like(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:500], other[:500], autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


class Sight(msgspec.Struct, kw_only=True):
    """What is known of an anchor's cell: then, and in the version that is looked at."""

    snapshot: str | None = None  # that version
    then: CellFacts | None = None
    now: CellFacts | None = None
    said: str | None = None  # the cell's source then
    says: str | None = None  # now


def place(anchor: AnchorView, sight: Sight) -> PlacementView:
    """Where a thread belongs."""
    if anchor.cell is None:
        return PlacementView(state=HERE, snapshot=sight.snapshot)
    if sight.now is None:
        return _with_source(PlacementView(state=GONE, snapshot=sight.snapshot), anchor, sight)
    placed = PlacementView(state=HERE, snapshot=sight.snapshot, place=sight.now.place)
    if anchor.kind == "lines":
        lines = _lines(anchor, sight)
        placed.state, placed.first_line, placed.last_line = lines.state, lines.first, lines.last
    elif anchor.kind == "output":
        placed.state, placed.output = _output(anchor, sight.then, sight.now)
    elif sight.then is not None and sight.then.source != sight.now.source:
        placed.state = CHANGED
    return _with_source(placed, anchor, sight)


def _with_source(placed: PlacementView, anchor: AnchorView, sight: Sight) -> PlacementView:
    if placed.state != HERE:
        placed.was = sight.said or anchor.quote
    return placed


def _lines(anchor: AnchorView, sight: Sight) -> Lines:
    first, last = anchor.first_line or 1, anchor.last_line or anchor.first_line or 1
    if sight.says is None:
        return Lines(CHANGED)
    if sight.said is not None:
        return follow_lines(sight.said, sight.says, first, last)
    if not anchor.quote:
        return Lines(CHANGED)
    quoted = [plain(line) for line in anchor.quote.split("\n")]
    now = [plain(line) for line in sight.says.split("\n")]
    start = _moved(quoted, now, first - 1)
    return Lines(GONE) if start is None else Lines(HERE, start + 1, start + len(quoted))


def _output(anchor: AnchorView, then: CellFacts | None, now: CellFacts) -> tuple[str, int | None]:
    index = anchor.output or 0
    if then is None or index >= len(then.outputs):
        return (CHANGED, index) if index < len(now.outputs) else (GONE, None)
    same = [n for n, digest in enumerate(now.outputs) if digest == then.outputs[index]]
    if same:
        return HERE, min(same, key=lambda n: abs(n - index))
    return (CHANGED, index) if index < len(now.outputs) else (GONE, None)
