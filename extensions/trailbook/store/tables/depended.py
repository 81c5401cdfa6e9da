"""The tables of what runs depended on: text files beside notebooks, and data.

Everything in them is told by events and could be derived from those again.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from .people import BIG, ID, table

file = table(
    "file",
    Column("row", BIG, primary_key=True),
    Column("space", Integer, nullable=False),  # space.number
    Column("path", Text, nullable=False),
    UniqueConstraint("space", "path"),
)

file_version = table(
    "file_version",
    Column("row", BIG, primary_key=True),
    Column("file", BIG, ForeignKey("file.row"), nullable=False),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("event", BIG, nullable=False),
    Column("from_event", BIG, nullable=False),  # of the first run that it holds for, or its own
    Column("changed_at", BIG, nullable=False),
    Column("unseen_since", BIG, nullable=False),
    Column("size", BIG, nullable=False),
    Column("payload", BIG),
    Column("reason", String(16), nullable=False),  # why there is no payload
    Index("file_version_state", "file", "writer", "from_event"),
    Index("file_version_payload", "payload"),  # who needs a payload that is to be purged
)

data_seen = table(
    "data_seen",
    Column("execution", ID, primary_key=True),
    Column("file", BIG, ForeignKey("file.row"), primary_key=True),
    Column("role", String(8), primary_key=True),  # read · written
    Column("moment", String(8), primary_key=True),  # start · end
    Column("event", BIG, nullable=False),
    Column("size", BIG),
    Column("mtime", BIG),
    Column("fingerprint", LargeBinary),
    Column("partial", Boolean, nullable=False),
    Column("unknown", String(16), nullable=False),  # why there is no fingerprint
    Index("data_seen_file", "file", "event"),
)
