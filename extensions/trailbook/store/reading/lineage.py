"""A notebook's names through time, and the notebooks that it came from or that came from it."""

from ..tables.database import Database
from ..tables.direct import Direct
from ..views import Lineage, NotebookLinkView, PathView
from .notebooks import notebook_view, notebook_views
from .trail import scope_of

_PATHS = """
SELECT path, from_at, until_at, space FROM notebook_path WHERE notebook = ? ORDER BY from_event
"""
_ORIGINS = "SELECT origin, kind, event FROM notebook_edge WHERE notebook = ? ORDER BY event"
_DESCENDANTS = "SELECT notebook, kind, event FROM notebook_edge WHERE origin = ? ORDER BY event"
_BEFORE = """
SELECT DISTINCT b.notebook FROM notebook_path a
JOIN notebook_path b ON b.space = a.space AND b.path = a.path AND b.until_event <= a.from_event
WHERE a.notebook = ? AND b.notebook <> a.notebook
"""


class LineageReads:
    """The part of the store that answers where a notebook comes from."""

    db: Database

    def lineage(self, notebook: str, *, person: str | None = None) -> Lineage:
        """Paths that may be seen, and related notebooks, which the asker may or may not see."""
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, person)
            paths = connection.exec_driver_sql(_PATHS, (notebook,)).all()
            before = connection.exec_driver_sql(_BEFORE, (notebook,)).all()
            gone = notebook_views(connection, [row[0] for row in before])
            return Lineage(
                paths=[
                    PathView(path=path, since=since, until=until)
                    for path, since, until, space in paths
                    if scope.holds(space)
                ],
                origins=_links(connection, _ORIGINS, notebook),
                descendants=_links(connection, _DESCENDANTS, notebook),
                predecessors=[it for it in gone.values() if it.deleted_at is not None],
            )


def _links(connection: Direct, query: str, notebook: str) -> list[NotebookLinkView]:
    rows = connection.exec_driver_sql(query, (notebook,)).all()
    views = notebook_views(connection, [row[0] for row in rows])
    times = dict(
        connection.exec_driver_sql(
            f"SELECT ingest, at FROM event WHERE ingest IN ({','.join('?' * len(rows))})",
            tuple(row[2] for row in rows),
        ).all()
    )
    return [
        NotebookLinkView(kind=kind, notebook=other, path=views[other].path, at=times.get(event, 0))
        for other, kind, event in rows
        if other in views
    ]
