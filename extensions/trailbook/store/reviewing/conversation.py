"""Threads and comments, and the one submission with which drafts go out."""

from collections.abc import Callable, Collection
from typing import Any

from ...clock import now_us
from ...errors import BadRequest, Conflict, NotFound
from ...ids import new_id
from ..review_facts import OPEN, CommentFacts, EventFacts, Telling
from ..review_views import AnchorView
from ..tables.database import Database
from ..tables.direct import Direct
from .changing import STATES
from .counting import put_event, since, state_of, tell, touch
from .loading import COMMENT_COLUMNS, comment
from .revisions import freeze, revision_change

_THREAD = """
INSERT INTO review_thread (id, review, at, person, revision, kind, notebook, snapshot, side, step,
    cell, first_line, last_line, output, quote, starts)
VALUES (?, ?, ?, ?, (SELECT max(number) FROM review_revision WHERE review = ?),
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COMMENT = """
INSERT INTO review_comment (id, review, thread, submission, person, text, at, draft, suggestion)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DECIDED = """
INSERT INTO review_reviewer (review, person, asked_at, asks) VALUES (?, ?, ?, 0)
ON CONFLICT (review, person) DO NOTHING
"""
_ONE = f"SELECT {COMMENT_COLUMNS.format('c.text')} FROM review_comment c WHERE c.id = ?"
_EMPTY = """
DELETE FROM review_thread WHERE id = ?
AND NOT EXISTS (SELECT 1 FROM review_comment c WHERE c.thread = review_thread.id)
"""


class Conversation:
    """The part of the store that keeps what is said in reviews."""

    db: Database

    def open_thread(
        self, review: str, anchor: AnchorView, *, by: str, text: str, suggestion: str | None
    ) -> tuple[str, str]:
        """A thread with its first comment, a draft: the thread, and the comment."""
        thread = new_id()

        def write(connection: Direct) -> str:
            state_of(connection, review)
            values = [getattr(anchor, name) for name in AnchorView.__struct_fields__]
            connection.exec_driver_sql(_THREAD, (thread, review, now_us(), by, review, *values))
            return _put_comment(connection, review, thread, by, text, suggestion)

        return thread, self.db.write(lambda c: write(Direct(c)))

    def add_comment(self, thread: str, *, by: str, text: str, suggestion: str | None) -> str:
        """One more comment in a thread, a draft."""

        def write(connection: Direct) -> str:
            row = connection.exec_driver_sql(
                "SELECT review FROM review_thread WHERE id = ?", (thread,)
            ).first()
            if row is None:
                raise NotFound("thread")
            return _put_comment(connection, row[0], thread, by, text, suggestion)

        return self.db.write(lambda c: write(Direct(c)))

    def submit(
        self,
        review: str,
        *,
        by: str,
        verdict: str | None,
        text: str,
        revision: int,
        seen: int,
        only: str | None = None,
        submission: str,
        tell: Collection[Telling],
    ) -> list[EventFacts]:
        """Publish somebody's drafts (`only` one of them, if named) at once, perhaps with a verdict.

        A verdict is given on what one has seen: the answer names what others did meanwhile, or
        that the revision has other heads by now; then nothing was changed.
        """

        def write(connection: Direct) -> list[EventFacts]:
            state = state_of(connection, review)
            change = revision_change(connection, review, revision)
            if verdict is not None:
                meanwhile = _meanwhile(connection, review, change, seen)
                if meanwhile:
                    return meanwhile
                if state != OPEN:
                    raise Conflict("Only an open review is decided on.")
            now = now_us()
            count = _publish(connection, review, by, submission, only, now)
            if not count and verdict is None and not text.strip():
                raise BadRequest("There is nothing to submit: no draft, no text, no verdict.")
            put_event(
                connection,
                review,
                "submitted",
                by,
                now,
                id_=submission,
                revision=revision,
                verdict=verdict,
            )
            _say(connection, review, by, submission, text, now)
            if verdict is not None:
                connection.exec_driver_sql(_DECIDED, (review, by, now))
            if change <= seen:
                freeze(connection, review, revision, by)
            _tell(connection, review, by, now, tell)
            return []

        return self.db.write(lambda c: write(Direct(c)))

    def comment(self, comment_: str) -> CommentFacts:
        """One comment."""
        with self.db.statements() as connection:
            return _comment(connection, comment_)

    def edit_comment(
        self,
        comment_: str,
        *,
        text: str,
        suggestion: str | None,
        by: str,
        tell: Collection[Telling] = (),
    ) -> None:
        """Change what a comment says; it had a suggestion if it keeps one."""

        def write(connection: Direct, found: CommentFacts) -> None:
            now = now_us()
            edited = None if found.draft else now
            connection.exec_driver_sql(
                "UPDATE review_comment SET text = ?, edited_at = ?, suggestion ="
                " CASE WHEN suggestion IS NULL THEN NULL ELSE coalesce(?, suggestion) END"
                " WHERE id = ?",
                (text, edited, suggestion, comment_),
            )
            if not found.draft:
                touch(connection, found.review, now)
                _tell(connection, found.review, by, now, tell)

        self._change(comment_, write)

    def delete_comment(self, comment_: str) -> None:
        """Take a comment away: a draft wholly, else its place stays."""

        def write(connection: Direct, found: CommentFacts) -> None:
            if not found.draft:
                connection.exec_driver_sql(
                    "UPDATE review_comment SET text = '', suggestion = NULL, deleted_at = ?"
                    " WHERE id = ?",
                    (now_us(), comment_),
                )
                touch(connection, found.review, now_us())
                return
            connection.exec_driver_sql("DELETE FROM review_comment WHERE id = ?", (comment_,))
            connection.exec_driver_sql(_EMPTY, (found.thread,))

        self._change(comment_, write)

    def apply_suggestion(self, comment_: str, *, by: str, snapshot: str | None) -> None:
        """The suggestion is in the notebook; what is applied stays applied."""

        def write(connection: Direct, found: CommentFacts) -> None:
            if found.suggestion is None:
                raise Conflict("This comment suggests nothing, or no longer does.")
            connection.exec_driver_sql(
                "UPDATE review_comment SET applied_at = coalesce(applied_at, ?), applied_by ="
                " coalesce(applied_by, ?), applied_snapshot = coalesce(applied_snapshot, ?)"
                " WHERE id = ?",
                (now_us(), by, snapshot, comment_),
            )
            touch(connection, found.review, now_us())

        self._change(comment_, write)

    def resolve(self, thread: str, *, by: str, resolved: bool) -> None:
        """Resolve a thread, or open it again; who was first stays named."""

        def write(connection: Direct) -> None:
            now = now_us()
            values = (now, by, thread) if resolved else (None, None, thread)
            which = "resolved_at IS NULL" if resolved else "resolved_at IS NOT NULL"
            connection.exec_driver_sql(
                "UPDATE review_thread SET resolved_at = ?, resolved_by = ? WHERE id = ?"
                f" AND {which}",
                values,
            )
            review = _review_of_thread(connection, thread)
            touch(connection, review, now)

        self.db.write(lambda c: write(Direct(c)))

    def review_of_thread(self, thread: str) -> str:
        """The review that a thread belongs to."""
        with self.db.statements() as connection:
            return _review_of_thread(connection, thread)

    def _change(self, comment_: str, write: Callable[[Direct, CommentFacts], None]) -> None:
        def change(connection: Any) -> None:
            direct = Direct(connection)
            found = _comment(direct, comment_)
            if found.deleted_at is not None:
                raise NotFound("comment")
            write(direct, found)

        self.db.write(change)


