"""The tables of people, projects and spaces, and what all tables are made with."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows only in INTEGER columns
ID = String(32)
_NOW_MEMBER = text("until IS NULL")


def table(name: str, *parts: Column[object] | Index | UniqueConstraint) -> Table:
    """A table; only the ledger's own sequence must never use a number twice."""
    return Table(name, metadata, *parts, sqlite_autoincrement=name == "event")


meta = table("meta", Column("name", String(64), primary_key=True), Column("value", Text))

person = table(
    "person",
    Column("id", ID, primary_key=True),
    Column("hub_name", Text, nullable=False),
    Column("hub_created", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("first_seen", BIG, nullable=False),
    Column("last_seen", BIG, nullable=False),
    UniqueConstraint("hub_name", "hub_created"),
)

project = table(
    "project",
    Column("id", ID, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("charter", Text, nullable=False),
    Column("recording", Boolean, nullable=False),
    Column("recording_changed_at", BIG, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("created_by", ID, ForeignKey("person.id")),
)

member = table(
    "member",
    Column("project", ID, ForeignKey("project.id"), nullable=False),
    Column("person", ID, ForeignKey("person.id"), nullable=False),
    Column("role", Integer, nullable=False),
    Column("since", BIG, nullable=False),
    Column("until", BIG),
    Column("set_by", ID),
    Column("removed_by", ID),
    Index(
        "member_now",
        "project",
        "person",
        unique=True,
        sqlite_where=_NOW_MEMBER,
        postgresql_where=_NOW_MEMBER,
    ),
    Index("member_person", "person"),
)

space = table(
    "space",
    Column("id", ID, primary_key=True),
    Column("kind", String(16), nullable=False),  # project · person
    Column("project", ID, ForeignKey("project.id"), unique=True),
    Column("person", ID, ForeignKey("person.id"), unique=True),
    Column("key", LargeBinary(32), nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("number", Integer),  # what payloads call it
    Index("space_number", "number", unique=True),
)

consent = table(
    "consent",
    Column("person", ID, ForeignKey("person.id"), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("at", BIG, nullable=False),
)

access_log = table(
    "access_log",
    Column("row", BIG, primary_key=True),
    Column("at", BIG, nullable=False),
    Column("person", ID, nullable=False),
    Column("what", Text, nullable=False),
    Column("project", ID),
    Index("access_log_project", "project"),
)

setting = table("setting", Column("name", String(64), primary_key=True), Column("value", Text))
