"""Filling lines of a notebook's story: each kind of thing is read for the whole page at once."""

import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec

from ...errors import NotFound
from ..outputs import RecordedPart, head
from ..people.noted import notes_of_steps
from ..tables import payloads
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..views import INLINE_BYTES, GapView, KernelSessionView, NotebookView, OutputView, StepView
from .displays import Later, folded, messages_of, updated_by_runs, updates_of
from .editors import editors_of
from .recorded import StoredOutput, recorded_outputs

_MOST_GAPS = 200
_MOST_OUTPUTS = 100  # of one step on a page; the others are there by themselves
_TEXT_OF_A_STEP = 10 * INLINE_BYTES
_TEXTUAL = ("text/", "application/json", "application/javascript")

_LINES = """
SELECT t.ingest, t.type, t.thing, t.notebook, t.status, coalesce(e.path, v.path, ''),
    coalesce(e.started_at, v.at), e.finished_at, coalesce(e.author, v.author),
    coalesce(e.author_basis, v.author_basis), e.cell_id, e.kernel_session, e.position,
    e.execution_count, e.source, t.space
FROM step t LEFT JOIN execution e ON e.id = t.thing LEFT JOIN snapshot v ON v.id = t.thing
WHERE """
_RUN_WITHOUT_NOTEBOOK = """
SELECT e.event, 'run', e.id, coalesce(e.notebook, ''), e.status, coalesce(e.path, ''),
    e.started_at, e.finished_at, e.author, e.author_basis, e.cell_id, e.kernel_session, e.position,
    e.execution_count, e.source, e.space
FROM execution e WHERE e.id = ? AND e.deleted_at IS NULL
"""
_VERSION = """
SELECT v.event, 'edit', v.id, v.notebook, '', v.path, v.at, NULL, v.author, v.author_basis, NULL,
    NULL, NULL, NULL, NULL, v.space
FROM snapshot v WHERE v.id = ? AND v.deleted_at IS NULL
"""


class Line(msgspec.Struct, frozen=True):
    """A step without what belongs to it."""

    ingest: int
    type: str
    thing: str
    notebook: str
    status: str
    path: str
    at: int
    finished_at: int | None
    author: str | None
    author_basis: str
    cell_id: str | None
    kernel_session: str | None
    position: int | None
    execution_count: int | None
    source: int | None
    space: str


def lines(connection: Direct, where: str, values: tuple[object, ...]) -> list[Line]:
    """Lines of the story; `where` speaks of the step as `t`."""
    return [Line(*row) for row in connection.exec_driver_sql(_LINES + where, values)]


def line_of_thing(connection: Direct, thing: str) -> Line:
    """A step, also a version or a run that has no line in a story."""
    found = lines(connection, "t.thing = ?", (thing,))
    for query in (_RUN_WITHOUT_NOTEBOOK, _VERSION):
        if not found:
            rows = connection.exec_driver_sql(query, (thing,))
            found = [Line(*row) for row in rows]
    if not found:
        raise NotFound("step")
    return found[0]


def complete(connection: Direct, page: list[Line], person: str | None) -> list[StepView]:
    """The steps with their sources, outputs, notes, versions and what made errors go away."""
    runs = [line for line in page if line.type == "run"]
    outputs = recorded_outputs(connection, [line.thing for line in runs])
    wanted = {line.source for line in runs if line.source is not None}
    later = updates_of(connection, outputs)
    updated = updated_by_runs(connection, outputs)
    texts = _texts(connection, wanted, [*outputs.values(), *map(messages_of, later.values())])
    damaged = {line.thing for line in runs if line.source not in texts}
    notes = notes_of_steps(connection, [line.thing for line in page], person)
    fixed = _fixed_by(connection, [line.thing for line in runs if line.status == "error"])
    versions = _versions(connection, page)
    editors = editors_of(connection, [line.thing for line in page if line.type == "edit"])
    views = []
    for line in page:
        source, longer = _source(texts, line)
        views.append(
            StepView(
                id=line.thing,
                type=line.type,
                notebook=line.notebook,
                path=line.path,
                at=line.at,
                finished_at=line.finished_at,
                status=line.status,
                author=line.author,
                author_basis=line.author_basis,
                editors=editors.get(line.thing, []),
                cell_id=line.cell_id,
                kernel_session=line.kernel_session,
                position=line.position,
                execution_count=line.execution_count,
                source=source,
                source_cut=longer,
                source_damaged=line.thing in damaged,
                outputs=_views(outputs.get(line.thing, []), later.get(line.thing, {})),
                updated=updated.get(line.thing, []),
                notes=notes.get(line.thing, []),
                snapshot=versions.get(line.thing),
                fixed_by=fixed.get(line.thing),
            )
        )
    return views


def _source(texts: dict[int, tuple[str, bool]], line: Line) -> tuple[str, bool]:
    if line.source is None or line.source not in texts:
        return "", False
    text, complete_text = texts[line.source]
    shown, longer = head(text)
    return shown, longer or not complete_text


def is_textual(mime: str) -> bool:
    """Whether a part's text comes inside a view."""
    return mime.startswith(_TEXTUAL) or mime.endswith("+json")


