"""What the versions under review hold, cell by cell, and who wrote it."""

from collections.abc import Collection
from typing import Any

import blake3
import msgspec

from ...errors import NotFound, StoreDamaged
from ..reading.celltrail import Sources
from ..reading.versions import snapshot_view
from ..review_facts import CellFacts
from ..tables import payloads
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from ..tables.payloads import chunks, marks
from ..tracks.versions import head_at
from ..views import SnapshotView

DIGEST_BYTES = 16

_VERSION = """
SELECT v.notebook, v.event, v.manifest, v.readable, s.key FROM snapshot v
JOIN space s ON s.id = v.space WHERE v.id = ? AND v.deleted_at IS NULL
"""
_WROTE = """
SELECT DISTINCT coalesce(w.author, ''), coalesce(i.author, '') FROM (
    SELECT v.id, v.event, v.author,
        v.sources <> coalesce(LAG(v.sources) OVER (ORDER BY v.event), x'') AS wrote
    FROM snapshot v WHERE v.notebook = ? AND v.space = ? AND v.event >= ? AND v.event <= ?) w
LEFT JOIN snapshot_editor i ON i.snapshot = w.id WHERE w.wrote AND w.event > ?
"""
_EVENT = "SELECT event FROM snapshot WHERE id = ?"
_STEP = """
SELECT notebook, space, event FROM execution WHERE id = ? AND deleted_at IS NULL
UNION SELECT notebook, space, event FROM snapshot WHERE id = ? AND deleted_at IS NULL
"""
_BEFORE = """
SELECT id FROM snapshot WHERE notebook = ? AND space = ? AND event < ? AND deleted_at IS NULL
AND readable = 1 ORDER BY event DESC LIMIT 1
"""
_PAYLOADS = "SELECT row, id_head, id_tail FROM payload WHERE row IN ({})"
_encoder = msgspec.msgpack.Encoder()

CellSource = tuple[str, int]
"""A version, and the number of a cell of its notebook."""


class ReviewedContents:
    """The part of the store that answers what versions under review hold."""

    db: Database

    def versions(self, ids: Collection[str]) -> dict[str, SnapshotView]:
        """These versions; those that were deleted or purged are left out."""
        found: dict[str, SnapshotView] = {}
        with self.db.statements() as connection:
            for id_ in set(ids):
                try:
                    found[id_] = snapshot_view(connection, id_)
                except NotFound:
                    continue
        return found

    def version_cells(self, snapshot: str) -> list[CellFacts]:
        """A version's cells, in order. Raises NotFound; StoreDamaged if nothing tells them."""
        with self.db.statements() as connection:
            notebook, event, manifest, readable, key = _version(connection, snapshot)
            if not readable:
                return []
            known: list[CellFacts] | None = connection.cache.get(("reviewed", event))
            if known is None:
                known = _cells(connection, notebook, event, manifest, key)
                size = sum(200 + 60 * len(cell.outputs) for cell in known)
                connection.cache.put(("reviewed", event), known, size)
            return known

    def cell_sources(self, wanted: Collection[CellSource]) -> dict[CellSource, str]:
        """What these cells say in these versions, as far as it is there and may be shown."""
        found: dict[CellSource, str] = {}
        with self.db.statements() as connection:
            for snapshot, number in set(wanted):
                source = _source(connection, snapshot, number)
                if source is not None:
                    found[snapshot, number] = source
        return found

    def wrote(self, notebook: str, space: str, base: str | None, head: str) -> set[str]:
        """The names of those who changed sources between two versions."""
        with self.db.statements() as connection:
            first = 0 if base is None else _event(connection, base)
            last = _event(connection, head)
            rows = connection.exec_driver_sql(_WROTE, (notebook, space, first, last, first)).all()
        return {name for row in rows for name in row if name}

    def version_before_step(self, step: str) -> str | None:
        """The notebook's last version before a step; None if it is the beginning."""
        with self.db.statements() as connection:
            row = connection.exec_driver_sql(_STEP, (step, step)).first()
            if row is None:
                raise NotFound("step")
            found: str | None = connection.exec_driver_sql(_BEFORE, tuple(row)).scalar_one_or_none()
            return found


def _version(connection: Direct, snapshot: str) -> Any:
    row = connection.exec_driver_sql(_VERSION, (snapshot,)).first()
    if row is None:
        raise NotFound("version")
    return row


def _event(connection: Direct, snapshot: str) -> int:
    return connection.exec_driver_sql(_EVENT, (snapshot,)).scalar_one_or_none() or 0


def _placed(
    connection: Direct, notebook: str, event: int, manifest: int
) -> tuple[list[int], list[PlacedCell]]:
    """The numbers of a version's cells, and the cells."""
    found = head_at(connection, notebook, event)
    cells = Sources(connection, notebook).cells(manifest)
    if found is None or len(found.state.order) != len(cells):
        raise StoreDamaged("What says which cells a version has")
    return list(found.state.order), cells


def _cells(
    connection: Direct, notebook: str, event: int, manifest: int, key: bytes
) -> list[CellFacts]:
    numbers, cells = _placed(connection, notebook, event, manifest)
    names = _names(connection, {row for cell in cells for row in cell.rows or ()})
    return [
        _facts(number, place, cell, names, key)
        for place, (number, cell) in enumerate(zip(numbers, cells, strict=True))
    ]


def _names(connection: Direct, rows: Collection[int]) -> dict[int, bytes]:
    """The identities of payloads, which tell nobody what they are."""
    found: dict[int, bytes] = {}
    for some in chunks(rows):
        query = _PAYLOADS.format(marks(some))
        for row, head, tail in connection.exec_driver_sql(query, tuple(some)):
            found[row] = payloads.joined(head, tail)
    return found


def _facts(
    number: int, place: int, cell: PlacedCell, names: dict[int, bytes], key: bytes
) -> CellFacts:
    saved, rows = cell.form.cell, cell.rows or []

    def named(parts: dict[str, int]) -> list[tuple[str, bytes]]:
        return sorted((mime, names.get(rows[index], b"")) for mime, index in parts.items())

    def digest(*told: object) -> bytes:
        return blake3.blake3(_encoder.encode(told), key=key).digest(DIGEST_BYTES)

    attached = {name: named(parts) for name, parts in sorted(saved.attachments.items())}
    source = digest(saved.type, names.get(rows[saved.source], b""), attached)
    outputs = [digest(it.type, it.name, named(it.parts)) for it in saved.outputs]
    return CellFacts(
        number=number,
        place=place,
        source=source,
        outputs=outputs,
        digest=digest(source, outputs),
    )


def _source(connection: Direct, snapshot: str, number: int) -> str | None:
    try:
        notebook, event, manifest, readable, _ = _version(connection, snapshot)
        numbers, _ = _placed(connection, notebook, event, manifest)
    except (NotFound, StoreDamaged):
        return None
    if not readable or number not in numbers:
        return None
    return Sources(connection, notebook).source(event, manifest, numbers.index(number))
