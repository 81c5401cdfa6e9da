"""`jupyterhub-singleuser` with what a hub gives it: its environment, and answers to its calls."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jupyterhub

USER = "benchmark"


class Hub(ThreadingHTTPServer):
    """What a server asks its hub while it starts: the version, and to note its activity."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub/"


class Answers(BaseHTTPRequestHandler):
    """The hub's answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps({"version": jupyterhub.__version__}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_) -> None:
        pass


class SingleUser:
    """One server as a hub starts it: with whatever is installed here, ours perhaps switched off."""

    def __init__(self, folder: Path, hub: Hub, *, extension: bool, service_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}/user/{USER}/"
        settings = folder / "jupyter" / "jupyter_server_config.d"
        settings.mkdir(parents=True)
        enabled = {"ServerApp": {"jpserver_extensions": {"trailbook": extension, "nbdime": False}}}
        (settings / "benchmark.json").write_text(json.dumps(enabled))
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub.singleuser", "--allow-root"],
            env=self._environment(folder, hub, service_url),
            cwd=folder,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def _environment(self, folder: Path, hub: Hub, service_url: str) -> dict[str, str]:
        kept = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "HOME": str(folder),
            "JUPYTER_CONFIG_PATH": str(folder / "jupyter"),
            "JUPYTERHUB_API_TOKEN": "benchmark",
            "JUPYTERHUB_API_URL": hub.url + "api",
            "JUPYTERHUB_ACTIVITY_URL": f"{hub.url}api/users/{USER}/activity",
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_HOST": "",
            "JUPYTERHUB_CLIENT_ID": f"jupyterhub-user-{USER}",
            "JUPYTERHUB_OAUTH_CALLBACK_URL": f"/user/{USER}/oauth_callback",
            "JUPYTERHUB_OAUTH_SCOPES": json.dumps([f"access:servers!server={USER}/"]),
            "JUPYTERHUB_USER": USER,
            "JUPYTERHUB_SERVER_NAME": "",
            "JUPYTERHUB_SERVICE_PREFIX": f"/user/{USER}/",
            "JUPYTERHUB_SERVICE_URL": self.url,
            "TRAILBOOK_SERVICE_URL": service_url,
        }

    def wait(self) -> "SingleUser":
        """Until it answers."""
        for _ in range(2400):
            try:
                urllib.request.urlopen(self.url + "api", timeout=10).close()  # noqa: S310
                return self
            except (OSError, urllib.error.URLError):
                assert self.process.poll() is None, Path(self.log.name).read_text()
                time.sleep(0.05)
        raise AssertionError(Path(self.log.name).read_text())

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
