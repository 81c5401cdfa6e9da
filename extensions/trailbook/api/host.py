"""What a host lends to the API: its store, who asks, and what lives as long as the host.

A host mounts the API with `routes(prefix, base)`, where `base` is a tornado handler class of its
own that derives from `Host` and from whatever signs people in there:

    class LabHandler(APIHandler, Host): ...            Jupyter Server, one person
    class ServiceHandler(HubOAuthenticated, Host): ...  the hub's service, everybody

The host's class answers `store`, `parts` and `actor()`; the rest has defaults. `get_current_user`
of the host decides who is anonymous: they are refused on every route. Checks of XSRF are the
host's too: by tornado's setting `xsrf_cookies`, or in its `prepare`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import msgspec
from tornado.web import RequestHandler

from ..access import Actor, Via
from ..store.base import Store
from ..store.views import PersonView

if TYPE_CHECKING:
    from ..diff import Differ
    from ..quota import Quota
    from ..turns import Turns
    from .presence import Presence

P = ParamSpec("P")
T = TypeVar("T")


class Parts(msgspec.Struct, kw_only=True):
    """What lives as long as the host: make one at its start, close the differ at its end."""

    differ: "Differ"
    presence: "Presence"
    quota: "Quota | None" = None  # without one everything is taken
    turns: "Turns | None" = None  # without them everything is taken at once


class TokenOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token a recorder holds."""

    person: str | None
    project: str | None
    name: str


class Host(RequestHandler):
    """The contract between the API and who serves it."""

    @property
    def store(self) -> Store:
        """The ledger; its calls block, so they go through `blocking`."""
        raise NotImplementedError

    @property
    def parts(self) -> Parts:
        """The differ and the presence of this host."""
        raise NotImplementedError

    async def actor(self) -> Actor:
        """Who asks; only called for requests that are not anonymous."""
        raise NotImplementedError

    async def owner(self) -> TokenOwner:
        """Whose recorder this is."""
        actor = await self.actor()
        project = next(iter(actor.roles)) if actor.via is Via.PROJECT_SERVER else None
        return TokenOwner(person=actor.person, project=project, name=actor.name)

    async def display_name(self) -> str:
        """The asker's name as pages show it."""
        return (await self.actor()).name

    async def person_named(self, name: str) -> PersonView | None:
        """The person who has this name now; by default somebody who has been here before."""
        return await self.blocking(self.store.find_person, name)

    def members_changed(self, project: str) -> None:
        """A project or its members changed: a hub has shares to bring in line."""

    async def shares_settled(self) -> None:
        """Wait until that is done, a few seconds at most."""

    async def restarts_at(self, project: str) -> int | None:
        """When the project's server restarts because a member was removed, if it is to."""
        return None

    async def restart_now(self, project: str) -> None:
        """Restart it now, if it is to restart."""

    def server_url(self, actor: Actor, server: str) -> str | None:
        """Where this server of the asker is, as a path on this site; None without a hub."""
        return None

    def view_as(self, project: str | None) -> None:
        """Remember that this administrator looks at a project as a viewer would."""

    def send(self, body: bytes, mime: str) -> None:
        """Finish with these bytes; hosts whose `finish` sets a type of its own override this."""
        self.set_header("Content-Type", mime)
        self.finish(body)

    def blocking(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Call what blocks on a thread, so that the event loop goes on."""
        return asyncio.to_thread(call, *args, **kwargs)
