"""Persons, their own spaces, consent, and who looked."""

import os

import sqlalchemy as sa
from sqlalchemy import Connection, select

from ...access import Role
from ...clock import now_us
from ...errors import NotFound
from ...ids import new_id
from ..tables import people as t
from ..tables.database import Database
from ..views import PersonView

DEMO = "demo"
"""Stands in place of the hub's time of creation for the people of a demo, who cannot sign in."""

KEY_BYTES = 32
_ROLES = "SELECT project, role FROM member WHERE person = ? AND until IS NULL"


class PeopleTables:
    """The part of the store that knows persons."""

    db: Database

    def person(self, hub_name: str, hub_created: str, display_name: str = "") -> PersonView:
        """The person behind a hub user, made when first seen."""
        with self.db.read() as connection:
            known = _find(connection, hub_name, hub_created)
        if known is not None and display_name in ("", known.display_name):
            return known
        return self.db.write(lambda c: put_person(c, hub_name, hub_created, display_name))

    def find_person(self, hub_name: str) -> PersonView | None:
        """The person whom the hub calls so now: the newest with this name."""
        query = (
            select(t.person.c.id, t.person.c.hub_name, t.person.c.display_name)
            .where(t.person.c.hub_name == hub_name, t.person.c.hub_created != DEMO)
            .order_by(t.person.c.first_seen.desc(), t.person.c.id.desc())
        )
        with self.db.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else PersonView(id=row[0], name=row[1], display_name=row[2])

    def roles(self, person: str) -> dict[str, Role]:
        """The projects that the person is a member of, with the role in each."""
        with self.db.statements() as connection:  # every request asks
            rows = connection.exec_driver_sql(_ROLES, (person,))
            return {project: Role(role) for project, role in rows}

    def personal_space(self, person: str) -> str:
        """The space of what a person does outside projects, made when first asked for."""
        with self.db.read() as connection:
            space = _space_of_person(connection, person)
        return space or self.db.write(lambda c: put_personal_space(c, person))

    def consent(self, person: str, version: str) -> None:
        """The person has seen and accepted this version of what is recorded."""
        insert = sa.insert(t.consent).prefix_with("OR IGNORE")
        values = {"person": person, "version": version, "at": now_us()}
        self.db.write(lambda c: c.execute(insert, values))

    def has_consented(self, person: str, version: str) -> bool:
        """Whether the person has accepted this version."""
        query = select(t.consent.c.at).where(
            t.consent.c.person == person, t.consent.c.version == version
        )
        with self.db.read() as connection:
            return connection.execute(query).first() is not None

    def log_access(self, person: str, what: str, project: str | None) -> None:
        """Remember that somebody looked where the owner may want to know it."""
        values = {"at": now_us(), "person": person, "what": what, "project": project}
        self.db.write(lambda c: c.execute(sa.insert(t.access_log), values))


def _find(connection: Connection, hub_name: str, hub_created: str) -> PersonView | None:
    row = connection.execute(
        select(t.person.c.id, t.person.c.display_name).where(
            t.person.c.hub_name == hub_name, t.person.c.hub_created == hub_created
        )
    ).first()
    return None if row is None else PersonView(id=row[0], name=hub_name, display_name=row[1])


def put_person(
    connection: Connection, hub_name: str, hub_created: str, display_name: str
) -> PersonView:
    """Make a person, or take over the name that people read."""
    known = _find(connection, hub_name, hub_created)
    shown = display_name or (known.display_name if known else hub_name)
    now = now_us()
    if known is None:
        known = PersonView(id=new_id(), name=hub_name, display_name=shown)
        connection.execute(
            sa.insert(t.person),
            {
                "id": known.id,
                "hub_name": hub_name,
                "hub_created": hub_created,
                "display_name": shown,
                "first_seen": now,
                "last_seen": now,
            },
        )
        return known
    connection.execute(
        sa.update(t.person)
        .where(t.person.c.id == known.id)
        .values(display_name=shown, last_seen=now)
    )
    return PersonView(id=known.id, name=hub_name, display_name=shown)


def _space_of_person(connection: Connection, person: str) -> str | None:
    return connection.execute(
        select(t.space.c.id).where(t.space.c.person == person)
    ).scalar_one_or_none()


def put_personal_space(connection: Connection, person: str) -> str:
    """The person's own space, with a key of its own."""
    known = _space_of_person(connection, person)
    if known is not None:
        return known
    if connection.execute(select(t.person.c.id).where(t.person.c.id == person)).first() is None:
        raise NotFound("person")
    return put_space(connection, kind="person", person=person)


def put_space(
    connection: Connection, *, kind: str, person: str | None = None, project: str | None = None
) -> str:
    """A new space."""
    space = new_id()
    last = sa.select(sa.func.coalesce(sa.func.max(t.space.c.number), 0)).scalar_subquery()
    connection.execute(
        sa.insert(t.space).values(
            id=space,
            kind=kind,
            person=person,
            project=project,
            key=os.urandom(KEY_BYTES),
            created_at=now_us(),
            number=last + 1,
        )
    )
    return space
