"""Records in a file: length, checksum, event and raw contents, one behind the other.

A segment is a file of frames. A frame's head has a checksum of its own, so that a damaged body
can be stepped over; a damaged head is stepped over by looking for the next good one.

    head    magic, sequence, event bytes, number of contents, body bytes, crc32 of all that
    digest  16 bytes over head, lengths, event and each content's own digest (`digests.py`)
    body    the length of each content (8 bytes each), the event (MessagePack), the contents

The magic's last byte says which digest it is: TBr1 has BLAKE3, TBr2, which is written now, XXH3.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from ..records import AnyEvent
from .digests import DIGEST_SIZE, DIGESTS, NOW, digest_of

MAGIC = b"TBr2"
MAGIC_START = b"TBr"
DIGESTS_BY_MAGIC = {b"TBr1": DIGESTS["blake3"], MAGIC: DIGESTS[NOW]}
HEAD = struct.Struct("<4sQIIQ")
CRC = struct.Struct("<I")
PREFIX_SIZE = HEAD.size + CRC.size + DIGEST_SIZE
SEARCH_CHUNK = 1 << 20

_events = msgspec.msgpack.Decoder(AnyEvent)


class Record(NamedTuple):
    """An event with the raw contents that it speaks of, at its place in a spool."""

    sequence: int
    event: AnyEvent
    contents: list[bytes]


class Frame(NamedTuple):
    """Where a record lies in its segment; `record` is None when its bytes are damaged."""

    sequence: int
    end: int
    record: Record | None


def encode(
    sequence: int, event: bytes, contents: Sequence[bytes], digests: Sequence[bytes]
) -> list[bytes]:
    """The frame of a record, in pieces, so that large contents are not copied."""
    lengths = struct.pack(f"<{len(contents)}Q", *map(len, contents))
    body = len(lengths) + len(event) + sum(map(len, contents))
    head = HEAD.pack(MAGIC, sequence, len(event), len(contents), body)
    head += CRC.pack(zlib.crc32(head))
    digest = _whole(digest_of, head + lengths + event, digests)
    return [head + digest + lengths + event, *contents]


def walk(path: Path, start: int = 0, *, after: int = 0) -> Iterator[Frame]:
    """The frames of a segment; those up to sequence `after` are passed without reading them.

    Ends where the file ends or where no good frame follows. A sequence that is left out was
    damaged beyond reading.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        offset: int | None = start
        while offset is not None and offset + PREFIX_SIZE <= size:
            prefix = os.pread(file.fileno(), PREFIX_SIZE, offset)
            head = _head(prefix)
            if head is None or offset + PREFIX_SIZE + head[3] > size:
                offset = _next_head(file, offset + 1, size)
                continue
            sequence, event_size, count, body_size = head
            end = offset + PREFIX_SIZE + body_size
            record = None
            if sequence > after:
                record = _body(file, offset, prefix, sequence, (event_size, count, body_size))
            yield Frame(sequence, end, record)
            offset = end


def _head(prefix: bytes) -> tuple[int, int, int, int] | None:
    head = prefix[: HEAD.size]
    magic, sequence, event_size, count, body_size = HEAD.unpack(head)
    (crc,) = CRC.unpack(prefix[HEAD.size : HEAD.size + CRC.size])
    if magic not in DIGESTS_BY_MAGIC or crc != zlib.crc32(head):
        return None
    return sequence, event_size, count, body_size


def _body(
    file: BinaryIO, offset: int, prefix: bytes, sequence: int, sizes: tuple[int, int, int]
) -> Record | None:
    event_size, count, body_size = sizes
    file.seek(offset + PREFIX_SIZE)
    body = file.read(body_size)
    position = 8 * count + event_size
    if len(body) < body_size or position > body_size:
        return None
    known = body[:position]
    contents = []
    for length in struct.unpack_from(f"<{count}Q", body):
        contents.append(body[position : position + length])
        position += length
    head = prefix[: HEAD.size + CRC.size]
    digest = DIGESTS_BY_MAGIC[prefix[: len(MAGIC)]]
    if _whole(digest, head + known, map(digest, contents)) != prefix[-DIGEST_SIZE:]:
        return None
    try:
        return Record(sequence, _events.decode(known[8 * count :]), contents)
    except msgspec.MsgspecError:
        return None  # written by a version whose events this one does not know


def _whole(digest: Callable[[bytes], bytes], start: bytes, digests: Iterable[bytes]) -> bytes:
    return digest(b"".join([start, *digests]))


def _next_head(file: BinaryIO, offset: int, size: int) -> int | None:
    """The offset of the next good head at or after `offset`."""
    while offset + PREFIX_SIZE <= size:
        chunk = os.pread(file.fileno(), SEARCH_CHUNK + PREFIX_SIZE, offset)
        found = chunk.find(MAGIC_START)
        while 0 <= found <= len(chunk) - PREFIX_SIZE:
            if _head(chunk[found : found + PREFIX_SIZE]) is not None:
                return offset + found
            found = chunk.find(MAGIC_START, found + 1)
        offset += SEARCH_CHUNK
    return None
