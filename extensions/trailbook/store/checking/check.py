"""Looking through the whole store for damage; naming exactly what is damaged.

Every content is read with its chain and compared with its hash, every reference must lead
somewhere, every writer's sequence must be without holes, and the file's own structure and indexes
must agree. A manifest has a digest from when its file was last put together and compared; where
there is none, and in a thorough check, the file is put together again and compared with its
checksum. Damage of one part does not keep the others from being looked at.
"""

from collections.abc import Callable, Iterator

import msgspec

from ..tables.direct import DAMAGE, Direct
from .parts import Names, Part, Shared, either
from .second import Second
from .soundness import Unsound

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
_FILE = "The database file is damaged: {}."
_OWN_SHARE = 0.42
"""Of the payloads, for the process that looks at the file and the ledger as well."""
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
    """One look through a store; a second process takes over a part of what is long."""

    def __init__(
        self, connection: Direct, second: Second | None = None, *, thorough: bool = False
    ) -> None:
        self._connection = connection
        self._second = second
        self._thorough = thorough
        self._report = Report()
        self._said: list[str] = []
        self._names = Names(Unsound(), counted=thorough)

    def run(self) -> Report:
        """Look at every part, whatever the others are like."""
        self._connection.cache.clear()  # the file is looked at, not what was read of it before
        payloads = Shared(self._connection, Part(table="payload"), self._second, _OWN_SHARE)
        self._tell(self._file, self._sequences, lambda: self._payloads(payloads))
        part = Part(table="manifest", thorough=self._thorough, unsound=self._names.unsound)
        manifests = Shared(self._connection, part, self._second)
        self._tell(self._runs, self._outputs, self._others, lambda: self._versions(manifests))
        self._report.damages = list(dict.fromkeys(self._said))
        return self._report

    def _tell(self, *parts: Callable[[], Iterator[str]]) -> None:
        for part in parts:
            try:
                self._said += part()
            except DAMAGE as error:
                self._said.append(_FILE.format(error))

    def _file(self) -> Iterator[str]:
        for (line,) in self._connection.exec_driver_sql("PRAGMA integrity_check").all():
            if line != "ok":
                yield _FILE.format(line)
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

    def _payloads(self, shared: Shared) -> Iterator[str]:
        """Who uses a damaged payload is what a person can understand: that is said later."""
        found = shared.found()
        self._names = Names(found.unsound, counted=self._thorough)
        self._report.purged = len(found.unsound.purged)
        self._report.pieces = found.pieces
        if found.failed:
            yield _FILE.format(found.failed)

    def _runs(self) -> Iterator[str]:
        for run, source in self._connection.exec_driver_sql(_RUNS):
            if self._names.are_damaged([source]):
                yield f"The source of run {run} of {self._place_of_run(run)} is damaged."

    def _outputs(self) -> Iterator[str]:
        for run, number, parts, metadata in self._connection.exec_driver_sql(_OUTPUTS):
            try:
                rows = [row for _, row, _ in msgspec.msgpack.decode(parts)]
                damaged = self._names.are_damaged(rows if metadata is None else [*rows, metadata])
            except (msgspec.MsgspecError, ValueError, TypeError):
                damaged = True
            if damaged:
                yield f"Output {number} of run {run} of {self._place_of_run(run)} is damaged."

    def _others(self) -> Iterator[str]:
        for session, packages in self._connection.exec_driver_sql(_PACKAGES):
            if self._names.are_damaged([packages]):
                yield f"The packages of kernel session {session} are damaged."
        for ingest, kind, refs in self._connection.exec_driver_sql(_REFS):
            try:
                damaged = self._names.are_damaged(msgspec.msgpack.decode(refs, type=list[int]))
            except msgspec.MsgspecError:
                damaged = True
            if damaged:
                yield f"What event {ingest} ({kind}) tells of is damaged."

    def _versions(self, shared: Shared) -> Iterator[str]:
        found = shared.found()
        if found.failed:
            yield _FILE.format(found.failed)
        if self._thorough:
            named = either(self._names.named, found.named)
            self._report.unnamed = self._report.pieces - sum(named)
        for version, manifest in self._connection.exec_driver_sql(_VERSIONS):
            self._report.versions += 1
            if version in found.wrong or not found.unsound.has(manifest):
                path, where = self._named_by(_VERSION, version)
                yield f"Version {version} of {path} in {where} is damaged."

    def _place_of_run(self, run: str) -> str:
        path, where = self._named_by(_RUN, run)
        return f"{path or 'no notebook'} in {where}"

    def _named_by(self, query: str, thing: str) -> tuple[str, str]:
        found = self._connection.exec_driver_sql(query, (thing,)).first()
        return ("", "a place that is damaged, too") if found is None else (found[0], found[1])
