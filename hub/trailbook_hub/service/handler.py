"""The base of every handler: sign-in through the hub, who asks, and headers."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated, UserNotAllowed
from tornado.web import HTTPError, authenticated

from trailbook.access import Actor
from trailbook.api import Host, Parts
from trailbook.errors import TrailbookError
from trailbook.store.base import Store
from trailbook.store.views import PersonView

from .auth import actor_of

if TYPE_CHECKING:
    from .app import Service

VIEWING = "trailbook-viewing"
VIEWING_SECONDS = 3600

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


class ServiceHandler(HubOAuthenticated, Host):  # type: ignore[misc]
    """A handler of the service: pages send the anonymous to the hub's login."""

    def initialize(self) -> None:
        """Find the service that this handler is part of."""
        self.hub_auth = self.service.hub_auth
        self._actor: Actor | None = None

    @property
    def service(self) -> "Service":
        """What lives as long as the process."""
        service: Service = self.settings["service"]
        return service

    @property
    def store(self) -> Store:
        """The history of everybody."""
        return self.service.store

    @property
    def parts(self) -> Parts:
        """The differ and the presence."""
        return self.service.parts

    def set_default_headers(self) -> None:
        """What every answer carries; pages and the API say more."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    async def prepare(self) -> None:
        """Ask the hub who this is, without holding up other requests meanwhile."""
        self.service.begun(self)
        try:
            user = await self.hub_auth.get_user(self, sync=False)
        except HTTPError as error:
            raise HTTPError(502) from error
        with suppress(UserNotAllowed):
            self.current_user = user and self.check_hub_user(user)
        if user and not self.current_user:
            raise HTTPError(403)

    def check_hub_user(self, model: dict[str, Any]) -> Any:
        """Who has the scope for this service, and the service itself, in the hub's name."""
        if model.get("kind") == "service" and model["name"] == self.service.settings.name:
            return model
        return super().check_hub_user(model)

    def get_current_user(self) -> Any:
        """Nobody until `prepare` has asked."""
        return None

    def on_finish(self) -> None:
        """The service may stop when the last request is done."""
        self.service.done(self)

    async def actor(self) -> Actor:
        """Who asks."""
        if self._actor is None:
            viewing = self.get_secure_cookie(VIEWING, max_age_days=VIEWING_SECONDS / 86400)
            self._actor = await actor_of(
                self.current_user,
                token=self._token(),
                service=self.service.settings.name,
                store=self.store,
                identities=self.service.identities,
                viewing=viewing.decode() if viewing else None,
            )
            if self.request.method == "GET":  # what is sent takes its turn
                self.service.turns.here(self._actor.person or next(iter(self._actor.roles), ""))
        return self._actor

    def _token(self) -> str | None:
        """The token that has shown who asks; None where a browser's cookie has."""
        if not getattr(self, "_token_authenticated", False):
            return None
        token: str = self.hub_auth.get_token(self, in_cookie=False)
        return token

    async def display_name(self) -> str:
        """The asker's name as pages show it."""
        actor = await self.actor()
        identities = self.service.identities
        person = None
        if actor.person:
            person = await identities.of_answer(self.current_user, self._token())
        return (person.display_name if person else "") or actor.name

    async def person_named(self, name: str) -> PersonView | None:
        """Whoever has this name at the hub now, also before their first visit here."""
        return await self.service.identities.person_named(name)

    def members_changed(self, project: str) -> None:
        """Bring the hub's accounts and shares in line."""
        self.service.reconciler.wake()

    async def shares_settled(self) -> None:
        """Wait for the reconciler, a few seconds at most."""
        await self.service.reconciler.settled()

    async def restarts_at(self, project: str) -> int | None:
        """What is noted for the project's server."""
        account = await self.blocking(self.store.project_account, project)
        at = self.service.ends.at(account)
        return None if at is None else int(at * 1_000_000)

    async def restart_now(self, project: str) -> None:
        """Do what is noted now."""
        account = await self.blocking(self.store.project_account, project)
        await self.service.ends.hasten(account)

    def server_url(self, actor: Actor, server: str) -> str | None:
        """Where a server of the asker is."""
        named = f"{quote(server, safe='')}/" if server else ""
        return f"{self.service.settings.servers_base}user/{quote(actor.name, safe='')}/{named}"

    def view_as(self, project: str | None) -> None:
        """Keep the choice in a signed cookie, for an hour."""
        path = self.service.settings.prefix
        if project is None or self._actor is None:
            self.clear_cookie(VIEWING, path=path)
            return
        self.set_secure_cookie(
            VIEWING,
            f"{self._actor.person}:{project}",
            expires_days=None,
            max_age=VIEWING_SECONDS,
            path=path,
            httponly=True,
            secure=self.request.protocol == "https",
            samesite="Strict",
        )


class ApiHandler(ServiceHandler):
    """A handler of the API: the anonymous are refused, and never sent to a page."""

    def get_login_url(self) -> str:
        """There is none for programs."""
        raise HTTPError(403)


class Callback(HubOAuthCallbackHandler, ServiceHandler):  # type: ignore[misc]
    """Where the hub sends people back to after their sign-in."""


class Health(ApiHandler):
    """`health`: whether the service can read its history, for who is signed in."""

    @authenticated
    async def get(self) -> None:
        """Says nothing about anybody."""
        try:
            await self.blocking(self.store.projects, [])
        except TrailbookError as error:
            raise HTTPError(503) from error
        self.send(b'{"ok":true}', "application/json")
