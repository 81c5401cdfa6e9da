"""One cell through the versions of its notebook."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from ...errors import StoreDamaged
from ..outputs import head
from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from ..tables.payloads import marks
from ..tracks import wire
from ..tracks.following import Kind
from ..tracks.wire import Link, State, Step
from ..views import CellLinkView, CellVersionView, NotebookView, StepView
from .notebooks import notebook_views
from .page import complete, lines
from .trail import Scope
from .withheld import Withheld

_STEPS = """
SELECT event, id, at, author, author_basis, manifest, tracks, space, deleted_at IS NOT NULL
FROM snapshot WHERE notebook = ? AND tracks IS NOT NULL ORDER BY event
"""
_DESCENDANTS = "SELECT notebook FROM notebook_edge WHERE origin = ? ORDER BY event LIMIT 50"
_RUNS = "SELECT t.id FROM execution t WHERE t.deleted_at IS NULL AND {} AND ({}) "
_NEWEST = "ORDER BY t.event DESC LIMIT ?"
_MOST_NAMES = 100
_FIRST_LINE = 120
_DAMAGE = (StoreDamaged, msgspec.MsgspecError)


class Saved(NamedTuple):
    """A version that says something of the tracks, and the state before it."""

    event: int
    id: str
    at: int
    author: str | None
    author_basis: str
    manifest: int
    space: str
    deleted: bool
    step: Step
    before: State
    after: State


class Entry(NamedTuple):
    """A version that says something of one cell."""

    saved: Saved
    change: str  # written · edited · back · gone
    place: int | None


def steps_of(connection: Direct, notebook: str) -> Iterator[Saved]:
    """All versions that say something of the notebook's tracks, oldest first."""
    state = State()
    for row in connection.exec_driver_sql(_STEPS, (notebook,)).all():
        event, id_, at, author, basis, manifest, data, space, deleted = row
        step = wire.decode(data) or Step()
        before, state = state, wire.after(state, step)
        yield Saved(
            event, id_, at, author, basis, manifest, space, bool(deleted), step, before, state
        )


class Sources:
    """What cells of a notebook's versions say, without what was deleted."""

    def __init__(self, connection: Direct, notebook: str) -> None:
        self._connection = connection
        self._withheld = Withheld(connection, notebook)

    def cells(self, manifest: int) -> list[PlacedCell]:
        """The cells of a version. Raises StoreDamaged."""
        try:
            return manifests.load(self._connection, manifest).placed
        except msgspec.MsgspecError as error:
            raise StoreDamaged("A version") from error

    def source(self, event: int, manifest: int, place: int) -> str | None:
        """All that one cell says, or None where it may not be shown."""
        row = self._rows(event, manifest)[place]
        if row is None:
            return None
        try:
            content = payloads.contents(self._connection, [row])[row]
        except StoreDamaged:
            return None
        return content.decode("utf-8", "replace")

    def heads(self, event: int, manifest: int) -> list[str | None]:
        """The first line of each cell, or None where it may not be shown."""
        rows = self._rows(event, manifest)
        found = payloads.heads(self._connection, {row for row in rows if row is not None})
        texts = [None if row is None or row not in found else found[row][0] for row in rows]
        return [None if t is None else first_line(t.decode("utf-8", "replace")) for t in texts]

    def _rows(self, event: int, manifest: int) -> list[int | None]:
        """The payload of each cell's source, or None where it is withheld."""
        version = manifests.load(self._connection, manifest)
        hidden = self._withheld.indexes(event, version)
        return [None if c.source in hidden else version.rows[c.source] for c in version.cells]


