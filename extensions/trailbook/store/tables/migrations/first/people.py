"""Persons, projects, spaces."""

import sqlalchemy as sa
from alembic import op

from .columns import BIG, ID


def create() -> None:
    """Make the tables."""
    op.create_table(
        "access_log",
        sa.Column("row", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("project", ID),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("access_log_project", "access_log", ["project"])
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("hub_name", sa.Text, nullable=False),
        sa.Column("hub_created", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("first_seen", BIG, nullable=False),
        sa.Column("last_seen", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hub_name", "hub_created"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "consent",
        sa.Column("person", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("person", "version"),
    )
    op.create_table(
        "project",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("charter", sa.Text, nullable=False),
        sa.Column("recording", sa.Boolean, nullable=False),
        sa.Column("recording_changed_at", BIG, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("created_by", ID),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "member",
        sa.Column("project", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("until", BIG),
        sa.Column("set_by", ID),
        sa.Column("removed_by", ID),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["project"],
            ["project.id"],
        ),
    )
    op.create_index(
        "member_now",
        "member",
        ["project", "person"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index("member_person", "member", ["person"])
    op.create_table(
        "space",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("project", ID),
        sa.Column("person", ID),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["project"],
            ["project.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person"),
        sa.UniqueConstraint("project"),
    )
