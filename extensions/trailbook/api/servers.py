"""`servers`: what the hub asks before it starts one, and what comes upon a project's."""

import msgspec

from ..access import Role, may_manage_members, may_read_mounts
from ..clock import now_us
from ..errors import NotFound
from ..store.views import FolderView
from .base import Resource, require
from .verbs import Name, Slug, verb


class ServerView(msgspec.Struct, kw_only=True):
    """What comes upon a project's server because a member was removed."""

    restarts_at: int | None  # None: it goes on
    restarts_in: float | None  # the same in seconds from now, for clocks that differ


class ProjectServer(Resource):
    """`projects/{slug}/server`."""

    @verb()
    async def get(self, slug: Slug) -> ServerView:
        """Whether the project's server is about to restart; asked by it, and by members."""
        _, project = await self.project(slug)
        at = await self.restarts_at(project.id)
        left = None if at is None else max(0.0, (at - now_us()) / 1e6)
        return ServerView(restarts_at=at, restarts_in=left)

    @verb()
    async def post(self, slug: Slug) -> None:
        """Restart it now, in place of when it is to: a removed member must be out at once."""
        actor, project = await self.project(slug)
        allowed = may_manage_members(actor, project.id)
        require(allowed, "Only the project's maintainers restart its server early.", actor)
        await self.restart_now(project.id)


class ServerMounts(Resource):
    """`servers/{name}/mounts`."""

    @verb()
    async def get(self, name: Name) -> list[FolderView]:
        """The project folders of a hub user's server; for the hub alone."""
        require(may_read_mounts(await self.actor()), "This is for the hub alone.")
        own = await self.blocking(self.store.project_of_account, name)
        if own is not None:
            return [await self.folder(own, "", Role.CONTRIBUTOR)]
        person = await self.person_named(name)
        if person is None:
            raise NotFound("person")
        roles = await self.blocking(self.store.roles, person.id)
        return [
            await self.folder(project, "projects/", role)
            for project, role in roles.items()
            if role >= Role.CONTRIBUTOR
        ]

    async def folder(self, project: str, inside: str, role: Role) -> FolderView:
        """A project's folder on this server: its root, or named by the slug inside another."""
        view = await self.blocking(self.store.project, project)
        return FolderView(
            prefix=f"{inside}{view.slug}" if inside else "",
            project=view.slug,
            account=await self.blocking(self.store.project_account, project),
            role=role.name.lower(),
        )
