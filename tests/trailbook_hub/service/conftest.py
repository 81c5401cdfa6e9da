"""A hub whose tests may make tokens, and the service as each visitor reaches it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

import hubs

PREFIX = "/services/trailbook/"

MORE_SCOPES = (
    "c.JupyterHub.load_roles.append({'name': 'tests-tokens', 'services': ['tests'],"
    " 'scopes': ['tokens']})\n"
)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    running = hubs.start_hub(tmp_path_factory.mktemp("hub"), config=MORE_SCOPES)
    yield running
    assert running.stop() == 0, running.said()


class Reader:
    """Somebody's way to the service: by a browser's cookies, or by a token."""

    def __init__(self, hub: hubs.RunningHub, session: requests.Session, headers: Any) -> None:
        self.hub = hub
        self.session = session
        self.headers = headers

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.session.request(
            method,
            self.hub.url + PREFIX + path,
            json=body,
            headers={**self.headers, **headers},
            allow_redirects=False,
            timeout=60,
        )

    def get(self, path: str) -> Any:
        answer = self.ask("GET", f"api/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def browsers(hub: hubs.RunningHub) -> Any:
    known: dict[str, Reader] = {}

    def browser(name: str) -> Reader:
        if name not in known:
            visitor = hub.sign_in(name)
            page = visitor.get(PREFIX)
            assert page.status_code == 200, page.text
            visitor.get(f"{PREFIX}projects/new")
            known[name] = Reader(hub, visitor, visitor.xsrf(PREFIX))
        return known[name]

    return browser


@pytest.fixture(scope="module")
def servers(hub: hubs.RunningHub) -> Any:
    """The token that somebody's server would hold."""

    def server(name: str) -> Reader:
        made = hub.api(
            "POST",
            f"/hub/api/users/{name}/tokens",
            json={"scopes": ["access:services!service=trailbook"]},
        )
        assert made.status_code == 201, made.text
        return Reader(hub, requests.Session(), {"Authorization": f"token {made.json()['token']}"})

    return server
