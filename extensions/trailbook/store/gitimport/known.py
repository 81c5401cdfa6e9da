"""What of a repository's history is in the store already, and what there is not ours to touch."""

import msgspec

from ..base import Owner
from ..ingest.writers import FROM_GIT
from ..sql import SqlStore

Key = tuple[str, str, str, str]
"""One imported event: kind, commit, path, and the other path of a move or a copy."""

_HEAD = "git "
_WRITERS = "SELECT row, server FROM writer WHERE kind = ? AND person IS ? AND project IS ?"
_EVENTS = (
    "SELECT kind, body, at FROM event WHERE writer = ? AND space = ? AND refused IS NULL"
    " ORDER BY ingest"
)
_RECORDED = """
SELECT DISTINCT path FROM notebook_path WHERE space = ? AND notebook IN (
    SELECT DISTINCT e.notebook FROM event e JOIN writer w ON w.row = e.writer
    WHERE w.kind <> ? AND e.notebook IS NOT NULL)
"""


class _Body(msgspec.Struct):
    path: str = ""
    to_path: str = ""
    commit: str = ""


class Known(msgspec.Struct, frozen=True):
    """The state of an import: there is no other than the ledger itself."""

    done: set[Key]
    heads: list[str]  # in the order in which they were imported
    latest: dict[str, int]  # path -> when the last imported event was there
    recorded: set[str]  # paths of notebooks that something else than git has told of


def writer_label(head: str) -> str:
    """What the writer of an import is called: it says how far the import was to go."""
    return _HEAD + head


def known(store: SqlStore, owner: Owner, space: str) -> Known:
    """Read it from the ledger."""
    decoder = msgspec.json.Decoder(_Body)
    found = Known(done=set(), heads=[], latest={}, recorded=set())
    with store.db.statements() as connection:
        rows = connection.exec_driver_sql(
            _WRITERS + " ORDER BY row", (FROM_GIT, owner.person, owner.project)
        ).all()
        for row, label in rows:
            found.heads.append(label.removeprefix(_HEAD))
            for kind, body, at in connection.exec_driver_sql(_EVENTS, (row, space)):
                event = decoder.decode(body)
                found.done.add((kind, event.commit, event.path, event.to_path))
                for path in (event.path, event.to_path):
                    found.latest[path] = max(at, found.latest.get(path, 0))
        recorded = connection.exec_driver_sql(_RECORDED, (space, FROM_GIT))
        found.recorded.update(path for (path,) in recorded)
    return found
