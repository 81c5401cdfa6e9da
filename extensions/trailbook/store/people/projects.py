"""Projects and memberships: the truth that the hub's shares follow."""

import re
import secrets
import string
from collections.abc import Collection

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, func, select

from ...access import Role
from ...clock import now_us
from ...errors import BadRequest, Conflict, NotFound
from ...ids import new_id
from ..tables import people as t
from ..tables.database import Database
from ..tables.schema import notebook
from ..views import Charter, MemberView, PersonView, ProjectView
from .persons import put_space

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ACCOUNT_LETTERS = string.ascii_lowercase + string.digits


class ProjectTables:
    """The part of the store that knows projects."""

    db: Database

    def create_project(
        self, slug: str, name: str, charter: Charter, *, by: str | None, demo: bool = False
    ) -> ProjectView:
        """A new project; who makes it maintains it."""
        if not _SLUG.fullmatch(slug):
            raise BadRequest(
                "A project's short name has 1 to 63 lower-case letters, digits and hyphens, and "
                "no hyphen at its ends."
            )
        project = self.db.write(lambda c: _create(c, slug, name, charter, by, demo))
        return self.project(project)

    def update_project(
        self,
        project: str,
        *,
        name: str | None = None,
        charter: Charter | None = None,
        recording: bool | None = None,
    ) -> ProjectView:
        """Change what is given and keep the rest."""
        identity = self.project(project).id
        self.db.write(lambda c: _update(c, identity, name, charter, recording))
        return self.project(identity)

    def projects(self, ids: Collection[str] | None = None) -> list[ProjectView]:
        """All projects, or these, by name."""
        query = _projects()
        if ids is not None:
            query = query.where(t.project.c.id.in_(list(ids)))
        with self.db.read() as connection:
            rows = connection.execute(query.order_by(t.project.c.name, t.project.c.slug)).all()
        return [_view(row) for row in rows]

    def project(self, id_or_slug: str) -> ProjectView:
        """One project."""
        query = _projects().where(
            sa.or_(t.project.c.id == id_or_slug, t.project.c.slug == id_or_slug)
        )
        with self.db.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            if row.id == id_or_slug or len(rows) == 1:
                return _view(row)
        raise NotFound("project")

    def project_account(self, project: str) -> str:
        """The hub user name of the project's server."""
        query = select(t.project.c.account).where(t.project.c.id == project)
        with self.db.read() as connection:
            account = connection.execute(query).scalar_one_or_none()
        if account is None:
            raise NotFound("project")
        return str(account)

    def project_of_account(self, hub_name: str) -> str | None:
        """The project whose server runs under this hub user name."""
        query = select(t.project.c.id).where(t.project.c.account == hub_name)
        with self.db.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def members(self, project: str) -> list[MemberView]:
        """The members of today, by name."""
        query = (
            select(
                t.person.c.id,
                t.person.c.hub_name,
                t.person.c.display_name,
                t.member.c.role,
                t.member.c.since,
            )
            .join(t.person, t.person.c.id == t.member.c.person)
            .where(t.member.c.project == project, t.member.c.until.is_(None))
            .order_by(t.person.c.hub_name)
        )
        with self.db.read() as connection:
            return [
                MemberView(
                    person=PersonView(id=row[0], name=row[1], display_name=row[2]),
                    role=Role(row[3]).name.lower(),
                    since=row[4],
                )
                for row in connection.execute(query)
            ]

    def set_member(self, project: str, person: str, role: Role, *, by: str | None) -> None:
        """Make somebody a member, or change the role; the former role stays on record."""
        self.db.write(lambda c: _set_member(c, project, person, role, by))

    def remove_member(self, project: str, person: str, *, by: str | None) -> None:
        """End a membership; what the person recorded stays."""
        self.db.write(lambda c: _end_membership(c, project, person, by))


