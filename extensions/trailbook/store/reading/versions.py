"""Reading saved versions, and the content of versions and steps."""

from typing import Any

from ...errors import NotFound
from ..outputs import SOURCE, fold, overwritten
from ..tables import manifests, payloads
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.manifests import Version
from ..views import SnapshotView
from .editors import editors_of
from .notebooks import notebook_view
from .page import complete, line_of_thing
from .parents import parents_of
from .recorded import recorded_outputs
from .trail import scope_of
from .withheld import Withheld

_VIEW = """
SELECT t.id, t.notebook, t.path, t.at, t.author, t.author_basis, t.cause, t.size, t.sha256,
    t.cells, t.readable, t.durability, t.manifest, t.event
FROM snapshot t WHERE t.deleted_at IS NULL AND
"""


class VersionReads:
    """The part of the store that answers versions and payloads."""

    db: Database

    def snapshots(
        self, notebook: str, *, limit: int = 100, person: str | None = None
    ) -> list[SnapshotView]:
        """The versions of a notebook that differ from the one before, newest first."""
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, person)
            rows = connection.exec_driver_sql(
                f"{_VIEW} {scope.condition} AND t.changed = 1 ORDER BY t.event DESC LIMIT ?",
                (*scope.values, limit),
            )
            return _views(connection, notebook, rows.all())

    def snapshot(self, snapshot: str) -> SnapshotView:
        """One version."""
        with self.db.statements() as connection:
            return snapshot_view(connection, snapshot)

    def snapshot_at_step(self, step: str) -> SnapshotView:
        """The notebook as it was at a step: the first version since, or the last before."""
        with self.db.statements() as connection:
            found = complete(connection, [line_of_thing(connection, step)], None)[0].snapshot
            if found is None:
                raise NotFound("version")
            return snapshot_view(connection, found)

    def snapshot_bytes(self, snapshot: str) -> bytes:
        """The file as it was saved, with what was deleted since left empty."""
        with self.db.statements() as connection:
            version, withheld = _version(connection, snapshot)
            return manifests.file_of(connection, version, withheld, f"Version {snapshot[:12]}")

    def snapshot_payload(self, snapshot: str, n: int) -> tuple[str, bytes]:
        """One payload of a version, with its type."""
        with self.db.statements() as connection:
            version, withheld = _version(connection, snapshot)
            mime = _types(version).get(n)
            if mime is None or n in withheld:
                raise NotFound("part of a version")
            row = version.rows[n]
            return mime, payloads.contents(connection, [row], "This part of a version")[row]

    def step_payload(self, step: str, n: int) -> tuple[str, bytes]:
        """One payload of a step in full, with its type: number 0 is the source."""
        with self.db.statements() as connection:
            line = line_of_thing(connection, step)
            if n == SOURCE and line.source is not None:
                found = payloads.contents(connection, [line.source], "This source")
                return "text/plain", found[line.source]
            return _output_payload(connection, step, n)


def _output_payload(connection: Direct, step: str, n: int) -> tuple[str, bytes]:
    stored = recorded_outputs(connection, [step]).get(step, [])
    rows = {number: row for output in stored for number, row in output.rows.items()}
    by_index = {output.recorded.index: output for output in stored}
    for shown in fold([output.recorded for output in stored]):
        for part in shown.parts:
            if part.number != n:
                continue
            if shown.type != "stream":
                return part.mime, payloads.contents(connection, [rows[n]], "This output")[rows[n]]
            pieces = [row for index in shown.rows for row in by_index[index].rows.values()]
            found = payloads.contents(connection, pieces, "This output")
            text = b"".join(found[row] for row in pieces).decode("utf-8", "replace")
            return part.mime, overwritten(text).encode("utf-8", "replace")
    for output in stored:  # it updates what another run shows
        for part in output.recorded.parts:
            if output.recorded.type == "update_display_data" and part.number == n:
                return part.mime, payloads.contents(connection, [rows[n]], "This output")[rows[n]]
    raise NotFound("output")


def snapshot_view(connection: Direct, snapshot: str) -> SnapshotView:
    """One version."""
    row = connection.exec_driver_sql(f"{_VIEW} t.id = ?", (snapshot,)).first()
    if row is None:
        raise NotFound("version")
    return _views(connection, row[1], [row])[0]


_MANIFEST = """
SELECT v.notebook, v.event, v.manifest, n.something_deleted
FROM snapshot v JOIN notebook n ON n.id = v.notebook WHERE v.id = ? AND v.deleted_at IS NULL
"""


def _version(connection: Direct, snapshot: str) -> tuple[Version, set[int]]:
    """What a version is made of, and the indexes of the payloads that it withholds."""
    row = connection.exec_driver_sql(_MANIFEST, (snapshot,)).first()
    if row is None:
        raise NotFound("version")
    notebook, event, manifest, something_deleted = row
    version = manifests.load(connection, manifest, f"Version {snapshot[:12]}")
    if not something_deleted:
        return version, set()
    return version, Withheld(connection, notebook).indexes(event, version)


def _types(version: Version) -> dict[int, str]:
    """The type of each payload that the version names."""
    return {index: mime for cell in version.cells for mime, index in cell.named()}


def _views(connection: Direct, notebook: str, rows: Any) -> list[SnapshotView]:
    hidden = Withheld(connection, notebook)
    ids = [row[0] for row in rows]
    editors, parents = editors_of(connection, ids), parents_of(connection, ids)
    return [
        SnapshotView(
            id=row[0],
            notebook=row[1],
            path=row[2],
            at=row[3],
            author=row[4],
            author_basis=row[5],
            cause=row[6],
            size=row[7],
            sha256=row[8].hex(),
            cells=row[9],
            readable=bool(row[10]),
            durability=row[11],
            editors=editors.get(row[0], []),
            parents=parents.get(row[0], []),
            withheld=bool(hidden)
            and bool(hidden.indexes(row[13], manifests.load(connection, row[12]))),
        )
        for row in rows
    ]
