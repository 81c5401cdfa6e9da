"""Revisions: the newest one's heads move until somebody has looked; what one has looked at."""

from collections.abc import Collection
from functools import partial
from typing import Any

from ...clock import now_us
from ...errors import BadRequest, NotFound
from ..review_facts import DRAFT, OPEN
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.payloads import marks
from .counting import count

_NEWEST = """
SELECT w.id, b.notebook, v.id, v.sources, v.at FROM review w
JOIN review_notebook b ON b.review = w.id AND b.following = 1
JOIN snapshot v ON v.event = (SELECT n.event FROM snapshot n WHERE n.notebook = b.notebook
    AND n.space = w.space AND n.deleted_at IS NULL AND n.readable = 1
    ORDER BY n.event DESC LIMIT 1)
JOIN review_head h ON h.review = w.id AND h.notebook = b.notebook
    AND h.revision = (SELECT max(number) FROM review_revision r WHERE r.review = w.id)
WHERE w.state IN (?, ?) AND v.id <> h.snapshot AND
"""
_ONE = "w.id = ?"
_LAST = """
SELECT number, looked, change FROM review_revision WHERE review = ? ORDER BY number DESC LIMIT 1
"""
_LOOK = """
INSERT INTO review_look (review, person, revision, at) VALUES (?, ?, ?, ?)
ON CONFLICT (review, person) DO UPDATE SET revision = max(revision, excluded.revision),
    at = excluded.at
"""
_VIEWED = """
INSERT INTO review_viewed (review, person, notebook, cell, digest) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (review, person, notebook, cell) DO UPDATE SET digest = excluded.digest
"""


class Revisions:
    """The part of the store that keeps up with new versions, and with who looked."""

    db: Database

    def roll(self, review: str) -> bool:
        """Take new versions into the review; whether there were any.

        The newest revision takes them, or, once somebody has looked at it, the next one.
        """
        return self._roll(_ONE, [review])

    def roll_in(self, spaces: Collection[str]) -> bool:
        """The same for all reviews of these spaces."""
        return self._roll(f"w.space IN ({marks(spaces)})", spaces)

    def _roll(self, which: str, values: Collection[str]) -> bool:
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(_NEWEST + which, (DRAFT, OPEN, *values)).all()
        reviews = {row[0] for row in rows}
        took = [self.db.write(partial(_roll_one, review)) for review in sorted(reviews)]
        return any(took)

    def look(self, review: str, person: str, revision: int, *, seen: int) -> None:
        """Somebody has looked at a revision, with the heads that it had then.

        If it has others by now nothing is written down: a look never covers what nobody saw.
        """
        self.db.write(lambda c: _look(Direct(c), review, person, revision, seen))

    def set_viewed(
        self, review: str, person: str, notebook: str, cell: int, digest: bytes | None
    ) -> None:
        """Tick a cell that holds this, or take the tick away."""

        def change(connection: Direct) -> None:
            if digest is None:
                connection.exec_driver_sql(
                    "DELETE FROM review_viewed WHERE review = ? AND person = ? AND notebook = ?"
                    " AND cell = ?",
                    (review, person, notebook, cell),
                )
            else:
                connection.exec_driver_sql(_VIEWED, (review, person, notebook, cell, digest))

        self.db.write(lambda c: change(Direct(c)))

    def viewed(self, review: str, person: str) -> dict[tuple[str, int], bytes]:
        """What somebody has ticked: by notebook and cell, what it held."""
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(
                "SELECT notebook, cell, digest FROM review_viewed WHERE review = ? AND person = ?",
                (review, person),
            )
            return {(notebook, cell): bytes(digest) for notebook, cell, digest in rows}


def _roll_one(review: str, writing: Any) -> bool:
    connection = Direct(writing)
    newer = connection.exec_driver_sql(_NEWEST + _ONE, (DRAFT, OPEN, review)).all()
    if not newer:
        return False
    at = max(row[4] for row in newer)
    number, looked, _ = connection.exec_driver_sql(_LAST, (review,)).first()
    change = count(connection, review, at)
    if looked:
        connection.exec_driver_sql(
            "INSERT INTO review_revision (review, number, at, looked, change)"
            " VALUES (?, ?, ?, 0, ?)",
            (review, number + 1, at, change),
        )
        connection.exec_driver_sql(
            "INSERT INTO review_head (review, revision, notebook, snapshot, sources)"
            " SELECT review, ?, notebook, snapshot, sources FROM review_head"
            " WHERE review = ? AND revision = ?",
            (number + 1, review, number),
        )
        number += 1
    else:
        connection.exec_driver_sql(
            "UPDATE review_revision SET at = ?, change = ? WHERE review = ? AND number = ?",
            (at, change, review, number),
        )
    for _, notebook, snapshot, sources, _ in newer:
        connection.exec_driver_sql(
            "UPDATE review_head SET snapshot = ?, sources = ?"
            " WHERE review = ? AND revision = ? AND notebook = ?",
            (snapshot, sources, review, number, notebook),
        )
    return True


def revision_change(connection: Direct, review: str, revision: int) -> int:
    """The review's count when this revision's heads came."""
    found = connection.exec_driver_sql(
        "SELECT change FROM review_revision WHERE review = ? AND number = ?", (review, revision)
    ).scalar_one_or_none()
    if found is None:
        raise BadRequest("The review has no such revision.")
    return int(found)


def freeze(connection: Direct, review: str, revision: int, person: str) -> None:
    """Somebody other than the review's author has seen the revision: it stays as it is."""
    connection.exec_driver_sql(
        "UPDATE review_revision SET looked = 1 WHERE review = ? AND number = ?"
        " AND EXISTS (SELECT 1 FROM review WHERE id = ? AND author <> ?)",
        (review, revision, review, person),
    )


def _look(connection: Direct, review: str, person: str, revision: int, seen: int) -> None:
    row = connection.exec_driver_sql("SELECT 1 FROM review WHERE id = ?", (review,)).first()
    if row is None:
        raise NotFound("review")
    if revision_change(connection, review, revision) > seen:
        return
    connection.exec_driver_sql(_LOOK, (review, person, revision, now_us()))
    freeze(connection, review, revision, person)
