"""Looking through the whole store for damage; naming exactly what is damaged.

Every payload is hashed, every version is rebuilt and compared with its file's checksum, every
writer's sequence must be without holes, and every reference must lead somewhere. Damage of one
part does not keep the others from being looked at.
"""

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from ..errors import StoreDamaged
from .tables import manifests, payloads
from .tables.database import DAMAGE, Direct

_WHERE = """
coalesce('project ' || p.slug, 'the notebooks of ' || h.hub_name)
"""
_OF_SPACE = """
JOIN space s ON s.id = t.space LEFT JOIN project p ON p.id = s.project
LEFT JOIN person h ON h.id = s.person
"""
_PAYLOADS = "SELECT row FROM payload WHERE row > ? ORDER BY row LIMIT ?"
_AT_ONCE = 400
_VERSIONS = f"SELECT t.id, t.path, t.manifest, t.sha256, {_WHERE} FROM snapshot t {_OF_SPACE}"
_RUNS = f"SELECT t.id, t.path, t.source, {_WHERE} FROM execution t {_OF_SPACE}"
_OUTPUTS = f"""
SELECT t.id, t.path, o.number, o.parts, {_WHERE}
FROM output o JOIN execution t ON t.id = o.execution {_OF_SPACE}
"""
_SEQUENCES = """
SELECT w.id, w.acknowledged, count(e.sequence), coalesce(max(e.sequence), 0)
FROM writer w LEFT JOIN event e ON e.writer = w.row GROUP BY w.row
HAVING count(e.sequence) <> w.acknowledged OR coalesce(max(e.sequence), 0) <> w.acknowledged
"""
_UNDERIVED = """
SELECT e.kind, count(*) FROM event e WHERE e.refused IS NULL AND (
    e.kind = 'execution-started' AND NOT EXISTS (SELECT 1 FROM execution t WHERE t.event = e.ingest)
    OR e.kind = 'notebook-saved' AND NOT EXISTS (SELECT 1 FROM snapshot t WHERE t.event = e.ingest))
GROUP BY e.kind
"""


def check(connection: Direct) -> list[str]:
    """One sentence for each thing that is damaged."""
    connection.cache.clear()  # the file is looked at, not what was read of it before
    healthy: set[int] = set()
    found: list[str] = []
    parts: list[Callable[[], Iterator[str]]] = [
        lambda: _file(connection),
        lambda: _sequences(connection),
        lambda: _payloads(connection, healthy),
        lambda: _runs(connection, healthy),
        lambda: _outputs(connection, healthy),
        lambda: _versions(connection, healthy),
    ]
    for part in parts:
        try:
            found += part()
        except DAMAGE as error:
            found.append(f"The database file is damaged: {error}.")
    return list(dict.fromkeys(found))


def _file(connection: Direct) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
        if line != "ok":
            yield f"The database file is damaged: {line}."
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        yield f"Row {row} of the table {table} refers to a {parent} that is not there."


def _sequences(connection: Direct) -> Iterator[str]:
    for writer, acknowledged, count, last in connection.exec_driver_sql(_SEQUENCES):
        yield (
            f"Writer {writer[:12]} has {count} events up to {last}, and {acknowledged} were "
            "acknowledged."
        )
    for kind, count in connection.exec_driver_sql(_UNDERIVED):
        yield f"{count} events of the kind {kind} are in the ledger alone."


def _payloads(connection: Direct, healthy: set[int]) -> Iterator[str]:
    """Nothing is said here: who uses a damaged payload is what a person can understand."""
    after = 0
    while found := connection.exec_driver_sql(_PAYLOADS, (after, _AT_ONCE)).all():
        rows = [row[0] for row in found]
        try:
            healthy.update(payloads.bases(connection, rows))
        except StoreDamaged:
            healthy.update(row for row in rows if _is_healthy(connection, row))
        after = rows[-1]
    yield from ()


def _is_healthy(connection: Direct, row: int) -> bool:
    try:
        return bool(payloads.bases(connection, [row]))
    except StoreDamaged:
        return False


def _runs(connection: Direct, healthy: set[int]) -> Iterator[str]:
    for run, path, source, where in connection.exec_driver_sql(_RUNS):
        if source not in healthy:
            yield f"The source of run {run} of {path or 'no notebook'} in {where} is damaged."


def _outputs(connection: Direct, healthy: set[int]) -> Iterator[str]:
    for run, path, number, parts, where in connection.exec_driver_sql(_OUTPUTS):
        try:
            damaged = any(row not in healthy for _, row, _ in msgspec.msgpack.decode(parts))
        except (msgspec.MsgspecError, ValueError, TypeError):
            damaged = True
        if damaged:
            yield (
                f"Output {number} of run {run} of {path or 'no notebook'} in {where} is damaged."
            )


def _versions(connection: Direct, healthy: set[int]) -> Iterator[str]:
    for version, path, manifest, sha256, where in connection.exec_driver_sql(_VERSIONS):
        if not _is_exact(connection, manifest, sha256, healthy):
            yield f"Version {version} of {path} in {where} is damaged."


def _is_exact(connection: Direct, manifest: int, sha256: bytes, healthy: set[int]) -> bool:
    try:
        version = manifests.load(connection, manifest)
        if not healthy.issuperset(version.rows):
            return False
        raw = manifests.file_of(connection, version)
    except (StoreDamaged, msgspec.MsgspecError):
        return False
    return hashlib.sha256(raw).digest() == sha256
