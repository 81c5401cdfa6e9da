"""Who has a notebook open: kept in memory, and forgotten soon after the last sign of it."""

import time
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

import msgspec

from .. import access
from ..access import Actor, Place, Via
from ..clock import now_us
from ..errors import BadRequest
from ..store.views import PersonView
from .base import Resource, require
from .verbs import Path, Space, verb

SECONDS = 90.0
"""How long a sign of presence holds; JupyterLab gives one every 30 seconds."""

MOST = 20_000
"""Signs that are kept at most, over all notebooks."""

REPORTED_USER = "X-Trailbook-User"
"""The person at the screen, as their server says; believed as `reported` at most."""

ServerName = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[\w.-]*$")]


class PresenceView(msgspec.Struct, kw_only=True):
    """Somebody has the notebook open."""

    name: str
    display_name: str
    server: str  # "" is the person's or the project's default server
    url: str | None  # where it is open, as a path on this site
    since: int


class Opened(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A sign that the asker has this notebook open."""

    space: Space
    path: Path
    server: ServerName = ""


class Presence:
    """The signs of who has what open."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._signs: dict[tuple[str, str], dict[tuple[str, str], tuple[PresenceView, float]]] = {}
        self._count = 0

    def put(self, space: str, path: str, view: PresenceView) -> None:
        """Note a sign; it keeps the moment at which the notebook was opened."""
        now = self._clock()
        here = self._signs.setdefault((space, path), {})
        who = (view.name, view.url or view.server)
        before = here.get(who)
        if before is None:
            self._count += 1
        elif before[1] > now:
            view.since = before[0].since
        here[who] = (view, now + SECONDS)
        if self._count > MOST:
            self._forget()

    def of(self, space: str, path: str) -> list[PresenceView]:
        """Who has it open now."""
        now = self._clock()
        here = self._signs.get((space, path), {})
        return [view for view, until in here.values() if until > now]

    def _forget(self) -> None:
        now = self._clock()
        living = {
            notebook: {who: sign for who, sign in signs.items() if sign[1] > now}
            for notebook, signs in self._signs.items()
        }
        self._signs = {notebook: signs for notebook, signs in living.items() if signs}
        self._count = sum(len(signs) for signs in self._signs.values())
        if self._count > MOST:
            self._signs.clear()
            self._count = 0


class Presences(Resource):
    """`presence`: who has a notebook open."""

    @verb()
    async def get(self, *, space: Space, path: Path) -> list[PresenceView]:
        """Who has this notebook open now."""
        await self.reader(self.store.place_of_space, space, "notebook")
        return self.parts.presence.of(space, path)

    @verb()
    async def put(self, *, body: Opened) -> None:
        """Say that the asker has this notebook open; say it again within 90 seconds."""
        actor, place = await self.reader(self.store.place_of_space, body.space, "notebook")
        require(access.may_record(actor), "Only a server says what is open on it.")
        view = PresenceView(
            name=actor.name,
            display_name="",
            server=body.server,
            url=await self.url_there(actor, place, body),
            since=now_us(),
        )
        if actor.via is Via.PROJECT_SERVER:
            person = await self.reported_member(actor)
            view.name, view.display_name = person.name, person.display_name
        else:
            view.display_name = await self.display_name()
        self.parts.presence.put(body.space, body.path, view)

    async def reported_member(self, actor: Actor) -> PersonView:
        """The member whom a project's server names as the one at the screen."""
        name = self.request.headers.get(REPORTED_USER, "")
        for project in actor.roles:
            for member in await self.blocking(self.store.members, project):
                if member.person.name == name:
                    return member.person
        raise BadRequest(f"A project's server names a member of the project in {REPORTED_USER}.")

    async def url_there(self, actor: Actor, place: Place, opened: Opened) -> str | None:
        """Where the notebook is open, if this site has servers."""
        server = self.server_url(actor, opened.server)
        if server is None:
            return None
        folder = ""
        if place.project is not None and actor.via is Via.OWN_SERVER:
            project = await self.blocking(self.store.project, place.project)
            folder = f"projects/{project.slug}/"
        return f"{server}lab/tree/{quote(folder + opened.path)}"
