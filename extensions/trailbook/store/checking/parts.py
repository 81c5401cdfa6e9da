"""A part of a check: some rows of one table looked at, by this process or by the one beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ...errors import StoreDamaged
from ..tables.direct import DAMAGE, Direct, connect
from ..tables.meta import purge_count
from . import soundness
from .second import Second
from .soundness import Unsound

_SHA = """
SELECT id, manifest, sha256 FROM snapshot WHERE manifest BETWEEN ? AND ? ORDER BY manifest
"""


class Part(msgspec.Struct, kw_only=True):
    """What is to be looked at."""

    table: str
    first: int = 1
    last: int | None = None  # of its rows; None: however many there are
    thorough: bool = False
    unsound: Unsound | None = None  # of the payloads, for manifests


class Found(msgspec.Struct, kw_only=True):
    """What was found."""

    unsound: Unsound
    pieces: int = 0  # rows that were not purged
    wrong: set[str] = set()  # versions whose files are not what was saved
    named: bytes = b""  # in a thorough check of manifests, 1 for each payload row that one names
    failed: str = ""  # why not all could be looked at
    purges: int = 0  # that the process beside this one knows of


class Names:
    """Which payloads something names, and whether all that it names can be had."""

    def __init__(self, unsound: Unsound, *, counted: bool) -> None:
        self.unsound = unsound
        self._named = bytearray(unsound.last + 1 if counted else 0)

    @property
    def named(self) -> bytes:
        """1 for each row that was named, if that is counted."""
        return bytes(self._named)

    def are_damaged(self, rows: Iterable[int]) -> bool:
        """Whether one of these cannot be had; if not, they are named."""
        held = set(rows)
        if not self.unsound.isdisjoint(held):
            return True
        if self._named:
            for row in held - self.unsound.purged:
                self._named[row] = 1
        return False


def look(connection: Direct, part: Part) -> Found:
    """Look at a part."""
    found = Found(unsound=Unsound(last=part.first - 1))
    seen = _manifests if part.table == "manifest" else _payloads
    try:
        seen(connection, part, found)
    except DAMAGE as error:
        found.failed = str(error)
    if part.last is not None and found.unsound.last < part.last:
        found.unsound.lost.append((found.unsound.last + 1, part.last))
        found.unsound.last = part.last
    return found


def _payloads(connection: Direct, part: Part, found: Found) -> None:
    for row in soundness.contents(connection, "payload", part.first, part.last):
        found.unsound.saw(row)
        if not row.purged:
            found.pieces += 1


def _manifests(connection: Direct, part: Part, found: Found) -> None:
    names = Names(part.unsound or Unsound(), counted=part.thorough)
    unproved: set[int] = set()
    for row in soundness.contents(connection, "manifest", part.first, part.last):
        found.unsound.saw(row)
        if row.content is None or row.purged:
            continue
        try:
            damaged = names.are_damaged(soundness.named(row.content))
        except (StoreDamaged, TypeError):
            damaged = True
        if damaged:
            found.unsound.damaged.add(row.row)
        elif part.thorough or not row.proved:
            unproved.add(row.row)
    found.named = names.named
    if unproved:
        found.wrong = set(_inexact(connection, unproved))


def _inexact(connection: Direct, wanted: set[int]) -> Iterator[str]:
    """The versions whose files, put together from these manifests, are not what was saved."""
    last, digest = 0, b""
    rows = connection.exec_driver_sql(_SHA, (min(wanted), max(wanted)))
    for version, manifest, sha256 in rows.all():
        if manifest not in wanted:
            continue
        if manifest != last:
            last, digest = manifest, _digest(connection, manifest)
        if digest != sha256:
            yield version


def _digest(connection: Direct, manifest: int) -> bytes:
    import hashlib  # slow to import, and not needed where every manifest is proved

    from ..tables import manifests

    try:
        version = manifests.load(connection, manifest)
        return hashlib.sha256(manifests.file_of(connection, version)).digest()
    except (StoreDamaged, msgspec.MsgspecError):
        return b""


class Reader:
    """Looks at parts in a process of its own; it opens the file when it is asked first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: Direct | None = None

    def __call__(self, question: bytes) -> bytes:
        """What is found in a part."""
        if self._connection is None:
            self._connection = Direct(connect(self._path, read_only=True))
            self._connection.exec_driver_sql("BEGIN")
        found = look(self._connection, msgspec.msgpack.decode(question, type=Part))
        found.purges = purge_count(self._connection)
        return msgspec.msgpack.encode(found)


class Shared:
    """A part that is shared with the process beside this one, if there is one."""

    def __init__(
        self, connection: Direct, part: Part, second: Second | None, own: float = 0.5
    ) -> None:
        """The other begins at once; `own` is the share that is left for `found`."""
        self._connection = connection
        self._parts = [part]
        self._second = second
        self._purges = 0
        if second is None:
            return
        try:
            self._purges = purge_count(connection)
            last = soundness.last_row(connection, part.table)
        except DAMAGE:  # as far as it goes, then
            return
        middle = int(last * own)
        if middle:
            others = msgspec.structs.replace(part, first=middle + 1, last=last)
            self._parts = [msgspec.structs.replace(part, last=middle), others]
            second.ask(msgspec.msgpack.encode(others))

    def found(self) -> Found:
        """What was found in all of it."""
        found, *others = [look(self._connection, self._parts[0]), *self._others()]
        for other in others:
            found.unsound.join(other.unsound)
            found.pieces += other.pieces
            found.wrong |= other.wrong
            found.named = either(found.named, other.named)
            found.failed = found.failed or other.failed
        return found

    def _others(self) -> Iterator[Found]:
        for part in self._parts[1:]:
            answer = None if self._second is None else self._second.answer()
            found = None if answer is None else msgspec.msgpack.decode(answer, type=Found)
            if found is None or found.purges != self._purges:  # it saw another store
                found = look(self._connection, part)
            yield found


def either(one: bytes, other: bytes) -> bytes:
    """1 where one of them says so."""
    size = max(len(one), len(other))
    both = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return both.to_bytes(size, "little")
