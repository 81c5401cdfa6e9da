"""Saved notebooks, what happens to their files, and what was not recorded."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..records import (
    Gap,
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
    NotebookSaved,
    RecordingPaused,
    RecordingResumed,
)
from ..tables import manifests
from ..tracks.keeping import Saved, keep
from ..tracks.mending import copied
from . import editors, paths
from .counts import recount
from .landed import Landed, Refused, cleaned, identity
from .placing import NO_SOURCES, put_manifest, sources_digest
from .runs import add_step

EMPTY_SESSION = ""
IMPORTED = "imported"
OFF = "recording-off"
"""Why a gap is there when an administrator or a maintainer has switched recording off."""


def notebook_saved(landed: Landed, event: NotebookSaved) -> None:
    """A version; a step too when sources changed and nothing ran since the version before."""
    snapshot = identity(event.snapshot)
    version = landed.prepared.version
    if version is None:
        raise Refused("malformed")
    notebook = landed.notebook = _restored(landed, event) or landed.resolve(event.path)
    before = landed.first(
        "SELECT event, sha256, sources, manifest FROM snapshot WHERE notebook = ?"
        " ORDER BY event DESC LIMIT 1",
        notebook,
    )
    digest = bytes.fromhex(event.sha256)
    manifest = put_manifest(
        landed.connection,
        landed.open_space.number,
        version,
        landed.rows_by_id,
        None if before is None else before[3],
    )
    sources = _sources(landed, manifest)
    changed = before is None or before[1] != digest
    added = landed.add(
        "INSERT OR IGNORE INTO snapshot (id, event, writer, space, notebook, path, at, cause,"
        " durability, size, sha256, cells, readable, changed, sources, manifest, author,"
        " author_basis, tracks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        snapshot,
        landed.ingest,
        landed.writer.row,
        landed.space,
        notebook,
        event.path,
        landed.at,
        event.cause,
        event.durability,
        event.size,
        digest,
        len(version.cells),
        version.opaque is None,
        changed,
        sources,
        manifest,
        landed.author,
        landed.author_basis,
        _tracks(landed, manifest, None if before is None else before[0]),
    )
    if not added:
        raise Refused("twice")
    editors.put(landed, snapshot, event.editors)
    edited = sources != (NO_SOURCES if before is None else before[2])
    since = 0 if before is None else int(before[0])
    told = edited and _add_edit(landed, snapshot, since, changed, folds=event.cause != IMPORTED)
    if changed and not told:
        landed.run("UPDATE notebook SET versions = versions + 1 WHERE id = ?", notebook)


def _restored(landed: Landed, event: NotebookSaved) -> str | None:
    """The deleted notebook that goes on with this version, if a person has put it back."""
    if event.restores is None:
        return None
    place = (landed.space, cleaned(event.path))
    return paths.restore(landed.connection, event.restores, *place, landed.moment)


def _sources(landed: Landed, manifest: int) -> bytes:
    version = manifests.load(landed.connection, manifest)
    return sources_digest(version, landed.open_space.key)


def _tracks(landed: Landed, manifest: int, before: int | None) -> bytes | None:
    version = landed.prepared.version
    if version is None or version.opaque is not None or landed.notebook is None:
        return None
    place = (landed.notebook, landed.space, landed.open_space.key)
    return keep(landed.connection, Saved(*place, manifest, landed.ingest, before))


class _Step(NamedTuple):
    """The last step of a notebook."""

    ingest: int
    type: str
    author: str | None
    place: tuple[int, str, int]
    thing: str


def _add_edit(landed: Landed, snapshot: str, since: int, changed: bool, *, folds: bool) -> bool:
    """Saves in a row by the same people are one edit; a commit is a step by itself.

    False if a run since the version before tells of it.
    """
    row = landed.first(
        "SELECT ingest, type, author, session_at, session, position, thing FROM step"
        " WHERE notebook = ? ORDER BY ingest DESC LIMIT 1",
        landed.notebook,
    )
    last = None if row is None else _Step(row[0], row[1], row[2], row[3:6], row[6])
    if last is not None and last.type == "run" and last.ingest > since:
        return False
    session = landed.first(
        "SELECT started_at, id FROM kernel_session WHERE notebook = ?"
        " ORDER BY started_at DESC, id DESC LIMIT 1",
        landed.notebook,
    )
    goes_on = last is not None and last.type == "edit" and last.author == landed.author
    if last is not None and folds and goes_on and editors.same(landed, last.thing, snapshot):
        _go_on(landed, last, snapshot, session, changed)
    else:
        place = _place_of_edit(landed, session)
        add_step(landed, place, "edit", snapshot, versions=int(changed))
    return True


def _go_on(
    landed: Landed,
    last: _Step,
    snapshot: str,
    session: tuple[Any, ...] | None,
    changed: bool,
) -> None:
    """The last step's edit is now up to this version.

    No step came after it, so it stays in its place unless a kernel session did.
    """
    place = last.place
    if session is not None and (place[1] == EMPTY_SESSION or session > place[:2]):
        place = _place_of_edit(landed, session, apart=last.ingest)
    elif place[1] == EMPTY_SESSION:
        place = (landed.at, EMPTY_SESSION, -1)
    landed.run(
        "UPDATE step SET ingest = ?, thing = ?, space = ?, session_at = ?, session = ?,"
        " position = ? WHERE ingest = ?",
        landed.ingest,
        snapshot,
        landed.space,
        *place,
        last.ingest,
    )
    landed.run(
        "UPDATE notebook SET versions = versions + ?, last_at = max(coalesce(last_at, 0), ?)"
        " WHERE id = ?",
        changed,
        landed.at,
        landed.notebook,
    )


def _place_of_edit(
    landed: Landed, session: tuple[Any, ...] | None, apart: int = -1
) -> tuple[int, str, int]:
    """After the last run of the notebook's newest kernel session, or by its own time."""
    newest = landed.first(
        "SELECT session_at, session, position FROM step WHERE notebook = ? AND ingest <> ?"
        " ORDER BY session_at DESC, session DESC, position DESC LIMIT 1",
        landed.notebook,
        apart,
    )
    if session is not None and (newest is None or session > newest[:2]):
        return session[0], session[1], -1
    if newest is not None and newest[1] != EMPTY_SESSION:
        return newest
    return landed.at, EMPTY_SESSION, -1


