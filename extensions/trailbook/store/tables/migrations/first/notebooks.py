"""Notebooks and their paths, notes, gaps, deletions, diffs."""

import sqlalchemy as sa
from alembic import op

from .columns import BIG, ID


def create() -> None:
    """Make the tables."""
    op.create_table(
        "diff_cache",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "diff_cache_place",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["key"], ["diff_cache.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "key"),
    )
    op.create_table(
        "gap",
        sa.Column("row", BIG, nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.Column("writer", BIG, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("notebook", ID),
        sa.Column("path", sa.Text),
        sa.Column("execution", ID),
        sa.Column("reason", ID, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("until", BIG),
        sa.Column("dropped_events", BIG, nullable=False),
        sa.Column("dropped_bytes", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.ForeignKeyConstraint(
            ["writer"],
            ["writer.row"],
        ),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("gap_notebook", "gap", ["notebook"])
    op.create_index("gap_space", "gap", ["space"])
    op.create_table(
        "note",
        sa.Column("id", ID, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("step", ID),
        sa.Column("snapshot", ID),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("person", ID),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("author_basis", sa.String(length=16), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("edited_at", BIG),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("note_snapshot", "note", ["snapshot"])
    op.create_index("note_step", "note", ["step"])
    op.create_table(
        "notebook",
        sa.Column("id", ID, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("created_event", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("deleted_at", BIG),
        sa.Column("first_at", BIG),
        sa.Column("last_at", BIG),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("versions", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("moved_spaces", sa.Boolean, nullable=False),
        sa.Column("something_deleted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notebook_space", "notebook", ["space"])
    op.create_table(
        "tombstone",
        sa.Column("space", ID, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("by_person", ID),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.PrimaryKeyConstraint("space", "fingerprint"),
    )
    op.create_table(
        "notebook_author",
        sa.Column("notebook", ID, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook"],
            ["notebook.id"],
        ),
        sa.PrimaryKeyConstraint("notebook", "author"),
    )
    op.create_table(
        "notebook_edge",
        sa.Column("notebook", ID, nullable=False),
        sa.Column("origin", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook"],
            ["notebook.id"],
        ),
        sa.ForeignKeyConstraint(
            ["origin"],
            ["notebook.id"],
        ),
        sa.UniqueConstraint("notebook", "origin"),
    )
    op.create_index("notebook_edge_origin", "notebook_edge", ["origin"])
    op.create_table(
        "notebook_path",
        sa.Column("notebook", ID, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("from_event", BIG, nullable=False),
        sa.Column("from_at", BIG, nullable=False),
        sa.Column("until_event", BIG),
        sa.Column("until_at", BIG),
        sa.Column("until_writer", BIG),
        sa.ForeignKeyConstraint(
            ["notebook"],
            ["notebook.id"],
        ),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
    )
    op.create_index("notebook_path_notebook", "notebook_path", ["notebook"])
    op.create_index(
        "notebook_path_now",
        "notebook_path",
        ["space", "path"],
        unique=True,
        sqlite_where=sa.text("until_event IS NULL"),
        postgresql_where=sa.text("until_event IS NULL"),
    )
    op.create_index("notebook_path_past", "notebook_path", ["space", "path", "until_at"])
    op.create_table(
        "visibility_span",
        sa.Column("notebook", ID, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("from_event", BIG, nullable=False),
        sa.Column("until_event", BIG),
        sa.Column("granted_by", ID),
        sa.ForeignKeyConstraint(
            ["notebook"],
            ["notebook.id"],
        ),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
    )
    op.create_index("visibility_span_notebook", "visibility_span", ["notebook"])
