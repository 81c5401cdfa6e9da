"""The content that a batch brings into one space, on its way into payloads."""

from collections.abc import Iterable

import msgspec

from ...errors import ContentMissing, StoreDamaged
from ..identity import payload_id
from ..tables import payloads
from ..tables.compression import Basis
from ..tables.direct import Direct
from ..tables.payloads import Packed, pack
from .prepared import PreparedVersion
from .writers import OpenSpace


class Pieces:
    """What was sent for one space; each piece is packed when an event first speaks of it."""

    def __init__(self, connection: Direct, space: OpenSpace, sent: Iterable[bytes]) -> None:
        self.connection = connection
        self.space = space
        self.sent = {payload_id(content, space.key): content for content in sent}
        self.packed: dict[bytes, Packed] = {}
        self.versions: dict[str, PreparedVersion] = {}  # of this batch, by snapshot
        self._rows: dict[bytes, int] = {}
        self._kept: set[bytes] = set()  # sent, and already in the space, in order
        self._looked_for: set[bytes] = set()

    def row(self, identity: bytes) -> int | None:
        """The row of a payload that the space already has."""
        if identity not in self._rows and identity not in self._looked_for:
            # Whoever asks for one piece that was sent asks for the others too.
            wanted = {identity, *self.sent} - self._looked_for
            self._looked_for |= wanted
            self._rows.update(payloads.rows_of(self.connection, self.space.number, wanted))
        return self._rows.get(identity)

    def contents(self, ids: Iterable[bytes]) -> list[bytes]:
        """These contents, sent or already in the space. Raises ContentMissing."""
        wanted = list(ids)
        lacking = {id_ for id_ in wanted if id_ not in self.sent and id_ not in self._rows}
        if lacking:
            found = payloads.rows_of(self.connection, self.space.number, lacking)
            self._rows.update(found)
            if len(found) < len(lacking):
                raise ContentMissing(len(lacking) - len(found))
        rows = {id_: self._rows[id_] for id_ in wanted if id_ not in self.sent}
        stored = payloads.contents(self.connection, set(rows.values())) if rows else {}
        return [self.sent[id_] if id_ in self.sent else stored[rows[id_]] for id_ in wanted]

    def pack_all(self, ids: Iterable[bytes], near: int | bytes | None) -> None:
        """Pack those of the pieces that were sent, are not packed yet and are not in the space.

        `near` is a payload that they may be told against, by its row or its id.
        """
        for id_ in ids:
            if id_ in self.sent and id_ not in self.packed and id_ not in self._kept:
                self._take(id_, near)

    def _take(self, identity: bytes, near: int | bytes | None) -> None:
        row = self.row(identity)
        if row is None:
            self.packed[identity] = self._pack(identity, near)
        elif payloads.sound_rows(self.connection, [row]):
            self._kept.add(identity)
        else:
            healing = pack(self.sent[identity], identity)
            self.packed[identity] = msgspec.structs.replace(healing, heals=row)

    def _pack(self, identity: bytes, near: int | bytes | None) -> Packed:
        content = self.sent[identity]
        basis = None if near is None or near == identity else self._basis(near)
        return pack(content, identity, basis, near)

    def _basis(self, key: int | bytes) -> Basis | None:
        if isinstance(key, bytes):
            if key in self.packed:
                packed = self.packed[key]
                return Basis(packed.content, packed.stored.encoding)
            row = self.row(key)
            if row is None:
                return None
            key = row
        try:
            return payloads.bases(self.connection, [key])[key]
        except StoreDamaged:
            return None  # what is damaged must not spread
