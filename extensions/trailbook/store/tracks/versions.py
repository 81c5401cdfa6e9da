"""The tracks of a notebook's versions, read from the store."""

from collections.abc import Sequence
from typing import NamedTuple

import blake3
import msgspec

from ...errors import StoreDamaged
from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from . import wire
from .following import Cell, Known
from .wire import State

_BACK = """
SELECT event, tracks, manifest, readable, space FROM snapshot
WHERE notebook = ? AND event <= ? ORDER BY event DESC
"""
NAME_BYTES = 4
EVER = 2**62


class Head(NamedTuple):
    """Where a notebook's tracks stand after its version at `event`."""

    event: int
    state: State
    manifest: int | None  # of the last version that is a notebook
    space: str
    cells: Sequence[Cell] = ()  # its cells, where they are at hand; else see `cells_of`


def head_at(connection: Direct, notebook: str, event: int = EVER) -> Head | None:
    """The tracks after the last version up to this event; None if there is no version yet."""
    steps, manifest, space, last = [], None, "", None
    for at, data, row, readable, its_space in connection.exec_driver_sql(_BACK, (notebook, event)):
        last = at if last is None else last
        said = wire.decode(data)
        steps.append(said)
        if readable and manifest is None:
            manifest, space = row, its_space
        if manifest is not None and said is not None and said.whole is not None:
            break
    if last is None:
        return None
    state = State()
    for said in reversed(steps):
        state = wire.after(state, said)
    return Head(last, state, manifest, space)


def placed(connection: Direct, manifest: int | None) -> list[PlacedCell]:
    """The cells of a version; none where it cannot be read any more."""
    if manifest is None:
        return []
    try:
        return manifests.load(connection, manifest).placed
    except (StoreDamaged, msgspec.MsgspecError):
        return []


def cell(it: PlacedCell) -> Cell:
    """A stored cell as it is followed: those of one space say the same if their row is the same."""
    saved = it.form.cell
    return Cell(saved.id, saved.type, it.key(saved.source), it.form.blank)


def cells_of(connection: Direct, head: Head) -> Sequence[Cell]:
    """The cells that the notebook had then."""
    return head.cells or [cell(it) for it in placed(connection, head.manifest)]


def known(connection: Direct, head: Head) -> list[Known]:
    """The same, with their tracks."""
    cells = cells_of(connection, head)
    return [Known(number, it) for number, it in zip(head.state.order, cells, strict=False)]


def text(connection: Direct, row: object) -> bytes:
    """What a source says; nothing where it is damaged or was purged."""
    if not isinstance(row, int):
        return b""
    try:
        return payloads.contents(connection, [row])[row]
    except StoreDamaged:
        return b""


def name_of(notebook: str, id_: str, key: bytes) -> int:
    """A number that stands for a cell's id in a notebook, and tells nobody what it is."""
    digest = blake3.blake3(f"{notebook}/{id_}".encode("utf-8", "replace"), key=key)
    return int.from_bytes(digest.digest(NAME_BYTES), "big")
