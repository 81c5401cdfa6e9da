"""Parts of the service that need no hub, or one that fails."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.errors import CannotStart, HubAway
from trailbook.store.recording.export import export_project
from trailbook.store.sql import SqlStore
from trailbook.store.views import Charter
from trailbook_hub.service import reconcile
from trailbook_hub.service.app import cookie_secret
from trailbook_hub.service.demo import bring_demo
from trailbook_hub.service.ends import Ends
from trailbook_hub.service.hub import HubClient, HubRefused
from trailbook_hub.service.identity import Identities
from trailbook_hub.service.reconcile import Reconciler
from trailbook_hub.service.settings import NEEDED, ServiceSettings

ENVIRONMENT = {
    "JUPYTERHUB_API_TOKEN": "t",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
    "JUPYTERHUB_CLIENT_ID": "service-trailbook",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/trailbook/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:10333",
    "TRAILBOOK_DATA": "/data",
}


class FlawedHub(BaseHTTPRequestHandler):
    """A hub that answers as it is told to, and notes what it was asked."""

    users: dict[str, str]
    shares: dict[str, list[str]]
    status: int
    asked: list[str]

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or "{}")
        path = self.path.partition("?")[0].removeprefix("/hub/api")
        self.asked.append(f"{self.command} {path}")
        if self.status != 200:
            self.send(self.status, {})
        elif path == "/users":
            self.send(200, page([user(name, born) for name, born in self.users.items()]))
        elif path.startswith("/users/") and self.command == "POST":
            self.users[path.rpartition("/")[2]] = "2026-01-01T00:00:00Z"
            self.send(201, {})
        elif path.startswith("/users/"):
            name = path.rpartition("/")[2]
            found = self.users.get(name)
            self.send(200 if found else 404, user(name, found) if found else {})
        elif self.command == "GET":
            items = [
                {"kind": "user", "user": {"name": n}, "scopes": s, "server": {"name": ""}}
                for n, s in self.shares.items()
            ]
            self.send(200, page(items))
        elif self.command == "POST":
            self.shares[body["user"]] = body["scopes"]
            self.send(200, {})
        else:
            del self.shares[body["user"]]
            self.send(200, {})

    do_GET = do_POST = do_PATCH = answer  # noqa: N815

    def send(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


def user(name: str, born: str) -> dict[str, Any]:
    return {"name": name, "created": born, "admin": name == "root"}


def page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "_pagination": {"next": None}}


class Flawed:
    """The flawed hub in a thread."""

    def __init__(self) -> None:
        members = {"users": {}, "shares": {}, "status": 200, "asked": []}
        self.handler = type("Handler", (FlawedHub,), members)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hub/api"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def flawed() -> Iterator[Any]:
    hub = Flawed()
    yield hub
    hub.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(tmp_path / "trailbook.sqlite")
    yield store
    store.close()


def test_ends_that_are_noted_at_once_are_all_kept(tmp_path: Path, caplog: Any) -> None:
    file = tmp_path / "ends.json"

    async def story() -> None:
        ends = Ends(file, UpHub())
        notes = (ends.note(f"p-{n}", "bob", seconds=60, again=True) for n in range(20))
        await asyncio.gather(*notes)
        again = Ends(file, UpHub())
        assert all(again.at(f"p-{n}") for n in range(20))
        file.write_text("noise")
        assert Ends(file, UpHub()).at("p-1") is None

    asyncio.run(story())
    assert "cannot be read" in caplog.text
    assert "not kept over a restart" not in caplog.text


class UpHub(HubClient):
    """A hub on which everybody's server is up."""

    def __init__(self) -> None:
        """Without any connection."""

    async def user(self, name: str) -> dict[str, Any]:
        return {"servers": {"": {"started": "2026-01-01T00:00:00Z"}}}


@pytest.mark.parametrize("missing", NEEDED)
def test_what_the_hub_did_not_tell_is_named(missing: str) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != missing}
    with pytest.raises(CannotStart, match=missing):
        ServiceSettings.from_environment(environment)


def test_settings_are_read() -> None:
    settings = ServiceSettings.from_environment(
        {**ENVIRONMENT, "JUPYTERHUB_HOST": "https://hub.example.org", "TRAILBOOK_DEMO": "0"}
    )
    assert (settings.host, settings.port) == ("127.0.0.1", 10333)
    assert settings.hub_base == "https://hub.example.org/"
    assert settings.demo_recording is None
    assert settings.recording
    assert not ServiceSettings.from_environment(
        {**ENVIRONMENT, "TRAILBOOK_RECORDING": "off"}
    ).recording
    shown = ServiceSettings.from_environment({**ENVIRONMENT, "TRAILBOOK_DEMO_RECORDING": "/r"})
    assert shown.demo_recording == Path("/r")


def test_the_cookie_secret_stays(tmp_path: Path) -> None:
    first = cookie_secret(tmp_path)
    assert len(first) == 32
    assert cookie_secret(tmp_path) == first


