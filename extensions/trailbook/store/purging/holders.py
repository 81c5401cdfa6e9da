"""Who holds a piece of content in a space: sources, outputs and saved versions."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from ...errors import StoreDamaged
from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import Version

_RUNS = "SELECT id, source, deleted_at IS NULL FROM execution WHERE space = ?"
_OUTPUTS = """
SELECT o.execution, o.number, o.parts, o.metadata, o.deleted_at IS NULL AND e.deleted_at IS NULL
FROM output o JOIN execution e ON e.id = o.execution WHERE e.space = ?
"""
_VERSIONS = "SELECT id, notebook, manifest, deleted_at IS NULL FROM snapshot WHERE space = ?"
_OTHERS = """
SELECT k.packages FROM kernel_session k WHERE k.space = ? AND k.packages IS NOT NULL
UNION SELECT v.payload FROM file_version v JOIN file f ON f.row = v.file
    WHERE f.space = ? AND v.payload IS NOT NULL
"""
_MANIFESTS = "SELECT row FROM manifest WHERE space = ? AND encoding <> ? ORDER BY row"

Output = tuple[str, int]


class Holders(msgspec.Struct, frozen=True):
    """Whatever holds some of the content that was asked for."""

    runs: dict[str, set[int]]  # by their sources
    outputs: dict[Output, set[int]]
    manifests: dict[int, set[int]]
    others: set[int]  # what files beside notebooks hold, and lists of packages
    hidden: set[str]  # runs and versions that were deleted before
    hidden_outputs: set[Output]
    versions: dict[int, list["Saved"]]  # of those manifests


class Saved(NamedTuple):
    """A version with its notebook."""

    id: str
    notebook: str


def holders(connection: Direct, space: str, number: int, rows: Collection[int]) -> Holders:
    """Who holds these payloads."""
    wanted = set(rows)
    hidden: set[str] = set()
    runs: dict[str, set[int]] = {}
    for run, source, shown in connection.exec_driver_sql(_RUNS, (space,)):
        if source in wanted:
            runs[run] = {source}
            hidden |= set() if shown else {run}
    outputs: dict[Output, set[int]] = {}
    hidden_outputs: set[Output] = set()
    for run, place, parts, metadata, shown in connection.exec_driver_sql(_OUTPUTS, (space,)):
        held = wanted.intersection(rows_of_output(parts, metadata))
        if held:
            outputs[run, place] = held
            hidden_outputs |= set() if shown else {(run, place)}
    holding = dict(_holding(connection, number, wanted))
    versions: dict[int, list[Saved]] = {}
    for version, notebook, manifest, shown in connection.exec_driver_sql(_VERSIONS, (space,)):
        if manifest in holding:
            versions.setdefault(manifest, []).append(Saved(version, notebook))
            hidden |= set() if shown else {version}
    others = {row for (row,) in connection.exec_driver_sql(_OTHERS, (space, number))} & wanted
    return Holders(runs, outputs, holding, others, hidden, hidden_outputs, versions)


def rows_of_output(parts: bytes, metadata: int | None) -> set[int]:
    """The payloads of an output's row."""
    found = {row for _, row, _ in msgspec.msgpack.decode(parts)}
    return found if metadata is None else found | {metadata}


def _holding(connection: Direct, number: int, wanted: set[int]) -> Iterator[tuple[int, set[int]]]:
    """The manifests that name some of the payloads; versions share cells, looked at once."""
    known: dict[bytes, frozenset[int]] = {}
    rows = connection.exec_driver_sql(_MANIFESTS, (number, payloads.PURGED)).all()
    for (row,) in rows:
        try:
            version = manifests.load(connection, row)
            held = _held(version, wanted, known)
        except (StoreDamaged, msgspec.MsgspecError):
            continue  # what cannot be read says nothing; `check` names it
        if held:
            yield row, held


def _held(version: Version, wanted: set[int], known: dict[bytes, frozenset[int]]) -> set[int]:
    if version.opaque is not None:
        return wanted & {version.opaque}
    held: set[int] = set()
    for chunk in version.chunks:
        rows = known.get(chunk)
        if rows is None:
            rows = known[chunk] = frozenset(manifests.rows_of_cell(chunk) & wanted)
        held |= rows
    return held
