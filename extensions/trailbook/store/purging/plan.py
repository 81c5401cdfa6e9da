"""What a purge takes and what it leaves: which content others hold too, and who gets a hole."""

import msgspec

from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from . import targets
from .holders import Holders, Output, holders
from .targets import Target


class Plan(msgspec.Struct, kw_only=True):
    """One space's part of a purge."""

    target: Target
    rows: set[int]  # the payloads that go
    shared: int  # those that stay, for somebody else holds them too
    manifests: dict[int, set[int]]  # that stay, and what of them goes
    manifests_gone: list[int]
    runs: list[str]  # that stay and lose their source
    outputs: list[Output]  # that stay and lose something
    versions: list[str]  # that stay and lose something
    files: list[int]  # states of text files, by row, that stay and lose their content
    notebooks: set[str]  # of all these


def plan(connection: Direct, target: Target, *, everywhere: bool) -> Plan:
    """What goes and what stays."""
    found = holders(connection, target.space, target.number, target.rows)
    keeps = target.kind not in (targets.PART, targets.FILE) and not everywhere
    rows = target.rows - (_kept(target, found) if keeps else set())
    runs, versions = set(target.runs), set(target.versions)
    losing = {m: held & rows for m, held in found.manifests.items() if held & rows}
    staying = {
        m: held
        for m, held in losing.items()
        if any(saved.id not in versions for saved in found.versions.get(m, ()))
    }
    left = [s for m in staying for s in found.versions[m] if s.id not in versions]
    losing_runs = [run for run, held in found.runs.items() if held & rows and run not in runs]
    losing_outputs = [o for o, held in found.outputs.items() if held & rows and o[0] not in runs]
    notebooks = {saved.notebook for saved in left}
    notebooks |= set() if target.notebook is None else {target.notebook}
    notebooks |= _notebooks(connection, {*losing_runs, *(run for run, _ in losing_outputs)})
    return Plan(
        target=target,
        rows=rows,
        shared=len(target.rows) - len(rows),
        manifests=staying,
        manifests_gone=_manifests_gone(connection, target.versions),
        runs=losing_runs,
        outputs=losing_outputs,
        versions=[saved.id for saved in left],
        files=_files(connection, rows),
        notebooks=notebooks,
    )


def _kept(target: Target, found: Holders) -> set[int]:
    """What somebody else holds too.

    Of a step that is another run: that a saved version shows what the step said does not keep it.
    """
    runs, versions = set(target.runs), set(target.versions)
    kept = set(found.others)
    for run, held in found.runs.items():
        if run not in runs and run not in found.hidden:
            kept |= held
    for output, held in found.outputs.items():
        if output[0] not in runs and output not in found.hidden_outputs:
            kept |= held
    if target.kind == targets.STEP:
        return kept
    for manifest, held in found.manifests.items():
        others = {saved.id for saved in found.versions.get(manifest, ())} - versions
        if others - found.hidden:
            kept |= held
    return kept


def _manifests_gone(connection: Direct, versions: list[str]) -> list[int]:
    """The manifests that only these versions have."""
    going: dict[int, int] = {}
    for some in chunks(versions):
        rows = connection.exec_driver_sql(
            f"SELECT manifest FROM snapshot WHERE id IN ({marks(some)})", tuple(some)
        )
        for (manifest,) in rows:
            going[manifest] = going.get(manifest, 0) + 1
    gone = []
    for some in chunks(going):
        rows = connection.exec_driver_sql(
            f"SELECT manifest, count(*) FROM snapshot WHERE manifest IN ({marks(some)})"
            " GROUP BY manifest",
            tuple(some),
        )
        gone += [manifest for manifest, count in rows if count == going[manifest]]
    return gone


def _files(connection: Direct, rows: set[int]) -> list[int]:
    found: list[int] = []
    for some in chunks(rows):
        query = f"SELECT row FROM file_version WHERE payload IN ({marks(some)})"
        found += [row for (row,) in connection.exec_driver_sql(query, tuple(some))]
    return found


def _notebooks(connection: Direct, runs: set[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(runs):
        rows = connection.exec_driver_sql(
            f"SELECT DISTINCT notebook FROM execution WHERE id IN ({marks(some)})"
            " AND notebook IS NOT NULL",
            tuple(some),
        )
        found |= {notebook for (notebook,) in rows}
    return found
