"""One SQLite file: connections for reading, and the one that writes with group commit."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from .cache import Cache
from .direct import CACHE_BYTES, DAMAGE, Direct, connect, for_people
from .meta import purge_count
from .migrate import migrate
from .writing import Writer

T = TypeVar("T")

_DAMAGE = (sa.exc.DatabaseError, *DAMAGE)


class Database:
    """Reads on pooled connections that cannot write, writes on one, a group of jobs at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cache = Cache(CACHE_BYTES)
        self._purges = 0
        self._forgetting = threading.Lock()
        self._idle: list[Direct] = []  # connections that nobody reads with at the moment
        path.touch(mode=0o600)  # SQLite gives the files beside it the same mode
        self._reading = _engine(path, "BEGIN", pool_size=16, read_only=True)
        try:
            _bring_up_to_date(path)
            writing = connect(path, read_only=False)
        except _DAMAGE as error:
            self._dispose()
            raise _for_people(error) from error
        except BaseException:
            self._dispose()
            raise
        self._writer = Writer(
            writing,
            begun=lambda: self._cache_for(purge_count(Direct(writing))),
            undone=lambda: self.cache.clear(),  # rows that were about to be filled are free again
        )

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state, everything acknowledged included."""
        try:
            with self._reading.begin() as connection:
                yield connection
        except _DAMAGE as error:
            raise _for_people(error) from error

    @contextmanager
    def statements(self) -> Iterator[Direct]:
        """As `read`, for many small queries."""
        try:
            direct = self._idle.pop()
        except IndexError:
            direct = Direct(connect(self.path, read_only=True), self.cache)
        usable = False
        try:
            direct.exec_driver_sql("BEGIN")
            try:
                direct.purges = purge_count(direct)
                direct.cache = self._cache_for(direct.purges)
                yield direct
            finally:
                usable = direct.end()
        except _DAMAGE as error:
            raise _for_people(error) from error
        finally:
            if usable:
                self._idle.append(direct)
            else:
                direct.close()

    def write(self, job: Callable[[sa.Connection], T]) -> T:
        """Run `job` where nobody else writes; return when it is durable."""
        try:
            return self._writer.run(job)
        except Exception as error:
            told = _for_people(error)
            if told is error:
                raise
            raise told from error

    def forget(self) -> None:
        """Drop what is at hand, also for those who are still reading it in from before."""
        self.cache = Cache(CACHE_BYTES)

    def _cache_for(self, count: int) -> Cache:
        """What is at hand for a transaction: never anything from before a purge that it sees.

        Other processes purge too, so each transaction asks; one that sees the store as it was
        before a purge gets nothing and leaves nothing.
        """
        with self._forgetting:
            if count > self._purges:
                self._purges = count
                self.forget()
            return self.cache if count == self._purges else Cache(0)

    def compact(self) -> bool:
        """Write the whole file anew without what was deleted, and empty its log.

        False if somebody still reads the state before; then old bytes are still in the log.
        """
        connection = connect(self.path, read_only=False)
        try:
            connection.execute("PRAGMA temp_store=FILE")  # it may be larger than the memory
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise _for_people(error) from error
        finally:
            connection.close()
        return not busy

    def close(self) -> None:
        """Finish the waiting jobs and let go of the file."""
        self._writer.close()
        self._dispose()

    def _dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._reading.dispose()


def _for_people(error: BaseException) -> BaseException:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    said = error if cause is None else for_people(cause)
    return error if said is cause else said


def _bring_up_to_date(path: Path) -> None:
    engine = _engine(path, "BEGIN IMMEDIATE", pool_size=1)
    try:
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()


def _engine(path: Path, begin: str, *, pool_size: int, read_only: bool = False) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path, read_only=read_only),
        poolclass=sa.pool.QueuePool,
        pool_size=pool_size,
        max_overflow=48,
    )

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
