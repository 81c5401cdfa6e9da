"""What a purge takes: the things that go, and the content that goes with them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import msgspec

from ...errors import BadRequest, NotFound, StoreDamaged
from ..objects import payload_id
from ..outputs import SOURCE, ShownOutput, fold, overwritten
from ..reading.depended import found_file
from ..reading.recorded import StoredOutput, recorded_outputs
from ..tables import manifests, payloads
from ..tables.direct import Direct
from .holders import rows_of_output

STEP, VERSION, NOTEBOOK, PART, FILE = "step", "version", "notebook", "part", "file"

_RUN = """
SELECT e.space, e.notebook, e.path, e.source, e.event, e.cell_id, s.number, s.key
FROM execution e JOIN space s ON s.id = e.space WHERE e.id = ?
"""
_SAVED = """
SELECT v.space, v.notebook, v.path, v.manifest, s.number, s.key
FROM snapshot v JOIN space s ON s.id = v.space WHERE v.id = ?
"""
_SPACES = """
SELECT s.id, n.path, s.number, s.key FROM notebook n JOIN space s ON s.id = n.space
    OR s.id IN (SELECT space FROM execution WHERE notebook = ?)
    OR s.id IN (SELECT space FROM snapshot WHERE notebook = ?)
WHERE n.id = ?
"""
_RUNS_OF = "SELECT id, source FROM execution WHERE notebook = ? AND space = ?"
_VERSIONS_OF = "SELECT id, manifest FROM snapshot WHERE notebook = ? AND space = ?"
_OUTPUTS = "SELECT parts, metadata FROM output WHERE execution = ?"
_VERSIONS_AFTER = """
SELECT v.manifest FROM snapshot v WHERE v.notebook = ? AND v.space = ? AND v.event > ?
AND v.event < coalesce((SELECT min(e.event) FROM execution e
    WHERE e.notebook = v.notebook AND e.cell_id = ? AND e.event > ?), 9223372036854775807)
