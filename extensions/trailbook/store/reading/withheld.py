"""What saved versions withhold, because a step or an output was deleted.

- A payload that only deleted steps and outputs of the notebook have. A text that another step of
  the notebook says too stays: it was not that step alone that told it.
- The outputs of a saved cell whose last run before the version was deleted, or those of the type
  that was deleted from it: a save in the middle of a run holds other pieces than the record.
- With one part of an output all its parts.
- What was purged: of that there is nothing left to show.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from ...errors import StoreDamaged
from ..objects import payload_id
from ..outputs import fold, overwritten
from ..tables import payloads
from ..tables.direct import Direct
from ..tables.manifests import Version
from .recorded import recorded_outputs

_SOMETHING = "SELECT something_deleted FROM notebook WHERE id = ?"
_SOURCES = "SELECT source, deleted_at IS NULL FROM execution WHERE notebook = ?"
_PARTS = """
SELECT o.parts, o.deleted_at IS NULL AND e.deleted_at IS NULL
FROM output o JOIN execution e ON e.id = o.execution WHERE e.notebook = ?
"""
_DELETED = """
SELECT e.id, s.number, s.key FROM execution e JOIN space s ON s.id = e.space
WHERE e.notebook = ? AND (e.deleted_at IS NOT NULL OR EXISTS (
    SELECT 1 FROM output o WHERE o.execution = e.id AND o.deleted_at IS NOT NULL))
"""
_RUNS = """
SELECT event, id, cell_id, deleted_at IS NOT NULL FROM execution
WHERE notebook = ? AND cell_id IS NOT NULL ORDER BY event
"""
_TYPES = """
SELECT o.execution, o.type FROM output o JOIN execution e ON e.id = o.execution
WHERE e.notebook = ? AND o.deleted_at IS NOT NULL
"""
_SHOWN_AS = {"update_display_data": {"display_data", "execute_result"}}
_EVERYTHING = {"stream", "display_data", "execute_result", "error"}


class Withheld:
    """What the versions of one notebook withhold."""

    def __init__(self, connection: Direct, notebook: str) -> None:
        self._rows: set[int] = set()
        self._purged: set[int] = set()
        self._runs: dict[str, list[tuple[int, set[str]]]] = {}
        if connection.exec_driver_sql(_SOMETHING, (notebook,)).scalar_one_or_none():
            gone, kept = _payload_rows(connection, notebook)
            self._rows = (gone | set(_joined_rows(connection, notebook))) - kept
            self._runs = _runs_of_cells(connection, notebook)
            self._purged = payloads.purged_rows(connection)

    def __bool__(self) -> bool:
        return bool(self._rows or self._runs or self._purged)

    def indexes(self, event: int, version: Version) -> set[int]:
        """The contents that a version, which stands at `event` in the ledger, withholds."""
        if not self:
            return set()
        gone = self._rows | self._purged
        found = {n for n, row in enumerate(version.rows) if row in gone}
        for cell in version.cells:
            types = self._types(cell.id, event)
            for output in cell.outputs:
                parts = set(output.parts.values())
                if output.type in types or not parts.isdisjoint(found):
                    found |= parts
        return found

    def _types(self, cell: str | None, event: int) -> set[str]:
        """The types of output that were deleted from the cell's last run before the event."""
        runs = self._runs.get(cell, []) if cell is not None else []
        return next((types for at, types in reversed(runs) if at <= event), set())


def _payload_rows(connection: Direct, notebook: str) -> tuple[set[int], set[int]]:
    """The payloads that the notebook's deleted steps have, and those that the others have."""
    gone: set[int] = set()
    kept: set[int] = set()
    for row, is_kept in connection.exec_driver_sql(_SOURCES, (notebook,)):
        (kept if is_kept else gone).add(row)
    for parts, is_kept in connection.exec_driver_sql(_PARTS, (notebook,)):
        (kept if is_kept else gone).update(part[1] for part in msgspec.msgpack.decode(parts))
    return gone, kept


def _joined_rows(connection: Direct, notebook: str) -> Iterator[int]:
    """The payloads of streams as a notebook joins them, of runs that lost something."""
    deleted = connection.exec_driver_sql(_DELETED, (notebook,)).all()
    runs = recorded_outputs(connection, [row[0] for row in deleted], deleted=True)
    for run, space, key in deleted:
        by_index = {output.recorded.index: output for output in runs.get(run, [])}
        for shown in fold([output.recorded for output in by_index.values()]):
            if shown.type != "stream":
                continue
            pieces = [row for index in shown.rows for row in by_index[index].rows.values()]
            try:
                stored = payloads.contents(connection, pieces)
            except StoreDamaged:
                continue
            joined = b"".join(stored[row] for row in pieces)
            seen = overwritten(joined.decode("utf-8", "replace")).encode("utf-8", "replace")
            ids = [payload_id(text, key) for text in (joined, seen)]
            yield from payloads.rows_of(connection, space, ids).values()


def _runs_of_cells(connection: Direct, notebook: str) -> dict[str, list[tuple[int, set[str]]]]:
    """The runs of each cell that lost something, with the types of what they lost."""
    lost: dict[str, set[str]] = defaultdict(set)
    for run, kind in connection.exec_driver_sql(_TYPES, (notebook,)):
        lost[run] |= _SHOWN_AS.get(kind, {kind})
    runs: dict[str, list[tuple[int, set[str]]]] = defaultdict(list)
    for event, run, cell, deleted in connection.exec_driver_sql(_RUNS, (notebook,)):
        runs[cell].append((event, _EVERYTHING if deleted else lost.get(run, set())))
    return {cell: its for cell, its in runs.items() if any(types for _, types in its)}
