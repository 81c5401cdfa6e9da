"""A host of the API that believes a header about who asks, over a real store; and a client."""

import asyncio
import http.client
import json
import threading
from typing import Any
from urllib.parse import urlencode

import msgspec
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, HTTPError

from trailbook import api
from trailbook.access import Actor
from trailbook.api import Host, Parts, Presence
from trailbook.diff import Differ
from trailbook.store.base import Store

ACTOR = "X-Actor"


class BenchHandler(Host):
    """Signs in whoever the header names."""

    @property
    def bench(self) -> "Bench":
        bench: Bench = self.settings["bench"]
        return bench

    @property
    def store(self) -> Store:
        return self.bench.store

    @property
    def parts(self) -> Parts:
        return self.bench.parts

    def get_current_user(self) -> str | None:
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        name = self.request.headers.get(ACTOR, token)
        return name if name in self.bench.actors else None

    def get_login_url(self) -> str:
        raise HTTPError(403)

    async def actor(self) -> Actor:
        actor = self.bench.actors[self.current_user]
        if actor.person is None:
            return actor
        roles = await self.blocking(self.store.roles, actor.person)
        return msgspec.structs.replace(actor, roles=roles)

    def members_changed(self, project: str) -> None:
        self.bench.changed.append(project)

    def server_url(self, actor: Actor, server: str) -> str | None:
        return f"/user/{actor.name}/{server}{'/' if server else ''}"

    def view_as(self, project: str | None) -> None:
        self.bench.viewing.append(project)


class Answer(msgspec.Struct):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        code: str = self.json["code"]
        return code


class Bench:
    """The host in a thread of its own."""

    def __init__(self, store: Store, actors: dict[str, Actor]) -> None:
        self.store = store
        self.actors = actors
        self.parts = Parts(differ=Differ(seconds=60), presence=Presence())
        self.changed: list[str] = []
        self.viewing: list[str | None] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._stop = asyncio.Event()
        self._loop.run_until_complete(self._run(ready))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _run(self, ready: threading.Event) -> None:
        routes: list[Any] = [
            *api.routes("/api/", BenchHandler),
            *api.routes("/services/trailbook/api/", BenchHandler),
        ]
        application = Application(routes, bench=self, log_function=lambda handler: None)
        server = HTTPServer(application, max_body_size=300_000_000)
        socket, self.port = bind_unused_port()
        server.add_socket(socket)
        ready.set()
        await self._stop.wait()
        server.stop()
        await server.close_all_connections()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self.parts.differ.close()

    def call(
        self,
        method: str,
        path: str,
        who: str | None = None,
        body: Any = None,
        /,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        """One request, as `who`; the body in JSON, or as it is in `raw`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {**(headers or {}), **({ACTOR: who} if who else {})}
        content = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        address = f"/api/{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            connection.request(method, address, content, sent)
            response = connection.getresponse()
            body_back = response.read()
            return Answer(
                response.status, {k.lower(): v for k, v in response.getheaders()}, body_back
            )
        finally:
            connection.close()

    def get(self, path: str, who: str | None = None, /, **query: Any) -> Answer:
        return self.call("GET", path, who, **query)

    def post(self, path: str, who: str | None, body: Any) -> Answer:
        return self.call("POST", path, who, body)

    def put(self, path: str, who: str | None, body: Any = None) -> Answer:
        return self.call("PUT", path, who, body)

    def patch(self, path: str, who: str | None, body: Any) -> Answer:
        return self.call("PATCH", path, who, body)

    def delete(self, path: str, who: str | None) -> Answer:
        return self.call("DELETE", path, who)
