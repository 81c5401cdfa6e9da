"""A planned purge carried out: in one transaction, so that it is done or not begun."""

import hashlib
from collections.abc import Collection

import msgspec

from ..ingest.counts import recount
from ..objects.layout import emptied
from ..people.deletion import aftermath
from ..tables import chains, manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell, Version
from ..tables.payloads import chunks, marks
from ..tracks import mending
from . import reviews, targets
from .late import NO_HASH, PURGED
from .plan import Plan
from .things import erase_run, erase_version, without_files, without_name
from .tombstones import PATH, PAYLOAD, THING, Tombstones


def erase(connection: Direct, plan: Plan, at: int, by: str | None) -> None:
    """Take out what is planned; what stays is readable, with holes."""
    for notebook in plan.notebooks:
        aftermath(connection, notebook, plan.target.space)
    _bury(connection, plan, at, by)
    reviews.lose(connection, plan)
    changed = _without(connection, plan)
    chains.rewrite(connection, "payload", dict.fromkeys(plan.rows))
    chains.rewrite(connection, "manifest", {**changed, **dict.fromkeys(plan.manifests_gone)})
    _lose_ids(connection, plan.manifests)
    _lose_sources(connection, plan)
    _lose_outputs(connection, plan)
    _lose_files(connection, plan)
    _things(connection, plan, at, by)
    _fit_versions(connection, plan.versions)
    for notebook in plan.notebooks:
        recount(connection, notebook)


def _bury(connection: Direct, plan: Plan, at: int, by: str | None) -> None:
    target = plan.target
    tombstones = Tombstones(connection, target.space, target.key)
    tombstones.put(THING, [t.encode() for t in (*target.runs, *target.versions)], at, by)
    known = payloads.rows_of(connection, target.number, target.said)
    ids = [id_ for id_ in target.said if id_ not in known]
    for some in chunks(plan.rows):
        query = f"SELECT id_head, id_tail FROM payload WHERE row IN ({marks(some)})"
        ids += [payloads.joined(*row) for row in connection.exec_driver_sql(query, tuple(some))]
    tombstones.put(PAYLOAD, [id_ for id_ in ids if id_ != payloads.NO_ID], at, by)
    if target.kind == targets.NOTEBOOK:
        query = "SELECT DISTINCT path, space FROM notebook_path WHERE notebook = ?"
        rows = connection.exec_driver_sql(query, (target.notebook,)).all()
        paths = [path for path, space in rows if space == target.space]
        tombstones.put(PATH, [p.encode() for p in paths if _is_free(connection, plan, p)], at, by)


def _is_free(connection: Direct, plan: Plan, path: str) -> bool:
    """Whether no other notebook has the path now: what is told of it is told of that one."""
    other = connection.exec_driver_sql(
        "SELECT 1 FROM notebook_path WHERE space = ? AND path = ? AND notebook <> ?"
        " AND until_event IS NULL",
        (plan.target.space, path, plan.target.notebook),
    ).first()
    return other is None


def _without(connection: Direct, plan: Plan) -> dict[int, bytes]:
    """The manifests whose cells tell something of what goes by themselves, without that."""
    changed: dict[int, bytes] = {}
    made: dict[bytes, bytes] = {}
    for row in plan.manifests:
        version = manifests.load(connection, row)
        if version.opaque is not None:
            continue
        for chunk, cell in zip(version.chunks, version.placed, strict=True):
            if chunk not in made:
                made[chunk] = _emptied(cell, plan.rows)
        kept = [made[chunk] for chunk in version.chunks]
        if kept != version.chunks:
            new = Version(version.frame, kept, version.counts)
            changed[row] = manifests.encode(new)
    return changed


def _emptied(cell: PlacedCell, gone: Collection[int]) -> bytes:
    rows = cell.rows or []
    apart = {n for n, row in enumerate(rows) if row in gone}
    form = emptied(cell.form, apart) if apart else cell.form
    if form == cell.form and cell.chunk is not None:
        return cell.chunk
    return manifests.encode_cell(form, rows)


