"""Manifests with a digest of their own, so that a damaged one is noticed without its file."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Those that are there stay without one: a check puts their files together instead.

    A store that comes from the first schema has the column: its manifests are made on the way.
    """
    columns = sa.inspect(op.get_bind()).get_columns("manifest")
    if all(column["name"] != "digest" for column in columns):
        op.add_column("manifest", sa.Column("digest", sa.LargeBinary(8)))
