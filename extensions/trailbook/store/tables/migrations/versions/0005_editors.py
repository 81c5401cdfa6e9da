"""Who has changed a shared document, and displays by the name that later runs call them by."""

import sqlalchemy as sa
from alembic import op

from trailbook.store.tables.migrations.first.columns import ID

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """One table and one index; nothing that is there changes."""
    op.create_table(
        "snapshot_editor",
        sa.Column(
            "snapshot", ID, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("author", sa.Text),
        sa.Column("author_basis", sa.String(16), nullable=False),
    )
    op.create_index(
        "output_display",
        "output",
        ["display_id", "event"],
        sqlite_where=sa.text("display_id IS NOT NULL"),
        postgresql_where=sa.text("display_id IS NOT NULL"),
    )
