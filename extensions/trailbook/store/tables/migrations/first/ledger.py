"""Writers, events, payloads, and what is derived from events."""

import sqlalchemy as sa
from alembic import op

from .columns import BIG, ID


def create() -> None:
    """Make the tables."""
    op.create_table(
        "step",
        sa.Column("ingest", BIG, nullable=False),
        sa.Column("notebook", ID, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("session_at", BIG, nullable=False),
        sa.Column("session", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("thing", ID, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("track", sa.LargeBinary),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("ingest"),
        sa.UniqueConstraint("thing"),
    )
    op.create_index("step_newest", "step", ["notebook", "ingest"])
    op.create_index(
        "step_order", "step", ["notebook", "session_at", "session", "position", "ingest"]
    )
    op.create_index("step_recent", "step", ["space", "ingest"])
    op.create_index(
        "step_track",
        "step",
        ["notebook", "track", "status", "session_at", "session", "position", "ingest"],
    )
    op.create_table(
        "writer",
        sa.Column("row", BIG, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person", ID),
        sa.Column("project", ID),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("acknowledged", BIG, nullable=False),
        sa.Column("last_at", BIG, nullable=False),
        sa.Column("registered_at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["project"],
            ["project.id"],
        ),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "event",
        sa.Column("ingest", BIG, nullable=False),
        sa.Column("writer", BIG, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("reported_at", BIG, nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("author_basis", sa.String(length=16), nullable=False),
        sa.Column("author_person", ID),
        sa.Column("space", ID),
        sa.Column("notebook", ID),
        sa.Column("refused", ID),
        sa.Column("body", sa.LargeBinary),
        sa.Column("refs", sa.LargeBinary),
        sa.ForeignKeyConstraint(
            ["writer"],
            ["writer.row"],
        ),
        sa.PrimaryKeyConstraint("ingest"),
        sa.UniqueConstraint("writer", "sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("event_notebook", "event", ["notebook", "ingest"])
    op.create_table(
        "execution",
        sa.Column("id", ID, nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.Column("writer", BIG, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("notebook", ID),
        sa.Column("path", sa.Text),
        sa.Column("kernel_session", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("cell_id", sa.Text),
        sa.Column("track", sa.LargeBinary),
        sa.Column("source", BIG, nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("finished_at", BIG),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("execution_count", sa.Integer),
        sa.Column("author", sa.Text),
        sa.Column("author_basis", sa.String(length=16), nullable=False),
        sa.Column("author_person", ID),
        sa.Column("deleted_at", BIG),
        sa.Column("deleted_by", ID),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.ForeignKeyConstraint(
            ["writer"],
            ["writer.row"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event"),
    )
    op.create_index("execution_notebook", "execution", ["notebook"])
    op.create_index("execution_session", "execution", ["kernel_session"])
    op.create_table(
        "kernel_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("writer", BIG, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("notebook", ID),
        sa.Column("event", BIG, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("reason", ID, nullable=False),
        sa.Column("environment", sa.LargeBinary, nullable=False),
        sa.Column("packages", BIG),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("ended_at", BIG),
        sa.Column("end_reason", ID),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.ForeignKeyConstraint(
            ["writer"],
            ["writer.row"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("kernel_session_notebook", "kernel_session", ["notebook", "started_at", "id"])
    op.create_table(
        "payload",
        sa.Column("row", BIG, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("base", BIG),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["base"],
            ["payload.row"],
        ),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("space", "id"),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", ID, nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.Column("writer", BIG, nullable=False),
        sa.Column("space", ID, nullable=False),
        sa.Column("notebook", ID, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("cause", ID, nullable=False),
        sa.Column("durability", sa.String(length=16), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("readable", sa.Boolean, nullable=False),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("sources", sa.LargeBinary(length=16), nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("author_basis", sa.String(length=16), nullable=False),
        sa.Column("author_person", ID),
        sa.Column("deleted_at", BIG),
        sa.Column("deleted_by", ID),
        sa.ForeignKeyConstraint(
            ["space"],
            ["space.id"],
        ),
        sa.ForeignKeyConstraint(
            ["writer"],
            ["writer.row"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event"),
    )
    op.create_index("snapshot_notebook", "snapshot", ["notebook", "event"])
    op.create_table(
        "output",
        sa.Column("execution", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.Column("type", ID, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("value", sa.Text),
        sa.Column("display_id", sa.Text),
        sa.Column("wait", sa.Boolean, nullable=False),
        sa.Column("parts", sa.LargeBinary, nullable=False),
        sa.Column("metadata", BIG),
        sa.Column("dropped_bytes", BIG, nullable=False),
        sa.Column("deleted_at", BIG),
        sa.Column("deleted_by", ID),
        sa.ForeignKeyConstraint(
            ["execution"],
            ["execution.id"],
        ),
        sa.PrimaryKeyConstraint("execution", "number"),
    )
