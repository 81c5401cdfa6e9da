"""What the trail has for a notebook's cells: last runs, and outputs as a notebook holds them."""

import base64
import json
from typing import Any

from ..base import Owner
from ..objects.encode import is_base64_mime, is_json_mime
from ..outputs import ShownOutput, overwritten
from ..tables import payloads
from ..tables.database import Database
from ..tables.direct import Statements
from ..views import LastRuns
from .displays import folded, updates_of
from .notebooks import notebook_view
from .page import complete, line_of_thing, lines
from .recorded import StoredOutput, recorded_outputs
from .trail import Scope, scope_of

MOST_RUNS = 500

_NEWEST = """
SELECT t.event, t.id FROM snapshot t WHERE {} AND t.deleted_at IS NULL
ORDER BY t.event DESC LIMIT 1
"""
# A deleted run still is its cell's last one: what came before it is not offered in its place.
_LAST = """
WITH last AS (
    SELECT t.id, t.event, t.deleted_at, w.person, w.project, row_number() OVER (
        PARTITION BY t.cell_id
        ORDER BY s.started_at DESC, s.id DESC, t.position DESC, t.event DESC) AS place
    FROM execution t JOIN kernel_session s ON s.id = t.kernel_session
    JOIN writer w ON w.row = t.writer WHERE {} AND t.cell_id IS NOT NULL
)
SELECT id FROM last WHERE place = 1 AND deleted_at IS NULL AND (person = ? OR project = ?)
AND (event > ? OR EXISTS (SELECT 1 FROM output o WHERE o.execution = last.id AND o.event > ?))
ORDER BY event DESC LIMIT ?
"""


class LastRunReads:
    """The part of the store that answers what a notebook's cells may lack."""

    db: Database

    def last_runs(self, notebook: str, owner: Owner, *, since: int | None = None) -> LastRuns:
        """The last run of each cell on this owner's servers that began or had output since then.

        What somebody else runs beside them on another server is not theirs to miss.
        """
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, owner.person)
            row = connection.exec_driver_sql(_NEWEST.format(scope.condition), scope.values).first()
            event, version = (0, None) if row is None else (int(row[0]), str(row[1]))
            since = event if since is None else since
            runs = _last(connection, scope, owner, since)
            found = lines(connection, f"t.thing IN ({payloads.marks(runs)})", tuple(runs))
            views = complete(connection, found, owner.person)
        return LastRuns(version=version, since=since, runs=views)

    def step_outputs(self, step: str) -> list[dict[str, Any]]:
        """The outputs of a run as a notebook holds them: every part in full."""
        with self.db.statements() as connection:
            line = line_of_thing(connection, step)
            stored = recorded_outputs(connection, [step]).get(step, [])
            later = updates_of(connection, {step: stored}).get(step, {})
            needed = [*stored, *(output for _, output in later.values())]
            rows = {row for output in needed for row in output.rows.values()}
            rows |= {output.metadata for output in needed if output.metadata is not None}
            contents = payloads.contents(connection, rows, "This output")
        by_index = {output.recorded.index: output for output in stored}
        return [
            notebook_output(
                shown,
                [later[shown.display_id or ""][1]]
                if shown.updated_by
                else [by_index[index] for index in shown.rows],
                contents,
                line.execution_count,
            )
            for shown in folded(stored, later)
        ]


def _last(connection: Statements, scope: Scope, owner: Owner, since: int) -> list[str]:
    values = (*scope.values, owner.person, owner.project, since, since, MOST_RUNS)
    return [row[0] for row in connection.exec_driver_sql(_LAST.format(scope.condition), values)]


def notebook_output(
    shown: ShownOutput,
    messages: list[StoredOutput],
    contents: dict[int, bytes],
    count: int | None,
) -> dict[str, Any]:
    """One output in the format of notebooks."""
    if shown.type in {"stream", "error"}:
        pieces = [row for message in messages for row in message.rows.values()]
        text = b"".join(contents[row] for row in pieces).decode("utf-8", "replace")
        if shown.type == "stream":
            text = overwritten(text)
            return {"output_type": "stream", "name": shown.name or "stdout", "text": text}
        traceback = text.split("\n") if text else []
        known = {"ename": shown.name or "", "evalue": shown.value or "", "traceback": traceback}
        return {"output_type": "error", **known}
    last = messages[-1]
    found = {part.mime: contents[last.rows[part.number]] for part in shown.parts}
    output: dict[str, Any] = {
        "output_type": shown.type,
        "data": {mime: part_value(mime, content) for mime, content in found.items()},
        "metadata": {} if last.metadata is None else json.loads(contents[last.metadata]),
    }
    if shown.type == "execute_result":
        output["execution_count"] = count
    return output


def part_value(mime: str, content: bytes) -> Any:
    """A part as it stands in a notebook: JSON as a value, images in base64, else text."""
    if is_base64_mime(mime):
        return base64.b64encode(content).decode()
    text = content.decode("utf-8", "replace")
    if is_json_mime(mime):
        try:
            return json.loads(text)
        except ValueError:  # a kernel may send anything under this name
            return text
    return text
