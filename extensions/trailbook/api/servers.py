"""`servers`: what the hub asks before it starts one."""

import msgspec

from ..access import Role, may_read_mounts
from ..errors import NotFound
from .base import Resource, require
from .verbs import Name, verb


class ServerMount(msgspec.Struct, kw_only=True):
    """A project whose folder a server gets."""

    project: str  # its id: names the folder on the disk
    slug: str
    folder: str  # in the server's root; "" is the root itself


class ServerMounts(Resource):
    """`servers/{name}/mounts`."""

    @verb()
    async def get(self, name: Name) -> list[ServerMount]:
        """The project folders of a hub user's server; for the hub alone."""
        require(may_read_mounts(await self.actor()), "This is for the hub alone.")
        own = await self.blocking(self.store.project_of_account, name)
        if own is not None:
            project = await self.blocking(self.store.project, own)
            return [ServerMount(project=project.id, slug=project.slug, folder="")]
        person = await self.person_named(name)
        if person is None:
            raise NotFound("person")
        roles = await self.blocking(self.store.roles, person.id)
        ids = [project for project, role in roles.items() if role >= Role.CONTRIBUTOR]
        return [
            ServerMount(project=project.id, slug=project.slug, folder=f"projects/{project.slug}")
            for project in await self.blocking(self.store.projects, ids)
        ]
