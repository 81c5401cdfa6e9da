"""The version that two versions both came from: the base of a merge."""

from typing import Any

from ...errors import NotFound
from ..tables.database import Database
from ..tables.direct import Direct
from ..views import SnapshotView
from .versions import snapshot_view

_PLACE = "SELECT notebook, event FROM snapshot WHERE id = ? AND deleted_at IS NULL"
_ORIGINS = (
    "SELECT origin, event FROM notebook_edge WHERE notebook = ? AND kind IN ('copy', 'alike')"
)
_NEWEST = """
SELECT id, event FROM snapshot WHERE notebook = ? AND event <= ? AND readable = 1
AND deleted_at IS NULL ORDER BY event DESC LIMIT 1
"""
_VERSIONS = """
SELECT id, event, sha256 FROM snapshot WHERE notebook = ? AND event <= ? AND changed = 1
AND readable = 1 AND deleted_at IS NULL ORDER BY event
"""


class AncestorReads:
    """The part of the store that answers where two versions parted."""

    db: Database

    def common_version(self, ours: str, theirs: str) -> SnapshotView | None:
        """The newest version that both came from, if one is recorded.

        Of two versions of one notebook it is the older one, unless somebody went back behind that
        one in between: then it is the version that was brought back.
        """
        with self.db.statements() as connection:
            sides = [_place(connection, snapshot) for snapshot in (ours, theirs)]
            found = _restored(connection, *sides) if sides[0][0] == sides[1][0] else None
            found = found or _newest(connection, *sides)
            return None if found is None else snapshot_view(connection, found)


def _place(connection: Direct, snapshot: str) -> tuple[str, int]:
    row = connection.exec_driver_sql(_PLACE, (snapshot,)).first()
    if row is None:
        raise NotFound("version")
    return row[0], row[1]


def _restored(connection: Direct, *sides: tuple[str, int]) -> str | None:
    """The version before the older side that the newer one began from anew."""
    (notebook, until), older = max(sides, key=_event), min(sides, key=_event)
    before: dict[bytes, str] = {}
    found = None
    for id_, event, digest in connection.exec_driver_sql(_VERSIONS, (notebook, until)):
        if event <= older[1]:
            before[digest] = id_
        else:
            found = before.get(digest, found)
    return found


def _newest(connection: Direct, *sides: tuple[str, int]) -> str | None:
    """The newest version of a notebook that both sides go back to."""
    first, second = (_past(connection, *side) for side in sides)
    versions = [
        row
        for notebook in first.keys() & second.keys()
        if (row := _at(connection, notebook, min(first[notebook], second[notebook]))) is not None
    ]
    return max(versions, key=_event)[0] if versions else None


def _past(connection: Direct, notebook: str, until: int) -> dict[str, int]:
    """The notebook and those it is copied from, each with the event up to which it counts."""
    found = {notebook: until}
    waiting = [notebook]
    while waiting:
        here = waiting.pop()
        for origin, event in connection.exec_driver_sql(_ORIGINS, (here,)).all():
            bound = min(event, found[here])
            if found.get(origin, -1) < bound:
                found[origin] = bound
                waiting.append(origin)
    return found


def _at(connection: Direct, notebook: str, until: int) -> Any:
    return connection.exec_driver_sql(_NEWEST, (notebook, until)).first()


def _event(side: Any) -> int:
    return int(side[1])
