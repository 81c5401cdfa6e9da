"""Reading notebooks, and the places of things."""

from collections.abc import Iterable
from typing import Any

from ...access import Place
from ...errors import NotFound
from ..ingest.paths import clean, notebook_now
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..views import NotebookView

_PLACE = "SELECT id, project, person FROM space WHERE id = ?"
_PLACES = {
    "notebook": "SELECT s.id, s.project, s.person FROM notebook n JOIN space s ON s.id = n.space"
    " WHERE n.id = ?",
    "run": "SELECT s.id, s.project, s.person FROM execution e JOIN space s ON s.id = e.space"
    " WHERE e.id = ? AND e.deleted_at IS NULL",
    "version": "SELECT s.id, s.project, s.person FROM snapshot v JOIN space s ON s.id = v.space"
    " WHERE v.id = ? AND v.deleted_at IS NULL",
    "note": "SELECT s.id, s.project, s.person FROM note n JOIN space s ON s.id = n.space"
    " WHERE n.id = ?",
}
_VIEWS = """
SELECT n.id, n.space, p.slug, n.path, n.runs, n.errors, n.versions, n.first_at, n.last_at,
    n.deleted_at, (SELECT e.origin FROM notebook_edge e WHERE e.notebook = n.id
        AND e.kind <> 'cells' ORDER BY e.kind = 'copy' DESC, e.event LIMIT 1)
FROM notebook n JOIN space s ON s.id = n.space LEFT JOIN project p ON p.id = s.project
"""


class NotebookReads:
    """The part of the store that lists notebooks."""

    db: Database

    def place_of_space(self, space: str) -> Place:
        """Whose a space is."""
        with self.db.statements() as connection:
            return _place(connection, _PLACE, space, "space")

    def place_of_notebook(self, notebook: str) -> Place:
        """Where a notebook lives now."""
        with self.db.statements() as connection:
            return _place(connection, _PLACES["notebook"], notebook, "notebook")

    def place_of_step(self, step: str) -> Place:
        """Where a step was recorded; a later move of its notebook does not change that."""
        with self.db.statements() as connection:
            for kind in ("run", "version"):
                row = connection.exec_driver_sql(_PLACES[kind], (step,)).first()
                if row is not None:
                    return Place(space=row[0], project=row[1], person=row[2])
        raise NotFound("step")

    def place_of_snapshot(self, snapshot: str) -> Place:
        """Where a version was recorded."""
        with self.db.statements() as connection:
            return _place(connection, _PLACES["version"], snapshot, "version")

    def place_of_note(self, note: str) -> Place:
        """Where the thing is that a note is about."""
        with self.db.statements() as connection:
            return _place(connection, _PLACES["note"], note, "note")

    def notebooks(self, space: str, *, deleted: bool = False) -> list[NotebookView]:
        """The notebooks of a space by path; with `deleted` also those whose files are gone."""
        which = "WHERE n.space = ?" + ("" if deleted else " AND n.deleted_at IS NULL")
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(f"{_VIEWS} {which} ORDER BY n.path", (space,))
            return _with_authors(connection, [_view(row) for row in rows])

    def notebook(self, notebook: str) -> NotebookView:
        """One notebook."""
        with self.db.statements() as connection:
            return notebook_view(connection, notebook)

    def notebook_at(self, space: str, path: str) -> NotebookView:
        """The notebook that has this path now."""
        with self.db.statements() as connection:
            found = notebook_now(connection, space, clean(path) or "")
            if found is None:
                raise NotFound("notebook")
            return notebook_view(connection, found)

    def deleted_at_path(self, space: str, path: str) -> list[NotebookView]:
        """The notebooks that had this path when their files were deleted, the latest first."""
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(
                f"{_VIEWS} WHERE n.space = ? AND n.path = ? AND n.deleted_at IS NOT NULL"
                " ORDER BY n.deleted_at DESC",
                (space, path),
            )
            return _with_authors(connection, [_view(row) for row in rows])


def _place(connection: Direct, query: str, identity: str, what: str) -> Place:
    row = connection.exec_driver_sql(query, (identity,)).first()
    if row is None:
        raise NotFound(what)
    return Place(space=row[0], project=row[1], person=row[2])


def notebook_view(connection: Direct, notebook: str) -> NotebookView:
    """One notebook as lists show it."""
    views = notebook_views(connection, [notebook])
    if notebook not in views:
        raise NotFound("notebook")
    return views[notebook]


def notebook_views(connection: Direct, ids: Iterable[str]) -> dict[str, NotebookView]:
    """These notebooks as lists show them."""
    views: list[NotebookView] = []
    for some in chunks(set(ids)):
        rows = connection.exec_driver_sql(f"{_VIEWS} WHERE n.id IN ({marks(some)})", tuple(some))
        views += [_view(row) for row in rows]
    return {view.id: view for view in _with_authors(connection, views)}


def _with_authors(connection: Direct, views: list[NotebookView]) -> list[NotebookView]:
    by_id = {view.id: view for view in views}
    for some in chunks(by_id):
        query = (
            "SELECT notebook, author FROM notebook_author"
            f" WHERE notebook IN ({marks(some)}) ORDER BY author"
        )
        for notebook, author in connection.exec_driver_sql(query, tuple(some)):
            by_id[notebook].authors.append(author)
    return views


def _view(row: Any) -> NotebookView:
    return NotebookView(
        id=row[0],
        space=row[1],
        project=row[2],
        path=row[3],
        runs=row[4],
        errors=row[5],
        versions=row[6],
        first_at=row[7],
        last_at=row[8],
        deleted_at=row[9],
        copied_from=row[10],
        authors=[],
    )
