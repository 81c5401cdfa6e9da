"""The real service in a process of its own, behind a hub that says only who asks."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from hubs import free_port
from trailbook.api.me import CONSENT
from trailbook.store.sql import SqlStore

CREATED = "2024-01-01T00:00:00.000000Z"
PREFIX = "/services/trailbook/"


class SmallHub(ThreadingHTTPServer):
    """Believes that a token is the name of whoever holds it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub/api"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        place = self.path.partition("?")[0].removeprefix("/hub/api")
        token = self.headers.get("Authorization", "").removeprefix("token ")
        if place == "/user":
            self._say(user(token))
        elif place.startswith("/users/"):
            self._say(user(unquote(place.removeprefix("/users/"))))
        else:
            self._say({"items": [], "_pagination": {"next": None}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._say({})

    do_PATCH = do_DELETE = do_POST  # noqa: N815

    def _say(self, body: object) -> None:
        packed = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def user(name: str) -> dict[str, object]:
    """What a hub says of somebody."""
    return {
        "name": name,
        "kind": "user",
        "admin": False,
        "created": CREATED,
        "groups": [],
        "scopes": ["access:services!service=trailbook"],
        "session_id": None,
    }


class ServiceProcess:
    """`python -m trailbook_hub.service`, which can be killed and started again."""

    def __init__(
        self, data: Path, hub: SmallHub, environment: dict[str, str] | None = None
    ) -> None:
        self.data = data
        self.port = free_port()
        self.environment = {
            **os.environ,
            "JUPYTERHUB_API_TOKEN": "service",
            "JUPYTERHUB_API_URL": hub.url,
            "JUPYTERHUB_CLIENT_ID": "service-trailbook",
            "JUPYTERHUB_SERVICE_NAME": "trailbook",
            "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port}",
            "JUPYTERHUB_OAUTH_SCOPES": '["access:services!service=trailbook"]',
            "TRAILBOOK_DATA": str(data),
            "TRAILBOOK_DEMO": "0",
            **(environment or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    @property
    def file(self) -> Path:
        return self.data / "trailbook.sqlite"

    def welcome(self, *names: str) -> "ServiceProcess":
        """These people have read what is recorded; before the service runs."""
        self.data.mkdir(parents=True, exist_ok=True)
        store = SqlStore.open(self.file)
        for name in names:
            store.consent(store.person(name, CREATED, name).id, CONSENT)
        store.close()
        return self

    def start(self, *command: str, wait: bool = True) -> "ServiceProcess":
        with (self.data / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, sys.executable, "-m", "trailbook_hub.service"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if wait:
            self.wait()
        return self

    def wait(self, seconds: float = 60) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            time.sleep(0.02)
        raise AssertionError(self.said())

    def said(self) -> str:
        return (self.data / "service.log").read_text()

    def kill(self) -> None:
        """As a power failure would, for this process."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As the hub does."""
        self._end(signal.SIGTERM)

    def _end(self, how: int) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(how)
            try:
                self.process.wait(30)
            finally:
                self.process = None