"""


class Target(msgspec.Struct, kw_only=True):
    """What is named, before anybody asks who else holds its content."""

    kind: str
    space: str
    number: int
    key: bytes
    path: str
    notebook: str | None
    runs: list[str] = []
    versions: list[str] = []
    rows: set[int] = set()
    said: set[bytes] = set()  # ids of what a saved notebook makes of it, there already or not yet


def targets(
    connection: Direct, thing: str, part: int | None, file: str | None = None
) -> list[Target]:
    """What a purge of this step, version or notebook, or of one part of it, is about.

    A text file is named by a step that found it. One for each space: a payload belongs to one
    alone.
    """
    run = connection.exec_driver_sql(_RUN, (thing,)).first()
    if file is not None:
        if run is None or part is not None:
            raise BadRequest("A text file is named by a step that found it, and its path.")
        return [_of_file(connection, thing, run, file)]
    if run is not None:
        return [_of_run(connection, thing, run, part)]
    saved = connection.exec_driver_sql(_SAVED, (thing,)).first()
    if saved is not None:
        return [_of_version(connection, thing, saved, part)]
    found = _of_notebook(connection, thing)
    if not found:
        raise NotFound("step, version or notebook")
    if part is not None:
        raise BadRequest("A notebook has no numbered parts: name a step or a version.")
    return found


def _of_run(connection: Direct, run: str, row: Any, part: int | None) -> Target:
    space, notebook, path, source, event, cell, number, key = row
    found = Target(
        kind=STEP if part is None else PART,
        space=space,
        number=number,
        key=key,
        path=path or "",
        notebook=notebook,
    )
    stored = recorded_outputs(connection, [run], deleted=True).get(run, [])
    if part is not None:
        found.rows = _part(connection, found, source, stored, part)
        return found
    found.runs = [run]
    found.rows = {source} | _of_outputs(connection, run)
    for shown in fold([output.recorded for output in stored]):
        found.said |= _said(connection, found, shown, stored)
    found.rows |= _rows_of(connection, found)
    if notebook is not None and cell is not None:
        values = (notebook, space, event, cell, event)
        for (manifest,) in connection.exec_driver_sql(_VERSIONS_AFTER, values):
            found.rows |= _shown_in(connection, manifest, cell)
    return found


def _of_file(connection: Direct, run: str, row: Any, file: str) -> Target:
    return Target(
        kind=FILE,
        space=row[0],
        number=row[6],
        key=row[7],
        path=file,
        notebook=None,
        rows={found_file(connection, run, file)},
    )


def _of_outputs(connection: Direct, run: str) -> set[int]:
    rows: set[int] = set()
    for parts, metadata in connection.exec_driver_sql(_OUTPUTS, (run,)):
        rows |= rows_of_output(parts, metadata)
    return rows


def _part(
    connection: Direct, found: Target, source: int, stored: list[StoredOutput], part: int
) -> set[int]:
    if part == SOURCE:
        return {source}
    for shown in fold([output.recorded for output in stored]):
        if any(one.number == part for one in shown.parts):
            found.said = _said(connection, found, shown, stored)
            own = {rows[part] for rows in (output.rows for output in stored) if part in rows}
            pieces = _pieces(shown, stored) if shown.type == "stream" else own
            return pieces | _rows_of(connection, found)
    for output in stored:  # it updates what another run shows
        if output.recorded.type == "update_display_data" and part in output.rows:
            return {output.rows[part]}
    raise NotFound("part of a step")


def _rows_of(connection: Direct, found: Target) -> set[int]:
    return set(payloads.rows_of(connection, found.number, found.said).values())


def _pieces(shown: ShownOutput, stored: Iterable[StoredOutput]) -> set[int]:
    return {row for out in stored if out.recorded.index in shown.rows for row in out.rows.values()}


def _said(
    connection: Direct, found: Target, shown: ShownOutput, stored: list[StoredOutput]
) -> set[bytes]:
    """What a saved notebook holds of an output otherwise: a stream in one piece, a message."""
    texts = [] if shown.type != "error" else [(shown.value or "").encode("utf-8", "replace")]
    if shown.type == "stream":
        by_index = {output.recorded.index: output for output in stored}
        pieces = [row for index in shown.rows for row in by_index[index].rows.values()]
        with suppress(StoreDamaged):
            contents = payloads.contents(connection, pieces)
            joined = b"".join(contents[row] for row in pieces)
            seen = overwritten(joined.decode("utf-8", "replace"))
            texts = [joined, seen.encode("utf-8", "replace")]
    return {payload_id(text, found.key) for text in texts if text}


def _shown_in(connection: Direct, manifest: int, cell: str) -> set[int]:
    """The outputs of a cell in a version that was saved while this run was its last."""
    version = manifests.load(connection, manifest)
    return {
        version.rows[index]
        for saved in version.cells
        if saved.id == cell
        for output in saved.outputs
        for index in output.parts.values()
    }


def _of_version(connection: Direct, snapshot: str, row: Any, part: int | None) -> Target:
    space, notebook, path, manifest, number, key = row
    version = manifests.load(connection, manifest, f"Version {snapshot[:12]}")
    if part is not None and not 0 <= part < len(version.rows):
        raise NotFound("part of a version")
    return Target(
        kind=VERSION if part is None else PART,
        space=space,
        number=number,
        key=key,
        path=path,
        notebook=notebook,
        versions=[snapshot] if part is None else [],
        rows=set(version.rows) if part is None else {version.rows[part]},
    )


def _of_notebook(connection: Direct, notebook: str) -> list[Target]:
    """A notebook that was moved has a history in each of its spaces."""
    rows = connection.exec_driver_sql(_SPACES, (notebook, notebook, notebook)).all()
    return [_in_space(connection, notebook, row) for row in rows]


def _in_space(connection: Direct, notebook: str, row: Any) -> Target:
    space, path, number, key = row
    found = Target(kind=NOTEBOOK, space=space, number=number, key=key, path=path, notebook=notebook)
    values = (notebook, space)
    for run, source in connection.exec_driver_sql(_RUNS_OF, values).all():
        found.runs.append(run)
        found.rows |= {source} | _of_outputs(connection, run)
    for snapshot, manifest in connection.exec_driver_sql(_VERSIONS_OF, values).all():
        found.versions.append(snapshot)
        with suppress(StoreDamaged):  # what cannot be read goes as well
            found.rows |= set(manifests.load(connection, manifest).rows)
    return found
