"""The file that a project's history is exported to: its messages, and how they are framed.

A zstd stream of messages, each four bytes of length (big endian) and msgpack: a header, then
contents, events and notes in the order of the ledger. A content comes once, before the first event
that names its number. Identities in it are only good inside the file.
"""

from collections.abc import Iterable, Iterator
from typing import IO

import msgspec
import zstandard

from ...errors import BadRequest
from ..records import AnyEvent
from ..views import Charter

FORMAT = 2
MOST_BYTES = 1 << 30  # of one message

_LEVEL = 9
_LENGTH = 4


class Header(msgspec.Struct, frozen=True, tag="header", kw_only=True):
    """What the recording is of."""

    format: int = FORMAT
    name: str
    slug: str
    charter: Charter
    people: dict[str, str] = {}  # the names to show for the authors
    exported_at: int


class Content(msgspec.Struct, frozen=True, tag="content"):
    """The next content; the first has number 0."""

    content: bytes


class Told(msgspec.Struct, frozen=True, tag="event"):
    """An event of one of the writers, and the numbers of its contents; its space is empty."""

    writer: int
    event: AnyEvent
    contents: list[int] = []


class Noted(msgspec.Struct, frozen=True, tag="note", kw_only=True):
    """What somebody wrote beside a step or a version."""

    step: str | None
    snapshot: str | None
    kind: str
    text: str
    author: str
    at: int


Message = Header | Content | Told | Noted

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def pack(messages: Iterable[Message]) -> Iterator[bytes]:
    """The file in pieces."""
    compressor = zstandard.ZstdCompressor(_LEVEL).compressobj()
    for message in messages:
        encoded = _encoder.encode(message)
        piece = compressor.compress(len(encoded).to_bytes(_LENGTH, "big") + encoded)
        if piece:
            yield piece
    yield compressor.flush()


def unpack(file: IO[bytes]) -> Iterator[Message]:
    """The messages of a file."""
    try:
        with zstandard.ZstdDecompressor().stream_reader(file, closefd=False) as reader:
            while length := _exactly(reader, _LENGTH, may_end=True):
                size = int.from_bytes(length, "big")
                if size > MOST_BYTES:
                    raise BadRequest("This file is no recording, or a damaged one.")
                yield _decoder.decode(_exactly(reader, size))
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise BadRequest("This file is no recording, or a damaged one.") from error


def _exactly(
    reader: zstandard.ZstdDecompressionReader, size: int, *, may_end: bool = False
) -> bytes:
    found = b""
    while len(found) < size:
        piece = reader.read(size - len(found))
        if not piece:
            if may_end and not found:
                return b""
            raise BadRequest("This recording ends in the middle.")
        found += piece
    return found


def header(messages: Iterator[Message]) -> Header:
    """The first message."""
    first = next(messages, None)
    if not isinstance(first, Header):
        raise BadRequest("This file is no recording.")
    if first.format != FORMAT:
        raise BadRequest(f"This recording has format {first.format}; this version reads {FORMAT}.")
    return first
