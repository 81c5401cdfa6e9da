"""The first schema."""

from trailbook.store.tables.migrations.first import ledger, notebooks, people

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    people.create()
    ledger.create()
    notebooks.create()
