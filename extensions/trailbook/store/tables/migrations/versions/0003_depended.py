"""What runs depended on: versions of text files, and data files as they were."""

import sqlalchemy as sa
from alembic import op

from trailbook.store.tables.migrations.first.columns import BIG, ID

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Three tables; nothing that is there changes."""
    op.create_table(
        "file",
        sa.Column("row", BIG, primary_key=True),
        sa.Column("space", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.UniqueConstraint("space", "path"),
    )
    op.create_table(
        "file_version",
        sa.Column("row", BIG, primary_key=True),
        sa.Column("file", BIG, sa.ForeignKey("file.row"), nullable=False),
        sa.Column("writer", BIG, sa.ForeignKey("writer.row"), nullable=False),
        sa.Column("event", BIG, nullable=False),
        sa.Column("from_event", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("unseen_since", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("payload", BIG),
        sa.Column("reason", sa.String(16), nullable=False),
    )
    op.create_index("file_version_state", "file_version", ["file", "writer", "from_event"])
    op.create_index("file_version_payload", "file_version", ["payload"])
    op.create_table(
        "data_seen",
        sa.Column("execution", ID, primary_key=True),
        sa.Column("file", BIG, sa.ForeignKey("file.row"), primary_key=True),
        sa.Column("role", sa.String(8), primary_key=True),
        sa.Column("moment", sa.String(8), primary_key=True),
        sa.Column("event", BIG, nullable=False),
        sa.Column("size", BIG),
        sa.Column("mtime", BIG),
        sa.Column("fingerprint", sa.LargeBinary),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("unknown", sa.String(16), nullable=False),
    )
    op.create_index("data_seen_file", "data_seen", ["file", "event"])
