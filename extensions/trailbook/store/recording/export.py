"""A project's history out into one file, without what was deleted."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ...clock import now_us
from ..objects import cut, sha256
from ..reading.withheld import Withheld
from ..records import (
    AnyEvent,
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
    NotebookSaved,
    OutputRecorded,
)
from ..sql import SqlStore
from ..tables import manifests, payloads
from ..tables.direct import Direct
from .file import Content, Header, Message, Noted, Told, pack
from .importing import import_recording, recording_header

__all__ = ["export_project", "import_recording", "recording_header"]

_EVENTS_AT_ONCE = 200
_EVENTS = """
SELECT e.ingest, e.writer, e.kind, e.at, e.author, e.body, e.refs, v.id, v.path, v.cause,
    v.durability, v.notebook, v.manifest
FROM event e LEFT JOIN snapshot v ON v.event = e.ingest
WHERE e.space = ? AND e.ingest > ? AND e.refused IS NULL AND v.deleted_at IS NULL
ORDER BY e.ingest LIMIT ?
"""
_DELETED = "SELECT id FROM execution WHERE space = ? AND deleted_at IS NOT NULL"
_VALUE = "SELECT value, deleted_at FROM output WHERE execution = ? AND number = ?"
_PEOPLE = """
SELECT DISTINCT e.author, p.display_name FROM event e JOIN person p ON p.id = e.author_person
WHERE e.space = ?
"""
_NOTES = "SELECT step, snapshot, kind, text, author, at FROM note WHERE space = ? ORDER BY at, id"

_Recorded = tuple[AnyEvent, list[bytes]]


def export_project(store: SqlStore, project: str) -> Iterator[bytes]:
    """The project's recording, in pieces of the file."""
    view = store.project(project)
    with store.db.statements() as connection:
        first = Header(
            name=view.name,
            slug=view.slug,
            charter=view.charter,
            people=_people(connection, view.space),
            exported_at=now_us(),
        )
        yield from pack(_messages(connection, view.space, first))


def _people(connection: Direct, space: str) -> dict[str, str]:
    rows = connection.exec_driver_sql(_PEOPLE, (space,))
    return dict(rows.all())


def _messages(connection: Direct, space: str, first: Header) -> Iterator[Message]:
    yield first
    numbers: dict[bytes, int] = {}
    writers: dict[int, int] = {}
    deleted = {row[0] for row in connection.exec_driver_sql(_DELETED, (space,))}
    for row in _rows(connection, space):
        recorded = _event(connection, space, row)
        if recorded is None or getattr(recorded[0], "execution", None) in deleted:
            continue
        event, contents = recorded
        for content in contents:
            if content not in numbers:
                numbers[content] = len(numbers)
                yield Content(content)
        writer = writers.setdefault(row[1], len(writers))
        yield Told(writer, event, [numbers[content] for content in contents])
    for step, snapshot, kind, text, author, at in connection.exec_driver_sql(_NOTES, (space,)):
        yield Noted(step=step, snapshot=snapshot, kind=kind, text=text, author=author, at=at)


def _rows(connection: Direct, space: str) -> Iterator[Any]:
    after = 0
    while rows := connection.exec_driver_sql(_EVENTS, (space, after, _EVENTS_AT_ONCE)).all():
        yield from rows
        after = rows[-1][0]


def _event(connection: Direct, space: str, row: Any) -> _Recorded | None:
    ingest, _, kind, at, author, body, refs, *saved = row
    if saved[0] is not None:
        told = msgspec.json.decode(body) if body else {}
        version, contents = _saved(connection, ingest, (at, author), saved)
        more = {name: told[name] for name in ("commit", "editors", "restores") if name in told}
        return msgspec.structs.replace(version, **more), contents
    fields = {**msgspec.json.decode(body), "kind": kind, "space": "", "at": at, "author": author}
    event: AnyEvent = msgspec.convert(fields, AnyEvent)
    if isinstance(event, OutputRecorded):
        value, deleted = connection.exec_driver_sql(_VALUE, (event.execution, event.index)).first()
        if deleted is not None:
            return None
        event = msgspec.structs.replace(event, value=value)
    if isinstance(event, NotebookMoved | NotebookCopied):
        event = _within(event, space)
    rows = msgspec.msgpack.decode(refs, type=list[int]) if refs else []
    stored = payloads.contents(connection, rows)
    return event, [stored[ref] for ref in rows]


def _within(event: NotebookMoved | NotebookCopied, space: str) -> AnyEvent:
    """What leaves the project is, seen from inside it, gone (or, copied, still there)."""
    if event.to_space == space:
        return msgspec.structs.replace(event, to_space="")
    if isinstance(event, NotebookCopied):
        return msgspec.structs.replace(event, to_space="", to_path=event.path)
    return NotebookDeleted(
        space="", at=event.at, author=event.author, path=event.path, is_folder=event.is_folder
    )


def _saved(
    connection: Direct, ingest: int, told: tuple[int, str | None], saved: list[Any]
) -> _Recorded:
    at, author = told
    snapshot, path, cause, durability, notebook, manifest = saved
    version = manifests.load(connection, manifest, f"Version {snapshot[:12]}")
    withheld = Withheld(connection, notebook).indexes(ingest, version)
    raw = manifests.file_of(connection, version, withheld, f"Version {snapshot[:12]}")
    form, contents = cut(raw)
    event = NotebookSaved(
        space="",
        at=at,
        author=author,
        snapshot=snapshot,
        path=path,
        cause=cause,
        sha256=sha256(raw),
        size=len(raw),
        durability=durability,
        form=form,
    )
    return event, contents
