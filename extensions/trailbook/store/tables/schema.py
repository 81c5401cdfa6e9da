"""The tables of the store.

Identities are UUIDv7 in 32 hex digits and never change. `event.ingest`, the store's own sequence,
is the only paging cursor. Tables named after events are views derived from them and could be
rebuilt; `event`, `payload`, `manifest`, `note`, people and projects are the truth (of a saved
notebook its event and its snapshot together). Integer rows (`payload.row`,
`writer.row`) stay inside the store and are in no answer and no export.
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
    text,
)

from .depended import data_seen, file, file_version
from .people import BIG, ID, metadata, table
from .reviewing import TABLES as REVIEWING

__all__ = ["REVIEWING", "data_seen", "file", "file_version", "metadata"]

_NOW_PATH = text("until_event IS NULL")
_HAS_DISPLAY = text("display_id IS NOT NULL")

writer = table(
    "writer",
    Column("row", BIG, primary_key=True),
    Column("id", ID, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # server · import
    Column("person", ID, ForeignKey("person.id")),
    Column("project", ID, ForeignKey("project.id")),
    Column("server", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("key", LargeBinary(32), nullable=False),  # of the hashes of its events
    Column("acknowledged", BIG, nullable=False),
    Column("last_at", BIG, nullable=False),
    Column("registered_at", BIG, nullable=False),
    Column("seen_at", BIG, nullable=False),
)

event = table(
    "event",
    Column("ingest", BIG, primary_key=True),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("hash", LargeBinary(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", BIG, nullable=False),
    Column("reported_at", BIG, nullable=False),
    Column("received_at", BIG, nullable=False),
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("author_person", ID),
    Column("space", ID),
    Column("notebook", ID),
    Column("refused", String(32)),  # why nothing of it was kept
    Column("body", LargeBinary),  # JSON of the rest of the event, without what a person wrote
    Column("refs", LargeBinary),  # msgpack: the payload rows of its contents
    UniqueConstraint("writer", "sequence"),
    Index("event_notebook", "notebook", "ingest"),
)

notebook = table(
    "notebook",
    Column("id", ID, primary_key=True),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("created_event", BIG, nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("deleted_at", BIG),
    Column("first_at", BIG),
    Column("last_at", BIG),
    Column("runs", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("versions", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("moved_spaces", Boolean, nullable=False),
    Column("something_deleted", Boolean, nullable=False),
    Index("notebook_space", "space"),
)

notebook_path = table(
    "notebook_path",
    Column("notebook", ID, ForeignKey("notebook.id"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("from_event", BIG, nullable=False),
    Column("from_at", BIG, nullable=False),
    Column("until_event", BIG),
    Column("until_at", BIG),
    Column("until_writer", BIG),
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

notebook_author = table(
    "notebook_author",
    Column("notebook", ID, ForeignKey("notebook.id"), primary_key=True),
    Column("author", Text, primary_key=True),
)

notebook_edge = table(
    "notebook_edge",
    Column("notebook", ID, ForeignKey("notebook.id"), nullable=False),
    Column("origin", ID, ForeignKey("notebook.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("event", BIG, nullable=False),
    UniqueConstraint("notebook", "origin"),
    Index("notebook_edge_origin", "origin"),
)

visibility_span = table(
    "visibility_span",
    Column("notebook", ID, ForeignKey("notebook.id"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("from_event", BIG, nullable=False),
    Column("until_event", BIG),
    Column("granted_by", ID),
    Index("visibility_span_notebook", "notebook"),
)

kernel_session = table(
    "kernel_session",
    Column("id", ID, primary_key=True),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("notebook", ID),
    Column("event", BIG, nullable=False),
    Column("spec", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("environment", LargeBinary, nullable=False),
    Column("packages", BIG),
    Column("started_at", BIG, nullable=False),
    Column("ended_at", BIG),
    Column("end_reason", String(32)),
    Index("kernel_session_notebook", "notebook", "started_at", "id"),
)

execution = table(
    "execution",
    Column("id", ID, primary_key=True),
    Column("event", BIG, nullable=False, unique=True),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("notebook", ID),
    Column("path", Text),
    Column("kernel_session", ID, nullable=False),
    Column("position", Integer, nullable=False),
    Column("cell_id", Text),
    Column("track", LargeBinary),  # the same for runs of one cell, or of one source's start
    Column("source", BIG, nullable=False),
    Column("started_at", BIG, nullable=False),
    Column("finished_at", BIG),
    Column("status", String(16), nullable=False),
    Column("execution_count", Integer),
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("author_person", ID),
    Column("deleted_at", BIG),
    Column("deleted_by", ID),
    Index("execution_session", "kernel_session"),
    Index("execution_notebook", "notebook"),
    Index("execution_source", "source"),
)

output = table(
    "output",
    Column("execution", ID, ForeignKey("execution.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("event", BIG, nullable=False),
    Column("type", String(32), nullable=False),
    Column("name", Text),
    Column("value", Text),
    Column("display_id", Text),
    Column("wait", Boolean, nullable=False),
    Column("parts", LargeBinary, nullable=False),  # msgpack: [[mime, payload row, size] …]
    Column("metadata", BIG),
    Column("dropped_bytes", BIG, nullable=False),
    Column("deleted_at", BIG),
    Column("deleted_by", ID),
    Index(
        "output_display",
        "display_id",
        "event",
        sqlite_where=_HAS_DISPLAY,
        postgresql_where=_HAS_DISPLAY,
    ),
)

snapshot = table(
    "snapshot",
    Column("id", ID, primary_key=True),
    Column("event", BIG, nullable=False, unique=True),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("notebook", ID, nullable=False),
    Column("path", Text, nullable=False),
    Column("at", BIG, nullable=False),
    Column("cause", String(32), nullable=False),
    Column("durability", String(16), nullable=False),
    Column("size", BIG, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("cells", Integer, nullable=False),
    Column("readable", Boolean, nullable=False),
    Column("changed", Boolean, nullable=False),  # other bytes than the version before
    Column("sources", LargeBinary(16), nullable=False),  # digest of cells and their sources
    Column("manifest", BIG, nullable=False),
    Column("author", Text),
    Column("author_basis", String(16), nullable=False),
    Column("deleted_at", BIG),
    Column("deleted_by", ID),
    Column(
        "tracks", LargeBinary
    ),  # what it changed in the notebook's cell tracks: see tracks/wire.py
    Index("snapshot_notebook", "notebook", "event"),
)

snapshot_editor = table(
    "snapshot_editor",  # of a document that several people have open, since the version before
    Column("snapshot", ID, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),  # the last one is the last
    Column("author", Text),  # somebody who cannot be told has none
    Column("author_basis", String(16), nullable=False),
)

snapshot_parent = table(
    "snapshot_parent",  # of a version that brings others together, as its person said
    Column("snapshot", ID, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Column("parent", ID, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Index("snapshot_parent_parent", "parent"),
)

step = table(
    "step",
    Column("ingest", BIG, primary_key=True),
    Column("notebook", ID, nullable=False),
    Column("space", ID, nullable=False),
    Column("session_at", BIG, nullable=False),
    Column("session", ID, nullable=False),
    Column("position", Integer, nullable=False),
    Column("type", String(8), nullable=False),  # run · edit
    Column("thing", ID, nullable=False, unique=True),  # an execution or a snapshot
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

payload = table(
    "payload",
    Column("row", BIG, primary_key=True),
    Column("space", Integer, nullable=False),  # space.number
    Column("id_head", BIG, nullable=False),  # the first half of the id, as a signed number
    Column("id_tail", LargeBinary(8), nullable=False),
    Column("size", BIG, nullable=False),
    Column("encoding", Integer, nullable=False),  # see tables/compression.py
    Column("base", BIG),
    Column("data", LargeBinary, nullable=False),
    Index("payload_id", "id_head"),
)

manifest = table(
    "manifest",
    Column("row", BIG, primary_key=True),
    Column("space", Integer, nullable=False),  # space.number
    Column("id_head", BIG, nullable=False),
    Column("id_tail", LargeBinary(8), nullable=False),
    Column("size", BIG, nullable=False),
    Column("encoding", Integer, nullable=False),
    Column("base", BIG),
    Column("data", LargeBinary, nullable=False),
    Column("digest", LargeBinary(8)),  # of the content; an older one has none
    Index("manifest_id", "id_head"),
)

note = table(
    "note",
    Column("id", ID, primary_key=True),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("step", ID),
    Column("snapshot", ID),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("person", ID),
    Column("author", Text, nullable=False),
    Column("author_basis", String(16), nullable=False),
    Column("at", BIG, nullable=False),
    Column("edited_at", BIG),
    Index("note_step", "step"),
    Index("note_snapshot", "snapshot"),
)

tombstone = table(
    "tombstone",
    Column("space", ID, ForeignKey("space.id"), primary_key=True),
    Column("fingerprint", LargeBinary(32), primary_key=True),  # keyed, of what must not come back
    Column("kind", String(16), nullable=False),  # step · output · payload
    Column("at", BIG, nullable=False),
    Column("by_person", ID),
)

gap = table(
    "gap",
    Column("row", BIG, primary_key=True),
    Column("event", BIG, nullable=False),
    Column("writer", BIG, ForeignKey("writer.row"), nullable=False),
    Column("space", ID, ForeignKey("space.id"), nullable=False),
    Column("notebook", ID),
    Column("path", Text),
    Column("execution", ID),
    Column("reason", String(32), nullable=False),
    Column("since", BIG, nullable=False),
    Column("until", BIG),
    Column("dropped_events", BIG, nullable=False),
    Column("dropped_bytes", BIG, nullable=False),
    Index("gap_notebook", "notebook"),
    Index("gap_space", "space"),
)

diff_cache = table(
    "diff_cache",
    Column("key", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", BIG, nullable=False),
)

diff_cache_place = table(
    "diff_cache_place",
    Column("place", Text, primary_key=True),
    Column("key", LargeBinary, ForeignKey("diff_cache.key", ondelete="CASCADE"), primary_key=True),
)
