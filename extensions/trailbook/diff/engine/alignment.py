"""Which items of two sequences belong together: a longest common sequence, level by level.

nbdime fills a table of every item with every other. Here a row of that table is one integer
whose bits are the columns (H. Hyyrö, Bit-parallel LCS-length computation revisited, 2004), and
common ends never enter it. Where there are several longest sequences the one that nbdime walks
back to is taken: from the end, a pair that matches, else up if that loses nothing, else left.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol

from .budget import Budget

Pairs = list[tuple[int, int]]
Rectangle = tuple[int, int, int, int]
"""From place and to place in the base, then in the target."""


class Level(Protocol):
    """One way to tell whether two items belong together."""

    def same(self, i: int, j: int) -> bool:
        """Whether the base's item `i` belongs to the target's item `j`."""

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of those among the target's items from start to end that item `i` belongs to."""


class Equal:
    """Items that are equal."""

    def __init__(self, base: Sequence[Hashable], target: Sequence[Hashable]) -> None:
        self._base = base
        self._target = target
        self._rows: dict[Hashable, int] = {}
        self._of: tuple[int, int] | None = None

    def same(self, i: int, j: int) -> bool:
        """Whether they are equal."""
        return self._base[i] == self._target[j]

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of the equal ones."""
        if self._of != (start, end):
            self._of = (start, end)
            self._rows = places(self._target[start:end])
        return self._rows.get(self._base[i], 0)


def places(items: Sequence[Hashable]) -> dict[Hashable, int]:
    """Bits of the places of each item."""
    where: dict[Hashable, int] = {}
    for place, item in enumerate(items):
        where[item] = where.get(item, 0) | 1 << place
    return where


def aligned(levels: Sequence[Level], rectangle: Rectangle, budget: Budget) -> Pairs:
    """Pairs of the first level, and between them of the levels after it."""
    pairs = common(levels[0], rectangle, budget)
    if len(levels) == 1:
        return pairs
    i0, i1, j0, j1 = rectangle
    finer: Pairs = []
    for i, j in pairs:
        if i > i0 and j > j0:
            finer += aligned(levels[1:], (i0, i, j0, j), budget)
        finer.append((i, j))
        i0, j0 = i + 1, j + 1
    if i1 > i0 and j1 > j0:
        finer += aligned(levels[1:], (i0, i1, j0, j1), budget)
    return finer


def common(level: Level, rectangle: Rectangle, budget: Budget) -> Pairs:
    """A longest common sequence of one part of the base and one of the target."""
    i0, i1, j0, j1 = rectangle
    same = level.same
    while i1 > i0 and j1 > j0 and same(i1 - 1, j1 - 1):
        i1, j1 = i1 - 1, j1 - 1
    end = i1, j1
    head = 0
    while i0 + head < i1 and j0 + head < j1 and same(i0 + head, j0 + head):
        head += 1
    back: Pairs = []
    x, y = i1, j1
    if x > i0 + head and y > j0 + head:
        x, y = middle(level, (i0 + head, i1, j0 + head, j1), budget, back)
    # Of the first `head` items each has a partner, so that moving along both loses one, and
    # moving along the side that is further on loses none.
    while x > i0 and y > j0:
        if same(x - 1, y - 1):
            x, y = x - 1, y - 1
            back.append((x, y))
        elif x - i0 > y - j0:
            x -= 1
        else:
            y -= 1
    back.reverse()
    tail = rectangle[1] - end[0]
    return back + [(end[0] + k, end[1] + k) for k in range(tail)]


def middle(level: Level, rectangle: Rectangle, budget: Budget, back: Pairs) -> tuple[int, int]:
    """Append the pairs of the part without its common ends, the last first.

    Returns the place at which the way back leaves that part.
    """
    i0, i1, j0, j1 = rectangle
    if not budget.items((i1 - i0) * (j1 - j0)):
        return i0, j0
    rows = [level.row(i, j0, j1) for i in range(i0, i1)]
    full = (1 << (j1 - j0)) - 1
    # A zero bit: with one more item of the target the common sequence is one longer.
    steps = [full]
    for row in rows:
        step = steps[-1]
        held = step & row
        steps.append((step + held | step - held) & full if held else step)
    x, y = i1 - i0, j1 - j0
    while x > 0 and y > 0:
        if rows[x - 1] >> (y - 1) & 1:
            x, y = x - 1, y - 1
            back.append((i0 + x, j0 + y))
        elif steps[x] is steps[x - 1] or same_length(steps[x], steps[x - 1], y):
            x -= 1
        else:
            y -= 1
    return i0 + x, j0 + y


def same_length(one: int, other: int, columns: int) -> bool:
    """Whether two rows have common sequences of one length in the first columns."""
    mask = (1 << columns) - 1
    return (one & mask).bit_count() == (other & mask).bit_count()
