"""Reading what runs depended on: text files beside notebooks, and data."""

from collections.abc import Sequence
from typing import Any

import msgspec

from ...errors import NotFound
from ..tables import payloads
from ..tables.database import Database
from ..tables.direct import Direct
from ..views import DataRunView, DataView, FileView, StepView

SHOWN_FILES = 20
SHORT = 6
"""Bytes of a fingerprint that are answered: enough to tell two states of a file apart."""
CHANGED = "changed"
CLOCK_US = 10_000
"""So much the time of a file may lie behind the clock."""

_RUN = """
SELECT e.event, e.writer, s.number, e.started_at, coalesce(e.finished_at, 9223372036854775807),
    coalesce((SELECT t.ingest FROM step t WHERE t.notebook = e.notebook AND t.type = 'run'
        AND t.ingest < e.event ORDER BY t.ingest DESC LIMIT 1), 0), e.path
FROM execution e JOIN space s ON s.id = e.space WHERE e.id = ? AND e.deleted_at IS NULL
"""
_FILES = """
SELECT f.path, v.size, v.changed_at, v.payload, v.reason, v.from_event, n.changed_at,
    n.unseen_since
FROM file f
JOIN file_version v ON v.row = (SELECT row FROM file_version WHERE file = f.row
    AND writer = :writer AND from_event <= :event ORDER BY from_event DESC, row DESC LIMIT 1)
LEFT JOIN file_version n ON n.row = (SELECT row FROM file_version WHERE file = f.row
    AND writer = :writer AND from_event > :event ORDER BY from_event, row LIMIT 1)
WHERE f.space = :space AND v.reason <> 'gone' ORDER BY f.path
"""
_FILE = _FILES.replace("ORDER BY f.path", "AND f.path = :path")
_DATA = """
SELECT f.row, f.path, d.role, d.moment, d.size, d.mtime, d.fingerprint, d.partial, d.unknown,
    d.event
FROM data_seen d JOIN file f ON f.row = d.file WHERE d.execution = ?
ORDER BY d.role, f.path, d.moment DESC
"""
_BEFORE = """
SELECT d.execution, d.fingerprint FROM data_seen d
JOIN execution e ON e.id = d.execution AND e.deleted_at IS NULL
WHERE d.file = ? AND d.event < ? AND d.execution <> ? AND d.fingerprint IS NOT NULL
ORDER BY d.event DESC, d.moment LIMIT 1
"""
_RUNS = """
SELECT DISTINCT e.id, e.notebook, e.started_at, e.event FROM file f
JOIN data_seen d ON d.file = f.row JOIN execution e ON e.id = d.execution
JOIN space s ON s.number = f.space
WHERE s.id = ? AND f.path = ? AND e.deleted_at IS NULL ORDER BY e.event DESC LIMIT ?
"""


class _Run(msgspec.Struct, frozen=True):
    event: int
    writer: int
    space: int
    started_at: int
    finished_at: int
    before: int
    path: str | None


class DependedReads:
    """The part of the store that answers what runs depended on."""

    db: Database

    def step_files(self, step: str) -> list[FileView]:
        """The text files beside notebooks as this run found them."""
        with self.db.statements() as connection:
            run = _run(connection, step)
            return [] if run is None else _files(connection, run)

    def step_file(self, step: str, path: str) -> bytes:
        """One of them."""
        with self.db.statements() as connection:
            row = found_file(connection, step, path)
            return payloads.contents(connection, [row], f"The file {path}")[row]

    def data_runs(self, space: str, path: str, *, limit: int = 100) -> list[DataRunView]:
        """The runs that read or wrote a data file, newest first, each against the one before."""
        with self.db.statements() as connection:
            found = connection.exec_driver_sql(_RUNS, (space, path, limit)).all()
            return [
                DataRunView(step=step, notebook=notebook, at=at, data=data)
                for step, notebook, at, _ in found
                for data in _data(connection, step)
                if data.path == path
            ]


def found_file(connection: Direct, step: str, path: str) -> int:
    """The content of a text file as a run found it, by its row."""
    run = _run(connection, step)
    if run is not None:
        found = connection.exec_driver_sql(_FILE, {**_values(run), "path": path}).first()
        if found is not None and found[3] is not None:
            return int(found[3])
    raise NotFound("file")


def depended_on(connection: Direct, step: StepView) -> StepView:
    """The step with what its run depended on."""
    run = _run(connection, step.id) if step.type == "run" else None
    if run is not None:
        files = _files(connection, run)
        step.files_total = len(files)
        step.files = _nearest(files, run)[:SHOWN_FILES]
        step.data = _data(connection, step.id)
    return step


def _run(connection: Direct, step: str) -> _Run | None:
    row = connection.exec_driver_sql(_RUN, (step,)).first()
    return None if row is None else _Run(*row)


def _values(run: _Run) -> dict[str, Any]:
    return {"writer": run.writer, "event": run.event, "space": run.space}


def _files(connection: Direct, run: _Run) -> list[FileView]:
    rows = connection.exec_driver_sql(_FILES, _values(run))
    return [
        FileView(
            path=path,
            size=size,
            since=changed_at,
            kept=payload is not None,
            reason=reason,
            changed=from_event > run.before > 0,
            doubt=doubt((run.started_at, run.finished_at), changed_at, later),
        )
        for path, size, changed_at, payload, reason, from_event, *later in rows
    ]


def doubt(run: tuple[int, int], since: int, later: Sequence[int | None]) -> str:
    """Whether a run may have met another state of a file than the one that held when it began.

    `since` is when that state came, `later` when the next one came, and when the one before that
    was seen last.
    """
    started_at, finished_at = run
    changed_at, unseen_since = later
    if since > started_at:
        return "during"  # it was told before the run was
    if changed_at is None or unseen_since is None:
        return ""
    if started_at - CLOCK_US <= changed_at <= finished_at:
        return "during"
    return "meanwhile" if unseen_since < started_at else ""


def _nearest(files: list[FileView], run: _Run) -> list[FileView]:
    """What changed first, then what lies in the notebook's own folder."""
    folder = (run.path or "").rpartition("/")[0]

    def place(file: FileView) -> tuple[bool, bool, str]:
        beside = file.path.rpartition("/")[0] == folder
        return not (file.changed or file.doubt), not beside, file.path

    return sorted(files, key=place)


def _data(connection: Direct, step: str) -> list[DataView]:
    """What a run read and wrote; what was seen of one file at both ends is one line."""
    found: dict[tuple[int, str], DataView] = {}
    for row, path, role, moment, size, mtime, print_, partial, unknown, event in list(
        connection.exec_driver_sql(_DATA, (step,))
    ):
        known = found.get((row, role))
        if known is not None:  # its start was seen as well, and is what was read
            if moment == "end" and not known.unknown:
                known.doubt = "during"
                continue
            if known.unknown and not print_:
                continue
        view = DataView(
            path=path,
            role=role,
            size=size,
            mtime=mtime,
            fingerprint=print_[:SHORT].hex() if print_ else None,
            partial=bool(partial),
            unknown=unknown,
        )
        if known is not None and known.unknown == CHANGED:
            view.doubt = "during"  # what it was when the run began, nobody saw
        if print_:
            before = connection.exec_driver_sql(_BEFORE, (row, event, step)).first()
            view.state = _state(before, print_)
            view.before = None if before is None else before[0]
        found[row, role] = view
    return list(found.values())


def _state(before: Any, fingerprint: bytes) -> str:
    if before is None:
        return "first"
    return "same" if before[1] == fingerprint else "changed"
