"""Reviews, and what people are told about them."""

import sqlalchemy as sa
from alembic import op

from trailbook.store.tables.migrations.first.columns import BIG, ID

revision = "0007"
down_revision = "0006"


def review_column(*, primary: bool = False) -> sa.Column[object]:
    """Which review a row belongs to."""
    return sa.Column(
        "review",
        ID,
        sa.ForeignKey("review.id", ondelete="CASCADE"),
        primary_key=primary,
        nullable=False,
    )


def upgrade() -> None:
    """Eleven tables; nothing that is there changes."""
    reviews()
    conversation()
    told()


def reviews() -> None:
    """What is reviewed, and by whom."""
    op.create_table(
        "review",
        sa.Column("id", ID, primary_key=True),
        sa.Column("space", ID, sa.ForeignKey("space.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("author", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("changes", BIG, nullable=False),
        sa.Column("conclusion", sa.Text),
        sa.UniqueConstraint("space", "number"),
    )
    op.create_index("review_changed", "review", ["space", "changed_at", "id"])
    op.create_table(
        "review_notebook",
        review_column(primary=True),
        sa.Column("notebook", ID, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("base", ID),
        sa.Column("following", sa.Boolean, nullable=False),
        sa.Column("first_step", ID),
        sa.Column("last_step", ID),
    )
    op.create_index("review_notebook_notebook", "review_notebook", ["notebook"])
    op.create_table(
        "review_revision",
        review_column(primary=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("looked", sa.Boolean, nullable=False),
        sa.Column("change", BIG, nullable=False),
    )
    op.create_table(
        "review_head",
        review_column(primary=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("notebook", ID, primary_key=True),
        sa.Column("snapshot", ID, nullable=False),
        sa.Column("sources", sa.LargeBinary(16), nullable=False),
    )
    op.create_index("review_head_snapshot", "review_head", ["snapshot"])
    op.create_table(
        "review_reviewer",
        review_column(primary=True),
        sa.Column("person", ID, primary_key=True),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("asks", sa.Integer, nullable=False),
    )
    op.create_index("review_reviewer_person", "review_reviewer", ["person"])


def conversation() -> None:
    """What is said."""
    op.create_table(
        "review_event",
        sa.Column("id", ID, primary_key=True),
        review_column(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("change", BIG, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("verdict", sa.String(16)),
        sa.Column("people", sa.LargeBinary),
    )
    op.create_index("review_event_review", "review_event", ["review", "change"])
    op.create_table(
        "review_thread",
        sa.Column("id", ID, primary_key=True),
        review_column(),
        sa.Column("at", BIG, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("notebook", ID),
        sa.Column("snapshot", ID),
        sa.Column("side", sa.String(4), nullable=False),
        sa.Column("step", ID),
        sa.Column("cell", sa.Integer),
        sa.Column("first_line", sa.Integer),
        sa.Column("last_line", sa.Integer),
        sa.Column("output", sa.Integer),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("starts", sa.Text, nullable=False),
        sa.Column("resolved_at", BIG),
        sa.Column("resolved_by", ID),
    )
    op.create_index("review_thread_review", "review_thread", ["review", "at", "id"])
    op.create_index("review_thread_notebook", "review_thread", ["notebook"])
    op.create_table(
        "review_comment",
        sa.Column("id", ID, primary_key=True),
        review_column(),
        sa.Column("thread", ID, sa.ForeignKey("review_thread.id", ondelete="CASCADE")),
        sa.Column("submission", ID),
        sa.Column("person", ID, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("draft", sa.Boolean, nullable=False),
        sa.Column("edited_at", BIG),
        sa.Column("deleted_at", BIG),
        sa.Column("suggestion", sa.Text),
        sa.Column("applied_at", BIG),
        sa.Column("applied_by", ID),
        sa.Column("applied_snapshot", ID),
    )
    op.create_index("review_comment_review", "review_comment", ["review", "at", "id"])
    op.create_index("review_comment_thread", "review_comment", ["thread"])


def told() -> None:
    """What somebody has seen, and what they are told."""
    op.create_table(
        "review_look",
        review_column(primary=True),
        sa.Column("person", ID, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", BIG, nullable=False),
    )
    op.create_table(
        "review_viewed",
        review_column(primary=True),
        sa.Column("person", ID, primary_key=True),
        sa.Column("notebook", ID, primary_key=True),
        sa.Column("cell", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
    )
    op.create_table(
        "notification",
        sa.Column("id", ID, primary_key=True),
        sa.Column("person", ID, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        review_column(),
        sa.Column("why", sa.String(24), nullable=False),
        sa.Column("by_person", ID, nullable=False),
        sa.Column("thread", ID),
        sa.Column("at", BIG, nullable=False),
        sa.Column("seen_at", BIG),
        sa.UniqueConstraint("person", "cause"),
    )
    op.create_index("notification_newest", "notification", ["person", "at", "id"])
    op.create_index("notification_review", "notification", ["review"])
