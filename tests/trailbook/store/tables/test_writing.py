"""Jobs of several threads on the one connection that writes."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from trailbook.errors import Busy
from trailbook.store.tables.direct import connect
from trailbook.store.tables.writing import Writer

PUT = "INSERT INTO thing (name) VALUES (?)"


class Place:
    """A writer on a table of names that are all different, and what it told of itself."""

    def __init__(self, file: Path) -> None:
        driver = connect(file, read_only=False)
        driver.execute("CREATE TABLE thing (name TEXT UNIQUE NOT NULL)")
        self.file = file
        self.begun = self.undone = 0
        self.writer = Writer(driver, self._begun, self._undone)

    def _begun(self) -> None:
        self.begun += 1

    def _undone(self) -> None:
        self.undone += 1

    def put(self, *names: str) -> None:
        self.writer.run(lambda c: [c.exec_driver_sql(PUT, (name,)) for name in names] and None)

    def kept(self) -> set[str]:
        """What is durable, as another connection sees it."""
        other = sqlite3.connect(self.file)
        names = {name for (name,) in other.execute("SELECT name FROM thing")}
        other.close()
        return names

    def together(self, *jobs: Callable[[sa.Connection], Any]) -> list[Any]:
        """Run jobs that all wait while another one is at work; what each came to."""
        first, go = threading.Event(), threading.Event()

        def hold(_: sa.Connection) -> None:
            first.set()
            assert go.wait(30)

        came: list[Any] = [None] * len(jobs)

        def bring(number: int) -> None:
            try:
                came[number] = self.writer.run(jobs[number])
            except Exception as error:
                came[number] = error

        threads = [threading.Thread(target=self.writer.run, args=(hold,))]
        threads += [threading.Thread(target=bring, args=(n,)) for n in range(len(jobs))]
        threads[0].start()
        assert first.wait(30)
        for number, thread in enumerate(threads[1:], 1):
            thread.start()
            while len(self.writer._jobs) < number:
                time.sleep(0.001)
        go.set()
        for thread in threads:
            thread.join(30)
        return came


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "a.sqlite")
    yield made
    made.writer.close()


def putting(name: str) -> Callable[[sa.Connection], str]:
    def job(connection: sa.Connection) -> str:
        connection.exec_driver_sql(PUT, (name,))
        return name

    return job


def test_what_was_run_is_durable(place: Place) -> None:
    assert place.writer.run(putting("a")) == "a"
    assert place.kept() == {"a"}


def test_jobs_that_wait_share_a_transaction(place: Place) -> None:
    assert place.together(*map(putting, "abc")) == ["a", "b", "c"]
    assert place.kept() == {"a", "b", "c"}
    assert place.begun == 2  # of the one that they waited for, and of all three


def test_more_than_a_group_are_all_done(place: Place) -> None:
    names = [str(n) for n in range(150)]
    assert place.together(*map(putting, names)) == names
    assert place.kept() == set(names)


def test_a_job_that_fails_takes_only_its_own_work_back(place: Place) -> None:
    def wrong(connection: sa.Connection) -> None:
        connection.exec_driver_sql(PUT, ("lost",))
        raise ValueError

    first, failed, last = place.together(putting("a"), wrong, putting("b"))
    assert (first, last) == ("a", "b")
    assert isinstance(failed, ValueError)
    assert place.kept() == {"a", "b"}
    with pytest.raises(ValueError, match=r"^$"):
        place.writer.run(wrong)
    assert place.kept() == {"a", "b"}
    assert place.undone == 2


def test_a_statement_that_fails_leaves_the_connection_as_good_as_new(place: Place) -> None:
    place.put("a")
    with pytest.raises(sa.exc.IntegrityError):
        place.put("b", "a")
    place.put("c")
    assert place.kept() == {"a", "c"}


def test_who_is_interrupted_harms_nobody_for_good(place: Place) -> None:
    """Others, whose work was in the same transaction, are told to come again."""

    def interrupted(_: sa.Connection) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.writer.run(interrupted)
    place.put("a")
    assert place.kept() == {"a"}


def test_a_locked_file_is_an_error_and_not_the_end(place: Place) -> None:
    other = sqlite3.connect(place.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    place.writer._driver.execute("PRAGMA busy_timeout=1")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        place.put("a")
    other.execute("ROLLBACK")
    other.close()
    place.put("b")
    assert place.kept() == {"b"}


def test_a_closed_writer_refuses(place: Place) -> None:
    place.put("a")
    place.writer.close()
    place.writer.close()
    with pytest.raises(Busy):
        place.put("b")
    assert place.kept() == {"a"}
