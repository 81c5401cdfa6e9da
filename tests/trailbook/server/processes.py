"""A Jupyter server in a process of its own, as a person starts it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat.v4
import pytest
from tornado.websocket import websocket_connect

from hubs import free_port


class Process:
    """A Jupyter server as a person starts it."""

    def __init__(self, folder, environment=(), config=(), server=()):
        self.port = free_port()
        self.root = folder / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        (folder / "config").mkdir(exist_ok=True)
        settings = {
            "ServerApp": {
                # nbdime's own extension would import nbdime
                "jpserver_extensions": {"trailbook": True, "nbdime": False},
                "open_browser": False,
                "disable_check_xsrf": True,
                "root_dir": str(self.root),
                "port": self.port,
                "port_retries": 0,
                **dict(server),
            },
            "IdentityProvider": {"token": "t"},
            "TrailbookApp": {"start_delay": 0.0, **dict(config)},
        }
        (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(settings))
        names = ("data", "config", "runtime")
        self.environment = {
            **os.environ,
            **{f"JUPYTER_{name.upper()}_DIR": str(folder / name) for name in names},
            "IPYTHONDIR": str(folder / "ipython"),
            **dict(environment),
        }
        self.spool = folder / "data" / "trailbook" / "spool"
        self.log = (folder / "log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--allow-root"],
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        for _ in range(1200):
            with contextlib.suppress(OSError):
                self.ask("GET", "api/status")
                return
            assert self.process.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        self.close()
        raise AssertionError((folder / "log").read_text())

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token t"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            read = answer.read()
        return json.loads(read) if read else None

    def save(self, path, source):
        content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        self.ask("PUT", f"api/contents/{path}", {"type": "notebook", "content": content})
        return (self.root / path).read_bytes()

    def refused(self, path, source):
        """What the server says to a save that it cannot write."""
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.save(path, source)
        with refused.value as answer:
            assert answer.code == 500
            return answer.read().decode()

    async def run(self, code):
        body = {"path": "a.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        session = await asyncio.to_thread(self.ask, "POST", "api/sessions", body)
        kernel = session["kernel"]["id"]
        url = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token=t"
        socket_ = await websocket_connect(url)
        header = {"msg_id": "m1", "msg_type": "execute_request", "session": "s", "version": "5.3"}
        message = {
            "channel": "shell",
            "header": {**header, "username": "", "date": "2026-01-01T00:00:00Z"},
            "parent_header": {},
            "metadata": {"cellId": "c1", "deletedCells": []},
            "content": {"code": code, "silent": False},
        }
        await socket_.write_message(json.dumps(message))
        return socket_

    def end(self, how=signal.SIGTERM, timeout=20):
        before = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(timeout)
        return time.monotonic() - before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
