"""Which notebook a path means: identities, moves, copies, deletions."""

from ...ids import new_id
from ..tables.direct import Statements

Moment = tuple[int, int, int]
"""Where in the ledger something happens: ingest sequence, time, writer's row."""

_NOW = "SELECT notebook FROM notebook_path WHERE space = ? AND path = ? AND until_event IS NULL"
_BEFORE = """
SELECT notebook FROM notebook_path
WHERE space = ? AND path = ? AND until_at > ? AND until_writer <> ?
ORDER BY until_at LIMIT 1
"""
_UNDER = """
SELECT notebook, path FROM notebook_path
WHERE space = ? AND path >= ? AND path < ? AND until_event IS NULL ORDER BY path
"""

_DELETED = """
SELECT n.id FROM snapshot v JOIN notebook n ON n.id = v.notebook AND n.space = v.space
WHERE v.id = ? AND v.space = ? AND v.deleted_at IS NULL AND n.deleted_at IS NOT NULL
"""


def clean(path: str) -> str | None:
    """The path from the root of its space, or None for one that leads out of it."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\x00" in path:
        return None
    return "/".join(parts)


def notebook_now(connection: Statements, space: str, path: str) -> str | None:
    """The notebook that has this path now."""
    row = connection.exec_driver_sql(_NOW, (space, path)).first()
    return None if row is None else str(row[0])


def resolve(connection: Statements, space: str, path: str, moment: Moment) -> str:
    """The notebook that the event means by this path; made when first seen.

    What another writer's event did to the path later than this event's time does not count: a
    spool that arrives late still speaks of the notebook that was there.
    """
    ingest, at, writer = moment
    found = notebook_now(connection, space, path)
    if found is None:
        row = connection.exec_driver_sql(_BEFORE, (space, path, at, writer)).first()
        found = None if row is None else str(row[0])
    if found is None:
        found = new_id()
        connection.exec_driver_sql(
            "INSERT INTO notebook (id, space, path, created_event, created_at, runs, errors,"
            " versions, steps, moved_spaces, something_deleted)"
            " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0)",
            (found, space, path, ingest, at),
        )
        _open_path(connection, found, space, path, moment)
        _enter(connection, found, space, ingest)
    return found


def move(
    connection: Statements,
    origin: tuple[str, str],
    target: tuple[str, str],
    *,
    is_folder: bool,
    moment: Moment,
) -> list[str]:
    """Give what is at `origin` its new path; answers the notebooks that moved."""
    moved = []
    for notebook, path in _at_or_under(connection, *origin, is_folder=is_folder):
        to_path = target[1] + path[len(origin[1]) :]
        if (target[0], to_path) == (origin[0], path):
            continue
        _close_path(connection, notebook, moment)
        replaced = notebook_now(connection, target[0], to_path)
        if replaced is not None:
            _end(connection, replaced, moment)
        _open_path(connection, notebook, target[0], to_path, moment)
        if target[0] != origin[0]:
            _leave(connection, notebook, moment[0])
            _enter(connection, notebook, target[0], moment[0])
            connection.exec_driver_sql(
                "UPDATE notebook SET moved_spaces = 1 WHERE id = ?", (notebook,)
            )
        connection.exec_driver_sql(
            "UPDATE notebook SET space = ?, path = ? WHERE id = ?", (target[0], to_path, notebook)
        )
        moved.append(notebook)
    return moved


def delete(
    connection: Statements, space: str, path: str, *, is_folder: bool, moment: Moment
) -> list[str]:
    """The files are gone; the notebooks keep their history and lose their path."""
    gone = [found for found, _ in _at_or_under(connection, space, path, is_folder=is_folder)]
    for notebook in gone:
        _end(connection, notebook, moment)
    return gone


def restore(
    connection: Statements, version: str, space: str, path: str, moment: Moment
) -> str | None:
    """The deleted notebook of this version, which now lies at a path of its space again.

    None where that is no deleted notebook of the space, or another one lies there: then what was
    saved is told of that one, or of a new one.
    """
    row = connection.exec_driver_sql(_DELETED, (version, space)).first()
    if row is None or notebook_now(connection, space, path) is not None:
        return None
    notebook = str(row[0])
    _open_path(connection, notebook, space, path, moment)
    connection.exec_driver_sql(
        "UPDATE notebook SET path = ?, deleted_at = NULL WHERE id = ?", (path, notebook)
    )
    return notebook


def copy(connection: Statements, origin: str, notebook: str, moment: Moment) -> None:
    """Remember where a copy came from."""
    if origin != notebook:
        connection.exec_driver_sql(
            "INSERT INTO notebook_edge (notebook, origin, kind, event) VALUES (?, ?, 'copy', ?)"
            " ON CONFLICT (notebook, origin) DO UPDATE SET kind = 'copy'",
            (notebook, origin, moment[0]),
        )


def _at_or_under(
    connection: Statements, space: str, path: str, *, is_folder: bool
) -> list[tuple[str, str]]:
    if not is_folder:
        found = notebook_now(connection, space, path)
        return [] if found is None else [(found, path)]
    # "0" follows "/": everything below the folder, and no sibling with a longer name.
    rows = connection.exec_driver_sql(_UNDER, (space, path + "/", path + "0"))
    return [(row[0], row[1]) for row in rows]


def _open_path(
    connection: Statements, notebook: str, space: str, path: str, moment: Moment
) -> None:
    connection.exec_driver_sql(
        "INSERT INTO notebook_path (notebook, space, path, from_event, from_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (notebook, space, path, moment[0], moment[1]),
    )


def _close_path(connection: Statements, notebook: str, moment: Moment) -> None:
    connection.exec_driver_sql(
        "UPDATE notebook_path SET until_event = ?, until_at = ?, until_writer = ?"
        " WHERE notebook = ? AND until_event IS NULL",
        (*moment, notebook),
    )


def _end(connection: Statements, notebook: str, moment: Moment) -> None:
    _close_path(connection, notebook, moment)
    connection.exec_driver_sql(
        "UPDATE notebook SET deleted_at = ? WHERE id = ?", (moment[1], notebook)
    )


def _enter(connection: Statements, notebook: str, space: str, ingest: int) -> None:
    connection.exec_driver_sql(
        "INSERT INTO visibility_span (notebook, space, from_event) VALUES (?, ?, ?)",
        (notebook, space, ingest),
    )


def _leave(connection: Statements, notebook: str, ingest: int) -> None:
    connection.exec_driver_sql(
        "UPDATE visibility_span SET until_event = ? WHERE notebook = ? AND until_event IS NULL",
        (ingest, notebook),
    )
