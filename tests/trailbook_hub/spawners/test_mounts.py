"""The service's answer on folders, and what is done without it."""

import asyncio
import http.server
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbook.store.views import FolderView
from trailbook_hub.spawners import mounts

ANSWER = b'[{"prefix": "projects/churn", "project": "churn", "account": "p-1"}]'
FOLDER = FolderView(prefix="projects/churn", project="churn", account="p-1")


class Service(http.server.BaseHTTPRequestHandler):
    """A service that answers what the test says."""

    answer = ANSWER

    def do_GET(self) -> None:
        wanted = "/services/trailbook/api/servers/alice%40here/mounts"
        right = self.path == wanted and self.headers["Authorization"] == "token t0ken"
        self.send_response(200 if right else 404)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    Service.answer = ANSWER
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/services/trailbook/"
        server.shutdown()
        thread.join()


def ask(service: str, hub: Path) -> list[FolderView]:
    log = logging.getLogger("test")
    return asyncio.run(
        mounts.folders_of("alice@here", service_url=service, token="t0ken", hub=hub, log=log)  # noqa: S106
    )


def test_the_service_says_which_folders_a_server_gets(service: str, tmp_path: Path) -> None:
    assert ask(service, tmp_path) == [FOLDER]


def test_without_the_service_its_last_answer_holds(service: str, tmp_path: Path) -> None:
    ask(service, tmp_path)
    assert ask("http://127.0.0.1:9/services/trailbook/", tmp_path) == [FOLDER]
    Service.answer = b"<html>not an answer</html>"
    assert ask(service, tmp_path) == [FOLDER]


def test_without_any_answer_a_server_starts_without_projects(tmp_path: Path) -> None:
    assert ask("http://127.0.0.1:9/services/trailbook/", tmp_path) == []


def test_somebody_who_left_every_project_gets_none_later_either(
    service: str, tmp_path: Path
) -> None:
    ask(service, tmp_path)
    Service.answer = b"[]"
    assert ask(service, tmp_path) == []
    assert ask("http://127.0.0.1:9/services/trailbook/", tmp_path) == []
