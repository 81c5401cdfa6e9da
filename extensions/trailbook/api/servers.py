"""`servers`: what the hub asks before it starts one."""

from ..access import Role, may_read_mounts
from ..errors import NotFound
from ..store.views import FolderView
from .base import Resource, require
from .verbs import Name, verb


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
