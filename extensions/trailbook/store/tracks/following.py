"""From one version of a notebook to the next: which cell is which, and what became of the others.

Pure: the same two versions always give the same answer. Ids answer where there are any and each
is there once. Where they do not, cells that say the same are each other's, and what is left between
two known neighbours is compared. A cell that stays without an ancestor may have been split from
another, be a copy of one, or have been there earlier; a cell that is gone may have been merged into
another. Of a split, whoever keeps most keeps the track.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from .likeness import ALIKE, Said, alike, held, is_part
from .pairing import Pairs, pair_gap

NEAR = 3
"""So many cells on either side are asked whether a new cell was split or copied from them."""

_HELD = 0.6
_COPIED = 0.6
_NUMBER = re.compile(r"[0-9]{1,6}$")
_SHIFTED = 3  # so many cells that took over another's id make ids untrustworthy


class Kind(IntEnum):
    """What an edge says of a cell and the one that it leads to."""

    COPY = 1  # it was made as a copy of that one
    SPLIT = 2  # it was a part of that one
    MERGE = 3  # that one was taken into it


class Cell(NamedTuple):
    """A cell as far as it is followed; `source` is equal for cells that say the same."""

    id: str | None
    type: str
    source: Hashable
    blank: bool = False


class Known(NamedTuple):
    """A cell of the version before, with the number of its track."""

    number: int
    cell: Cell


class Lost(NamedTuple):
    """A track that has left the notebook, as it was when it left; `name` stands for its id."""

    number: int
    name: int | None
    source: Hashable


class Edge(NamedTuple):
    """What a cell at a place came from, or took in: a track of the same notebook."""

    place: int
    kind: Kind
    number: int


class Followed(NamedTuple):
    """For each cell its track, or None for a new one; and the edges."""

    numbers: list[int | None]
    edges: list[Edge]


def follow(
    before: Sequence[Known],
    after: Sequence[Cell],
    read: Callable[[Hashable], bytes],
    *,
    lost: Sequence[Lost] = (),
    around: Callable[[], Sequence[Known]] = tuple,
    name: Callable[[str], int] = hash,
    offset: int = 0,
) -> Followed:
    """Follow cells from a version to the next.

    Of both only the cells from the first that differs to the last need to be given; `around`
    gives the others, and `offset` is how many stand before. `lost` are tracks that may come back.
    `read` gives what a source says.
    """
    found = _Following(before, after, read, lost, around, name)
    found.ids_are_places = _are_places(after, offset)
    return found.run()


def _are_places(cells: Sequence[Cell], offset: int) -> bool:
    """Whether ids are made of the places of their cells: `cell-0`, `cell-1` …"""
    numbers = [_NUMBER.search(cell.id or "") for cell in cells]
    if None in numbers or not cells:
        return False
    steps = {int(n.group()) - place for place, n in enumerate(numbers, offset) if n is not None}
    return steps in ({0}, {1})


class _Following:
    def __init__(
        self,
        before: Sequence[Known],
        after: Sequence[Cell],
        read: Callable[[Hashable], bytes],
        lost: Sequence[Lost],
        around: Callable[[], Sequence[Known]],
        name: Callable[[str], int],
    ) -> None:
        self.before = before
        self.after = after
        self.around = around
        self.pairs = Pairs(len(before), len(after))
        self.numbers: dict[int, int] = {}  # of cells that came back, by place
        self.edges: list[Edge] = []
        self._read = read
        self._said: dict[Hashable, Said] = {}
        self._lost = lost
        self._name = name
        self.ids_are_places = False

    def run(self) -> Followed:
        if not self.ids_are_places:
            self._by_id()
        if not self.ids_are_places:  # it turned out meanwhile
            self._returned_by_name()
        self._by_source()
        self._between_neighbours()
        for place in self._new():
            self._explain(place)
        for index in self.pairs.free_before():
            self._merged(index)
        numbers = [
            self.numbers.get(place) if index is None else self.before[index].number
            for place, index in enumerate(self.pairs.ancestors)
        ]
        return Followed(numbers, sorted(self.edges))

    def _says(self, source: Hashable) -> Said:
        found = self._said.get(source)
        if found is None:
            found = self._said[source] = Said(self._read(source))
        return found

    def _new(self) -> list[int]:
        return [place for place in self.pairs.free_after() if place not in self.numbers]

    # -- ids -------------------------------------------------------------------------------------

    def _by_id(self) -> None:
        """Cells of one id; where several have it, those that say the same first, then in order."""
        was, now = defaultdict(list), defaultdict(list)
        for index, known in enumerate(self.before):
            if known.cell.id is not None:
                was[known.cell.id].append(index)
        for place, cell in enumerate(self.after):
            if cell.id is not None and cell.id in was:
                now[cell.id].append(place)
        found: list[tuple[int, int]] = []
        for id_, places in now.items():
            found += self._of_one_id(was[id_], places)
        changed = [pair for pair in found if self._source(pair[0]) != self.after[pair[1]].source]
        if self._have_shifted(changed):
            self.ids_are_places = True
            found = [pair for pair in found if pair not in changed]
        for index, place in found:
            self.pairs.take(index, place)

    def _of_one_id(self, indexes: list[int], places: list[int]) -> list[tuple[int, int]]:
        found, left = [], list(indexes)
        later = []
        for place in places:
            same = next((i for i in left if self._source(i) == self.after[place].source), None)
            if same is None:
                later.append(place)
            else:
                left.remove(same)
                found.append((same, place))
        return [*found, *zip(left, later, strict=False)]

    def _have_shifted(self, changed: list[tuple[int, int]]) -> bool:
        """Whether ids number places: what one cell said is now said under another's id."""
        if len(changed) < _SHIFTED:
            return False
        said_now = {self.after[place].source for _, place in changed}
        return 2 * sum(self._source(index) in said_now for index, _ in changed) > len(changed)

    def _source(self, index: int) -> Hashable:
        return self.before[index].cell.source

    # -- what they say ---------------------------------------------------------------------------

    def _by_source(self) -> None:
        """Cells that say the same, in order: they have moved, or got another id."""
        for of_type in (True, False):  # those of one type first, then those that were converted
            free = defaultdict(list)
            new = self._new()
            if not new:
                return
            for index in self.pairs.free_before():
                cell = self.before[index].cell
                free[cell.type if of_type else "", cell.source].append(index)
            for place in new:
                cell = self.after[place]
                its = free.get((cell.type if of_type else "", cell.source))
                if its and not cell.blank:
                    self.pairs.take(its.pop(0), place)

    def _between_neighbours(self) -> None:
        for indexes, places in self.pairs.gaps():
            places = [place for place in places if place not in self.numbers]
            for index, place in pair_gap(indexes, places, self._likeness, self._may_be_edited):
                self.pairs.take(index, place)

    def _likeness(self, index: int, place: int) -> float:
        """0 where one cannot be the other."""
        was, now = self.before[index].cell, self.after[place]
        if was.type != now.type:
            return 0.0
        one, other = self._says(was.source), self._says(now.source)
        found = alike(one, other)
        easily = self._may_be_edited(index, place) or is_part(one, other) or is_part(other, one)
        return found if found >= (ALIKE if easily else _COPIED) else 0.0

    def _may_be_edited(self, index: int, place: int) -> bool:
        """Whether nothing but the place says which cell this is: no ids that differ."""
        was, now = self.before[index].cell, self.after[place]
        unnamed = was.id is None or now.id is None or was.id == now.id or self.ids_are_places
        return unnamed and was.type == now.type

    # -- cells without an ancestor ---------------------------------------------------------------

    def _returned_by_name(self) -> None:
        names = {lost.name: lost.number for lost in self._lost if lost.name is not None}
        if not names:
            return
        for place in self.pairs.free_after():
            id_ = self.after[place].id
            number = None if id_ is None else names.pop(self._name(id_), None)
            if number is not None:
                self.numbers[place] = number

    def _explain(self, place: int) -> None:
        """Where a new cell came from, if anything here tells it."""
        mine = self._says(self.after[place].source)
        edge = self._split(place, mine) or self._copied(place, mine)
        if edge is not None:
            self.edges.append(edge)
        elif mine.is_telling:
            self._returned_by_source(place)

    def _split(self, place: int, mine: Said) -> Edge | None:
        best = (0.0, -1)
        for near in self._near(place):
            index = self.pairs.ancestors[near]
            if index is not None and self._source(index) != self.after[near].source:
                now, was = self._says(self.after[near].source), self._says(self._source(index))
                best = max(best, (held(mine, was, now), index))
        if best[0] < _HELD:
            return None
        return Edge(place, Kind.SPLIT, self.before[best[1]].number)

    def _copied(self, place: int, mine: Said) -> Edge | None:
        """A copy of a cell that is still there, or of a neighbour and edited since."""
        if not mine.is_telling:
            return None
        source = self.after[place].source
        same = self._standing.get(source)
        if same is not None:
            return Edge(place, Kind.COPY, same)
        best = (0.0, 0, -1)
        for near in self._near(place):
            index = self.pairs.ancestors[near]
            if index is not None and self.after[near].type == self.after[place].type:
                likeness = alike(mine, self._says(self.after[near].source))
                best = max(best, (likeness, -abs(near - place), self.before[index].number))
        return Edge(place, Kind.COPY, best[2]) if best[0] >= _COPIED else None

    @cached_property
    def _standing(self) -> dict[Hashable, int]:
        """What the cells that go on say now, and said before, with their tracks."""
        pairs = [(i, p) for p, i in enumerate(self.pairs.ancestors) if i is not None]
        found = {it.cell.source: it.number for it in reversed(self.around())}
        found |= {self._source(i): self.before[i].number for i, _ in reversed(pairs)}
        found |= {self.after[p].source: self.before[i].number for i, p in reversed(pairs)}
        return found

    def _returned_by_source(self, place: int) -> None:
        source, back = self.after[place].source, self.numbers.values()
        for lost in reversed(self._lost):
            if lost.source == source and lost.number not in back:
                self.numbers[place] = lost.number
                return

    @cached_property
    def _edited(self) -> list[tuple[int, int]]:
        """The cells that go on and say something else now: their places, and where they were."""
        pairs = [(p, i) for p, i in enumerate(self.pairs.ancestors) if i is not None]
        return [(p, i) for p, i in pairs if self._source(i) != self.after[p].source]

    def _near(self, place: int) -> list[int]:
        """The places around, the nearest first."""
        steps = [step for near in range(1, NEAR + 1) for step in (-near, near)]
        return [place + step for step in steps if 0 <= place + step < len(self.after)]

    # -- cells that are gone ---------------------------------------------------------------------

    def _merged(self, index: int) -> None:
        """Which neighbour took in what a cell said that is gone."""
        best = (0.0, -1)
        for place, other in self._edited:
            if 0 < abs(other - index) <= NEAR:
                now, was = self._says(self.after[place].source), self._says(self._source(other))
                best = max(best, (held(self._says(self._source(index)), now, was), place))
        if best[0] >= _HELD:
            self.edges.append(Edge(best[1], Kind.MERGE, self.before[index].number))
