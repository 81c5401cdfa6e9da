"""Payloads in the database: compressed going in, checked coming out."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
import zstandard

from ...errors import StoreDamaged
from ..objects import payload_id
from .database import Statements

LEVEL = 3
_WORTH_IT = 64  # bytes below which compressing gains nothing
_CHUNK = 500  # variables in one statement
HEAD_BYTES = 65_536
CHECKED_BYTES = 1_048_576


class Packed(msgspec.Struct, frozen=True):
    """A payload ready to be stored."""

    id: bytes
    content: bytes
    encoding: str
    data: bytes


def pack(content: bytes, key: bytes) -> Packed:
    """Hash and compress."""
    if len(content) >= _WORTH_IT:
        data = zstandard.ZstdCompressor(LEVEL).compress(content)
        if len(data) < len(content):
            return Packed(payload_id(content, key), content, "zstd", data)
    return Packed(payload_id(content, key), content, "plain", content)


def unpack(
    encoding: str, data: object, size: int, limit: int | None = None, *, what: str = "Content"
) -> bytes:
    """The content, or its first `limit` bytes."""
    if not isinstance(data, bytes):
        raise StoreDamaged(what)
    if encoding == "plain":
        return data if limit is None else data[:limit]
    if encoding != "zstd":
        raise StoreDamaged(what)
    try:
        if limit is not None and size > limit:
            with zstandard.ZstdDecompressor().stream_reader(data) as reader:
                return reader.read(limit)
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=max(size, 1))
    except zstandard.ZstdError as error:
        raise StoreDamaged(what) from error


def chunks(things: Collection[Any]) -> Iterator[list[Any]]:
    """The things in pieces that fit into one statement."""
    listed = list(things)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def marks(things: Collection[Any]) -> str:
    """As many question marks as things."""
    return ",".join("?" * len(things))


def rows_of(connection: Statements, space: str, ids: Iterable[bytes]) -> dict[bytes, int]:
    """The rows of the payloads that the space has."""
    found: dict[bytes, int] = {}
    for some in chunks(set(ids)):
        found.update(
            tuple(row)
            for row in connection.exec_driver_sql(
                f"SELECT id, row FROM payload WHERE space = ? AND id IN ({marks(some)})",
                (space, *some),
            )
        )
    return found


def insert(connection: Statements, space: str, packed: Packed) -> int:
    """Store a payload that the space lacks."""
    return int(
        connection.exec_driver_sql(
            "INSERT INTO payload (space, id, size, encoding, data) VALUES (?, ?, ?, ?, ?)"
            " RETURNING row",
            (space, packed.id, len(packed.content), packed.encoding, packed.data),
        ).scalar_one()
    )


_WITH_KEY = """
SELECT p.row, p.id, p.size, p.encoding, p.data, s.key FROM payload p JOIN space s ON s.id = p.space
WHERE p.row IN ({})
"""


def heads(connection: Statements, rows: Collection[int]) -> dict[int, tuple[bytes, bool]]:
    """The first bytes of these payloads, and whether that is all of them; no damaged ones."""
    found: dict[int, tuple[bytes, bool]] = {}
    for some in chunks(set(rows)):
        for row, identity, size, encoding, data, key in connection.exec_driver_sql(
            _WITH_KEY.format(marks(some)), tuple(some)
        ):
            try:
                if size > CHECKED_BYTES:  # checked where it is read in full
                    found[row] = (unpack(encoding, data, size, HEAD_BYTES), False)
                    continue
                content = unpack(encoding, data, size)
            except StoreDamaged:
                continue
            if payload_id(content, key) == identity:
                found[row] = (content[:HEAD_BYTES], size <= HEAD_BYTES)
    return found


def contents(
    connection: Statements, rows: Collection[int], what: str = "Content"
) -> dict[int, bytes]:
    """These payloads in full; each is checked against its id."""
    found: dict[int, bytes] = {}
    for some in chunks(set(rows)):
        for row, identity, size, encoding, data, key in connection.exec_driver_sql(
            _WITH_KEY.format(marks(some)), tuple(some)
        ):
            content = unpack(encoding, data, size, what=what)
            if payload_id(content, key) != identity:
                raise StoreDamaged(what)
            found[row] = content
    if len(found) != len(set(rows)):
        raise StoreDamaged(what)
    return found


def sizes(connection: Statements, rows: Collection[int]) -> dict[int, int]:
    """How long these payloads are."""
    found: dict[int, int] = {}
    for some in chunks(set(rows)):
        query = f"SELECT row, size FROM payload WHERE row IN ({marks(some)})"
        found.update(tuple(row) for row in connection.exec_driver_sql(query, tuple(some)))
    return found
