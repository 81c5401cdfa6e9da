"""Cell tracks, and runs by their source."""

from trailbook.store.tables.migrations.sixth import tracks

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Every notebook's versions are followed once, from the first to the last."""
    tracks.change()
    tracks.follow_versions()
