"""Looking through the whole store for damage; naming exactly what is damaged.

Every content is read with its chain and compared with its hash, every reference must lead
somewhere, every writer's sequence must be without holes, and the file's own structure and indexes
must agree. A manifest has a digest from when its file was last put together and compared; where
there is none, and in a thorough check, the file is put together again and compared with its
checksum. Damage of one part does not keep the others from being looked at.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator

import msgspec

from ..errors import StoreDamaged
from . import soundness
from .soundness import Unsound
from .tables import manifests
from .tables.direct import DAMAGE, Direct

_WHERE = """
coalesce('project ' || p.slug, 'the notebooks of ' || h.hub_name)
"""
_OF_SPACE = """
JOIN space s ON s.id = t.space LEFT JOIN project p ON p.id = s.project
LEFT JOIN person h ON h.id = s.person
"""
_RUNS = "SELECT id, source FROM execution"
_RUN = f"SELECT coalesce(t.path, ''), {_WHERE} FROM execution t {_OF_SPACE} WHERE t.id = ?"
_OUTPUTS = "SELECT execution, number, parts, metadata FROM output"
_VERSIONS = "SELECT id, manifest FROM snapshot"
_VERSION = f"SELECT t.path, {_WHERE} FROM snapshot t {_OF_SPACE} WHERE t.id = ?"
_SHA = "SELECT id, manifest, sha256 FROM snapshot ORDER BY manifest"
_REFS = """
SELECT ingest, kind, refs FROM event
WHERE refs IS NOT NULL AND kind NOT IN ('execution-started', 'output')
"""
_PACKAGES = "SELECT id, packages FROM kernel_session WHERE packages IS NOT NULL"
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


class Report(msgspec.Struct, kw_only=True):
    """What a check found."""

    damages: list[str] = []  # one sentence each
    versions: int = 0
    pieces: int = 0  # of content
    purged: int = 0  # pieces that were taken out on purpose
    unnamed: int = 0  # pieces that nothing speaks of: no damage, of a thorough check


class Check:
    """One look through a store."""

    def __init__(self, connection: Direct, *, thorough: bool = False) -> None:
        self._connection = connection
        self._thorough = thorough
        self._report = Report()
        self._unsound = Unsound()
        self._named: bytearray | None = None  # 1 for each payload row that something names

    def run(self) -> Report:
        """Look at every part, whatever the others are like."""
        self._connection.cache.clear()  # the file is looked at, not what was read of it before
        found: list[str] = []
        parts: list[Callable[[], Iterator[str]]] = [
            self._file,
            self._sequences,
            self._payloads,
            self._runs,
            self._outputs,
            self._others,
            self._versions,
        ]
        for part in parts:
            try:
                found += part()
            except DAMAGE as error:
                found.append(f"The database file is damaged: {error}.")
        self._report.damages = list(dict.fromkeys(found))
        if self._named is not None:
            self._report.unnamed = self._report.pieces - sum(self._named)
        return self._report

    def _file(self) -> Iterator[str]:
        for (line,) in self._connection.exec_driver_sql("PRAGMA integrity_check").all():
            if line != "ok":
                yield f"The database file is damaged: {line}."
        rows = self._connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        for table, row, parent, _ in rows:
            yield f"Row {row} of the table {table} refers to a {parent} that is not there."

    def _sequences(self) -> Iterator[str]:
        for writer, acknowledged, count, last in self._connection.exec_driver_sql(_SEQUENCES):
            yield (
                f"Writer {writer[:12]} has {count} events up to {last}, and {acknowledged} were "
                "acknowledged."
            )
        for kind, count in self._connection.exec_driver_sql(_UNDERIVED):
            yield f"{count} events of the kind {kind} are in the ledger alone."

    def _payloads(self) -> Iterator[str]:
        """Nothing is said here: who uses a damaged payload is what a person can understand."""
        for row in soundness.contents(self._connection, "payload"):
            self._unsound.saw(row)
            self._report.purged += row.purged
            self._report.pieces += not row.purged
        if self._thorough:
            self._named = bytearray(self._unsound.last + 1)
        yield from ()

    def _is_damaged(self, rows: Iterable[int]) -> bool:
        held = set(rows)
        if not self._unsound.isdisjoint(held):
            return True
        if self._named is not None:
            for row in held - self._unsound.purged:
                self._named[row] = 1
        return False

    def _runs(self) -> Iterator[str]:
        for run, source in self._connection.exec_driver_sql(_RUNS):
            if self._is_damaged([source]):
                yield f"The source of run {run} of {self._place_of_run(run)} is damaged."

    def _outputs(self) -> Iterator[str]:
        for run, number, parts, metadata in self._connection.exec_driver_sql(_OUTPUTS):
            try:
                rows = [row for _, row, _ in msgspec.msgpack.decode(parts)]
                damaged = self._is_damaged(rows if metadata is None else [*rows, metadata])
            except (msgspec.MsgspecError, ValueError, TypeError):
                damaged = True
            if damaged:
                yield f"Output {number} of run {run} of {self._place_of_run(run)} is damaged."

    def _others(self) -> Iterator[str]:
        for session, packages in self._connection.exec_driver_sql(_PACKAGES):
            if self._is_damaged([packages]):
                yield f"The packages of kernel session {session} are damaged."
        for ingest, kind, refs in self._connection.exec_driver_sql(_REFS):
            try:
                damaged = self._is_damaged(msgspec.msgpack.decode(refs, type=list[int]))
            except msgspec.MsgspecError:
                damaged = True
            if damaged:
                yield f"What event {ingest} ({kind}) tells of is damaged."

    def _versions(self) -> Iterator[str]:
        sound: set[int] = set()
        unproved: set[int] = set()
        for manifest in soundness.contents(self._connection, "manifest"):
            if manifest.content is None or manifest.purged:
                continue
            try:
                damaged = self._is_damaged(soundness.named(manifest.content))
            except (StoreDamaged, TypeError):
                damaged = True
            if not damaged:
                sound.add(manifest.row)
                if self._thorough or not manifest.proved:
                    unproved.add(manifest.row)
        wrong = set(self._inexact(unproved)) if unproved else set()
        for version, manifest_row in self._connection.exec_driver_sql(_VERSIONS):
            self._report.versions += 1
            if manifest_row not in sound or version in wrong:
                path, where = self._named_by(_VERSION, version)
                yield f"Version {version} of {path} in {where} is damaged."

    def _inexact(self, wanted: set[int]) -> Iterator[str]:
        """The versions whose files, put together from these manifests, are not what was saved."""
        last, digest = 0, b""
        for version, manifest, sha256 in self._connection.exec_driver_sql(_SHA).all():
            if manifest not in wanted:
                continue
            if manifest != last:
                last, digest = manifest, self._digest(manifest)
            if digest != sha256:
                yield version

    def _digest(self, manifest: int) -> bytes:
        try:
            version = manifests.load(self._connection, manifest)
            return hashlib.sha256(manifests.file_of(self._connection, version)).digest()
        except (StoreDamaged, msgspec.MsgspecError):
            return b""

    def _place_of_run(self, run: str) -> str:
        path, where = self._named_by(_RUN, run)
        return f"{path or 'no notebook'} in {where}"

    def _named_by(self, query: str, thing: str) -> tuple[str, str]:
        found = self._connection.exec_driver_sql(query, (thing,)).first()
        return ("", "a place that is damaged, too") if found is None else (found[0], found[1])
