"""The tables of the store.

Identities are UUIDv7 in 32 hex digits and never change. `event.ingest`, the store's own sequence,
is the only paging cursor. Tables named after events are views derived from them and could be
rebuilt; `event`, `payload`, `note`, people and projects are the truth. Integer rows (`payload.row`,
`writer.row`) stay inside the store and are in no answer and no export.
"""

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

VERSION = "0001"

metadata = MetaData()
_big = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows only in INTEGER columns
_id = String(32)
_NOW_MEMBER = text("until IS NULL")
_NOW_PATH = text("until_event IS NULL")


def _table(name: str, *parts: Column[object] | Index | UniqueConstraint) -> Table:
    return Table(name, metadata, *parts, sqlite_autoincrement=name == "event")


meta = _table("meta", Column("name", String(64), primary_key=True), Column("value", Text))

person = _table(
    "person",
    Column("id", _id, primary_key=True),
    Column("hub_name", Text, nullable=False),
    Column("hub_created", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("first_seen", _big, nullable=False),
    Column("last_seen", _big, nullable=False),
    UniqueConstraint("hub_name", "hub_created"),
)

project = _table(
    "project",
    Column("id", _id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("charter", Text, nullable=False),
    Column("recording", Boolean, nullable=False),
    Column("recording_changed_at", _big, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", _big, nullable=False),
    Column("created_by", _id, ForeignKey("person.id")),
)

member = _table(
    "member",
    Column("project", _id, ForeignKey("project.id"), nullable=False),
    Column("person", _id, ForeignKey("person.id"), nullable=False),
    Column("role", Integer, nullable=False),
    Column("since", _big, nullable=False),
    Column("until", _big),
    Column("set_by", _id),
    Column("removed_by", _id),
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

space = _table(
    "space",
    Column("id", _id, primary_key=True),
    Column("kind", String(16), nullable=False),  # project · person
    Column("project", _id, ForeignKey("project.id"), unique=True),
    Column("person", _id, ForeignKey("person.id"), unique=True),
    Column("key", LargeBinary(32), nullable=False),
    Column("created_at", _big, nullable=False),
)

writer = _table(
    "writer",
    Column("row", _big, primary_key=True),
    Column("id", _id, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # server · import
    Column("person", _id, ForeignKey("person.id")),
    Column("project", _id, ForeignKey("project.id")),
    Column("server", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("key", LargeBinary(32), nullable=False),  # of the hashes of its events
    Column("acknowledged", _big, nullable=False),
    Column("last_at", _big, nullable=False),
    Column("registered_at", _big, nullable=False),
    Column("seen_at", _big, nullable=False),
)

event = _table(
    "event",
    Column("ingest", _big, primary_key=True),
    Column("writer", _big, ForeignKey("writer.row"), nullable=False),
    Column("sequence", _big, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", _big, nullable=False),
    Column("reported_at", _big, nullable=False),
    Column("received_at", _big, nullable=False),
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("author_person", _id),
    Column("space", _id),
    Column("notebook", _id),
    Column("refused", String(32)),  # why nothing of it was kept
    Column("body", LargeBinary),  # JSON of the rest of the event, without what a person wrote
    Column("refs", LargeBinary),  # msgpack: the payload rows of its contents
    UniqueConstraint("writer", "sequence"),
    Index("event_notebook", "notebook", "ingest"),
)

notebook = _table(
    "notebook",
    Column("id", _id, primary_key=True),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("created_event", _big, nullable=False),
    Column("created_at", _big, nullable=False),
    Column("deleted_at", _big),
    Column("first_at", _big),
    Column("last_at", _big),
    Column("runs", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("versions", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("moved_spaces", Boolean, nullable=False),
    Column("something_deleted", Boolean, nullable=False),
    Index("notebook_space", "space"),
)

notebook_path = _table(
    "notebook_path",
    Column("notebook", _id, ForeignKey("notebook.id"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("from_event", _big, nullable=False),
    Column("from_at", _big, nullable=False),
    Column("until_event", _big),
    Column("until_at", _big),
    Column("until_writer", _big),
    Index(
        "notebook_path_now",
        "space",
        "path",
        unique=True,
        sqlite_where=_NOW_PATH,
        postgresql_where=_NOW_PATH,
    ),
    Index("notebook_path_past", "space", "path", "until_at"),
    Index("notebook_path_notebook", "notebook"),
)

notebook_author = _table(
    "notebook_author",
    Column("notebook", _id, ForeignKey("notebook.id"), primary_key=True),
    Column("author", Text, primary_key=True),
)

notebook_edge = _table(
    "notebook_edge",
    Column("notebook", _id, ForeignKey("notebook.id"), nullable=False),
    Column("origin", _id, ForeignKey("notebook.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("event", _big, nullable=False),
    UniqueConstraint("notebook", "origin"),
    Index("notebook_edge_origin", "origin"),
)

visibility_span = _table(
    "visibility_span",
    Column("notebook", _id, ForeignKey("notebook.id"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("from_event", _big, nullable=False),
    Column("until_event", _big),
    Column("granted_by", _id),
    Index("visibility_span_notebook", "notebook"),
)

kernel_session = _table(
    "kernel_session",
    Column("id", _id, primary_key=True),
    Column("writer", _big, ForeignKey("writer.row"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("notebook", _id),
    Column("event", _big, nullable=False),
    Column("spec", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("environment", LargeBinary, nullable=False),
    Column("packages", _big),
    Column("started_at", _big, nullable=False),
    Column("ended_at", _big),
    Column("end_reason", String(32)),
    Index("kernel_session_notebook", "notebook", "started_at", "id"),
)

execution = _table(
    "execution",
    Column("id", _id, primary_key=True),
    Column("event", _big, nullable=False, unique=True),
    Column("writer", _big, ForeignKey("writer.row"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("notebook", _id),
    Column("path", Text),
    Column("kernel_session", _id, nullable=False),
    Column("position", Integer, nullable=False),
    Column("cell_id", Text),
    Column("track", LargeBinary),  # the same for runs of one cell, or of one source's start
    Column("source", _big, nullable=False),
    Column("started_at", _big, nullable=False),
    Column("finished_at", _big),
    Column("status", String(16), nullable=False),
    Column("execution_count", Integer),
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("author_person", _id),
    Column("deleted_at", _big),
    Column("deleted_by", _id),
    Index("execution_session", "kernel_session"),
    Index("execution_notebook", "notebook"),
)

output = _table(
    "output",
    Column("execution", _id, ForeignKey("execution.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("event", _big, nullable=False),
    Column("type", String(32), nullable=False),
    Column("name", Text),
    Column("value", Text),
    Column("display_id", Text),
    Column("wait", Boolean, nullable=False),
    Column("parts", LargeBinary, nullable=False),  # msgpack: [[mime, payload row, size] …]
    Column("metadata", _big),
    Column("dropped_bytes", _big, nullable=False),
    Column("deleted_at", _big),
    Column("deleted_by", _id),
)

snapshot = _table(
    "snapshot",
    Column("id", _id, primary_key=True),
    Column("event", _big, nullable=False, unique=True),
    Column("writer", _big, ForeignKey("writer.row"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("notebook", _id, nullable=False),
    Column("path", Text, nullable=False),
    Column("at", _big, nullable=False),
    Column("cause", String(32), nullable=False),
    Column("durability", String(16), nullable=False),
    Column("size", _big, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("cells", Integer, nullable=False),
    Column("readable", Boolean, nullable=False),
    Column("changed", Boolean, nullable=False),  # other bytes than the version before
    Column("sources", LargeBinary(16), nullable=False),  # digest of cells and their sources
    Column("manifest", LargeBinary, nullable=False),  # zstd of msgpack: form and payload rows
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("author_person", _id),
    Column("deleted_at", _big),
    Column("deleted_by", _id),
    Index("snapshot_notebook", "notebook", "event"),
)

step = _table(
    "step",
    Column("ingest", _big, primary_key=True),
    Column("notebook", _id, nullable=False),
    Column("space", _id, nullable=False),
    Column("session_at", _big, nullable=False),
    Column("session", _id, nullable=False),
    Column("position", Integer, nullable=False),
    Column("type", String(8), nullable=False),  # run · edit
    Column("thing", _id, nullable=False, unique=True),  # an execution or a snapshot
    Column("author", Text),
    Column("track", LargeBinary),
    Column("status", String(16), nullable=False),
    Index("step_order", "notebook", "session_at", "session", "position", "ingest"),
    Index(
        "step_track", "notebook", "track", "status", "session_at", "session", "position", "ingest"
    ),
    Index("step_newest", "notebook", "ingest"),
    Index("step_recent", "space", "ingest"),
)

payload = _table(
    "payload",
    Column("row", _big, primary_key=True),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("id", LargeBinary(32), nullable=False),
    Column("size", _big, nullable=False),
    Column("encoding", String(16), nullable=False),  # plain · zstd, later a delta against `base`
    Column("base", _big, ForeignKey("payload.row")),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("space", "id"),
)

note = _table(
    "note",
    Column("id", _id, primary_key=True),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("step", _id),
    Column("snapshot", _id),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("person", _id),
    Column("author", Text, nullable=False),
    Column("author_basis", String(16), nullable=False),
    Column("at", _big, nullable=False),
    Column("edited_at", _big),
    Index("note_step", "step"),
    Index("note_snapshot", "snapshot"),
)

tombstone = _table(
    "tombstone",
    Column("space", _id, ForeignKey("space.id"), primary_key=True),
    Column("fingerprint", LargeBinary(32), primary_key=True),  # keyed, of what must not come back
    Column("kind", String(16), nullable=False),  # step · output · payload
    Column("at", _big, nullable=False),
    Column("by_person", _id),
)

consent = _table(
    "consent",
    Column("person", _id, ForeignKey("person.id"), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("at", _big, nullable=False),
)

access_log = _table(
    "access_log",
    Column("row", _big, primary_key=True),
    Column("at", _big, nullable=False),
    Column("person", _id, nullable=False),
    Column("what", Text, nullable=False),
    Column("project", _id),
    Index("access_log_project", "project"),
)

gap = _table(
    "gap",
    Column("row", _big, primary_key=True),
    Column("event", _big, nullable=False),
    Column("writer", _big, ForeignKey("writer.row"), nullable=False),
    Column("space", _id, ForeignKey("space.id"), nullable=False),
    Column("notebook", _id),
    Column("path", Text),
    Column("execution", _id),
    Column("reason", String(32), nullable=False),
    Column("since", _big, nullable=False),
    Column("until", _big),
    Column("dropped_events", _big, nullable=False),
    Column("dropped_bytes", _big, nullable=False),
    Index("gap_notebook", "notebook"),
    Index("gap_space", "space"),
)

diff_cache = _table(
    "diff_cache",
    Column("key", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", _big, nullable=False),
)

diff_cache_place = _table(
    "diff_cache_place",
    Column("place", Text, primary_key=True),
    Column("key", LargeBinary, ForeignKey("diff_cache.key", ondelete="CASCADE"), primary_key=True),
)

setting = _table("setting", Column("name", String(64), primary_key=True), Column("value", Text))
