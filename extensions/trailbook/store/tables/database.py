"""One SQLite file: connections for reading, and one thread that writes with group commit."""

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from ...errors import Busy
from .cache import Cache
from .direct import CACHE_BYTES, DAMAGE, Direct, Statements, connect, for_people
from .meta import purge_count
from .migrate import migrate

T = TypeVar("T")
Job = Callable[[sa.Connection], Any]

_DAMAGE = (sa.exc.DatabaseError, *DAMAGE)
_JOBS_IN_A_COMMIT = 64


class Database:
    """Reads on pooled connections that cannot write, writes on one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cache = Cache(CACHE_BYTES)
        self._purges = 0
        self._forgetting = threading.Lock()
        self._idle: list[Direct] = []  # connections that nobody reads with at the moment
        path.touch(mode=0o600)  # SQLite gives the files beside it the same mode
        self._writing = _engine(path, "BEGIN IMMEDIATE", pool_size=1)
        self._reading = _engine(path, "BEGIN", pool_size=16, read_only=True)
        try:
            with self._writing.begin() as connection:
                migrate(connection)
        except _DAMAGE as error:
            self._dispose()
            raise _for_people(error) from error
        except BaseException:
            self._dispose()
            raise
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="trailbook-store", daemon=True)
        self._thread.start()

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
                direct.cache = self._cache_for(direct)
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
        """Run `job` on the writing thread; return when it is durable."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise Busy("The history is being closed; what is not stored yet is sent again.")
            self._jobs.put((job, future))
        return future.result()

    def forget(self) -> None:
        """Drop what is at hand, also for those who are still reading it in from before."""
        self.cache = Cache(CACHE_BYTES)

    def _cache_for(self, connection: Statements) -> Cache:
        """What is at hand for a transaction: never anything from before a purge that it sees.

        Other processes purge too, so each transaction asks; one that sees the store as it was
        before a purge gets nothing and leaves nothing.
        """
        count = purge_count(connection)
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
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        self._dispose()

    def _dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._reading.dispose()
        self._writing.dispose()

    def _work(self) -> None:
        closing = False
        while not closing:
            first = self._jobs.get()
            batch = [] if first is None else [first]
            closing = first is None
            while batch and not closing and len(batch) < _JOBS_IN_A_COMMIT:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    closing = True
                else:
                    batch.append(following)
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[tuple[Job, Future[Any]]]) -> None:
        """Run the jobs in one transaction; one that fails takes only its own work back."""
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._writing.begin() as connection:
                self._cache_for(Direct(connection))
                for job, future in batch:
                    answers.append((future, *self._attempt(connection, job)))
        except BaseException as error:  # the commit itself failed: nothing of it is stored
            self.cache.clear()
            for _, future in batch:
                future.set_exception(_for_people(error))
            return
        for future, result, failure in answers:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _attempt(self, connection: sa.Connection, job: Job) -> tuple[Any, BaseException | None]:
        direct = Direct(connection)
        direct.exec_driver_sql("SAVEPOINT job")
        try:
            result = job(connection)
        except BaseException as error:
            self.cache.clear()  # the rows that it was about to fill are free again
            # This fails when SQLite gave up the whole transaction: then everything is undone.
            direct.exec_driver_sql("ROLLBACK TO job")
            direct.exec_driver_sql("RELEASE job")
            return None, _for_people(error)
        direct.exec_driver_sql("RELEASE job")
        return result, None


def _for_people(error: BaseException) -> BaseException:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    said = error if cause is None else for_people(cause)
    return error if said is cause else said


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
