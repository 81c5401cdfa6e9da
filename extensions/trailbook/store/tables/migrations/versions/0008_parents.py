"""Which versions a version brought together."""

import sqlalchemy as sa
from alembic import op

from trailbook.store.tables.migrations.first.columns import ID

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """One table; nothing that is there changes."""
    op.create_table(
        "snapshot_parent",
        sa.Column(
            "snapshot", ID, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("parent", ID, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("snapshot_parent_parent", "snapshot_parent", ["parent"])
