"""What a version that lands says of its notebook's tracks, where one writes at a time."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import NamedTuple

from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from . import versions, wire
from .following import Cell, Kind, Known, Lost, follow
from .likeness import Said
from .origins import Origin, Origins, as_copied, told
from .versions import Head, head_at
from .wire import MOST_STEPS, Link, State, Step, linked, same_ends

COPY = "copy"
ALIKE = "alike"
CELLS = "cells"
"""Kinds of edges between notebooks: one that was told, one whose first version holds mostly cells
of another, one into which cells of another were copied."""

_COPIED_FROM = "SELECT origin, event FROM notebook_edge WHERE notebook = ? AND kind = 'copy'"
_EDGE = """
INSERT INTO notebook_edge (notebook, origin, kind, event) VALUES (?, ?, ?, ?)
ON CONFLICT (notebook, origin) DO NOTHING
"""
_BYTES = 100  # of memory for a track
_FEW = 2
"""So many cells may be edited at once for their ids to be believed without a further look."""


class Saved(NamedTuple):
    """A version on its way in."""

    notebook: str
    space: str
    key: bytes
    manifest: int
    event: int
    before: int | None  # the event of the version before


def keep(connection: Direct, saved: Saved) -> bytes | None:
    """What this version says of the tracks, for its row; None where nothing changed.

    It must be the notebook's newest. Where cells are the same they are not looked at, and where
    ids answer nothing is compared.
    """
    before = _head(connection, saved)
    keeping = _Keeping(connection, saved, before)
    step = keeping.step()
    start = State() if before is None else before.state
    state = wire.after(start, step)
    if before is None or state.steps >= MOST_STEPS:
        step.whole = state = State(state.order, state.following, state.lost)
    cells = [] if keeping.is_apart else keeping.cells
    head = Head(saved.event, state, saved.manifest, saved.space, cells)
    size = _BYTES * (2 * len(state.order) + len(state.lost))
    connection.cache.put(("tracks", saved.notebook), head, size)
    return wire.encode(step)


def _head(connection: Direct, saved: Saved) -> Head | None:
    """Where the tracks stand; another process may have stored a version since this one did."""
    if saved.before is None:
        return None
    head: Head | None = connection.cache.get(("tracks", saved.notebook))
    if head is not None and head.event == saved.before:
        return head
    return head_at(connection, saved.notebook, saved.before)


class _Keeping:
    """One version beside the one before."""

    def __init__(self, connection: Direct, saved: Saved, before: Head | None) -> None:
        self.connection = connection
        self.saved = saved
        self.before = before
        self.state = State() if before is None else before.state
        self._origins = Origins(connection, saved.notebook, saved.before or 0)
        self._texts: dict[Hashable, bytes] = {}
        self.cells: list[Cell] = []  # of this version, where they were looked at

    def step(self) -> Step:
        """What changed."""
        was = [] if self.before is None else versions.placed(self.connection, self.before.manifest)
        now = versions.placed(self.connection, self.saved.manifest)
        order = self.state.order
        if len(was) != len(order):  # it is damaged: begin from what is known
            was, order = [], []
        elif not self.is_apart:
            edited = _edited(was, now)
            if edited is not None:
                self._take_over(now, edited)
                return Step(changed=sorted(order[place] for place in edited))
        known = self._cells(was, now)
        start, end = same_ends(known, self.cells)
        around = partial(self._around, known, start, end)
        middle = [Known(order[place], known[place]) for place in range(start, len(known) - end)]
        cells = self.cells[start : len(self.cells) - end]
        return self._followed(middle, cells, around, (order[:start], order[len(order) - end :]))

    @property
    def is_apart(self) -> bool:
        """Whether the version before is in another space, whose rows are other rows."""
        return self.before is not None and self.before.space != self.saved.space

    def _take_over(self, now: Sequence[PlacedCell], edited: Sequence[int]) -> None:
        """The cells as they are at hand, but for the edited ones."""
        if self.before is not None and self.before.cells:
            self.cells = list(self.before.cells)
            for place in edited:
                self.cells[place] = versions.cell(now[place])

    def _cells(self, was: Sequence[PlacedCell], now: Sequence[PlacedCell]) -> Sequence[Cell]:
        """The cells before; those of now go into `cells`, the same object where it is the same."""
        known: Sequence[Cell] = ()
        if self.is_apart:
            known = [told(self.connection, versions.cell(it), self._texts) for it in was]
            self.cells = [told(self.connection, versions.cell(it), self._texts) for it in now]
            return known
        if was and self.before is not None:
            known = versions.cells_of(self.connection, self.before)
        same = dict(zip((it.chunk for it in was), known, strict=True))
        self.cells = [same.get(it.chunk) or versions.cell(it) for it in now]
        return known

    def _around(self, known: Sequence[Cell], start: int, end: int) -> list[Known]:
        """The cells that are the same, which a new one may be a copy of."""
        kept = [*range(start), *range(len(known) - end, len(known))]
        return [Known(self.state.order[place], known[place]) for place in kept]

    def _read(self, source: Hashable) -> bytes:
        if source in self._texts:
            return self._texts[source]
        return versions.text(self.connection, source)

    def _name(self, id_: str) -> int:
        return versions.name_of(self.saved.notebook, id_, self.saved.key)

    def _followed(
        self,
        known: list[Known],
        cells: list[Cell],
        around: Callable[[], list[Known]],
        ends: tuple[list[int], list[int]],
    ) -> Step:
        found = follow(
            known,
            cells,
            self._read,
            lost=self.state.lost,
            around=around,
            name=self._name,
            offset=len(ends[0]),
        )
        explained = {edge.place for edge in found.edges if edge.kind is not Kind.MERGE}
        origins = self._explain(cells, found.numbers, explained, {*ends[0], *ends[1]})
        following = self.state.following
        numbers: list[int] = []
        for number in found.numbers:
            numbers.append(following if number is None else number)
            following += number is None
        there = set(numbers)
        gone = [it for it in known if it.number not in there]
        order = [*ends[0], *numbers, *ends[1]]
        step = wire.step(self.state, order, _changed(known, cells, numbers), self._lost(gone))
        step.links = [Link(edge.kind, numbers[edge.place], edge.number) for edge in found.edges]
        step.links += self._links({numbers[place]: origin for place, origin in origins.items()})
        return step

    def _lost(self, gone: list[Known]) -> list[Lost]:
        found = []
        for number, cell in gone:
            name = None if cell.id is None else self._name(cell.id)
            source = cell.source if isinstance(cell.source, int) else None
            found.append(Lost(number, name, source))
        return found

    # -- other notebooks -------------------------------------------------------------------------

    def _explain(
        self,
        cells: list[Cell],
        numbers: list[int | None],
        explained: set[int],
        there: set[int],
    ) -> dict[int, Origin]:
        """Origins of new cells by place; one that was here before gets its number back."""
        if self.before is None:
            copied = self._copied(cells)
            if copied:
                return copied
        found: dict[int, Origin] = {}
        taken = there | {number for number in numbers if number is not None}
        new = [p for p, number in enumerate(numbers) if number is None and p not in explained]
        ran = self._origins.known([cells[place].source for place in new])
        for place in new:
            source = cells[place].source
            telling = source in ran and Said(self._read(source)).is_telling
            origin = self._origins.of(source) if telling else None
            if origin is None:
                continue
            if origin.notebook != self.saved.notebook:
                found[place] = origin
            elif origin.number not in taken:
                numbers[place] = origin.number
                taken.add(origin.number)
        return found

    def _copied(self, cells: list[Cell]) -> dict[int, Origin]:
        """The tracks of the notebook that this one was made as a copy of."""
        row = self.connection.exec_driver_sql(_COPIED_FROM, (self.saved.notebook,)).first()
        if row is None:
            return {}
        return copies(self.connection, self.saved.space, cells, row[0], row[1])

    def _links(self, origins: dict[int, Origin]) -> list[Link]:
        """Links to other notebooks, and edges between these and this one."""
        links: list[Link] = []
        for notebook in dict.fromkeys(origin.notebook for origin in origins.values()):
            pairs = [
                (n, origin.number) for n, origin in origins.items() if origin.notebook == notebook
            ]
            links += linked(pairs, bytes.fromhex(notebook))
            mostly = self.before is None and 2 * len(pairs) >= self._telling()
            kind = ALIKE if mostly and len(pairs) > 1 else CELLS
            self.connection.exec_driver_sql(
                _EDGE, (self.saved.notebook, notebook, kind, self.saved.event)
            )
        return links

    def _telling(self) -> int:
        cells = versions.placed(self.connection, self.saved.manifest)
        return sum(Said(self._read(versions.cell(it).source)).is_telling for it in cells)


def copies(
    connection: Direct, space: str, cells: list[Cell], origin: str, event: int
) -> dict[int, Origin]:
    """The origins, by place, of the cells of a notebook that was copied at this event."""
    head = head_at(connection, origin, event)
    if head is None:
        return {}
    pairs = as_copied(connection, head, cells, apart=head.space != space)
    return {place: Origin(origin, number) for place, number in pairs}


def _changed(known: list[Known], cells: list[Cell], numbers: list[int]) -> list[int]:
    """The tracks that say something else than before, or are new or back."""
    before = {it.number: it.cell.source for it in known}
    pairs = zip(numbers, cells, strict=True)
    return [n for n, cell in pairs if n not in before or before[n] != cell.source]


def _is_same(one: PlacedCell, other: PlacedCell) -> bool:
    return one is other or one.chunk == other.chunk


def _edited(was: Sequence[PlacedCell], now: Sequence[PlacedCell]) -> list[int] | None:
    """The places of edited cells, if that is all that happened; None where more may have.

    All others are where they were, and so are their ids. Without ids, one between two others is the
    one that was there; of two side by side one may be new.
    """
    if len(was) != len(now):
        return None
    found: list[int] = []
    gone: set[object] = set()
    said_now: set[object] = set()
    for place, (one, other) in enumerate(zip(was, now, strict=True)):
        if _is_same(one, other):
            continue
        before, after = one.form.cell, other.form.cell
        sources = one.key(before.source), other.key(after.source)
        if (before.id, before.type) == (after.id, after.type) and sources[0] == sources[1]:
            continue
        if before.id != after.id or (before.id is None and before.type != after.type):
            return None
        if found and ((before.id is None and found[-1] == place - 1) or len(found) == _FEW):
            return None
        found.append(place)
        gone.add(sources[0])
        said_now.add(sources[1])
    return found if gone.isdisjoint(said_now) else None
