"""Writers: who holds a spool, and the spaces that they may write to."""

import os

import msgspec
import sqlalchemy as sa

from ...access import Role
from ...clock import now_us
from ...errors import NotFound
from ...ids import new_id
from ..base import Owner
from ..people.persons import DEMO, KEY_BYTES, put_personal_space
from ..records import Mount, Registered, Registration
from ..tables import schema as t
from ..tables.direct import Statements

SERVER, IMPORT, FROM_GIT = "server", "import", "git"


class OpenSpace(msgspec.Struct, frozen=True, kw_only=True):
    """A space that a writer may write to."""

    id: str
    number: int
    key: bytes
    project: str | None
    slug: str | None
    recording: bool
    recording_changed_at: int


class Writer(msgspec.Struct, kw_only=True):
    """A writer's row; `acknowledged` and `last_at` go on with each event."""

    row: int
    id: str
    kind: str
    person: str | None
    project: str | None
    key: bytes
    acknowledged: int
    last_at: int


_SPACES = """
SELECT s.id, s.key, p.id, p.slug, coalesce(p.recording, 1), coalesce(p.recording_changed_at, 0),
    s.number
FROM space s LEFT JOIN project p ON p.id = s.project
"""
_OF_PERSON = (
    _SPACES
    + """
WHERE s.person = ? OR s.project IN (
    SELECT m.project FROM member m WHERE m.person = ? AND m.until IS NULL AND m.role >= ?)
"""
)
_OF_PROJECT = _SPACES + "WHERE s.project = ?"


def open_spaces(
    connection: Statements, person: str | None, project: str | None
) -> dict[str, OpenSpace]:
    """The spaces that a person's, or a project's, server may write to now."""
    if person is not None:
        rows = connection.exec_driver_sql(_OF_PERSON, (person, person, int(Role.CONTRIBUTOR)))
    else:
        rows = connection.exec_driver_sql(_OF_PROJECT, (project,))
    return {
        row[0]: OpenSpace(
            id=row[0],
            key=row[1],
            project=row[2],
            slug=row[3],
            recording=bool(row[4]),
            recording_changed_at=row[5],
            number=row[6],
        )
        for row in rows
    }


def switched_off(space: OpenSpace) -> OpenSpace:
    """The space as it is where nothing is recorded."""
    return msgspec.structs.replace(space, recording=False, recording_changed_at=0)


def find_writer(connection: Statements, writer: str) -> Writer:
    """The writer that was registered under this identity."""
    row = connection.exec_driver_sql(
        "SELECT row, id, kind, person, project, key, acknowledged, last_at FROM writer"
        " WHERE id = ?",
        (writer,),
    ).first()
    if row is None:
        raise NotFound("writer")
    return Writer(
        row=row[0],
        id=row[1],
        kind=row[2],
        person=row[3],
        project=row[4],
        key=row[5],
        acknowledged=row[6],
        last_at=row[7],
    )


def owned_writer(connection: Statements, owner: Owner, writer: str) -> Writer:
    """The writer, if this owner is the one who registered it."""
    found = find_writer(connection, writer)
    if (found.person, found.project) != (owner.person, owner.project):
        raise NotFound("writer")
    return found


def register(
    connection: sa.Connection, owner: Owner, registration: Registration, kind: str = SERVER
) -> tuple[Writer, dict[str, OpenSpace]]:
    """Take up the writer that this was before, or make a new one."""
    if owner.person is not None:
        put_personal_space(connection, owner.person)
    spaces = open_spaces(connection, owner.person, owner.project)
    if not spaces:
        raise NotFound("project")
    now = now_us()
    if registration.writer is not None:
        known = owned_writer(connection, owner, registration.writer)
        connection.execute(
            sa.update(t.writer)
            .where(t.writer.c.row == known.row)
            .values(seen_at=now, server=registration.server, version=registration.version)
        )
        return known, spaces
    identity = new_id()
    connection.execute(
        sa.insert(t.writer),
        {
            "id": identity,
            "kind": kind,
            "person": owner.person,
            "project": owner.project,
            "server": registration.server,
            "version": registration.version,
            "key": os.urandom(KEY_BYTES),
            "acknowledged": 0,
            "last_at": 0,
            "registered_at": now,
            "seen_at": now,
        },
    )
    return find_writer(connection, identity), spaces


_REFUSED = """
SELECT sequence, refused FROM event
WHERE writer = ? AND sequence > ? AND refused IS NOT NULL AND refused <> ?
ORDER BY sequence LIMIT ?
"""
MOST_REFUSED = 10_000


def refused_since(connection: Statements, writer: Writer, heard: int | None) -> dict[int, str]:
    """What was refused of the events whose receipt did not arrive."""
    if heard is None or not 0 <= heard < writer.acknowledged:
        return {}
    rows = connection.exec_driver_sql(_REFUSED, (writer.row, heard, "recording-off", MOST_REFUSED))
    return dict(map(tuple, rows))


def registered(
    owner: Owner,
    writer: Writer,
    spaces: dict[str, OpenSpace],
    *,
    consented: bool,
    refused: dict[int, str],
) -> Registered:
    """The answer to a recorder that registers."""
    mounts = [
        Mount(
            prefix="" if owner.person is None or space.slug is None else f"projects/{space.slug}",
            space=space.id,
            key=space.key,
            project=space.slug,
            recording=space.recording,
            off_since=0 if space.recording else space.recording_changed_at,
        )
        for space in spaces.values()
    ]
    return Registered(
        writer=writer.id,
        acknowledged=writer.acknowledged,
        owner=owner.name,
        shared=owner.person is None,
        mounts=sorted(mounts, key=lambda mount: mount.prefix),
        consented=consented,
        refused=refused,
    )


_MEMBER = """
SELECT p.id FROM person p JOIN member m ON m.person = p.id
WHERE p.hub_name = ? AND m.project = ? AND m.until IS NULL
"""


def resolve_author(
    connection: Statements, owner: Owner, writer: Writer, author: str | None, claimed: str
) -> tuple[str, str | None]:
    """How well it is known who did it, and the person behind the name.

    What a writer claims counts only for an import from git: its names are those of git, and mean
    somebody here only where whoever imported said so.
    """
    if author is None or (writer.kind == FROM_GIT and claimed != "reported"):
        return "unknown", None
    if writer.kind == IMPORT:
        demo = connection.exec_driver_sql(
            "SELECT id FROM person WHERE hub_name = ? AND hub_created = ?", (author, DEMO)
        ).first()
        return ("reported", demo[0]) if demo else ("unknown", None)
    if owner.person is not None:
        known = "reported" if writer.kind == FROM_GIT else "verified"
        return (known, owner.person) if author == owner.name else ("unknown", None)
    member = connection.exec_driver_sql(_MEMBER, (author, owner.project)).first()
    return ("reported", member[0]) if member else ("unknown", None)
