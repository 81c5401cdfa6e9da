"""`projects`: what a team works on, and who is in it."""

from typing import Annotated, Literal

import msgspec

from .. import access
from ..access import Actor, Role, Via
from ..errors import Conflict, NotFound
from ..store.views import ActivityView, Charter, MemberView, NotebookView, ProjectView
from .base import Resource, require
from .slugs import checked, slug_from
from .verbs import Flag, Name, Slug, verb

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
RoleName = Literal["viewer", "contributor", "maintainer"]
Limit = Annotated[int, msgspec.Meta(ge=1, le=500)]


class NewProject(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A project to begin."""

    name: Title
    slug: str | None = None
    charter: Charter | None = None


class ProjectChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to change of a project; what is not named stays."""

    name: Title | None = None
    charter: Charter | None = None
    recording: bool | None = None


class NewRole(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A member's role."""

    role: RoleName


async def projects_of(resource: Resource, actor: Actor) -> list[ProjectView]:
    """The projects that the actor may know of."""
    everything = access.is_admin(actor) or actor.via is Via.LAPTOP
    ids = None if everything else list(actor.roles)
    found = await resource.blocking(resource.store.projects, ids)
    return [resource.role_of(actor, project) for project in found]


class Projects(Resource):
    """`projects`."""

    @verb()
    async def get(self) -> list[ProjectView]:
        """One's own projects; an administrator sees that there are others."""
        return await projects_of(self, await self.actor())

    @verb(status=201)
    async def post(self, *, body: NewProject) -> ProjectView:
        """Begin a project, as its maintainer."""
        actor = await self.actor()
        require(access.may_create_project(actor), "Projects are begun by people.", actor)
        slug = checked(body.slug) if body.slug else await self.free_slug(slug_from(body.name))
        project = await self.blocking(
            self.store.create_project,
            slug,
            body.name.strip(),
            body.charter or Charter(),
            by=actor.person,
        )
        self.members_changed(project.id)
        return msgspec.structs.replace(project, role="maintainer")

    async def free_slug(self, wish: str) -> str:
        """The wish, or the wish with the first free number."""
        taken = {project.slug for project in await self.blocking(self.store.projects, None)}
        numbered = (f"{wish}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (wish, *numbered) if slug not in taken)


class Project(Resource):
    """`projects/{slug}`."""

    @verb()
    async def get(self, slug: Slug) -> ProjectView:
        """A project with its charter."""
        actor, project = await self.project(slug)
        return self.role_of(actor, project)

    @verb()
    async def patch(self, slug: Slug, *, body: ProjectChange) -> ProjectView:
        """Change a project's name, charter or recording; an administrator, the recording alone."""
        actor, project = await self.project(slug)
        switching = body.name is None and body.charter is None
        may = access.may_switch_recording if switching else access.may_edit_project
        require(may(actor, project.id), "A project is changed by its maintainers.", actor)
        changed = await self.blocking(
            self.store.update_project,
            project.id,
            name=body.name.strip() if body.name else None,
            charter=body.charter,
            recording=body.recording,
        )
        return self.role_of(actor, changed)


class Members(Resource):
    """`projects/{slug}/members`."""

    @verb()
    async def get(self, slug: Slug) -> list[MemberView]:
        """Who is in the project."""
        _, project = await self.project(slug)
        return await self.blocking(self.store.members, project.id)


class Member(Resource):
    """`projects/{slug}/members/{name}`."""

    @verb()
    async def put(self, slug: Slug, name: Name, *, body: NewRole) -> None:
        """Give somebody a role in the project; they need an account on the hub."""
        actor, project = await self.managed(slug)
        person = await self.person_named(name)
        if person is None:
            raise NotFound("person")
        role = Role[body.role.upper()]
        if role is not Role.MAINTAINER:
            await self.keep_one_maintainer(project, person.id)
        await self.blocking(self.store.set_member, project.id, person.id, role, by=actor.person)
        self.members_changed(project.id)

    @verb()
    async def delete(self, slug: Slug, name: Name) -> None:
        """Take somebody out of the project; they see nothing of it from the next request on."""
        actor, project = await self.managed(slug)
        members = await self.blocking(self.store.members, project.id)
        person = next((m.person for m in members if m.person.name == name), None)
        if person is None:
            raise NotFound("member")
        await self.keep_one_maintainer(project, person.id)
        await self.blocking(self.store.remove_member, project.id, person.id, by=actor.person)
        self.members_changed(project.id)

    async def managed(self, slug: str) -> tuple[Actor, ProjectView]:
        """The asker and a project whose members they may manage."""
        actor, project = await self.project(slug)
        allowed = access.may_manage_members(actor, project.id)
        require(allowed, "Members are managed by the project's maintainers.", actor)
        return actor, project

    async def keep_one_maintainer(self, project: ProjectView, person: str) -> None:
        """Refuse to leave a project without anybody who can manage it."""
        members = await self.blocking(self.store.members, project.id)
        maintainers = {m.person.id for m in members if m.role == "maintainer"}
        if maintainers == {person}:
            raise Conflict("A project keeps at least one maintainer. Name another one first.")


class ProjectNotebooks(Resource):
    """`projects/{slug}/notebooks`."""

    @verb()
    async def get(self, slug: Slug, *, deleted: Flag = 0) -> list[NotebookView]:
        """The project's notebooks; with `deleted=1` also those whose files are gone."""
        actor, project = await self.walked(slug)
        views = await self.blocking(self.store.notebooks, project.space, deleted=bool(deleted))
        return [await self.without_hidden_origin(actor, view) for view in views]


class ProjectActivity(Resource):
    """`projects/{slug}/activity`."""

    @verb()
    async def get(self, slug: Slug, *, limit: Limit = 50) -> list[ActivityView]:
        """What happened in the project, newest first: bursts of work by one person."""
        actor, project = await self.walked(slug)
        views = await self.blocking(self.store.activity, project.id, limit=limit)
        for view in views:
            view.notebook = await self.without_hidden_origin(actor, view.notebook)
        return views
