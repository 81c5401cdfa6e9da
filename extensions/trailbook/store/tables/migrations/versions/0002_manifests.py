"""Manifests of cells instead of whole layouts, payloads told against earlier ones."""

from trailbook.store.tables.migrations.second import content, tables, versions

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Every version is put together in its old form and stored in the new one."""
    tables.change()
    content.move_payloads()
    versions.move_snapshots()
    content.drop_layouts()
