"""A review begun, asked for, decided and ended: each atomically, on what its writer has seen."""

from collections.abc import Collection, Mapping

from ...clock import now_us
from ...errors import BadRequest, Conflict, NotFound
from ...ids import new_id
from ..review_facts import (
    ABANDONED,
    CONCLUDED,
    DRAFT,
    OPEN,
    EventFacts,
    NewNotebook,
    Telling,
)
from ..tables.database import Database
from ..tables.direct import Direct
from .counting import count, put_event, since, state_of, tell

STATES = frozenset({"opened", "concluded", "abandoned", "reopened"})
"""Events that change the stored state."""
_FROM = {OPEN: {DRAFT, CONCLUDED, ABANDONED}, CONCLUDED: {OPEN}, ABANDONED: {DRAFT, OPEN}}
_KINDS = {CONCLUDED: "concluded", ABANDONED: "abandoned"}
_NOTEBOOK = """
SELECT n.path, v.event, v.sources FROM notebook n JOIN snapshot v ON v.notebook = n.id
WHERE n.id = ? AND n.space = ? AND v.id = ? AND v.space = n.space AND v.deleted_at IS NULL
"""
_ASK = """
INSERT INTO review_reviewer (review, person, asked_at, asks) VALUES (?, ?, ?, 1)
ON CONFLICT (review, person) DO UPDATE SET asked_at = excluded.asked_at, asks = asks + 1
"""


class ReviewChanges:
    """The part of the store that begins and changes reviews.

    Answers that are lists name what others did meanwhile: then nothing was changed.
    """

    db: Database

    def create_review(
        self,
        space: str,
        *,
        title: str,
        description: str,
        author: str,
        draft: bool,
        notebooks: Collection[NewNotebook],
        reviewers: Collection[str],
        tell: Mapping[str, str],
    ) -> str:
        """A review with the next number of its space; `tell` says why, by person."""
        review = new_id()
        told = [Telling(person=p, why=why, cause=f"{review}/{why}") for p, why in tell.items()]

        def create(connection: Direct) -> None:
            now = now_us()
            _put_review(connection, review, space, title, description, author, draft, now)
            _put_notebooks(connection, review, space, notebooks, now)
            put_event(connection, review, "drafted" if draft else "opened", author, now)
            _ask(connection, review, reviewers, author, now, said=not draft)
            _tell(connection, review, author, now, told)

        self.db.write(lambda c: create(Direct(c, self.db.cache)))
        return review

    def edit_review(
        self, review: str, *, title: str | None, description: str | None, by: str
    ) -> None:
        """Change what is given."""

        def edit(connection: Direct) -> None:
            row = connection.exec_driver_sql(
                "SELECT title FROM review WHERE id = ?", (review,)
            ).first()
            if row is None:
                raise NotFound("review")
            connection.exec_driver_sql(
                "UPDATE review SET title = coalesce(?, title),"
                " description = coalesce(?, description) WHERE id = ?",
                (title, description, review),
            )
            if title not in (None, row[0]):
                put_event(connection, review, "retitled", by, now_us())

        self.db.write(lambda c: edit(Direct(c)))

    def set_review_state(
        self,
        review: str,
        state: str,
        *,
        by: str,
        seen: int,
        conclusion: str = "",
        approved_by: Collection[str] = (),
        tell: Collection[Telling] = (),
    ) -> list[EventFacts]:
        """Open, conclude or abandon; with a conclusion go those whose approval held."""

        def change(connection: Direct) -> list[EventFacts]:
            before = state_of(connection, review)
            meanwhile = [it for it in since(connection, review, seen) if it.person != by]
            if meanwhile:
                return meanwhile
            if before not in _FROM[state]:
                raise Conflict(_already(before))
            now = now_us()
            connection.exec_driver_sql(
                "UPDATE review SET state = ?, conclusion = coalesce(?, conclusion) WHERE id = ?",
                (state, conclusion or None, review),
            )
            kind = _KINDS.get(state) or ("opened" if before == DRAFT else "reopened")
            put_event(connection, review, kind, by, now, people=approved_by)
            if kind == "opened":  # now those who were named are asked
                connection.exec_driver_sql(
                    "UPDATE review_reviewer SET asked_at = ? WHERE review = ?", (now, review)
                )
            _tell(connection, review, by, now, tell)
            return []

        return self.db.write(lambda c: change(Direct(c)))

    def ask(
        self, review: str, people: Collection[str], *, by: str, seen: int, why: Mapping[str, str]
    ) -> list[EventFacts]:
        """Ask these people, or ask them again; `why` says which, by person."""
        asked = new_id()

        def change(connection: Direct) -> list[EventFacts]:
            before = state_of(connection, review)
            meanwhile = [it for it in since(connection, review, seen) if it.kind in STATES]
            if meanwhile:
                return meanwhile
            if before not in (DRAFT, OPEN):
                raise Conflict(_already(before))
            now = now_us()
            _ask(connection, review, people, by, now, said=True)
            if before == OPEN:
                told = [Telling(person=p, why=w, cause=f"{asked}/{w}") for p, w in why.items()]
                _tell(connection, review, by, now, told)
            return []

        return self.db.write(lambda c: change(Direct(c)))


_tell = tell


def _already(state: str) -> str:
    if state == DRAFT:
        return "This review is a draft: open it first."
    return "This review is open already." if state == OPEN else f"This review is {state}."


def _put_review(
    connection: Direct,
    review: str,
    space: str,
    title: str,
    description: str,
    author: str,
    draft: bool,
    now: int,
) -> None:
    connection.exec_driver_sql(
        "INSERT INTO review (id, space, number, title, description, author, state, created_at,"
        " changed_at, changes) VALUES (?, ?, (SELECT coalesce(max(number), 0) + 1 FROM review"
        " WHERE space = ?), ?, ?, ?, ?, ?, ?, 0)",
        (review, space, space, title, description, author, DRAFT if draft else OPEN, now, now),
    )


def _put_notebooks(
    connection: Direct, review: str, space: str, notebooks: Collection[NewNotebook], now: int
) -> None:
    change = count(connection, review, now)
    connection.exec_driver_sql(
        "INSERT INTO review_revision (review, number, at, looked, change) VALUES (?, 1, ?, 0, ?)",
        (review, now, change),
    )
    for place, it in enumerate(notebooks):
        path, event, sources = _found(connection, space, it.notebook, it.head)
        if it.base is not None and _found(connection, space, it.notebook, it.base)[1] > event:
            raise BadRequest("A review goes from an earlier version to a later one.")
        connection.exec_driver_sql(
            "INSERT INTO review_notebook (review, notebook, place, path, base, following,"
            " first_step, last_step) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                review,
                it.notebook,
                place,
                path,
                it.base,
                it.following,
                it.first_step,
                it.last_step,
            ),
        )
        connection.exec_driver_sql(
            "INSERT INTO review_head (review, revision, notebook, snapshot, sources)"
            " VALUES (?, 1, ?, ?, ?)",
            (review, it.notebook, it.head, sources),
        )


def _found(connection: Direct, space: str, notebook: str, snapshot: str) -> tuple[str, int, bytes]:
    row = connection.exec_driver_sql(_NOTEBOOK, (notebook, space, snapshot)).first()
    if row is None:
        raise NotFound("version")
    return row[0], row[1], row[2]


def _ask(
    connection: Direct, review: str, people: Collection[str], by: str, now: int, *, said: bool
) -> None:
    for person in people:
        connection.exec_driver_sql(_ASK, (review, person, now))
    if people and said:
        put_event(connection, review, "asked", by, now, people=people)
