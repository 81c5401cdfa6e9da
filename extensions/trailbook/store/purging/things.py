"""Runs, versions and notebooks taken out of the tables; their events stay as empty places."""

from collections.abc import Collection

import msgspec

from ..records import SavedFile
from ..tables import payloads
from ..tables.direct import Direct
from .late import NO_HASH, PURGED, without_content

_EMPTY = "hash = ?, refused = ?, body = NULL, refs = NULL, notebook = NULL"
_EVENTS_OF_RUN = """
SELECT event FROM execution WHERE id = ? UNION SELECT event FROM output WHERE execution = ?
UNION SELECT event FROM data_seen WHERE execution = ?
"""
_FILE_OF_NOTHING = """
DELETE FROM file WHERE row = ?
AND NOT EXISTS (SELECT 1 FROM file_version v WHERE v.file = file.row)
AND NOT EXISTS (SELECT 1 FROM data_seen d WHERE d.file = file.row)
"""
_FORGOTTEN = (
    "DELETE FROM gap WHERE notebook = ?",
    "DELETE FROM notebook_author WHERE notebook = ?",
    "DELETE FROM notebook_edge WHERE notebook = ?",
    "DELETE FROM notebook_edge WHERE origin = ?",
    "DELETE FROM visibility_span WHERE notebook = ?",
    "DELETE FROM notebook_path WHERE notebook = ?",
    "UPDATE kernel_session SET notebook = NULL WHERE notebook = ?",
    "DELETE FROM step WHERE notebook = ?",
    "DELETE FROM execution WHERE notebook = ?",
    "DELETE FROM notebook WHERE id = ?",
)


def erase_run(connection: Direct, run: str, space: int, at: int, by: str | None) -> None:
    """Nothing of a run but that its cell ran then: later versions withhold what it left there."""
    _empty_events(connection, _EVENTS_OF_RUN, run, run, run)
    _forget_step(connection, run)
    connection.exec_driver_sql("DELETE FROM output WHERE execution = ?", (run,))
    _forget_data(connection, run)
    connection.exec_driver_sql(
        "UPDATE execution SET source = ?, track = NULL, deleted_at = coalesce(deleted_at, ?),"
        " deleted_by = coalesce(deleted_by, ?) WHERE id = ?",
        (payloads.insert_purged(connection, space), at, by, run),
    )


def _forget_data(connection: Direct, run: str) -> None:
    """What the run read and wrote, by names that may tell what it was about."""
    query = "DELETE FROM data_seen WHERE execution = ? RETURNING file"
    for (file,) in set(connection.exec_driver_sql(query, (run,)).all()):
        connection.exec_driver_sql(_FILE_OF_NOTHING, (file,))


def erase_version(connection: Direct, version: str) -> None:
    """Nothing of a version but a place in the ledger."""
    _empty_events(connection, "SELECT event FROM snapshot WHERE id = ?", version)
    _forget_step(connection, version)
    connection.exec_driver_sql("DELETE FROM snapshot WHERE id = ?", (version,))


def erase_notebook(connection: Direct, notebook: str) -> None:
    """Nothing of a notebook whose runs and versions are erased."""
    connection.exec_driver_sql(
        f"UPDATE event SET {_EMPTY} WHERE notebook = ?", (NO_HASH, PURGED, notebook)
    )
    for statement in _FORGOTTEN:
        connection.exec_driver_sql(statement, (notebook,))


def without_name(connection: Direct, event: int) -> None:
    """The event without the name of its exception."""
    query = "SELECT body FROM event WHERE ingest = ?"
    body = connection.exec_driver_sql(query, (event,)).scalar_one_or_none()
    if body is not None:
        fields = msgspec.json.decode(body)
        fields.pop("name", None)
        connection.exec_driver_sql(
            "UPDATE event SET body = ? WHERE ingest = ?", (msgspec.json.encode(fields), event)
        )


def without_files(connection: Direct, event: int, gone: Collection[int]) -> None:
    """The event without what it says of files whose content is among these rows."""
    query = "SELECT body, refs FROM event WHERE ingest = ?"
    body, refs = connection.exec_driver_sql(query, (event,)).first()
    fields = msgspec.json.decode(body)
    lost = {n for n, row in enumerate(msgspec.msgpack.decode(refs)) if row in gone}
    files = msgspec.convert(fields["files"], list[SavedFile])
    fields["files"] = [without_content(file, lost) for file in files]
    connection.exec_driver_sql(
        "UPDATE event SET body = ? WHERE ingest = ?", (msgspec.json.encode(fields), event)
    )


def _empty_events(connection: Direct, which: str, *values: str) -> None:
    connection.exec_driver_sql(
        f"UPDATE event SET {_EMPTY} WHERE ingest IN ({which})", (NO_HASH, PURGED, *values)
    )


def _forget_step(connection: Direct, thing: str) -> None:
    connection.exec_driver_sql("DELETE FROM step WHERE thing = ?", (thing,))
    connection.exec_driver_sql("DELETE FROM note WHERE step = ? OR snapshot = ?", (thing, thing))
