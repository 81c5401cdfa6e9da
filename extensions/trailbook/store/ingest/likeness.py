"""What content is probably like: that of the run of its cell, or of the file, before.

A wrong guess costs bytes and nothing else, so what is remembered here may be forgotten at any time.
"""

from typing import NamedTuple

import msgspec

from ..records import ExecutionStarted, FilesSaved, OutputRecorded, SavedFile
from . import paths
from .pieces import Pieces

_LAST_RUN = """
SELECT e.id, e.source FROM step t JOIN execution e ON e.id = t.thing
WHERE t.notebook = ? AND t.track = ? AND t.status = 'ok' AND t.type = 'run'
ORDER BY t.session_at DESC, t.session DESC, t.position DESC, t.ingest DESC LIMIT 1
"""
_FILE = """
SELECT v.payload FROM file f JOIN file_version v ON v.file = f.row
WHERE f.space = ? AND f.path = ? AND v.payload IS NOT NULL ORDER BY v.row DESC LIMIT 1
"""
_OUTPUT = "SELECT parts FROM output WHERE execution = ? AND number = ?"


class Earlier(NamedTuple):
    """A run, and its source by row or id."""

    run: str
    source: int | bytes


def run_before(
    pieces: Pieces, event: ExecutionStarted, track: bytes, source: bytes
) -> Earlier | None:
    """The last run of the same cell; what follows it is remembered."""
    cache = pieces.connection.cache
    key = ("last run", pieces.space.id, event.path, track)
    before: Earlier | None = cache.get(key) or _stored(pieces, event, track)
    cache.put(key, Earlier(event.execution, source), 200)
    if before is not None:
        cache.put(("run before", event.execution), before.run, 200)
    return before


def _stored(pieces: Pieces, event: ExecutionStarted, track: bytes) -> Earlier | None:
    path = None if event.path is None else paths.clean(event.path)
    if path is None:
        return None
    notebook = paths.notebook_now(pieces.connection, pieces.space.id, path)
    row = pieces.connection.exec_driver_sql(_LAST_RUN, (notebook, track)).first()
    return None if row is None else Earlier(row[0], row[1])


def output_before(pieces: Pieces, event: OutputRecorded, mime: str) -> int | None:
    """The same part of the output at the same place in the run before."""
    run = pieces.connection.cache.get(("run before", event.execution))
    if run is None:
        return None
    row = pieces.connection.exec_driver_sql(_OUTPUT, (run, event.index)).first()
    parts = [] if row is None else msgspec.msgpack.decode(row[0])
    return next((payload for name, payload, _ in parts if name == mime), None)


def file_before(pieces: Pieces, event: FilesSaved, file: SavedFile) -> int | None:
    """The content of a text file that was recorded last."""
    path = f"{event.path}/{file.name}".strip("/")
    row = pieces.connection.exec_driver_sql(_FILE, (pieces.space.number, path)).first()
    return None if row is None else int(row[0])