@pytest.mark.parametrize(("status", "error"), [(500, HubAway), (403, HubRefused)])
def test_a_hub_that_fails_is_told_from_one_that_refuses(
    flawed: Flawed, status: int, error: type[Exception]
) -> None:
    flawed.handler.status = status
    with pytest.raises(error):
        asyncio.run(ask(flawed.url, "bob"))


def test_a_hub_that_is_not_there_is_away() -> None:
    with pytest.raises(HubAway):
        asyncio.run(ask("http://127.0.0.1:9/hub/api", "bob"))


def test_a_user_who_is_not_there_is_nobody(flawed: Flawed) -> None:
    assert asyncio.run(ask(flawed.url, "bob")) is None


async def ask(url: str, name: str) -> Any:
    return await HubClient(url, "t", seconds=2).user(name)


def test_the_shares_come_in_line_when_the_hub_is_back(
    flawed: Flawed,
    store: SqlStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: Any,
) -> None:
    monkeypatch.setattr(reconcile, "RETRY_SECONDS", (0.05,))
    flawed.handler.users.update(bob="2026-01-01T00:00:00Z", eve="2026-02-02T00:00:00Z")
    bob = store.person("bob", "2026-01-01T00:00:00Z")
    before_eve = store.person("eve", "2025-01-01T00:00:00Z")
    project = store.create_project("churn", "Churn", Charter(), by=bob.id)
    store.set_member(project.id, before_eve.id, Role.CONTRIBUTOR, by=None)
    flawed.handler.status = 503

    async def story() -> None:
        hub = HubClient(flawed.url, "t", seconds=2)
        ends = Ends(tmp_path / "ends.json", hub)
        reconciler = Reconciler(store, hub, Identities(store, hub), ends, 60)
        task = asyncio.create_task(reconciler.run())
        await until(lambda: len(flawed.handler.asked) >= 3)
        flawed.handler.status = 200
        await until(lambda: flawed.handler.shares)
        task.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert set(flawed.handler.shares) == {"bob"}, "a predecessor's membership is not inherited"
    assert store.project_account(project.id) in flawed.handler.users
    assert "not in line yet" in caplog.text


def test_the_demo_comes_once_and_everybody_finds_it(
    flawed: Flawed, store: SqlStore, tmp_path: Path
) -> None:
    maker = store.person("ada", "2026-01-01")
    made = store.create_project("demo", "Wine", Charter(goal="Good wine"), by=maker.id)
    recording = tmp_path / "recording.tbk"
    recording.write_bytes(b"".join(export_project(store, made.id)))
    other = SqlStore.open(tmp_path / "other.sqlite")
    try:
        bring_demo(other, recording)
        [demo] = other.projects()
        assert demo.demo
        bring_demo(other, recording)
        assert len(other.projects()) == 1
        flawed.handler.users.update(root="2026-01-01T00:00:00Z", bob="2026-01-02T00:00:00Z")
        asyncio.run(meet(flawed.url, other, "root", "bob", "nobody", "p-1"))
        roles = {m.person.name: m.role for m in other.members(demo.id)}
        assert roles == {"root": "maintainer", "bob": "contributor"}
        bob = other.find_person("bob")
        assert bob is not None
        other.remove_member(demo.id, bob.id, by=None)
        asyncio.run(meet(flawed.url, other, "bob"))
        assert len(other.members(demo.id)) == 1, "who was taken out stays out"
    finally:
        other.close()


def test_a_name_passes_to_a_successor_at_once_and_no_token_with_it(
    flawed: Flawed, store: SqlStore
) -> None:
    async def story() -> None:
        identities = Identities(store, HubClient(flawed.url, "t", seconds=2))
        flawed.handler.users["dora"] = "2026-01-01T00:00:00Z"
        kept = {"name": "dora"}  # the hub's answer about a token of the first
        first = await identities.of_answer(kept, "the first's")
        flawed.handler.users["dora"] = "2026-02-02T00:00:00Z"
        successor = await identities.of_answer({"name": "dora"}, "the successor's")
        assert first is not None
        assert successor is not None
        assert successor.id != first.id
        assert await identities.of_answer(kept, "the first's") == first
        assert await identities.person_named("dora") == successor
        del flawed.handler.users["dora"]
        assert await identities.of_answer({"name": "dora"}, None) is None

    asyncio.run(story())


async def until(there: Callable[[], Any]) -> None:
    for _ in range(1000):
        if there():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("not in time")


async def meet(url: str, store: SqlStore, *names: str) -> None:
    identities = Identities(store, HubClient(url, "t", seconds=2))
    for name in names:
        await identities.person_named(name)
        await identities.person_named(name)


def test_a_missing_or_damaged_recording_only_leaves_the_demo_out(
    store: SqlStore, tmp_path: Path, caplog: Any
) -> None:
    bring_demo(store, None)
    bring_demo(store, tmp_path / "missing")
    (tmp_path / "noise").write_bytes(b"noise" * 100)
    bring_demo(store, tmp_path / "noise")
    assert store.projects() == []
    assert caplog.text.count("The demo project is missing") == 2