def _projects() -> sa.Select[tuple[object, ...]]:
    notebooks = (
        select(
            notebook.c.space,
            func.count().label("notebooks"),
            func.coalesce(func.sum(notebook.c.runs), 0).label("runs"),
            func.max(notebook.c.last_at).label("last_at"),
        )
        .where(notebook.c.deleted_at.is_(None))
        .group_by(notebook.c.space)
        .subquery()
    )
    members = (
        select(func.count())
        .where(t.member.c.project == t.project.c.id, t.member.c.until.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            t.project.c.id,
            t.space.c.id.label("space"),
            t.project.c.slug,
            t.project.c.name,
            t.project.c.charter,
            t.project.c.recording,
            t.project.c.demo,
            members.label("members"),
            notebooks.c.notebooks,
            notebooks.c.runs,
            notebooks.c.last_at,
        )
        .join(t.space, t.space.c.project == t.project.c.id)
        .outerjoin(notebooks, notebooks.c.space == t.space.c.id)
    )


def _view(row: sa.Row[tuple[object, ...]]) -> ProjectView:
    return ProjectView(
        id=row.id,
        space=row.space,
        slug=row.slug,
        name=row.name,
        charter=msgspec.json.decode(row.charter, type=Charter),
        recording=bool(row.recording),
        demo=bool(row.demo),
        members=row.members,
        notebooks=row.notebooks or 0,
        runs=row.runs or 0,
        last_run_at=row.last_at,
    )


def new_account() -> str:
    """A hub user name that says nothing and is never used again."""
    return "p-" + "".join(secrets.choice(_ACCOUNT_LETTERS) for _ in range(10))


def _charter(charter: Charter) -> str:
    return msgspec.json.encode(charter).decode("utf-8")


def _create(
    connection: Connection, slug: str, name: str, charter: Charter, by: str | None, demo: bool
) -> str:
    taken = select(t.project.c.id).where(t.project.c.slug == slug)
    if connection.execute(taken).first() is not None:
        raise Conflict(f"There is already a project called {slug}.")
    project, now = new_id(), now_us()
    connection.execute(
        sa.insert(t.project),
        {
            "id": project,
            "slug": slug,
            "account": new_account(),
            "name": name,
            "charter": _charter(charter),
            "recording": True,
            "recording_changed_at": now,
            "demo": demo,
            "created_at": now,
            "created_by": by,
        },
    )
    put_space(connection, kind="project", project=project)
    if by is not None:
        _set_member(connection, project, by, Role.MAINTAINER, by)
    return project


def _update(
    connection: Connection,
    project: str,
    name: str | None,
    charter: Charter | None,
    recording: bool | None,
) -> None:
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = name
    if charter is not None:
        changes["charter"] = _charter(charter)
    if recording is not None:
        unchanged = t.project.c.recording == recording
        since = sa.case((unchanged, t.project.c.recording_changed_at), else_=now_us())
        changes |= {"recording": recording, "recording_changed_at": since}
    if changes:
        connection.execute(sa.update(t.project).where(t.project.c.id == project).values(**changes))


def _set_member(
    connection: Connection, project: str, person: str, role: Role, by: str | None
) -> None:
    for table, identity, what in ((t.project, project, "project"), (t.person, person, "person")):
        if connection.execute(select(table.c.id).where(table.c.id == identity)).first() is None:
            raise NotFound(what)
    now = select(t.member.c.role).where(
        t.member.c.project == project, t.member.c.person == person, t.member.c.until.is_(None)
    )
    if connection.execute(now).scalar_one_or_none() == role:
        return
    _end_membership(connection, project, person, by)
    connection.execute(
        sa.insert(t.member),
        {
            "project": project,
            "person": person,
            "role": int(role),
            "since": now_us(),
            "set_by": by,
        },
    )


def _end_membership(connection: Connection, project: str, person: str, by: str | None) -> None:
    connection.execute(
        sa.update(t.member)
        .where(
            t.member.c.project == project, t.member.c.person == person, t.member.c.until.is_(None)
        )
        .values(until=now_us(), removed_by=by)
    )
