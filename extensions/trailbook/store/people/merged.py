"""What people say of a version: that it brings others together."""

from collections.abc import Collection

from ...errors import BadRequest
from ..tables.database import Database
from ..tables.direct import Direct

_PUT = "INSERT OR IGNORE INTO snapshot_parent (snapshot, parent) VALUES (?, ?)"


class Merged:
    """The part of the store that keeps what was merged."""

    db: Database

    def set_parents(self, snapshot: str, parents: Collection[str]) -> None:
        """Keep that a version brings these together, in place of what was said before."""
        if snapshot in parents:
            raise BadRequest("A version does not come from itself.")
        self.db.write(lambda c: _set(Direct(c), snapshot, parents))


def _set(connection: Direct, snapshot: str, parents: Collection[str]) -> None:
    connection.exec_driver_sql("DELETE FROM snapshot_parent WHERE snapshot = ?", (snapshot,))
    for parent in parents:
        connection.exec_driver_sql(_PUT, (snapshot, parent))
