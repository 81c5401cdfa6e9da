"""Payloads in the database: compressed going in, checked coming out."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import blake3
import msgspec

from ...errors import StoreDamaged
from ..identity import ID_BYTES, payload_id
from .compression import SPLICE, WHOLE, Basis, Compressed, compress, expand, head, steps
from .direct import Direct
from .rownumbers import new_row

_CHUNK = 512  # variables in one statement
HEAD_BYTES = 65_536
CHECKED_BYTES = 1_048_576
PURGED = -1
"""The encoding of a row whose content is gone for good: it says only that something was there."""

GONE = Basis(b"", PURGED)
DIGEST_BYTES = 8
_WITH_DIGEST = ", digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
NO_ID = bytes(ID_BYTES)
"""What stands for the id of something purged: nothing can be guessed from it."""


class Packed(msgspec.Struct, frozen=True):
    """A payload ready to be stored; told against another it says which, by row or by id."""

    id: bytes
    content: bytes
    stored: Compressed
    base: int | bytes | None = None
    heals: int | None = None  # the row in which it was found damaged


def pack(
    content: bytes, identity: bytes, basis: Basis | None = None, base: int | bytes | None = None
) -> Packed:
    """Compress, against the basis where that gains something."""
    stored = compress(content, basis)
    return Packed(identity, content, stored, base if stored.needs_basis else None)


def chunks(things: Collection[Any]) -> Iterator[list[Any]]:
    """The things in pieces that fit into one statement."""
    listed = list(things)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def marks(things: Collection[Any]) -> str:
    """As many question marks as things."""
    return ",".join("?" * len(things))


def padded(things: Collection[Any]) -> list[Any]:
    """The things, some of them again, in a number that comes often: statements are kept by text."""
    listed = list(things)
    if not listed:
        return listed
    size = 1 << (len(listed) - 1).bit_length()
    return listed + listed[-1:] * (size - len(listed))


def halves(identity: bytes) -> tuple[int, bytes]:
    """An id as it is stored: only its first half is in an index, as a number."""
    return int.from_bytes(identity[:8], "big", signed=True), identity[8:]


def joined(id_head: int, id_tail: bytes) -> bytes:
    """An id from its halves."""
    return id_head.to_bytes(8, "big", signed=True) + id_tail


def rows_of(
    connection: Direct, space: int, ids: Iterable[bytes], table: str = "payload"
) -> dict[bytes, int]:
    """The rows of the payloads that the space (by its number) has."""
    found: dict[bytes, int] = {}
    for some in chunks(set(ids)):
        heads_of = padded({halves(identity)[0] for identity in some})
        rows = connection.exec_driver_sql(
            f"SELECT id_head, id_tail, row FROM {table}"
            f" WHERE id_head IN ({marks(heads_of)}) AND space = ?",
            (*heads_of, space),
        )
        wanted = set(some)
        for id_head, id_tail, row in rows:
            identity = joined(id_head, id_tail)
            if identity in wanted:
                found[identity] = row
    return found


def digest_of(table: str, content: bytes) -> bytes | None:
    """What a row says of its content beside its id, which for a payload says it all."""
    return blake3.blake3(content).digest(DIGEST_BYTES) if table == "manifest" else None


def insert(
    connection: Direct, space: int, packed: Packed, base: int | None, table: str = "payload"
) -> int:
    """Store a payload that the space lacks; `base` is the row that it is told against."""
    stored = packed.stored
    if stored.needs_basis and not _is_there(connection, table, base):
        stored, base = compress(packed.content), None
    digest = digest_of(table, packed.content)
    row = new_row(connection, table)
    connection.exec_driver_sql(
        f"INSERT INTO {table} (row, space, id_head, id_tail, size, encoding, base, data"
        + (") VALUES (?, ?, ?, ?, ?, ?, ?, ?)" if digest is None else _WITH_DIGEST),
        (
            row,
            space,
            *halves(packed.id),
            len(packed.content),
            stored.encoding,
            base if stored.needs_basis else None,
            stored.data,
            *(() if digest is None else (digest,)),
        ),
    )
    connection.cache.put((table, row), Basis(packed.content, stored.encoding), len(packed.content))
    return row


def insert_purged(connection: Direct, space: int) -> int:
    """A row for content that must not come back."""
    row = new_row(connection, "payload")
    connection.exec_driver_sql(
        "INSERT INTO payload (row, space, id_head, id_tail, size, encoding, data)"
        " VALUES (?, ?, ?, ?, 0, ?, ?)",
        (row, space, *halves(NO_ID), PURGED, b""),
    )
    return row


def sound_rows(connection: Direct, rows: Collection[int]) -> set[int]:
    """Those of the payloads that can be read: one that is damaged counts as not there."""
    try:
        return set(bases(connection, rows))
    except StoreDamaged:
        if len(rows) == 1:
            return set()
        return {row for row in rows if sound_rows(connection, [row])}


def heal(connection: Direct, row: int, content: bytes, table: str = "payload") -> None:
    """Put content that came again into the row in which it was damaged."""
    stored = compress(content)
    update(connection, table, row, content, stored, None)
    renumber = _RENUMBER.format(table=table, splice=SPLICE)
    connection.exec_driver_sql(renumber, (row, stored.encoding))
    connection.cache.put((table, row), Basis(content, stored.encoding), len(content))


def update(
    connection: Direct, table: str, row: int, content: bytes, stored: Compressed, base: int | None
) -> None:
    """Store content in a row that is there."""
    digest = digest_of(table, content)
    connection.exec_driver_sql(
        f"UPDATE {table} SET size = ?, encoding = ?, base = ?, data = ?"
        + ("" if digest is None else ", digest = ?")
        + " WHERE row = ?",
        (
            len(content),
            stored.encoding,
            base,
            stored.data,
            *(() if digest is None else (digest,)),
            row,
        ),
    )


_RENUMBER = """
WITH RECURSIVE told (row, encoding) AS (
    SELECT ?, ? UNION ALL
    SELECT t.row,
        max(told.encoding % {splice} - 1, 0) + 2 + t.encoding / {splice} * {splice}
    FROM told JOIN {table} t ON t.base = told.row)