class CellTrail:
    """What is known of one cell of a notebook, from the versions that may be seen."""

    def __init__(
        self, connection: Direct, notebook: str, number: int, steps: Sequence[Saved]
    ) -> None:
        self._connection = connection
        self._notebook = notebook
        self._number = number
        self._steps = steps
        self._sources = Sources(connection, notebook)
        self.entries = [e for e in self._entries() if not e.saved.deleted][::-1]

    def _entries(self) -> Iterator[Entry]:
        number, seen = self._number, False
        for saved in self._steps:
            there = number in saved.after.order
            if number in saved.step.changed and there:
                change = "written" if not seen else "edited"
                if seen and number not in saved.before.order:
                    change = "back"
                yield Entry(saved, change, saved.after.order.index(number))
            elif not there and number in saved.before.order:
                yield Entry(saved, "gone", None)
            seen = seen or there

    def versions(self, limit: int) -> list[CellVersionView]:
        """What it said from when on, newest first."""
        return [self._view(entry) for entry in self.entries[:limit]]

    def _view(self, entry: Entry) -> CellVersionView:
        saved = entry.saved
        view = CellVersionView(
            snapshot=saved.id,
            at=saved.at,
            author=saved.author,
            author_basis=saved.author_basis,
            change=entry.change,
            place=entry.place,
        )
        if entry.place is not None:
            said = self._said(saved, entry.place)
            view.withheld = said is None
            view.source, view.source_cut = head(said or "")
        return view

    def _said(self, saved: Saved, place: int) -> str | None:
        try:
            return self._sources.source(saved.event, saved.manifest, place)
        except (*_DAMAGE, IndexError):
            return None

    def starts(self) -> str | None:
        """The first line of what it said last, or None where that may not be shown."""
        for saved, _, place in self.entries:
            if place is not None:
                said = self._said(saved, place)
                return None if said is None else first_line(said)
        return ""

    def runs(
        self, scope: Scope, limit: int, person: str | None, name: str | None
    ) -> list[StepView]:
        """Its runs, newest first: by its ids; by what it said where it has none of its own.

        `name` is the id that it has now.
        """
        names, sources = self._names()
        names += [name] if name is not None and name not in names else []
        said = f"t.source IN ({marks(sources)})"
        named = f"t.cell_id IN ({marks(names)})"
        query = _RUNS.format(scope.condition, f"{named} OR t.cell_id IS NULL AND {said}")
        values = (*scope.values, *names, *sources)
        if not names:  # JupyterLab names them while they are open, each time anew
            of_these = _RUNS.format(scope.condition, said).replace("t.id", "t.cell_id", 1)
            query = _RUNS.format(scope.condition, f"t.cell_id IN ({of_these}) OR {said}")
            values = (*scope.values, *scope.values, *sources, *sources)
        rows = self._connection.exec_driver_sql(query + _NEWEST, (*values, limit)).all()
        ids = [row[0] for row in rows]
        found = lines(self._connection, f"t.thing IN ({marks(ids)})", tuple(ids))
        views = {view.id: view for view in complete(self._connection, found, person)}
        return [views[id_] for id_ in ids if id_ in views]

    def _names(self) -> tuple[list[str], list[int]]:
        """The ids that were its alone, and the payloads of its sources."""
        names: dict[str, bool] = {}
        sources: dict[int, None] = {}
        for saved, _, place in self.entries[:_MOST_NAMES]:
            try:
                cells = self._sources.cells(saved.manifest)
            except StoreDamaged:
                continue
            if place is None or place >= len(cells):
                continue
            it = cells[place]
            source = it.key(it.form.cell.source)
            if isinstance(source, int):
                sources[source] = None
            id_ = it.form.cell.id
            if id_ is not None:
                alone = sum(other.form.cell.id == id_ for other in cells) == 1
                names[id_] = names.get(id_, True) and alone
        return [name for name, alone in names.items() if alone], list(sources)

    def origins(self) -> list[CellLinkView]:
        """The cells that it came from, or took in."""
        links = [
            (saved, link)
            for saved in self._steps
            for link in saved.step.links
            if 0 <= self._number - link.number < link.count
        ]
        found = []
        for saved, link in links:
            notebook = link.notebook.hex() or self._notebook
            number = link.origin + self._number - link.number
            found.append((saved, link, notebook, number))
        return self._linked(found)

    def descendants(self) -> list[CellLinkView]:
        """The cells that came from it, or took it in, in this notebook and in others."""
        found = [
            (saved, link, self._notebook, link.number + self._number - link.origin)
            for saved in self._steps
            for link in saved.step.links
            if not link.notebook and 0 <= self._number - link.origin < link.count
        ]
        own = bytes.fromhex(self._notebook)
        for (notebook,) in self._connection.exec_driver_sql(_DESCENDANTS, (self._notebook,)).all():
            for saved in steps_of(self._connection, notebook):
                for link in saved.step.links:
                    if link.notebook == own and 0 <= self._number - link.origin < link.count:
                        number = link.number + self._number - link.origin
                        found.append((saved, link, notebook, number))
        return self._linked(found)

    def _linked(self, found: list[tuple[Saved, Link, str, int]]) -> list[CellLinkView]:
        views = notebook_views(self._connection, {notebook for _, _, notebook, _ in found})
        return [
            CellLinkView(
                kind=Kind(link.kind).name.lower(),
                notebook=notebook,
                path=views[notebook].path,
                number=number,
                snapshot=saved.id,
                at=saved.at,
            )
            for saved, link, notebook, number in found
            if notebook in views and not saved.deleted and self._may_tell(saved, views[notebook])
        ]

    def _may_tell(self, saved: Saved, notebook: NotebookView) -> bool:
        """What another notebook was before it was moved is not for those who see it now."""
        own = any(saved is step for step in self._steps)
        return own or saved.space == notebook.space


def first_line(text: str) -> str:
    """The first line that says something, as lists show it."""
    lines_ = (line.strip() for line in text.splitlines())
    return next((line for line in lines_ if line), "")[:_FIRST_LINE]
