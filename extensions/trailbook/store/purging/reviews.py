"""What reviews hold of purged content: quotes, first lines, suggestions, paths and digests.

What people wrote themselves, in comments, descriptions and conclusions, is not looked into.
"""

from collections.abc import Iterator

from ...errors import StoreDamaged
from ..tables import manifests
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..tracks.versions import head_at
from . import targets
from .plan import Plan

_ANCHORED = """
SELECT t.id, t.notebook, t.step, t.cell, v.id, v.event, v.manifest FROM review_thread t
LEFT JOIN snapshot v ON v.id = t.snapshot WHERE t.notebook IN ({})
"""
_LOSE = (
    "UPDATE review_thread SET quote = '', starts = '' WHERE id IN ({})",
    "UPDATE review_comment SET suggestion = NULL WHERE thread IN ({})",
)
_LOSE_VERSION = "UPDATE review_head SET sources = x'' WHERE snapshot IN ({})"
_LOSE_NOTEBOOK = (
    "UPDATE review_notebook SET path = '' WHERE notebook = ?",
    "DELETE FROM review_viewed WHERE notebook = ?",
)


def quoting(connection: Direct, plan: Plan) -> list[str]:
    """The threads that quote what is going, or are about it."""
    return list(_quoting(connection, plan))


def _quoting(connection: Direct, plan: Plan) -> Iterator[str]:
    target = plan.target
    own = target.notebook if target.kind == targets.NOTEBOOK else None
    going, losing, runs = set(target.versions), set(plan.versions), set(target.runs)
    cells: dict[str, dict[int, set[int]]] = {}
    for some in chunks(plan.notebooks):
        rows = connection.exec_driver_sql(_ANCHORED.format(marks(some)), tuple(some)).all()
        for thread, notebook, step, cell, version, event, manifest in rows:
            if step in runs or version in going or notebook == own:
                yield thread
            elif version in losing and cell is not None:
                if version not in cells:
                    cells[version] = _rows_by_cell(connection, notebook, event, manifest)
                if not plan.rows.isdisjoint(cells[version].get(cell, ())):
                    yield thread


def _rows_by_cell(
    connection: Direct, notebook: str, event: int, manifest: int
) -> dict[int, set[int]]:
    """The payloads of a version's cells, by their numbers."""
    found = head_at(connection, notebook, event)
    try:
        placed = manifests.load(connection, manifest).placed
    except StoreDamaged:
        return {}
    order = [] if found is None else found.state.order
    return {number: set(cell.rows or ()) for number, cell in zip(order, placed, strict=False)}


def lose(connection: Direct, plan: Plan) -> None:
    """Take that out of the reviews, before the content goes."""
    for some in chunks(quoting(connection, plan)):
        for statement in _LOSE:
            connection.exec_driver_sql(statement.format(marks(some)), tuple(some))
    for some in chunks({*plan.target.versions, *plan.versions}):
        connection.exec_driver_sql(_LOSE_VERSION.format(marks(some)), tuple(some))
    if plan.target.kind == targets.NOTEBOOK:
        for statement in _LOSE_NOTEBOOK:
            connection.exec_driver_sql(statement, (plan.target.notebook,))
