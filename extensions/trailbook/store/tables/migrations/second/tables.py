"""The tables that change."""

import sqlalchemy as sa
from alembic import op

from ..first.columns import BIG, ID


def change() -> None:
    """Number the spaces; put the old tables aside and make the new ones."""
    op.add_column("space", sa.Column("number", sa.Integer))
    op.execute(
        "UPDATE space SET number = (SELECT count(*) FROM space s WHERE s.rowid <= space.rowid)"
    )
    op.create_index("space_number", "space", ["number"], unique=True)
    op.execute("UPDATE event SET hash = substr(hash, 1, 16)")
    op.execute("UPDATE event SET body = NULL WHERE kind = 'notebook-saved'")
    op.rename_table("payload", "payload_first")
    op.drop_index("snapshot_notebook", "snapshot")
    op.rename_table("snapshot", "snapshot_first")
    _contents("payload")
    _contents("manifest", sa.Column("digest", sa.LargeBinary(8)))
    _snapshot()


def _contents(name: str, *more: sa.Column[bytes]) -> None:
    op.create_table(
        name,
        sa.Column("row", BIG, primary_key=True),
        sa.Column("space", sa.Integer, nullable=False),
        sa.Column("id_head", BIG, nullable=False),
        sa.Column("id_tail", sa.LargeBinary(8), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("encoding", sa.Integer, nullable=False),
        sa.Column("base", BIG),
        sa.Column("data", sa.LargeBinary, nullable=False),
        *more,
    )
    op.create_index(f"{name}_id", name, ["id_head"])


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", ID, primary_key=True),
        sa.Column("event", BIG, nullable=False, unique=True),
        sa.Column("writer", BIG, sa.ForeignKey("writer.row"), nullable=False),
        sa.Column("space", ID, sa.ForeignKey("space.id"), nullable=False),
        sa.Column("notebook", ID, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("durability", sa.String(16), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("readable", sa.Boolean, nullable=False),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("sources", sa.LargeBinary(16), nullable=False),
        sa.Column("manifest", BIG, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("author_basis", sa.String(16), nullable=False),
        sa.Column("deleted_at", BIG),
        sa.Column("deleted_by", ID),
    )
    op.create_index("snapshot_notebook", "snapshot", ["notebook", "event"])
