"""The one writer of a file: jobs of many threads, committed in groups.

Whoever brings a job to an idle writer runs and commits it itself; what comes meanwhile waits, and
is the next group, which its first one commits. So nobody waits for a thread to wake up that does
nothing but write, and a job seldom changes the thread.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from ...errors import Busy

T = TypeVar("T")
Job = Callable[[sa.Connection], Any]

_JOBS_IN_A_COMMIT = 64
_CLOSED = "The history is being closed; what is not stored yet is sent again."
_STOPPED = "The history was stopped in its work; what is not stored yet is sent again."


class _Waiting:
    """A job, and what came of it when `done`."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = False
        self.answer: Any = None
        self.failure: BaseException | None = None
        self.turn = threading.Lock()  # let go of when the job is done, or is the next to lead
        self.turn.acquire()


class Writer:
    """Runs jobs on one connection, one group after the other, each in one transaction.

    `begun` is called in each transaction before its jobs, `undone` whenever work was taken back.
    """

    def __init__(
        self, driver: sqlite3.Connection, begun: Callable[[], object], undone: Callable[[], object]
    ) -> None:
        self._driver = driver
        # It never begins and never ends a transaction: that is done here, beside it.
        self._engine = sa.create_engine(
            "sqlite://",
            creator=lambda: driver,
            poolclass=sa.pool.StaticPool,
            isolation_level="AUTOCOMMIT",
        )
        self._connection = self._engine.connect()
        self._begun, self._undone = begun, undone
        self._jobs: deque[_Waiting] = deque()
        self._changing = threading.Condition(threading.Lock())
        self._busy = False
        self._closed = False

    def run(self, job: Callable[[sa.Connection], T]) -> T:
        """Run the job; return when what it wrote is durable."""
        waiting = _Waiting(job)
        with self._changing:
            if self._closed:
                raise Busy(_CLOSED)
            self._jobs.append(waiting)
            leads, self._busy = not self._busy, True
        if not leads:
            waiting.turn.acquire()
        if not waiting.done:
            self._lead()
        if waiting.failure is not None:
            raise waiting.failure
        return cast(T, waiting.answer)

    def close(self) -> None:
        """Finish the waiting jobs and let go of the file."""
        with self._changing:
            closed, self._closed = self._closed, True
            while self._busy:
                self._changing.wait()
        if not closed:
            self._connection.close()
            self._engine.dispose()
            self._driver.close()

    def _lead(self) -> None:
        """Commit those who wait, the caller first; then it is the turn of the next."""
        with self._changing:
            group = [self._jobs.popleft() for _ in range(min(len(self._jobs), _JOBS_IN_A_COMMIT))]
        try:
            self._commit(group)
        finally:
            with self._changing:
                following = self._jobs[0] if self._jobs else None
                self._busy = following is not None
                self._changing.notify_all()
            for waiting in group:
                waiting.done = True
                waiting.turn.release()
            if following is not None:
                following.turn.release()

    def _commit(self, group: list[_Waiting]) -> None:
        """Run the jobs in one transaction; one that fails takes only its own work back."""
        try:
            self._execute("BEGIN IMMEDIATE")
            self._begun()
            for waiting in group:
                self._attempt(waiting, alone=len(group) == 1)
            if self._driver.in_transaction:
                self._execute("COMMIT")
        except BaseException as error:  # nothing of it is stored
            self._undone()
            failure = error if isinstance(error, Exception) else Busy(_STOPPED)
            for waiting in group:
                waiting.failure = failure
            self._roll_back()
            if not isinstance(error, Exception):
                raise

    def _attempt(self, waiting: _Waiting, *, alone: bool) -> None:
        if not alone:
            self._execute("SAVEPOINT job")
        try:
            waiting.answer = waiting.job(self._connection)
        except Exception as error:
            self._undone()
            waiting.failure = error
            if alone:
                self._roll_back()
            else:  # this fails when SQLite gave up the whole transaction: everything is undone
                self._execute("ROLLBACK TO job")
        if not alone:
            self._execute("RELEASE job")

    def _roll_back(self) -> None:
        if self._driver.in_transaction:  # else SQLite did it by itself
            self._execute("ROLLBACK")

    def _execute(self, statement: str) -> None:
        self._driver.execute(statement).close()
