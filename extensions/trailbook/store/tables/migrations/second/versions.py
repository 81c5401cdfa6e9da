"""Every version from its first form into a manifest."""

import hashlib
from typing import Any

import msgspec
import zstandard
from alembic import op

from trailbook.errors import StoreDamaged
from trailbook.store.forms import Frame
from trailbook.store.identity import manifest_id
from trailbook.store.ingest.placing import put_manifest, sources_digest
from trailbook.store.ingest.prepared import PreparedVersion
from trailbook.store.objects import cut, payload_id
from trailbook.store.tables import manifests, payloads
from trailbook.store.tables.direct import Direct
from trailbook.store.tables.manifests import PlacedCell

from .first_form import put_together, unpack

_SNAPSHOTS = """
SELECT v.*, s.number AS space_number, s.key AS space_key
FROM snapshot_first v JOIN space s ON s.id = v.space ORDER BY v.event
"""

_NOWHERE = 0
_DAMAGE = (StoreDamaged, zstandard.ZstdError, msgspec.MsgspecError, ValueError, IndexError)


def move_snapshots() -> None:
    """Each version is rebuilt, compared with its checksum, cut and stored again.

    One that is damaged keeps its row, and `check` goes on naming it.
    """
    connection = op.get_bind()
    direct = Direct(connection)
    connection.exec_driver_sql("CREATE TABLE layout_first (row INTEGER PRIMARY KEY)")
    latest: dict[str, int] = {}
    for snapshot in connection.exec_driver_sql(_SNAPSHOTS).mappings().all():
        values: dict[str, Any] = dict(snapshot)
        space, key = values.pop("space_number"), values.pop("space_key")
        del values["author_person"]  # its event has it
        try:
            row, sources = _moved(direct, values, space, key, latest.get(values["notebook"]))
            latest[values["notebook"]] = row
        except _DAMAGE:
            row, sources = _NOWHERE, values["sources"]
        values |= {"manifest": row, "sources": sources}
        columns = ", ".join(values)
        connection.exec_driver_sql(
            f"INSERT INTO snapshot ({columns}) VALUES ({payloads.marks(values)})",
            tuple(values.values()),
        )
    op.drop_table("snapshot_first")


def _moved(
    connection: Direct, snapshot: dict[str, Any], space: int, key: bytes, base: int | None
) -> tuple[int, bytes]:
    before = unpack(snapshot["manifest"])
    stored = payloads.contents(connection, before.rows)
    raw = put_together(before.form, [stored[row] for row in before.rows])
    if hashlib.sha256(raw).digest() != snapshot["sha256"]:
        raise StoreDamaged("A version")
    if before.form.readable:
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO layout_first (row) VALUES (?)",
            (before.rows[before.form.layout],),
        )
    form, contents = cut(raw)
    ids = [payload_id(content, key) for content in contents]
    rows = payloads.rows_of(connection, space, ids)
    for id_, content in zip(ids, contents, strict=True):
        if id_ not in rows:
            packed = payloads.pack(content, id_)
            rows[id_] = payloads.insert(connection, space, packed, None)
    cells, start = [], 0
    for cell in form.cells:
        cells.append(PlacedCell(cell, ids=ids[start : start + cell.contents]))
        start += cell.contents
    version = PreparedVersion(
        identity=manifest_id(hashlib.sha256(raw).digest(), key),
        frame=form.frame or Frame(b"", [], b""),
        cells=cells,
        counts=form.counts,
        opaque=None if form.readable else ids[0],
    )
    row = put_manifest(connection, space, version, rows, base)
    made = manifests.load(connection, row)
    return row, sources_digest(made, key)
