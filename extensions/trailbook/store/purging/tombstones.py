"""What keeps a spool that arrives late from bringing back what was purged.

A tombstone is a fingerprint with the key of its space, and the time of the purge. Three kinds:

- a thing (a run, a version): every event that names it is late, whenever it comes;
- a path of a purged notebook: an event that names it is late if it happened before the purge;
- a payload: an event that brings it is late if it happened before the purge. What somebody types
  anew afterwards is a new fact, though it says the same.

An event's time is the one of the ledger: never after its receipt nor before the writer's last.
"""

from collections.abc import Collection

import blake3

from ..tables.direct import Direct
from ..tables.payloads import chunks, marks

THING, PATH, PAYLOAD = "purged-thing", "purged-path", "purged-payload"
_PUT = """
INSERT INTO tombstone (space, fingerprint, kind, at, by_person) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (space, fingerprint) DO UPDATE SET at = max(at, excluded.at)
"""


class Tombstones:
    """Those of one space."""

    def __init__(self, connection: Direct, space: str, key: bytes) -> None:
        self._connection = connection
        self._space = space
        self._key = key

    def put(self, kind: str, things: Collection[bytes], at: int, by: str | None) -> None:
        """Bury these."""
        for what in things:
            values = (self._space, self._fingerprint(kind, what), kind, at, by)
            self._connection.exec_driver_sql(_PUT, values)

    def since(self, kind: str, things: Collection[bytes], at: int = 0) -> set[bytes]:
        """Those of the things that were purged at this time or later."""
        found: set[bytes] = set()
        by_fingerprint = {self._fingerprint(kind, what): what for what in things}
        for some in chunks(by_fingerprint):
            rows = self._connection.exec_driver_sql(
                "SELECT fingerprint FROM tombstone WHERE space = ? AND at >= ?"
                f" AND fingerprint IN ({marks(some)})",
                (self._space, at, *some),
            )
            found |= {by_fingerprint[fingerprint] for (fingerprint,) in rows}
        return found

    def _fingerprint(self, kind: str, what: bytes) -> bytes:
        return blake3.blake3(kind.encode() + b":" + what, key=self._key).digest()
