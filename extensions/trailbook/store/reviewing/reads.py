"""Reading reviews: one with everything, and lists of them."""

from collections.abc import Collection
from typing import Any

from ...access import Place
from ...errors import NotFound
from ..review_facts import NotificationFacts, ReviewFacts
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.payloads import marks
from ..views import PersonView
from .loading import load

_PLACE = """
SELECT s.id, s.project, s.person FROM review r JOIN space s ON s.id = r.space WHERE r.id = ?
"""
_NOTIFICATIONS = """
SELECT n.id, n.why, n.at, n.review, r.number, r.title, j.slug, n.thread, n.seen_at, n.by_person,
    p.hub_name, p.display_name
FROM notification n JOIN review r ON r.id = n.review JOIN space s ON s.id = r.space
LEFT JOIN project j ON j.id = s.project LEFT JOIN person p ON p.id = n.by_person
WHERE n.person = ? AND r.space IN ({}) {} ORDER BY n.at DESC, n.id DESC LIMIT ?
"""
_UNSEEN = """
SELECT count(*) FROM notification n JOIN review r ON r.id = n.review
WHERE n.person = ? AND n.seen_at IS NULL AND r.space IN ({})
"""


class ReviewReads:
    """The part of the store that answers reviews and notifications."""

    db: Database

    def place_of_review(self, review: str) -> Place:
        """Where a review lives."""
        with self.db.statements() as connection:
            row = connection.exec_driver_sql(_PLACE, (review,)).first()
        if row is None:
            raise NotFound("review")
        return Place(space=row[0], project=row[1], person=row[2])

    def review(self, review: str) -> ReviewFacts:
        """One review with all that was said."""
        with self.db.statements() as connection:
            found = load(connection, [review])
        if review not in found:
            raise NotFound("review")
        return found[review]

    def reviews(
        self,
        spaces: Collection[str],
        states: Collection[str],
        *,
        author: str | None = None,
        after: tuple[int, str] | None = None,
        limit: int | None = None,
    ) -> list[ReviewFacts]:
        """Reviews of these spaces and stored states, without the texts of comments.

        What changed last comes first; `after` is time and id of the one before.
        """
        which = f"space IN ({marks(spaces)}) AND state IN ({marks(states)})"
        values: list[object] = [*spaces, *states]
        if author is not None:
            which += " AND author = ?"
            values.append(author)
        if after is not None:
            which += " AND (changed_at, id) < (?, ?)"
            values += after
        query = f"SELECT id FROM review WHERE {which} ORDER BY changed_at DESC, id DESC LIMIT ?"
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(query, (*values, -1 if limit is None else limit))
            ids = [id_ for (id_,) in rows.all()]
            found = load(connection, ids, texts=False)
        return [found[id_] for id_ in ids]

    def notifications(
        self, person: str, spaces: Collection[str], *, after: str | None, limit: int
    ) -> tuple[list[NotificationFacts], int]:
        """What somebody was told of these spaces, newest first, and how many are not seen."""
        with self.db.statements() as connection:
            which = "AND (n.at, n.id) < (SELECT at, id FROM notification WHERE id = ?)"
            rows = connection.exec_driver_sql(
                _NOTIFICATIONS.format(marks(spaces), which if after is not None else ""),
                (person, *spaces, *([] if after is None else [after]), limit),
            ).all()
            unseen = connection.exec_driver_sql(
                _UNSEEN.format(marks(spaces)), (person, *spaces)
            ).scalar_one()
        return [_notification(row) for row in rows], int(unseen)

    def see_notifications(
        self, person: str, ids: Collection[str], until: str | None, now: int
    ) -> None:
        """Somebody has seen these, and all up to one."""

        def write(connection: Direct) -> None:
            if ids:
                connection.exec_driver_sql(
                    "UPDATE notification SET seen_at = ? WHERE person = ? AND seen_at IS NULL"
                    f" AND id IN ({marks(ids)})",
                    (now, person, *ids),
                )
            if until is not None:
                connection.exec_driver_sql(
                    "UPDATE notification SET seen_at = ? WHERE person = ? AND seen_at IS NULL"
                    " AND (at, id) <= (SELECT at, id FROM notification WHERE id = ?"
                    " AND person = ?)",
                    (now, person, until, person),
                )

        self.db.write(lambda c: write(Direct(c)))


def _notification(row: Any) -> NotificationFacts:
    *told, by, name, shown = row
    fields = dict(zip(NotificationFacts.__struct_fields__, told, strict=False))
    return NotificationFacts(
        **fields, by=PersonView(id=by, name=name or "", display_name=shown or "")
    )