def _lose_ids(connection: Direct, rows: Collection[int]) -> None:
    """Another file of the same bytes is not this one any more."""
    for some in chunks(rows):
        connection.exec_driver_sql(
            f"UPDATE manifest SET id_head = ?, id_tail = ? WHERE row IN ({marks(some)})",
            (*payloads.halves(payloads.NO_ID), *some),
        )


def _lose_sources(connection: Direct, plan: Plan) -> None:
    for some in chunks(plan.runs):
        which = f"SELECT event FROM execution WHERE id IN ({marks(some)})"
        _lose_hashes(connection, which, some)
        for table, name in (("execution", "id"), ("step", "thing")):
            connection.exec_driver_sql(  # without a cell's id it was made of the source
                f"UPDATE {table} SET track = NULL WHERE {name} IN ({marks(some)}) AND"
                " (SELECT e.cell_id IS NULL FROM execution e WHERE e.id = {0}.{1})".format(
                    table, name
                ),
                tuple(some),
            )


def _lose_outputs(connection: Direct, plan: Plan) -> None:
    for run, number in plan.outputs:
        query = "SELECT parts, event, type FROM output WHERE execution = ? AND number = ?"
        parts, event, kind = connection.exec_driver_sql(query, (run, number)).first()
        left = [
            [mime, row, 0 if row in plan.rows else size]
            for mime, row, size in msgspec.msgpack.decode(parts)
        ]
        name = "name" if kind == "stream" else "NULL"
        connection.exec_driver_sql(
            f"UPDATE output SET parts = ?, value = NULL, name = {name}"
            " WHERE execution = ? AND number = ?",
            (msgspec.msgpack.encode(left), run, number),
        )
        if kind != "stream":
            without_name(connection, event)
        _lose_hashes(connection, "?", [event])


def _lose_files(connection: Direct, plan: Plan) -> None:
    """A state of a file stays with its path, for the runs that found it; its size goes as well."""
    for some in chunks(plan.files):
        its = marks(some)
        query = f"SELECT DISTINCT event FROM file_version WHERE row IN ({its})"
        events = [event for (event,) in connection.exec_driver_sql(query, tuple(some))]
        connection.exec_driver_sql(
            f"UPDATE file_version SET payload = NULL, size = 0, reason = ? WHERE row IN ({its})",
            (PURGED, *some),
        )
        for event in events:
            without_files(connection, event, plan.rows)
            _lose_hashes(connection, "?", [event])


def _lose_hashes(connection: Direct, which: str, values: list[str] | list[int]) -> None:
    connection.exec_driver_sql(
        f"UPDATE event SET hash = ? WHERE ingest IN ({which})", (NO_HASH, *values)
    )


def _things(connection: Direct, plan: Plan, at: int, by: str | None) -> None:
    for run in plan.target.runs:
        erase_run(connection, run, plan.target.number, at, by)
    for version in plan.target.versions:
        if plan.target.kind != targets.NOTEBOOK:  # of a notebook nothing is left that follows
            mending.forget(connection, version)
        erase_version(connection, version)


def _fit_versions(connection: Direct, versions: Collection[str]) -> None:
    """What is left has a checksum and a size of its own; those of the whole file tell of it."""
    fitted: dict[int, tuple[bytes, int]] = {}
    for some in chunks(versions):
        _lose_hashes(connection, f"SELECT event FROM snapshot WHERE id IN ({marks(some)})", some)
        query = f"SELECT id, manifest FROM snapshot WHERE id IN ({marks(some)})"
        for version, manifest in connection.exec_driver_sql(query, tuple(some)).all():
            if manifest not in fitted:
                found = manifests.load(connection, manifest)
                raw = manifests.file_of(connection, found)
                fitted[manifest] = hashlib.sha256(raw).digest(), len(raw)
            connection.exec_driver_sql(
                "UPDATE snapshot SET sha256 = ?, size = ? WHERE id = ?",
                (*fitted[manifest], version),
            )
