"""What versions said of tracks, said again: where a copy is told of late, and after a purge."""

from typing import Any

import msgspec

from ..tables.direct import Direct
from . import versions, wire
from .keeping import copies
from .versions import head_at
from .wire import Step, linked

_FIRST = """
SELECT event, tracks, manifest, space FROM snapshot WHERE notebook = ? AND readable = 1
ORDER BY event LIMIT 2
"""
_INFERRED = "DELETE FROM notebook_edge WHERE notebook = ? AND kind <> 'copy'"
_PURGED = "SELECT notebook, event, tracks FROM snapshot WHERE id = ?"
_NEXT = """
SELECT event, tracks FROM snapshot WHERE notebook = ? AND event > ? ORDER BY event LIMIT 1
"""
_SAY = "UPDATE snapshot SET tracks = ? WHERE event = ?"


def copied(connection: Direct, origin: str, notebook: str, event: int) -> None:
    """A notebook that was just saved first is told to be a copy: its cells are copies of those.

    The contents manager saves a copy before it tells that it is one.
    """
    rows = connection.exec_driver_sql(_FIRST, (notebook,)).all()
    if origin == notebook or len(rows) != 1:
        return
    first, data, manifest, space = rows[0]
    cells = [versions.cell(it) for it in versions.placed(connection, manifest)]
    found = copies(connection, space, cells, origin, event)
    head = head_at(connection, notebook, first)
    if not found or head is None:
        return
    pairs = [(head.state.order[place], it.number) for place, it in found.items()]
    said = wire.decode(data) or Step()
    said.links = [link for link in said.links if not link.notebook]
    said.links += linked(pairs, bytes.fromhex(origin))
    _say(connection, first, said)
    connection.exec_driver_sql(_INFERRED, (notebook,))


def forget(connection: Direct, version: str) -> None:
    """A version is about to go: the one after it says what both said, and the whole state."""
    row = connection.exec_driver_sql(_PURGED, (version,)).first()
    after: Any = None if row is None else connection.exec_driver_sql(_NEXT, row[:2]).first()
    if after is None:
        return
    head = head_at(connection, row[0], after[0])
    gone, said = wire.decode(row[2]) or Step(), wire.decode(after[1]) or Step()
    if head is None:
        return
    both = msgspec.structs.replace(
        said,
        changed=sorted({*said.changed, *gone.changed}),
        lost=[*gone.lost, *said.lost],
        links=[*gone.links, *said.links],
        whole=head.state,
    )
    _say(connection, after[0], both)


def _say(connection: Direct, event: int, said: Step) -> None:
    connection.exec_driver_sql(_SAY, (wire.encode(said), event))
