"""A prepared version becomes rows, where one writes at a time."""

import blake3
import msgspec

from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell, Version
from .prepared import PreparedVersion

SOURCES_BYTES = 16

NO_SOURCES = bytes(SOURCES_BYTES)
"""The digest of a notebook in which nothing is written yet."""

_encoder = msgspec.msgpack.Encoder()


def put_manifest(
    connection: Direct,
    space: int,
    version: PreparedVersion,
    rows: dict[bytes, int],
    base: int | None,
) -> int:
    """The row of the version's manifest, stored now unless the space has it."""
    known = manifests.find(connection, space, version.identity)
    if known is not None and manifests.is_sound(connection, known):
        return known
    for cell in version.cells:
        if cell.chunk is None:
            cell.rows = [rows[id_] for id_ in cell.ids or []]
            cell.chunk = manifests.encode_cell(cell.form, cell.rows)
            manifests.remember_written(connection, cell.chunk, cell.written or [])
    opaque = None if version.opaque is None else rows[version.opaque]
    chunks = [cell.chunk or b"" for cell in version.cells]
    stored = Version(version.frame, chunks, version.counts, opaque)
    stored.placed = [c if c.written is None else _at_rest(c) for c in version.cells]
    content = manifests.encode(stored)
    if known is None:
        row = manifests.insert(connection, space, version.identity, content, base)
    else:
        row = known
        payloads.heal(connection, known, content, "manifest")
    manifests.remember(connection, row, stored, 6 * len(content))  # with all its cells
    return row


def _at_rest(cell: PlacedCell) -> PlacedCell:
    """The cell without its bytes: those are kept only as long as there is room."""
    return PlacedCell(cell.form, rows=cell.rows, chunk=cell.chunk, said=cell.said)


def sources_digest(version: Version, key: bytes) -> bytes:
    """The same for two versions that differ in outputs, metadata and empty cells alone."""
    if version.opaque is not None:
        return blake3.blake3(_encoder.encode(version.opaque), key=key).digest(SOURCES_BYTES)
    for cell in version.placed:
        if cell.said is None:
            told = cell.form.cell
            words = (told.id, told.type, cell.key(told.source))
            cell.said = b"" if cell.form.blank else _encoder.encode(words)
    said = b"".join([cell.said or b"" for cell in version.placed])
    return blake3.blake3(said, key=key).digest(SOURCES_BYTES) if said else NO_SOURCES