_tell = tell


def _put_comment(
    connection: Direct, review: str, thread: str, by: str, text: str, suggestion: str | None
) -> str:
    id_ = new_id()
    values = (id_, review, thread, None, by, text, now_us(), True, suggestion)
    connection.exec_driver_sql(_COMMENT, values)
    return id_


def _meanwhile(connection: Direct, review: str, change: int, seen: int) -> list[EventFacts]:
    """What somebody should know who gives a verdict: others' verdicts, states, newer heads."""
    found = [
        it
        for it in since(connection, review, seen)
        if it.kind in STATES or it.kind == "asked" or it.verdict is not None
    ]
    if change > seen:
        found.append(EventFacts(kind="revision", at=now_us(), person="", change=change))
    return found


def _say(connection: Direct, review: str, by: str, submission: str, text: str, now: int) -> None:
    if text.strip():
        values = (new_id(), review, None, submission, by, text, now, False, None)
        connection.exec_driver_sql(_COMMENT, values)


def _publish(
    connection: Direct, review: str, by: str, submission: str, only: str | None, now: int
) -> int:
    """Somebody's drafts go out; how many there were."""
    which, values = ("", ()) if only is None else (" AND id = ?", (only,))
    return connection.exec_driver_sql(
        "UPDATE review_comment SET draft = 0, at = ?, submission = ?"
        f" WHERE review = ? AND person = ? AND draft = 1{which}",
        (now, submission, review, by, *values),
    ).rowcount


def _comment(connection: Direct, comment_: str) -> CommentFacts:
    row = connection.exec_driver_sql(_ONE, (comment_,)).first()
    if row is None:
        raise NotFound("comment")
    return comment(row)


def _review_of_thread(connection: Direct, thread: str) -> str:
    row = connection.exec_driver_sql(
        "SELECT review FROM review_thread WHERE id = ?", (thread,)
    ).first()
    if row is None:
        raise NotFound("thread")
    return str(row[0])
