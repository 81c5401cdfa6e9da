"""The column of tracks, filled for the versions that are there."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from trailbook.store.tables.direct import Direct
from trailbook.store.tracks.keeping import Saved, keep

_VERSIONS = """
SELECT v.id, v.notebook, v.space, s.key, v.manifest, v.event, v.readable
FROM snapshot v JOIN space s ON s.id = v.space WHERE v.event > ? ORDER BY v.event LIMIT 1000
"""


def change() -> None:
    """One column, and one index."""
    op.add_column("snapshot", sa.Column("tracks", sa.LargeBinary))
    op.create_index("execution_source", "execution", ["source"])


def follow_versions() -> None:
    """In the order of the ledger, as if each landed now."""
    connection = Direct(op.get_bind())
    last: dict[str, int] = {}
    for row in _versions(connection):
        version, notebook, space, key, manifest, event, readable = row
        if readable:
            saved = Saved(notebook, space, key, manifest, event, last.get(notebook))
            said = keep(connection, saved)
            if said is not None:
                connection.exec_driver_sql(
                    "UPDATE snapshot SET tracks = ? WHERE id = ?", (said, version)
                )
        last[notebook] = event


def _versions(connection: Direct) -> Iterator[Any]:
    """All versions; a store may have more of them than fit into memory."""
    event = 0
    while some := connection.exec_driver_sql(_VERSIONS, (event,)).all():
        yield from some
        event = some[-1][5]
