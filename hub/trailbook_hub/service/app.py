"""The service: what it holds, how it starts and how it stops."""

import asyncio
import logging
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyterhub.services.auth import HubOAuth
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from trailbook import api
from trailbook.api.writers import BATCH_BYTES
from trailbook.diff import Differ
from trailbook.quota import Quota
from trailbook.store.base import Store
from trailbook.turns import Turns

from . import pages
from .ends import Ends
from .handler import ApiHandler, Callback, Health, ServiceHandler
from .hub import HubClient
from .identity import Identities
from .nothing import NoPage, NoResource
from .reconcile import Reconciler
from .settings import ServiceSettings

log = logging.getLogger("trailbook.service")

TOKEN_SECONDS = 30
"""How long the hub's answer about a token or a sign-in holds."""

THREADS = 24
"""How many calls of the store run at once; a write waits for the disk on one of them."""

BODY_SECONDS = 300.0
"""How long a body may take to come: who is cut off on the way sends nothing more, and no end."""

STOP_SECONDS = 10.0
"""How long requests may take to finish when the service stops."""


class Service:
    """Everything that lives as long as the process."""

    def __init__(self, settings: ServiceSettings, store: Store) -> None:
        self.settings = settings
        self.store = store
        quota = Quota(settings.quota_events, settings.quota_bytes)
        self.turns = Turns()
        self.parts = api.Parts(
            differ=Differ(), presence=api.Presence(), quota=quota, turns=self.turns
        )
        self.hub_auth = HubOAuth(cache_max_age=TOKEN_SECONDS, allow_token_in_url=False)
        hub = HubClient(settings.api_url, settings.api_token)
        self.identities = Identities(store, hub)
        self.ends = Ends(settings.data / "ends.json", hub)
        self.reconciler = Reconciler(
            store, hub, self.identities, self.ends, settings.removal_warning
        )
        self._running: set[RequestHandler] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def begun(self, handler: RequestHandler) -> None:
        """A request is being answered."""
        self._running.add(handler)
        self._idle.clear()

    def done(self, handler: RequestHandler) -> None:
        """It was."""
        self._running.discard(handler)
        if not self._running:
            self._idle.set()

    def application(self) -> Application:
        """The routes of the API and the pages."""
        prefix = self.settings.prefix
        handlers: list[Any] = [
            *api.routes(f"{prefix}api/", ApiHandler),
            (f"{prefix}oauth_callback", Callback),
            (f"{prefix}health", Health),
            *pages.routes(
                prefix,
                ServiceHandler,
                hub=self.settings.hub_base,
                removal_warning=self.settings.removal_warning,
                admins_stay_out=self.settings.admins_stay_out,
            ),
            (f"{prefix}api/.*", NoResource),
            (".*", type("NoPage", (NoPage,), {"prefix": prefix, "hub": self.settings.hub_base})),
        ]
        return Application(
            handlers,
            service=self,
            cookie_secret=cookie_secret(self.settings.data),
            compress_response=True,
            log_function=log_request,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop; what was begun is finished."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "store"))
        server = HTTPServer(
            self.application(),
            xheaders=True,
            max_body_size=BATCH_BYTES,
            body_timeout=BODY_SECONDS,
        )
        server.listen(self.settings.port, self.settings.host)
        log.info(
            "Serving %s on %s:%d", self.settings.prefix, self.settings.host, self.settings.port
        )
        self.parts.differ.warm()
        tasks = [asyncio.create_task(part.run()) for part in (self.reconciler, self.ends)]
        try:
            await stop.wait()
        finally:
            server.stop()
            for task in tasks:
                task.cancel()
            try:
                await asyncio.wait_for(self._idle.wait(), STOP_SECONDS)
            except (TimeoutError, asyncio.TimeoutError):
                log.warning("%d requests did not finish in time", len(self._running))
            await server.close_all_connections()
            self.parts.differ.close()


def cookie_secret(data: Path) -> bytes:
    """The key that signs cookies, made once, so that a restart signs nobody out."""
    file = data / "cookie-secret"
    try:
        with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
            new.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return file.read_bytes()


def log_request(handler: RequestHandler) -> None:
    """One line for a failed or slow request: no query, no body, no names."""
    status = handler.get_status()
    milliseconds = 1000 * handler.request.request_time()
    if status >= 500 or milliseconds > 5000:
        log.warning(
            "%d %s %s %.0f ms", status, handler.request.method, handler.request.path, milliseconds
        )
