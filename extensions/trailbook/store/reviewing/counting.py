"""What all writes about reviews share: the count of changes, and what came since one looked."""

from collections.abc import Collection

import msgspec

from ...errors import NotFound
from ...ids import new_id
from ..review_facts import EventFacts, Telling
from ..tables.direct import Direct
from .loading import EVENT_COLUMNS, event

_SINCE = f"""
SELECT {EVENT_COLUMNS} FROM review_event e
WHERE e.review = ? AND e.change > ? ORDER BY e.change
"""
_COUNT = """
UPDATE review SET changes = changes + 1, changed_at = max(changed_at, ?) WHERE id = ?
RETURNING changes
"""
_EVENT = """
INSERT INTO review_event (id, review, kind, at, person, change, revision, verdict, people)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TELL = """
INSERT INTO notification (id, person, cause, review, why, by_person, thread, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person, cause) DO NOTHING
"""


def state_of(connection: Direct, review: str) -> str:
    """The stored state of a review."""
    row = connection.exec_driver_sql("SELECT state FROM review WHERE id = ?", (review,)).first()
    if row is None:
        raise NotFound("review")
    return str(row[0])


def since(connection: Direct, review: str, seen: int) -> list[EventFacts]:
    """What was done after somebody looked."""
    return [event(row) for row in connection.exec_driver_sql(_SINCE, (review, seen))]


def count(connection: Direct, review: str, at: int) -> int:
    """Something changed: the review's count with it."""
    return int(connection.exec_driver_sql(_COUNT, (at, review)).scalar_one())


def touch(connection: Direct, review: str, at: int) -> None:
    """Something was said that nobody needs to know who decides."""
    connection.exec_driver_sql(
        "UPDATE review SET changed_at = max(changed_at, ?) WHERE id = ?", (at, review)
    )


def put_event(
    connection: Direct,
    review: str,
    kind: str,
    person: str,
    at: int,
    *,
    id_: str | None = None,
    revision: int | None = None,
    verdict: str | None = None,
    people: Collection[str] = (),
) -> None:
    """Write down what somebody did, and count it."""
    change = count(connection, review, at)
    told = msgspec.msgpack.encode(list(people)) if people else None
    connection.exec_driver_sql(
        _EVENT, (id_ or new_id(), review, kind, at, person, change, revision, verdict, told)
    )


def tell(connection: Direct, review: str, by: str, at: int, tellings: Collection[Telling]) -> None:
    """Tell people, each of one cause once."""
    for it in tellings:
        connection.exec_driver_sql(
            _TELL, (new_id(), it.person, it.cause, review, it.why, by, it.thread, at)
        )
