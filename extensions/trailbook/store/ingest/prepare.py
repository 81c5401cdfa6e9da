"""What is done with a batch before the writing thread: hash, compress, rebuild, compare."""

import hashlib
from collections.abc import Iterable

import blake3
import msgspec

from ...errors import BadRequest, ContentMissing, NotExact
from ..objects import payload_id, rebuild
from ..records import Batch, ExecutionStarted, NotebookSaved, Sealed, SnapshotForm
from ..tables import payloads
from ..tables.database import Statements
from ..tables.payloads import Packed
from .writers import OpenSpace, Writer

TRACK_BYTES = 8
SOURCES_BYTES = 16
NO_SOURCES = bytes(SOURCES_BYTES)
"""The digest of a notebook in which nothing is written yet."""
_START_OF_SOURCE = 200

_event_encoder = msgspec.msgpack.Encoder()


class Prepared(msgspec.Struct, kw_only=True):
    """One event, and what was worked out of it."""

    sealed: Sealed
    hash: bytes
    sources: bytes = b""
    track: bytes | None = None
    verified: bool = False


class PreparedBatch(msgspec.Struct, kw_only=True):
    """Events in sequence, and the sent payloads by (space, id)."""

    events: list[Prepared]
    packed: dict[tuple[str, bytes], Packed]


def prepare(
    connection: Statements, writer: Writer, spaces: dict[str, OpenSpace], batch: Batch
) -> PreparedBatch:
    """Verify everything that can be verified without writing."""
    packed: dict[tuple[str, bytes], Packed] = {}
    for space, sent in batch.payloads.items():
        if space in spaces:
            for content in sent:
                piece = payloads.pack(content, spaces[space].key)
                packed[(space, piece.id)] = piece
    prepared = PreparedBatch(events=[], packed=packed)
    for sealed in batch.events:
        event = Prepared(sealed=sealed, hash=event_hash(sealed, writer.key))
        if sealed.sequence > writer.acknowledged and sealed.event.space in spaces:
            _work_out(connection, spaces[sealed.event.space], packed, event)
        prepared.events.append(event)
    return prepared


def event_hash(sealed: Sealed, key: bytes) -> bytes:
    """What makes an event itself: another one at its place in the sequence is a fork."""
    return blake3.blake3(_event_encoder.encode(sealed), key=key).digest()


def _work_out(
    connection: Statements,
    space: OpenSpace,
    packed: dict[tuple[str, bytes], Packed],
    prepared: Prepared,
) -> None:
    event, ids = prepared.sealed.event, prepared.sealed.contents
    prepared.verified = True
    if isinstance(event, NotebookSaved):
        if event.form is None:
            raise BadRequest("A saved notebook must come cut into its payloads.")
        contents = _contents(connection, space.id, packed, ids)
        _verify(event, event.form, contents)
        prepared.sources = sources_digest(event.form, ids, space.key)
    elif isinstance(event, ExecutionStarted):
        start = event.cell_id.encode("utf-8", "replace") if event.cell_id else None
        if start is None:
            source = _contents(connection, space.id, packed, [_at(ids, event.source)])[0]
            start = b"\n" + source.lstrip()[:_START_OF_SOURCE].split(b"\n")[0]
        prepared.track = track_of(start, space.key)


def _verify(event: NotebookSaved, form: SnapshotForm, contents: list[bytes]) -> None:
    try:
        raw = rebuild(form, contents)
    except (msgspec.MsgspecError, ValueError, IndexError, TypeError, RecursionError):
        raise NotExact from None
    if hashlib.sha256(raw).hexdigest() != event.sha256 or len(raw) != event.size:
        raise NotExact
    for index in _named_in(form):
        _at(contents, index)


def _named_in(form: SnapshotForm) -> Iterable[int]:
    for cell in form.cells:
        yield cell.source
        for output in cell.outputs:
            yield from output.parts.values()
        for parts in cell.attachments.values():
            yield from parts.values()


def _at(contents: list[bytes], index: int) -> bytes:
    if not 0 <= index < len(contents):
        raise BadRequest("An event names content that it does not carry.")
    return contents[index]


def _contents(
    connection: Statements,
    space: str,
    packed: dict[tuple[str, bytes], Packed],
    ids: list[bytes],
) -> list[bytes]:
    """These contents, sent or already in the space."""
    known = {id_: packed[(space, id_)].content for id_ in ids if (space, id_) in packed}
    lacking = {id_ for id_ in ids if id_ not in known}
    if lacking:
        rows = payloads.rows_of(connection, space, lacking)
        if len(rows) < len(lacking):
            raise ContentMissing(len(lacking) - len(rows))
        stored = payloads.contents(connection, rows.values())
        known.update({id_: stored[row] for id_, row in rows.items()})
    return [known[id_] for id_ in ids]


def track_of(start: bytes, key: bytes) -> bytes:
    """The same for runs of one cell; for a run without a cell id, of one start of the source."""
    return blake3.blake3(start, key=key).digest(TRACK_BYTES)


def sources_digest(form: SnapshotForm, ids: list[bytes], key: bytes) -> bytes:
    """The same for two versions that differ in outputs, metadata and empty cells alone."""
    if not form.readable:
        return blake3.blake3(ids[form.layout], key=key).digest(SOURCES_BYTES)
    empty = payload_id(b"", key)
    cells = [(c.id, c.type, ids[c.source]) for c in form.cells if ids[c.source] != empty]
    if not cells:
        return NO_SOURCES
    return blake3.blake3(_event_encoder.encode(cells), key=key).digest(SOURCES_BYTES)