def _texts(
    connection: Direct, sources: set[int], outputs: Iterable[list[StoredOutput]]
) -> dict[int, tuple[str, bool]]:
    """The heads of the texts of a page, of each step as much as a page can bear."""
    parts: dict[int, list[RecordedPart]] = defaultdict(list)
    for stored in outputs:
        room = _TEXT_OF_A_STEP
        for output in stored:
            for part in output.recorded.parts:
                part.complete = not is_textual(part.mime)
                if room > 0 and not part.complete:
                    room -= min(part.size, payloads.HEAD_BYTES)
                    parts[output.rows[part.number]].append(part)
    heads = payloads.heads(connection, sources | parts.keys())
    texts = {
        row: (content.decode("utf-8", "replace" if all_of_it else "ignore"), all_of_it)
        for row, (content, all_of_it) in heads.items()
    }
    for row, its_parts in parts.items():
        for part in its_parts:
            if row in texts:
                part.text, part.complete = texts[row]
            else:
                part.damaged = True
    return texts


def _views(stored: list[StoredOutput], later: Later) -> list[OutputView]:
    return [shown.view() for shown in folded(stored, later)[:_MOST_OUTPUTS]]


_FIXED = """
SELECT t.thing, (
    SELECT n.thing FROM step n
    WHERE n.notebook = t.notebook AND n.track = t.track AND n.status = 'ok' AND n.space = t.space
    AND (n.session_at, n.session, n.position, n.ingest)
        > (t.session_at, t.session, t.position, t.ingest)
    ORDER BY n.session_at, n.session, n.position, n.ingest LIMIT 1)
FROM step t WHERE t.thing IN ({})
"""


def _fixed_by(connection: Direct, errors: Collection[str]) -> dict[str, str]:
    """For each error, the next run of the same cell that went well."""
    fixed: dict[str, str] = {}
    for some in chunks(errors):
        rows = connection.exec_driver_sql(_FIXED.format(marks(some)), tuple(some))
        fixed.update({error: by for error, by in rows if by is not None})
    return fixed


_BETWEEN = """
SELECT event, id FROM snapshot
WHERE notebook = :notebook AND space = :space AND deleted_at IS NULL AND event >= :first
AND event <= coalesce((SELECT event FROM snapshot WHERE notebook = :notebook AND space = :space
    AND deleted_at IS NULL AND event >= :last ORDER BY event LIMIT 1), 9223372036854775807)
ORDER BY event
"""
_LATEST = """
SELECT id FROM snapshot WHERE notebook = :notebook AND space = :space AND deleted_at IS NULL
AND event < :last ORDER BY event DESC LIMIT 1
"""


def _versions(connection: Direct, page: Iterable[Line]) -> dict[str, str]:
    """For each step, the first version saved at or after it, else the latest before."""
    together: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in page:
        together[line.notebook, line.space].append(line)
    found: dict[str, str] = {}
    for (notebook, space), steps in together.items():
        values: dict[str, object] = {"notebook": notebook, "space": space}
        values["first"] = min(step.ingest for step in steps)
        values["last"] = max(step.ingest for step in steps)
        saved = connection.exec_driver_sql(_BETWEEN, values).all()
        latest = connection.exec_driver_sql(_LATEST, values).scalar_one_or_none()
        events = [row[0] for row in saved]
        for step in steps:
            place = bisect.bisect_left(events, step.ingest)
            version = saved[place][1] if place < len(saved) else latest
            if version is not None:
                found[step.thing] = str(version)
    return found


def sessions(connection: Direct, steps: Iterable[StepView]) -> list[KernelSessionView]:
    """The kernel sessions of these steps, oldest first."""
    ids = {step.kernel_session for step in steps if step.kernel_session is not None}
    found = []
    for some in chunks(ids):
        query = (
            "SELECT id, spec, language, started_at, ended_at, end_reason, environment"
            f" FROM kernel_session WHERE id IN ({marks(some)})"
        )
        for row in connection.exec_driver_sql(query, tuple(some)):
            environment = msgspec.json.decode(row[6], type=dict[str, str])
            found.append(
                KernelSessionView(
                    id=row[0],
                    spec=row[1],
                    language=row[2],
                    started_at=row[3],
                    ended_at=row[4],
                    end_reason=row[5],
                    environment=environment,
                )
            )
    return sorted(found, key=lambda session: (session.started_at, session.id))


_GAPS = """
SELECT reason, since, until, path, dropped_events FROM gap WHERE space = ?
AND (notebook = ? AND since <= ? AND coalesce(until, since) >= ?
    OR notebook IS NULL AND path IS NULL AND since <= ? AND coalesce(until, since) >= ?)
ORDER BY since, row LIMIT ?
"""
_EVER = 2**62


def gaps(
    connection: Direct,
    notebook: NotebookView,
    steps: list[StepView],
    *,
    earlier: bool,
    later: bool,
) -> list[GapView]:
    """What is known to be missing in the time of a page; its ends are open where no page follows.

    What a whole server missed is shown only among the steps that it lies between.
    """
    since = min((step.at for step in steps), default=0)
    until = max((step.finished_at or step.at for step in steps), default=0)
    window = (until if later else _EVER, since if earlier else 0)
    rows = connection.exec_driver_sql(
        _GAPS, (notebook.space, notebook.id, *window, until, since, _MOST_GAPS)
    )
    return [
        GapView(reason=row[0], since=row[1], until=row[2], path=row[3], dropped_events=row[4])
        for row in rows
    ]
