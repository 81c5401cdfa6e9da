"""What is done with a batch before the writer: hash, compress, rebuild, compare."""

import blake3
import msgspec

from ...errors import BadRequest, NotExact
from ..records import Batch, ExecutionStarted, FilesSaved, NotebookSaved, OutputRecorded, Sealed
from ..tables.direct import Direct
from ..tables.payloads import Packed
from .bounds import within
from .likeness import file_before, output_before, run_before
from .pieces import Pieces
from .prepared import PreparedVersion
from .versions import prepare_version
from .writers import OpenSpace, Writer

HASH_BYTES = 16
TRACK_BYTES = 8
_START_OF_SOURCE = 200

_event_encoder = msgspec.msgpack.Encoder()


class Prepared(msgspec.Struct, kw_only=True):
    """One event, and what was worked out of it, or why there is nothing to work out."""

    sealed: Sealed
    hash: bytes
    wrong: str | None = None
    version: PreparedVersion | None = None
    track: bytes | None = None
    verified: bool = False


class PreparedBatch(msgspec.Struct, kw_only=True):
    """Events in sequence, and the sent payloads by (space, id)."""

    events: list[Prepared]
    packed: dict[tuple[str, bytes], Packed]
    purges: int  # that were seen when this was worked out


def prepare(
    connection: Direct, writer: Writer, spaces: dict[str, OpenSpace], batch: Batch
) -> PreparedBatch:
    """Verify everything that can be verified without writing."""
    tables = {
        id_: Pieces(connection, space, batch.payloads.get(id_, [])) for id_, space in spaces.items()
    }
    prepared: list[Prepared] = []
    for sealed in batch.events:
        event = Prepared(sealed=sealed, hash=event_hash(sealed, writer.key))
        if sealed.sequence > writer.acknowledged and sealed.event.space in spaces:
            _look_at(tables[sealed.event.space], event)
        prepared.append(event)
    packed = {
        (id_, piece.id): piece for id_, pieces in tables.items() for piece in pieces.packed.values()
    }
    return PreparedBatch(events=prepared, packed=packed, purges=connection.purges)


def event_hash(sealed: Sealed, key: bytes) -> bytes:
    """What makes an event itself: another one at its place in the sequence is a fork.

    Of a saved notebook that is the file's checksum, in whatever way its form tells it, and
    however well it was kept when its save was answered.
    """
    event = sealed.event
    if isinstance(event, NotebookSaved):
        same = msgspec.structs.replace(event, form=None, durability="durable")
        sealed = Sealed(sealed.sequence, same)
    return blake3.blake3(_event_encoder.encode(sealed), key=key).digest(HASH_BYTES)


def _look_at(pieces: Pieces, prepared: Prepared) -> None:
    """A wrong event is refused alone: the others of its batch have nothing to do with it."""
    prepared.verified = True
    try:
        within(prepared.sealed)
        _work_out(pieces, prepared)
    except (BadRequest, NotExact) as error:
        prepared.wrong = error.code
        prepared.version = None


def _work_out(pieces: Pieces, prepared: Prepared) -> None:
    event, ids = prepared.sealed.event, prepared.sealed.contents
    match event:
        case NotebookSaved():
            prepared.version = prepare_version(pieces, event, ids)
        case ExecutionStarted():
            source = _at(ids, event.source)
            prepared.track = _track(pieces, event, source)
            before = run_before(pieces, event, prepared.track, source)
            pieces.pack_all(ids, None if before is None else before.source)
        case OutputRecorded():
            for mime, index in event.parts.items():
                pieces.pack_all([_at(ids, index)], output_before(pieces, event, mime))
            pieces.pack_all(ids, None)
        case FilesSaved():
            _pack_files(pieces, event, ids)
        case _:
            pieces.pack_all(ids, None)


def _pack_files(pieces: Pieces, event: FilesSaved, ids: list[bytes]) -> None:
    for file in event.files:
        if file.content is not None:
            id_ = _at(ids, file.content)
            if id_ in pieces.sent:
                pieces.pack_all([id_], file_before(pieces, event, file))
    pieces.pack_all(ids, None)


def _track(pieces: Pieces, event: ExecutionStarted, source: bytes) -> bytes:
    """The same for runs of one cell; for a run without a cell id, of one start of the source."""
    start = event.cell_id.encode("utf-8", "replace") if event.cell_id else None
    if start is None:
        said = pieces.contents([source])[0]
        start = b"\n" + said.lstrip()[:_START_OF_SOURCE].split(b"\n")[0]
    return blake3.blake3(start, key=pieces.space.key).digest(TRACK_BYTES)


def _at(ids: list[bytes], index: int) -> bytes:
    if not 0 <= index < len(ids):
        raise BadRequest("An event names content that it does not carry.")
    return ids[index]
