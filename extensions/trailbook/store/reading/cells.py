"""Reading cells through their versions: which there are, and the history of one."""

from typing import Any

from ...errors import NotFound, StoreDamaged
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from ..tracks.versions import head_at
from ..views import CellHistory, CellView
from .celltrail import CellTrail, Sources, steps_of
from .notebooks import notebook_view
from .page import complete, line_of_thing
from .trail import Scope, scope_of

_VERSIONS = "SELECT t.event, t.manifest FROM snapshot t WHERE t.deleted_at IS NULL AND {}"
_RUN = "SELECT source, cell_id FROM execution WHERE id = ?"


class CellReads:
    """The part of the store that answers cells."""

    db: Database

    def cells(
        self, notebook: str, *, snapshot: str | None = None, person: str | None = None
    ) -> list[CellView]:
        """The cells of the newest version that may be seen, or of a certain one, in order.

        Raises StoreDamaged where nothing says what they are.
        """
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, person)
            row = _version(connection, scope, snapshot)
            if row is None and snapshot is not None:
                raise NotFound("version")
            return [] if row is None else _cells(connection, notebook, *row)

    def cell_history(
        self, notebook: str, number: int, *, limit: int = 100, person: str | None = None
    ) -> CellHistory:
        """How a cell became what it is: what it said, when it ran, where it came from and went."""
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, person)
            row = _version(connection, scope, None)
            now = [] if row is None else _cells_or_places(connection, notebook, *row)
            steps = [s for s in steps_of(connection, notebook) if scope.holds(s.space)]
            trail = CellTrail(connection, notebook, number, steps)
            if not trail.entries:
                raise NotFound("cell")
            versions = trail.versions(limit)
            cell = next((it for it in now if it.number == number), None)
            alone = cell is not None and sum(it.id == cell.id for it in now) == 1
            name = cell.id if cell is not None and alone else None
            if cell is None or cell.withheld:
                starts = trail.starts()
                cell = cell or CellView(number=number)
                cell.starts, cell.withheld = starts or "", starts is None
            runs = trail.runs(scope, limit + 1, person, name)
            return CellHistory(
                notebook=view,
                cell=cell,
                versions=versions,
                runs=runs[:limit],
                origins=trail.origins(),
                descendants=trail.descendants(),
                more=len(trail.entries) > limit or len(runs) > limit,
            )

    def cell_of_step(self, step: str) -> int | None:
        """The number of the cell that ran, as its notebook was saved then; None if it was not."""
        with self.db.statements() as connection:
            line = line_of_thing(connection, step)
            run = connection.exec_driver_sql(_RUN, (step,)).first()
            saved = complete(connection, [line], None)[0].snapshot
            if run is None or saved is None:
                return None
            row = _version(connection, Scope(line.notebook, (line.space,)), saved)
            return None if row is None else _number(connection, line.notebook, row, run)


def _version(connection: Direct, scope: Scope, snapshot: str | None) -> tuple[int, int] | None:
    """Event and manifest of a version; of the newest that is a notebook where none is named."""
    which = "AND t.readable = 1" if snapshot is None else "AND t.id = ?"
    values = scope.values if snapshot is None else (*scope.values, snapshot)
    row = connection.exec_driver_sql(
        f"{_VERSIONS.format(scope.condition)} {which} ORDER BY t.event DESC LIMIT 1", values
    ).first()
    return None if row is None else (int(row[0]), int(row[1]))


def _cells(connection: Direct, notebook: str, event: int, manifest: int) -> list[CellView]:
    found = head_at(connection, notebook, event)
    sources = Sources(connection, notebook)
    cells = sources.cells(manifest)
    if found is None or len(cells) != len(found.state.order):
        return []  # no notebook
    said = sources.heads(event, manifest)
    return [
        CellView(
            number=number,
            place=place,
            id=it.form.cell.id,
            type=it.form.cell.type,
            starts=starts or "",
            withheld=starts is None,
        )
        for place, (number, it, starts) in enumerate(
            zip(found.state.order, cells, said, strict=True)
        )
    ]


def _cells_or_places(
    connection: Direct, notebook: str, event: int, manifest: int
) -> list[CellView]:
    """The cells of a version; where it is damaged, which ones are in it all the same."""
    try:
        return _cells(connection, notebook, event, manifest)
    except StoreDamaged:
        found = head_at(connection, notebook, event)
        order = [] if found is None else found.state.order
        return [CellView(number=n, place=place, withheld=True) for place, n in enumerate(order)]


def _number(connection: Direct, notebook: str, version: tuple[int, int], run: Any) -> int | None:
    found = head_at(connection, notebook, version[0])
    try:
        cells = Sources(connection, notebook).cells(version[1])
    except StoreDamaged:
        return None
    if found is None or len(cells) != len(found.state.order):
        return None
    place = _place_of(cells, *run)
    return None if place is None else found.state.order[place]


def _place_of(cells: list[PlacedCell], source: int, id_: str | None) -> int | None:
    """By its id if only one cell has it, else by what it says, of those with the id first."""
    named = [place for place, it in enumerate(cells) if id_ and it.form.cell.id == id_]
    if len(named) == 1:
        return named[0]
    for place in named or range(len(cells)):
        if cells[place].key(cells[place].form.cell.source) == source:
            return place
    return None
