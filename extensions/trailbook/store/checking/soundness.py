"""Reading content of a store once, in the order of its rows, and finding what is not sound.

A row is told against an earlier one, so one pass is enough: what is still needed is kept at hand,
as far as there is room, and read once more where there was none.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from ...errors import StoreDamaged
from ..forms import Frame
from ..identity import payload_id as _id
from ..tables import payloads
from ..tables.compression import MOST_STEPS, WHOLE, expand, steps
from ..tables.direct import DAMAGE, Direct
from ..tables.meta import MANIFEST

AT_HAND = 64 << 20

_ROWS = """
SELECT row, space, id_head, id_tail, size, encoding, base, data, {digest} FROM {table}
WHERE row BETWEEN ? AND ? ORDER BY row
"""
_KEYS = "SELECT number, key FROM space"
_NEEDED = """
SELECT base, count(*) FROM {table} WHERE base IS NOT NULL AND row BETWEEN ? AND ? GROUP BY base
"""
END = (1 << 63) - 1
"""No row has a higher number."""


class NamingManifest(msgspec.Struct, frozen=True, array_like=True):
    """A manifest, as far as it names payloads: each cell's form, and its rows."""

    version: int
    frame: Frame
    cells: list[tuple[msgspec.Raw, list[int]]]
    counts: msgspec.Raw
    opaque: int | None = None


_decoder = msgspec.msgpack.Decoder(NamingManifest)


class Unsound(msgspec.Struct):
    """The rows of a table that cannot be had: damaged, or not there."""

    last: int = 0
    damaged: set[int] = set()
    lost: list[tuple[int, int]] = []  # the first and the last of each run of them, in order
    purged: set[int] = set()

    def saw(self, found: "Content") -> None:
        """Take in the next row, in order."""
        if found.row != self.last + 1:
            self.lost.append((self.last + 1, found.row - 1))
        self.last = found.row
        if found.content is None:
            self.damaged.add(found.row)
        if found.purged:
            self.purged.add(found.row)

    def join(self, later: "Unsound") -> None:
        """Take in what was found of the rows behind these."""
        self.last = later.last
        self.damaged |= later.damaged
        self.lost += later.lost
        self.purged |= later.purged

    def isdisjoint(self, rows: set[int]) -> bool:
        """Whether all of these can be had."""
        if not rows:
            return True
        if max(rows) > self.last or min(rows) < 1 or not self.damaged.isdisjoint(rows):
            return False
        return not self.lost or not any(map(self._is_lost, rows))

    def has(self, row: object) -> bool:
        """Whether the content of this row is there, and is what it was."""
        return isinstance(row, int) and row not in self.purged and self.isdisjoint({row})

    def _is_lost(self, row: int) -> bool:
        before = bisect_right(self.lost, (row, END))
        return before > 0 and row <= self.lost[before - 1][1]


class Content(NamedTuple):
    """A row's content, or None if it is damaged; and whether anything has proved it."""

    row: int
    content: bytes | None
    purged: bool = False
    proved: bool = True


def contents(
    connection: Direct, table: str, first: int = 1, last: int | None = None
) -> Iterator[Content]:
    """The content of each row, looked at with its chain, its size and its hash."""
    before = first - 1
    try:
        for found in _in_order(connection, table, first, END if last is None else last):
            before = found.row
            yield found
    except DAMAGE:  # the file itself is damaged here: perhaps only these rows of it
        yield from _one_by_one(connection, table, before, last)


def last_row(connection: Direct, table: str) -> int:
    """The highest number of a row."""
    query = f"SELECT max(row) FROM {table}"
    return connection.exec_driver_sql(query).scalar_one() or 0


def _in_order(connection: Direct, table: str, first: int, last: int) -> Iterator[Content]:
    keys: dict[int, bytes] = dict(connection.exec_driver_sql(_KEYS).all())
    held = _Held(connection, table, first, last)
    digest_column = "digest" if table == "manifest" else "NULL"
    query = _ROWS.format(table=table, digest=digest_column)
    for row in connection.exec_driver_sql(query, (first, last)):
        number, space, id_head, id_tail, size, encoding, base, data, digest = row
        if encoding == payloads.PURGED:
            yield Content(number, b"" if data == b"" else None, True)
            continue
        try:
            content = _content(number, size, encoding, base, data, held)
        except (StoreDamaged, TypeError):
            yield Content(number, None)
            continue
        held.put(number, content, encoding)
        if table == "payload":
            key = keys.get(space)
            sound = key is not None and _id(content, key) == payloads.joined(id_head, id_tail)
            yield Content(number, content if sound else None)
        else:
            sound = digest is None or payloads.digest_of(table, content) == digest
            yield Content(number, content if sound else None, False, digest is not None)


def _one_by_one(connection: Direct, table: str, after: int, last: int | None) -> Iterator[Content]:
    """As far as the numbers of rows go, each by itself."""
    for row in range(after + 1, (last_row(connection, table) if last is None else last) + 1):
        try:
            found = payloads.bases(connection, [row], table=table)[row]
        except (StoreDamaged, *DAMAGE):
            yield Content(row, None)
        else:
            yield Content(row, found.content, purged=found is payloads.GONE, proved=False)


def _content(
    number: int, size: int, encoding: int, base: int | None, data: object, held: "_Held"
) -> bytes:
    basis = None
    if encoding > WHOLE:
        if base is None or base >= number or steps(encoding) > MOST_STEPS:
            raise StoreDamaged("A chain")
        basis, before = held.take(base)
        if steps(encoding) != before + 1:
            raise StoreDamaged("A chain")
    content = expand(encoding, data, size, basis, "Content")
    if len(content) != size:
        raise StoreDamaged("Content")
    return content


class _Held:
    """Content that later rows are told against, with how far it is from one that needs no other."""

    def __init__(self, connection: Direct, table: str, first: int, last: int) -> None:
        self._connection = connection
        self._table = table
        query = _NEEDED.format(table=table)
        self._needed = dict(connection.exec_driver_sql(query, (first, last)).all())
        self._held: OrderedDict[int, tuple[bytes, int]] = OrderedDict()
        self._size = 0

    def put(self, row: int, content: bytes, encoding: int) -> None:
        """Keep this if somebody needs it; what was not needed for longest goes."""
        if row not in self._needed:
            return
        self._held[row] = content, steps(encoding)
        self._size += len(content)
        while self._size > AT_HAND:
            _, (gone, _) = self._held.popitem(last=False)
            self._size -= len(gone)

    def take(self, row: int) -> tuple[bytes, int]:
        """The content, for one of those who need it."""
        left = self._needed[row] = self._needed.get(row, 1) - 1
        found = self._held.get(row)
        if found is None:  # there was no room, or it is not sound
            basis = payloads.bases(self._connection, [row], table=self._table)[row]
            return basis.content, steps(basis.encoding)
        if left <= 0:
            self._size -= len(self._held.pop(row)[0])
        else:
            self._held.move_to_end(row)
        return found


def named(content: bytes) -> Iterable[int]:
    """The payloads that a manifest names. Raises StoreDamaged for what is no manifest."""
    try:
        manifest = _decoder.decode(content)
    except msgspec.MsgspecError as error:
        raise StoreDamaged("A version") from error
    if manifest.version != MANIFEST:
        raise StoreDamaged("A version")
    rows = chain.from_iterable([rows for _, rows in manifest.cells])
    return rows if manifest.opaque is None else [*rows, manifest.opaque]
