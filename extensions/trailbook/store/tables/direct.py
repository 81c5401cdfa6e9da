"""Prepared statements on a connection of the driver: what reads and writes the store's tables.

SQLAlchemy is not imported here: a command that only reads is done before that would be there.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec

from ...errors import Busy, Conflict, StoreDamaged
from .cache import Cache
from .journal import mode_for

if TYPE_CHECKING:
    import sqlalchemy as sa

CACHE_BYTES = 48 << 20
_READING_KB, _WRITING_KB = 4_000, 16_000  # of pages at hand; there is a connection for each reader
_WAIT_MS = 30_000  # for the lock of another process

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError, msgspec.MsgspecError)
"""What reading a damaged file ends with, besides the hash that does not match."""


class Statements(Protocol):
    """What runs prepared statements: a connection of SQLAlchemy, or `Direct` beside one."""

    def exec_driver_sql(self, statement: str, parameters: Any = ...) -> Any:
        """Run one statement with `?` for its values."""


class Rows(sqlite3.Cursor):
    """A cursor that answers like a result of SQLAlchemy, as far as it is used here."""

    def first(self) -> Any:
        """The first row, or None."""
        return self.fetchone()

    def all(self) -> list[Any]:
        """All rows."""
        return self.fetchall()

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or None."""
        row = self.fetchone()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.fetchone()[0]


class Direct:
    """Prepared statements inside a transaction of SQLAlchemy, without its cost for each."""

    def __init__(
        self, connection: "sa.Connection | sqlite3.Connection", cache: Cache | None = None
    ) -> None:
        self._driver = _driver(connection)
        self.cache = Cache(CACHE_BYTES) if cache is None else cache
        self.purges = 0  # that were seen when the transaction began

    def exec_driver_sql(self, statement: str, parameters: Any = ()) -> Rows:
        """Run one statement with `?` for its values."""
        return self._driver.cursor(Rows).execute(statement, parameters)

    def end(self) -> bool:
        """End a transaction that only read; False if the connection is of no use any more.

        What was read before is right although a damaged page keeps SQLite from ending well.
        """
        try:
            self._driver.cursor().execute("COMMIT").close()
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        """Let go of a connection that is nobody else's."""
        self._driver.close()


def _driver(connection: "sa.Connection | sqlite3.Connection") -> sqlite3.Connection:
    if isinstance(connection, sqlite3.Connection):
        return connection
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection as a store needs it."""
    connection = sqlite3.connect(
        path, timeout=_WAIT_MS / 1000, check_same_thread=False, cached_statements=256
    )
    try:
        _set_up(connection, path, read_only)
    except BaseException:  # what is no database says so here
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: we do
    for pragma in (
        f"busy_timeout={_WAIT_MS}",
        f"journal_mode={mode_for(path)}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"cache_size=-{_READING_KB if read_only else _WRITING_KB}",
        "journal_size_limit=67108864",
        "temp_store=MEMORY",
        *(["query_only=ON"] if read_only else []),
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def for_people(error: BaseException) -> BaseException:
    """The store's own error for what the database says; others pass as they are."""
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict("Something of this name or identity is already there.")
    if isinstance(error, sqlite3.OperationalError):
        return Busy(
            f"The history cannot be used at the moment ({error}). Nothing is lost: what is not "
            "stored yet is sent again."
        )
    return StoreDamaged("The history's file") if isinstance(error, DAMAGE) else error
