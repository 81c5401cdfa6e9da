"""Pairs of cells of two versions, and what may stand between them. Pure."""

from collections.abc import Callable, Iterator, Sequence

MOST_COMPARED = 40
"""So many cells between two known ones are compared; of more, the place decides."""


class Pairs:
    """Which cell of the later version is which of the earlier."""

    def __init__(self, before: int, after: int) -> None:
        self.ancestors: list[int | None] = [None] * after
        self._free = dict.fromkeys(range(before))

    def take(self, index: int, place: int) -> None:
        """The cell at `place` is the one that was at `index`."""
        self.ancestors[place] = index
        del self._free[index]

    def free_before(self) -> list[int]:
        """The earlier cells that nobody is."""
        return list(self._free)

    def free_after(self) -> list[int]:
        """The later cells without an ancestor."""
        return [place for place, index in enumerate(self.ancestors) if index is None]

    def gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """What is free on both sides between two neighbours that are known."""
        place = 0
        while place < len(self.ancestors):
            if self.ancestors[place] is not None:
                place += 1
                continue
            end = place
            while end < len(self.ancestors) and self.ancestors[end] is None:
                end += 1
            indexes = self._between(place, end)
            if indexes:
                yield indexes, list(range(place, end))
            place = end

    def _between(self, start: int, end: int) -> list[int]:
        lower = next((i for i in reversed(self.ancestors[:start]) if i is not None), -1)
        upper = next((i for i in self.ancestors[end:] if i is not None), None)
        return [i for i in self._free if lower < i and (upper is None or i < upper)]


def pair_gap(
    indexes: Sequence[int],
    places: Sequence[int],
    likeness: Callable[[int, int], float],
    may_be_edited: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """Who is who between two neighbours: in order, as alike as can be.

    What then still stands alone against each other, and may have been edited, is a pair too.
    """
    if len(indexes) == 1 == len(places):
        found = []  # whatever it says now
    elif max(len(indexes), len(places)) > MOST_COMPARED:
        found = [pair for pair in zip(indexes, places, strict=False) if may_be_edited(*pair)]
    else:
        found = _likest(indexes, places, likeness)
    return sorted([*found, *_left_alone(indexes, places, found, likeness, may_be_edited)])


def _likest(
    indexes: Sequence[int], places: Sequence[int], likeness: Callable[[int, int], float]
) -> list[tuple[int, int]]:
    """The pairs in order whose likenesses add up to most."""
    rows, columns = len(indexes), len(places)
    shares = [[likeness(index, place) for place in places] for index in indexes]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            share = shares[row][column]
            with_it = share + best[row + 1][column + 1] if share else 0.0
            best[row][column] = max(best[row + 1][column], best[row][column + 1], with_it)
    found, row, column = [], 0, 0
    while row < rows and column < columns:
        share = shares[row][column]
        if share and best[row][column] == share + best[row + 1][column + 1]:
            found.append((indexes[row], places[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _left_alone(
    indexes: Sequence[int],
    places: Sequence[int],
    found: list[tuple[int, int]],
    likeness: Callable[[int, int], float],
    may_be_edited: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """As many cells here as there, between pairs: each is the one in its place."""
    ends = [*found, (max(indexes, default=-1) + 1, max(places, default=-1) + 1)]
    alone = []
    lower = (-1, -1)
    for upper in ends:
        some = [index for index in indexes if lower[0] < index < upper[0]]
        others = [place for place in places if lower[1] < place < upper[1]]
        if len(some) == len(others):
            pairs = list(zip(some, others, strict=True))
            alone += [pair for pair in pairs if may_be_edited(*pair) or likeness(*pair)]
        lower = upper
    return alone
