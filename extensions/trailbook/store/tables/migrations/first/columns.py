"""The types of columns that repeat."""

import sqlalchemy as sa

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.String(32)
