"""The tables of reviews, and of what people are told about them.

They are the truth: no event tells any of it. A quote, a suggestion, a comment and a description
may hold content of cells: see `purging/reviews.py`. Names of people stand nowhere in them.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from .people import BIG, ID, table


def _review(*, primary: bool = False) -> Column[object]:
    return Column(
        "review",
        ID,
        ForeignKey("review.id", ondelete="CASCADE"),
        primary_key=primary,
        nullable=False,
    )


review = table(
    "review",
    Column("id", ID, primary_key=True),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("number", Integer, nullable=False),  # in its space
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("author", ID, nullable=False),
    Column("state", String(16), nullable=False),  # draft · open · concluded · abandoned
    Column("created_at", BIG, nullable=False),
    Column("changed_at", BIG, nullable=False),
    Column("changes", BIG, nullable=False),  # counts what somebody should know who decides
    Column("conclusion", Text),
    UniqueConstraint("space", "number"),
    Index("review_changed", "space", "changed_at", "id"),
)

review_notebook = table(
    "review_notebook",
    _review(primary=True),
    Column("notebook", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("path", Text, nullable=False),  # when the review was asked for
    Column("base", ID),  # a version; from nothing without one
    Column("following", Boolean, nullable=False),
    Column("first_step", ID),
    Column("last_step", ID),
    Index("review_notebook_notebook", "notebook"),
)

review_revision = table(
    "review_revision",
    _review(primary=True),
    Column("number", Integer, primary_key=True),
    Column("at", BIG, nullable=False),
    Column("looked", Boolean, nullable=False),  # by somebody other than the author: it stays
    Column("change", BIG, nullable=False),  # the review's count when its heads came
)

review_head = table(
    "review_head",
    _review(primary=True),
    Column("revision", Integer, primary_key=True),
    Column("notebook", ID, primary_key=True),
    Column("snapshot", ID, nullable=False),
    Column("sources", LargeBinary(16), nullable=False),  # as the version has it, keyed
    Index("review_head_snapshot", "snapshot"),
)

review_reviewer = table(
    "review_reviewer",
    _review(primary=True),
    Column("person", ID, primary_key=True),
    Column("asked_at", BIG, nullable=False),  # the last time
    Column("asks", Integer, nullable=False),  # 0: decided without being asked
    Index("review_reviewer_person", "person"),
)

review_event = table(
    "review_event",
    Column("id", ID, primary_key=True),
    _review(),
    Column("kind", String(16), nullable=False),  # EntryView.kind, without `revision`
    Column("at", BIG, nullable=False),
    Column("person", ID, nullable=False),
    Column("change", BIG, nullable=False),  # the review's count with it
    Column("revision", Integer),
    Column("verdict", String(16)),  # approve · changes
    Column("people", LargeBinary),  # msgpack: who was asked; whose approvals held at its end
    Index("review_event_review", "review", "change"),
)

review_thread = table(
    "review_thread",
    Column("id", ID, primary_key=True),
    _review(),
    Column("at", BIG, nullable=False),
    Column("person", ID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # review · step · cell · lines · output
    Column("notebook", ID),
    Column("snapshot", ID),
    Column("side", String(4), nullable=False),
    Column("step", ID),
    Column("cell", Integer),
    Column("first_line", Integer),
    Column("last_line", Integer),
    Column("output", Integer),
    Column("quote", Text, nullable=False),
    Column("starts", Text, nullable=False),
    Column("resolved_at", BIG),
    Column("resolved_by", ID),
    Index("review_thread_review", "review", "at", "id"),
    Index("review_thread_notebook", "notebook"),
)

review_comment = table(
    "review_comment",
    Column("id", ID, primary_key=True),
    _review(),
    Column("thread", ID, ForeignKey("review_thread.id", ondelete="CASCADE")),
    Column("submission", ID),  # the event that it went out with
    Column("person", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BIG, nullable=False),  # of a draft, when it was written
    Column("draft", Boolean, nullable=False),
    Column("edited_at", BIG),
    Column("deleted_at", BIG),
    Column("suggestion", Text),
    Column("applied_at", BIG),
    Column("applied_by", ID),
    Column("applied_snapshot", ID),
    Index("review_comment_review", "review", "at", "id"),
    Index("review_comment_thread", "thread"),
)

review_look = table(
    "review_look",
    _review(primary=True),
    Column("person", ID, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("at", BIG, nullable=False),
)

review_viewed = table(
    "review_viewed",
    _review(primary=True),
    Column("person", ID, primary_key=True),
    Column("notebook", ID, primary_key=True),
    Column("cell", Integer, primary_key=True),
    Column("digest", LargeBinary(16), nullable=False),
)

notification = table(
    "notification",
    Column("id", ID, primary_key=True),
    Column("person", ID, nullable=False),
    Column("cause", Text, nullable=False),  # what happened: nobody is told of it twice
    _review(),
    Column("why", String(24), nullable=False),
    Column("by_person", ID, nullable=False),
    Column("thread", ID),
    Column("at", BIG, nullable=False),
    Column("seen_at", BIG),
    UniqueConstraint("person", "cause"),
    Index("notification_newest", "person", "at", "id"),
    Index("notification_review", "review"),
)

TABLES = (
    review,
    review_notebook,
    review_revision,
    review_head,
    review_reviewer,
    review_event,
    review_thread,
    review_comment,
    review_look,
    review_viewed,
    notification,
)
"""In the order in which they can be made."""
