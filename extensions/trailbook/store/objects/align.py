"""Which cell of an earlier version a cell is: by its id, else by its place and what it says.

Pure; used where a likely ancestor is wanted. A pair never crosses another pair that was found by
place, as edits seldom reorder what they change.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from ..forms import SavedCell

MOST_COMPARED = 40
"""So many cells between two known ones are compared by what they say; more, by place alone."""

ALIKE = 0.3
"""Cells are taken for one another when they share this much of their lines."""

Slot = tuple[str | int, ...]
T = TypeVar("T")


class Seen(NamedTuple):
    """A cell as far as it is needed to find it again."""

    same: object  # equal only for a cell that is the same in both versions
    id: str | None
    type: str


def same_ends(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """How many things are one and the same at the beginning, and of the others at the end."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] is after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] is after[-1 - end]:
        end += 1
    return start, end


def slots(cell: SavedCell) -> dict[Slot, int]:
    """Each content's place in its cell, the same from version to version."""
    found: dict[Slot, int] = {("source",): cell.source}
    for number, output in enumerate(cell.outputs):
        for mime, index in output.parts.items():
            found[("output", number, mime)] = index
    for name, parts in cell.attachments.items():
        for mime, index in parts.items():
            found[("attachment", name, mime)] = index
    return found


def like(slot: Slot, earlier: dict[Slot, int]) -> int | None:
    """The content of the earlier cell that is likest to the one in this slot."""
    if slot in earlier or slot[0] != "output":
        return earlier.get(slot)
    return next(
        (index for other, index in earlier.items() if (other[0], other[-1]) == ("output", slot[2])),
        None,
    )


def align(
    before: Sequence[T],
    after: Sequence[T],
    see: Callable[[T], Seen],
    source: Callable[[T], bytes],
) -> list[int | None]:
    """For each cell of `after` the index of its ancestor in `before`.

    Cells that both versions share as objects are each other's; only the others are looked at.
    """
    found = _shared(before, after)
    left = [place for place, index in enumerate(found) if index is None]
    if left:
        taken = {index for index in found if index is not None}
        free = [index for index in range(len(before)) if index not in taken]
        gaps = _Gaps(
            {index: see(before[index]) for index in free},
            {place: see(after[place]) for place in left},
            lambda index: source(before[index]),
            lambda place: source(after[place]),
        )
        gaps.certain(found)
        gaps.fill(found, len(before))
    return found


def _shared(before: Sequence[T], after: Sequence[T]) -> list[int | None]:
    places: dict[int, list[int]] = {}
    for index in range(len(before) - 1, -1, -1):
        places.setdefault(id(before[index]), []).append(index)
    found: list[int | None] = []
    for cell in after:
        its = places.get(id(cell))
        found.append(its.pop() if its else None)
    return found


class _Gaps:
    """The cells that are not the same objects, and what is found out about them."""

    def __init__(
        self,
        before: dict[int, Seen],
        after: dict[int, Seen],
        source_before: Callable[[int], bytes],
        source_after: Callable[[int], bytes],
    ) -> None:
        self.before = before
        self.after = after
        self._source_before = source_before
        self._source_after = source_after

    def certain(self, found: list[int | None]) -> None:
        """Equal cells in order, then cells of one id."""
        places: dict[object, list[int]] = {}
        by_id: dict[str, list[int]] = {}
        for index, cell in self.before.items():
            places.setdefault(cell.same, []).append(index)
            if cell.id is not None:
                by_id.setdefault(cell.id, []).append(index)
        for place, cell in self.after.items():
            same = places.get(cell.same)
            if same:
                self._take(found, place, same.pop(0))
        for place, cell in self.after.items():
            its = by_id.get(cell.id, []) if cell.id is not None else []
            if found[place] is None and len(its) == 1 and its[0] in self.before:
                self._take(found, place, its[0])

    def fill(self, found: list[int | None], last: int) -> None:
        """What is left, between the nearest known neighbours."""
        left = [place for place in self.after if found[place] is None]
        while left and self.before:
            start = end = left[0]
            while end < len(found) and found[end] is None:
                end += 1
            lower = next((f for f in reversed(found[:start]) if f is not None), -1)
            upper = next((f for f in found[end:] if f is not None), last)
            gap = [index for index in self.before if lower < index < upper]
            for place, index in self._pairs(gap, range(start, end)):
                self._take(found, place, index)
            left = [place for place in left if place >= end]

    def _take(self, found: list[int | None], place: int, index: int) -> None:
        found[place] = index
        self.before.pop(index)

    def _pairs(self, gap: list[int], places: range) -> list[tuple[int, int]]:
        if len(gap) == len(places) and all(
            self.before[index].type == self.after[place].type
            for index, place in zip(gap, places, strict=True)
        ):
            return list(zip(places, gap, strict=True))
        if len(gap) > MOST_COMPARED or len(places) > MOST_COMPARED:
            return list(zip(places, gap, strict=False))
        return self._alike(gap, places)

    def _alike(self, gap: list[int], places: range) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = []
        lines = {index: _lines(self._source_before(index)) for index in gap}
        for place in places:
            mine = _lines(self._source_after(place))
            kind = self.after[place].type
            shares = [(_share(mine, lines[i]), -i) for i in gap if self.before[i].type == kind]
            best, negative = max(shares, default=(0.0, 0))
            if best >= ALIKE:
                pairs.append((place, -negative))
                gap = [index for index in gap if index > -negative]
        return pairs


def _lines(source: bytes) -> set[bytes]:
    return {line.strip() for line in source.split(b"\n") if line.strip()}


def _share(one: set[bytes], other: set[bytes]) -> float:
    return len(one & other) / max(len(one), len(other), 1)
