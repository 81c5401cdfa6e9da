"""Reading content of a store once, in the order of its rows, and finding what is not sound.

A row is told against an earlier one, so one pass is enough: what is still needed is kept at hand,
as far as there is room, and read once more where there was none.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import blake3
import msgspec

from ..errors import StoreDamaged
from .forms import Frame
from .objects.identity import ID_BYTES
from .tables import manifests, payloads
from .tables.compression import MOST_STEPS, WHOLE, expand, steps
from .tables.direct import DAMAGE, Direct

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
    digest = "digest" if table == "manifest" else "NULL"
    query = _ROWS.format(table=table, digest=digest)
    for row in connection.exec_driver_sql(query, (first, last)):
        if row[5] == payloads.PURGED:
            yield Content(row[0], b"" if row[7] == b"" else None, purged=True)
            continue
        try:
            content = _content(row, held)
        except (StoreDamaged, TypeError):
            yield Content(row[0], None)
            continue
        held.put(row[0], content, row[5])
        if table == "payload":
            yield Content(row[0], content if _is_named(row, content, keys) else None)
        else:
            sound = row[8] is None or payloads.digest_of(table, content) == row[8]
            yield Content(row[0], content if sound else None, proved=row[8] is not None)


def _one_by_one(connection: Direct, table: str, after: int, last: int | None) -> Iterator[Content]:
    """As far as the numbers of rows go, each by itself."""
    for row in range(after + 1, (last_row(connection, table) if last is None else last) + 1):
        try:
            found = payloads.bases(connection, [row], table=table)[row]
        except (StoreDamaged, *DAMAGE):
            yield Content(row, None)
        else:
            yield Content(row, found.content, purged=found is payloads.GONE, proved=False)


def _content(row: Any, held: "_Held") -> bytes:
    number, _, _, _, size, encoding, base, data, _ = row
    basis = None
    if encoding > WHOLE:
        if base is None or base >= number or steps(encoding) > MOST_STEPS:
            raise StoreDamaged("A chain")
        basis, told = held.take(base)
        if steps(encoding) != steps(told) + 1:
            raise StoreDamaged("A chain")
    content = expand(encoding, data, size, basis, "Content")
    if len(content) != size:
        raise StoreDamaged("Content")
    return content


def _is_named(row: Any, content: bytes, keys: dict[int, bytes]) -> bool:
    key = keys.get(row[1])
    if key is None:
        return False
    digest = blake3.blake3(content, key=key).digest(ID_BYTES)
    return digest == payloads.joined(row[2], row[3])


class _Held:
    """Content that later rows are told against."""

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
        self._held[row] = content, encoding
        self._size += len(content)
        while self._size > AT_HAND:
            _, (gone, _) = self._held.popitem(last=False)
            self._size -= len(gone)

    def take(self, row: int) -> tuple[bytes, int]:
        """The content and its encoding, for one of those who need it."""
        if row in self._held:
            found = self._held[row]
            self._held.move_to_end(row)
        else:  # there was no room, or it is not sound
            basis = payloads.bases(self._connection, [row], table=self._table)[row]
            found = basis.content, basis.encoding
        self._needed[row] = self._needed.get(row, 1) - 1
        if self._needed[row] <= 0 and row in self._held:
            self._size -= len(self._held.pop(row)[0])
        return found


def named(content: bytes) -> Iterable[int]:
    """The payloads that a manifest names. Raises StoreDamaged for what is no manifest."""
    try:
        manifest = _decoder.decode(content)
    except msgspec.MsgspecError as error:
        raise StoreDamaged("A version") from error
    if manifest.version != manifests.VERSION:
        raise StoreDamaged("A version")
    rows = chain.from_iterable([rows for _, rows in manifest.cells])
    return rows if manifest.opaque is None else [*rows, manifest.opaque]
