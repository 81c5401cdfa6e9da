"""What runs depended on: text files beside notebooks, and the data that a run names."""

from collections.abc import Callable
from typing import Any

from ..identity import ID_BYTES
from ..records import DataFile, DataSeen, FilesSaved
from ..tables.direct import Statements
from .landed import Landed, Refused, cleaned

MOST_FILES = 10_000
PATH_CHARACTERS = 4_096
REASON_CHARACTERS = 16
NUMBER = 1 << 62
WRONG = "bad-request"
ROLES = {"read", "written"}
MOMENTS = {"start", "end"}

_FILE = "SELECT row FROM file WHERE space = ? AND path = ?"
_VERSION = """
INSERT INTO file_version (file, writer, event, from_event, changed_at, unseen_since, size, payload,
    reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DATA = """
INSERT OR REPLACE INTO data_seen (execution, file, role, moment, event, size, mtime, fingerprint,
    partial, unknown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def files_saved(landed: Landed, event: FilesSaved) -> None:
    """The state of some files, from a run of the writer on."""
    _few(event.files)
    folder = cleaned(event.path) + "/" if event.path.strip("/") else ""
    since = _since(landed, event.since_run)
    unseen = landed.clamp(event.unseen_since)
    for told in event.files:
        _bounded(told.name, told.reason, told.size, told.changed_at)
        payload = None if told.content is None else landed.row(told.content)
        landed.run(
            _VERSION,
            file_row(landed.connection, landed.open_space.number, cleaned(folder + told.name)),
            landed.writer.row,
            landed.ingest,
            since,
            landed.clamp(told.changed_at),
            unseen,
            told.size,
            payload,
            told.reason if payload is None else "",
        )


def data_seen(landed: Landed, event: DataSeen) -> None:
    """The data that a run of this writer names."""
    _few(event.files)
    run = landed.first(
        "SELECT writer, notebook, space, deleted_at FROM execution WHERE id = ?", event.execution
    )
    if run is None or run[0] != landed.writer.row or run[2] != landed.space:
        raise Refused("unknown-run")
    if run[3] is not None:
        raise Refused("deleted")
    if event.moment not in MOMENTS:
        raise Refused(WRONG)
    landed.notebook = run[1]
    for file in event.files:
        fingerprint = _fingerprint(file)
        landed.run(
            _DATA,
            event.execution,
            file_row(landed.connection, landed.open_space.number, file.path),
            file.role,
            event.moment,
            landed.ingest,
            file.size,
            file.mtime,
            fingerprint,
            file.partial,
            file.unknown,
        )


def file_row(connection: Statements, space: int, path: str) -> int:
    """The row of a path in a space, made when it is first told of."""
    found = connection.exec_driver_sql(_FILE, (space, path)).first()
    if found is not None:
        return int(found[0])
    made = connection.exec_driver_sql(
        "INSERT INTO file (space, path) VALUES (?, ?) RETURNING row", (space, path)
    )
    return int(made.scalar_one())


def _since(landed: Landed, run: str | None) -> int:
    """Where in the ledger a state begins to hold: at that run of the same writer, else here."""
    known = None
    if run is not None:
        known = landed.first(
            "SELECT event FROM execution WHERE id = ? AND writer = ?", run, landed.writer.row
        )
    return landed.ingest if known is None else int(known[0])


def _few(files: list[Any]) -> None:
    if len(files) > MOST_FILES:
        raise Refused(WRONG)


def _fingerprint(file: DataFile) -> bytes | None:
    if file.role not in ROLES:
        raise Refused(WRONG)
    _bounded(file.path, file.unknown, file.size or 0, file.mtime or 0)
    if not file.fingerprint:
        return None
    try:
        found = bytes.fromhex(file.fingerprint)
    except ValueError:
        raise Refused(WRONG) from None
    if len(found) != ID_BYTES:
        raise Refused(WRONG)
    return found


def _bounded(path: str, reason: str, *numbers: int) -> None:
    if not path or len(path) > PATH_CHARACTERS or "\x00" in path:
        raise Refused("bad-path")
    if len(reason) > REASON_CHARACTERS or any(not -NUMBER < n < NUMBER for n in numbers):
        raise Refused(WRONG)


HANDLERS: dict[type, Callable[[Landed, Any], None]] = {
    FilesSaved: files_saved,
    DataSeen: data_seen,
}
"""What the events of this module do."""
