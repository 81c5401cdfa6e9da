"""What the handlers of events know of the event that lands."""

from collections.abc import Callable
from typing import Any

import msgspec

from ...errors import BadRequest, ContentMissing
from ...ids import is_id
from ..tables import payloads
from ..tables.direct import Direct
from . import paths
from .prepare import Prepared
from .writers import OpenSpace, Writer


class Refused(Exception):
    """The event is acknowledged and nothing of it is kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Landed(msgspec.Struct, kw_only=True):
    """One event at its place in the ledger."""

    connection: Direct
    prepared: Prepared
    writer: Writer
    spaces: dict[str, OpenSpace]
    received: int
    at: int
    author: str | None
    author_basis: str
    author_person: str | None
    ingest: int
    basis_of: Callable[[str | None], str]  # how well it is known that somebody named did something
    rows: list[int] = []
    notebook: str | None = None

    @property
    def space(self) -> str:
        """The space that the event is recorded in."""
        return self.prepared.sealed.event.space

    @property
    def open_space(self) -> OpenSpace:
        """The same, as it is open to the writer."""
        return self.spaces[self.space]

    @property
    def rows_by_id(self) -> dict[bytes, int]:
        """The payload rows of the event's contents, and of those that its version takes over."""
        rows = dict(zip(self.prepared.sealed.contents, self.rows, strict=True))
        version = self.prepared.version
        cells = [] if version is None else version.cells
        lacking = {id_ for cell in cells if cell.chunk is None for id_ in cell.ids or ()}
        lacking -= rows.keys()
        if lacking:
            rows.update(payloads.rows_of(self.connection, self.open_space.number, lacking))
        if not lacking <= rows.keys():  # it was told as a change of a version that was refused
            raise ContentMissing(len(lacking - rows.keys()))
        return rows

    @property
    def moment(self) -> paths.Moment:
        """Where it stands, for the history of paths."""
        return (self.ingest, self.at, self.writer.row)

    def row(self, index: int) -> int:
        """The payload at this index of the event's contents."""
        if not 0 <= index < len(self.rows):
            raise BadRequest("An event names content that it does not carry.")
        return self.rows[index]

    def clamp(self, at: int) -> int:
        """A recorder's time that can be no later than its arrival."""
        return min(at, self.received)

    def resolve(self, path: str | None, space: str | None = None) -> str | None:
        """The notebook at a path of the space, or None where the event names no path."""
        if path is None:
            return None
        return paths.resolve(self.connection, space or self.space, cleaned(path), self.moment)

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement."""
        self.connection.exec_driver_sql(sql, values)

    def add(self, sql: str, *values: object) -> bool:
        """Execute an `INSERT OR IGNORE`; False if what it adds is there already."""
        return bool(self.connection.exec_driver_sql(sql, values).rowcount)

    def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a query."""
        row = self.connection.exec_driver_sql(sql, values).first()
        return None if row is None else tuple(row)


def cleaned(path: str) -> str:
    """The path, unless it leads out of its space."""
    found = paths.clean(path)
    if found is None:
        raise Refused("bad-path")
    return found


def identity(text: str) -> str:
    """An identity that a recorder minted, if it has the form of one."""
    if not is_id(text):
        raise Refused("bad-identity")
    return text
