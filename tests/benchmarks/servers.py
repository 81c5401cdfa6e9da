"""Real Jupyter servers for the benchmarks: stock ones, and ones that record into a service."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import msgspec

from trailbook.store.records import Batch, Mount, Receipt, Registered, Wanted

TOKEN = "benchmark"  # noqa: S105


def scratch() -> str:
    """Where files are written: a real disk, not a memory one."""
    return os.environ.get("TRAILBOOK_BENCH_FOLDER", str(Path(__file__).parent))


def body(notebook: dict) -> bytes:
    """A notebook as a browser sends it."""
    return json.dumps({"type": "notebook", "format": "json", "content": notebook}).encode()


class Service(ThreadingHTTPServer):
    """Takes everything at once and forgets it; `delay` makes it slow."""

    daemon_threads = True

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.delay = delay
        self.acknowledged = 0
        self.registered = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address) -> None:
        """A recorder that hangs up is no news."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """The recorder's three questions."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay)
        if self.path.endswith("writers"):
            self.server.registered += 1
            mounts = [Mount(prefix="", space="s", key=b"k" * 32)]
            answer = Registered(
                writer="w",
                acknowledged=self.server.acknowledged,
                owner="a",
                shared=False,
                mounts=mounts,
            )
        elif self.path.endswith("missing"):
            answer = msgspec.msgpack.decode(sent, type=Wanted).ids
        else:
            batch = msgspec.msgpack.decode(sent, type=Batch)
            self.server.acknowledged = batch.events[-1].sequence
            answer = Receipt(self.server.acknowledged)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_packed(answer)

    def send_packed(self, answer) -> None:
        """Answer in MessagePack."""
        packed = msgspec.msgpack.encode(answer)
        self.send_response(200)
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_) -> None:
        pass


class Server:
    """One Jupyter server in a process of its own."""

    def __init__(self, folder: Path, *, extension: bool, service_url: str = "", options=()) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.root = folder / "root"
        self.root.mkdir(parents=True)
        environment = {
            **os.environ,
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
            "TRAILBOOK_SERVICE_URL": service_url,
        }
        extensions = json.dumps({"trailbook": extension, "jupyter_server_terminals": False})
        (folder / "config").mkdir()
        config = {
            "ServerApp": {
                "jpserver_extensions": json.loads(extensions),
                "open_browser": False,
                "port": self.port,
                "ip": "127.0.0.1",
                "root_dir": str(self.root),
                "disable_check_xsrf": True,
            },
            "IdentityProvider": {"token": TOKEN},
        }
        (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
        command = [sys.executable, "-m", "jupyter_server", "--allow-root", *options]
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=self.log, stderr=subprocess.STDOUT
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def wait(self) -> "Server":
        """Until it answers."""
        for _ in range(2400):
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.ask("GET", "api/status")
                return self
            self.connection.close()
            time.sleep(0.05)
        raise AssertionError("the server does not start")

    def ask(self, method: str, path: str, content: bytes | None = None) -> bytes:
        """One request on a kept connection."""
        headers = {"Authorization": f"token {TOKEN}"}
        self.connection.request(method, f"/{quote(path)}", content, headers)
        answer = self.connection.getresponse()
        read = answer.read()
        if answer.status >= 400:
            raise AssertionError((answer.status, read))
        return read

    def put(self, path: str, content: bytes) -> None:
        """Save a notebook."""
        self.ask("PUT", f"api/contents/{path}", content)

    def stop(self) -> None:
        """End it."""
        self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


@contextlib.contextmanager
def running(**kinds: dict) -> Iterator[dict[str, Server]]:
    """Servers by name, all up."""
    with tempfile.TemporaryDirectory(dir=scratch(), ignore_cleanup_errors=True) as folder:
        made = {name: Server(Path(folder) / name, **kind) for name, kind in kinds.items()}
        try:
            for server in made.values():
                server.wait()
            yield made
        finally:
            for server in made.values():
                server.stop()


@contextlib.contextmanager
def pair() -> Iterator[tuple[Server, Server]]:
    """A stock server, and one that records into a service that is up."""
    service = Service()
    kinds = {
        "stock": {"extension": False},
        "ours": {"extension": True, "service_url": service.url},
    }
    with running(**kinds) as made:
        yield made["stock"], made["ours"]
    service.shutdown()