UPDATE {table} SET encoding = (SELECT told.encoding FROM told WHERE told.row = {table}.row)
WHERE row IN (SELECT row FROM told)
"""


def purged_rows(connection: Direct, table: str = "payload") -> set[int]:
    """All rows whose content is gone for good."""
    query = f"SELECT row FROM {table} WHERE id_head = 0 AND encoding = ?"
    return {row[0] for row in connection.exec_driver_sql(query, (PURGED,))}


def _is_there(connection: Direct, table: str, row: int | None) -> bool:
    if connection.cache.get((table, row)) is not None:
        return True
    query = f"SELECT 1 FROM {table} WHERE row = ? AND encoding <> ?"
    return row is not None and connection.exec_driver_sql(query, (row, PURGED)).first() is not None


class _Record(NamedTuple):
    id: bytes
    size: int
    encoding: int
    base: int | None
    data: object
    key: bytes
    digest: bytes | None


def _records(connection: Direct, rows: Collection[int], table: str) -> dict[int, _Record]:
    found: dict[int, _Record] = {}
    digest = "p.digest" if table == "manifest" else "NULL"
    for some in map(padded, chunks(rows)):
        query = (
            "SELECT p.row, p.id_head, p.id_tail, p.size, p.encoding, p.base, p.data, s.key,"
            f" {digest} FROM {table} p JOIN space s ON s.number = p.space"
            f" WHERE p.row IN ({marks(some)})"
        )
        for row, id_head, id_tail, *rest in connection.exec_driver_sql(query, tuple(some)):
            found[row] = _Record(joined(id_head, id_tail), *rest)
    return found


def _read(record: _Record, base: bytes | None, table: str, what: str) -> tuple[Basis, bool]:
    """A record's content, and whether it is what it says."""
    if record.encoding == PURGED:
        return GONE, True
    content = expand(record.encoding, record.data, record.size, base, what)
    if table == "payload":
        sound = payload_id(content, record.key) == record.id
    else:
        sound = record.digest is None or digest_of(table, content) == record.digest
    return Basis(content, record.encoding), sound


def bases(
    connection: Direct, rows: Iterable[int], what: str = "Content", table: str = "payload"
) -> dict[int, Basis]:
    """These payloads in full, with how far each is from one that needs no other.

    Each is checked against its id; of a purged one nothing is left. Raises StoreDamaged, which
    names `what`.
    """
    found: dict[int, Basis] = {}
    records: dict[int, _Record] = {}
    wanted = set(rows)
    lacking = wanted
    while lacking:
        for row in list(lacking):
            known = connection.cache.get((table, row))
            if known is not None:
                found[row] = known
        loaded = _records(connection, lacking - found.keys(), table)
        if loaded.keys() | found.keys() < lacking:
            raise StoreDamaged(what)
        records.update(loaded)
        lacking = {r.base for r in loaded.values() if r.base is not None}
        lacking -= records.keys() | found.keys()
    for row, record in sorted(records.items(), key=lambda item: steps(item[1].encoding)):
        base = found[record.base].content if record.base in found else None
        found[row], sound = _read(record, base, table, what)
        if not sound and row in wanted:
            raise StoreDamaged(what)  # else: what is told against it may not need what is wrong
        if sound and found[row] is not GONE:
            connection.cache.put((table, row), found[row], len(found[row].content))
    return {row: found[row] for row in wanted}


def contents(connection: Direct, rows: Collection[int], what: str = "Content") -> dict[int, bytes]:
    """These payloads in full; each is checked against its id."""
    found = bases(connection, rows, what)
    return {row: basis.content for row, basis in found.items()}


def heads(connection: Direct, rows: Collection[int]) -> dict[int, tuple[bytes, bool]]:
    """The first bytes of these payloads, and whether that is all of them; no damaged ones."""
    found: dict[int, tuple[bytes, bool]] = {}
    for row in set(rows):
        try:
            found[row] = _head(connection, row)
        except StoreDamaged:
            continue
    return found


def _head(connection: Direct, row: int) -> tuple[bytes, bool]:
    if connection.cache.get(("payload", row)) is None:
        query = "SELECT size, encoding, data FROM payload WHERE row = ? AND size > ?"
        large = connection.exec_driver_sql(query, (row, CHECKED_BYTES)).first()
        if large is not None and large[1] <= WHOLE:  # checked where it is read in full
            return head(large[1], large[2], HEAD_BYTES, "Content"), False
    content = bases(connection, [row])[row].content
    return content[:HEAD_BYTES], len(content) <= HEAD_BYTES


def sizes(connection: Direct, rows: Collection[int]) -> dict[int, int]:
    """How long these payloads are."""
    found: dict[int, int] = {}
    for some in map(padded, chunks(set(rows))):
        query = f"SELECT row, size FROM payload WHERE row IN ({marks(some)})"
        found.update(tuple(row) for row in connection.exec_driver_sql(query, tuple(some)))
    return found