def notebook_moved(landed: Landed, event: NotebookMoved) -> None:
    """A rename or a move keeps the identity."""
    if event.to_space not in landed.spaces:
        raise Refused("not-allowed")
    origin = (landed.space, cleaned(event.path))
    target = (event.to_space, cleaned(event.to_path))
    if not event.is_folder:
        landed.resolve(event.path)
    moved = paths.move(
        landed.connection, origin, target, is_folder=event.is_folder, moment=landed.moment
    )
    if len(moved) == 1:
        landed.notebook = moved[0]
    if origin[0] != target[0]:
        for notebook in moved:
            recount(landed.connection, notebook)


def notebook_copied(landed: Landed, event: NotebookCopied) -> None:
    """A copy is a new notebook with an edge to its origin."""
    if event.to_space not in landed.spaces:
        raise Refused("not-allowed")
    origin = landed.resolve(event.path)
    landed.notebook = landed.resolve(event.to_path, event.to_space)
    if origin is not None and landed.notebook is not None:
        paths.copy(landed.connection, origin, landed.notebook, landed.moment)
        copied(landed.connection, origin, landed.notebook, landed.ingest)


def notebook_deleted(landed: Landed, event: NotebookDeleted) -> None:
    """The file is gone; its history stays."""
    gone = paths.delete(
        landed.connection,
        landed.space,
        cleaned(event.path),
        is_folder=event.is_folder,
        moment=landed.moment,
    )
    if len(gone) == 1:
        landed.notebook = gone[0]


def gap_reported(landed: Landed, event: Gap) -> None:
    """What the recorder knows to be missing."""
    if event.reason == OFF and event.path is None and event.execution is None:
        until = landed.clamp(event.at if event.until is None else event.until)
        if gap_goes_on(landed, OFF, landed.space, until, event.dropped_events):
            return
    _add_gap(
        landed,
        event.reason,
        event.path,
        landed.clamp(event.since),
        None if event.until is None else landed.clamp(event.until),
        (event.execution, event.dropped_events, event.dropped_bytes),
    )


def recording_paused(landed: Landed, event: RecordingPaused) -> None:
    """A gap begins on purpose."""
    _add_gap(landed, "paused", event.path, landed.at, None, (None, 0, 0))


def recording_resumed(landed: Landed, event: RecordingResumed) -> None:
    """The gap that began with the pause ends."""
    landed.run(
        "UPDATE gap SET until = ? WHERE writer = ? AND space = ? AND reason = 'paused'"
        " AND until IS NULL AND path IS ?",
        landed.at,
        landed.writer.row,
        landed.space,
        event.path,
    )


def gap_goes_on(landed: Landed, reason: str, space: str, until: int, dropped: int) -> bool:
    """Whether the writer's last gap is this one as well: it is counted there."""
    counted = landed.connection.exec_driver_sql(
        "UPDATE gap SET dropped_events = dropped_events + ?, until = ? WHERE row ="
        " (SELECT max(row) FROM gap WHERE writer = ?) AND reason = ? AND space = ?",
        (dropped, until, landed.writer.row, reason, space),
    )
    return bool(counted.rowcount)


def _add_gap(
    landed: Landed,
    reason: str,
    path: str | None,
    since: int,
    until: int | None,
    lost: tuple[str | None, int, int],
) -> None:
    if path is not None:
        landed.notebook = paths.notebook_now(landed.connection, landed.space, cleaned(path))
    landed.run(
        "INSERT INTO gap (event, writer, space, notebook, path, reason, since, until, execution,"
        " dropped_events, dropped_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        landed.ingest,
        landed.writer.row,
        landed.space,
        landed.notebook,
        path,
        reason,
        since,
        until,
        *lost,
    )


HANDLERS: dict[type, Callable[[Landed, Any], None]] = {
    NotebookSaved: notebook_saved,
    NotebookMoved: notebook_moved,
    NotebookCopied: notebook_copied,
    NotebookDeleted: notebook_deleted,
    Gap: gap_reported,
    RecordingPaused: recording_paused,
    RecordingResumed: recording_resumed,
}
