"""Real hubs for tests: started as people start them, used over plain HTTP as a browser would."""

import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import requests
import websocket

GOOD_PASSWORD = "seven wet otters"  # noqa: S105 -- for hubs that live a minute
"""What people in tests choose."""

LAUNCH = [sys.executable, "-c", "from trailbook_hub.cli import hub; hub()", "up"]
"""`trailbook hub up` in this environment."""

TESTS_SCOPES = [
    "admin:users", "admin:servers", "access:servers", "access:services", "shares", "read:hub",
]  # fmt: skip


def free_port() -> int:
    """The first of four ports that nobody uses: a hub takes the ones after it for its parts.

    They lie below those that the system hands out by itself, so nobody takes them in between.
    """
    given = int(os.environ.get("TRAILBOOK_TEST_PORT", "0"))
    firsts = range(given, given + 400, 4) if given else random.sample(range(12000, 32000, 4), 50)
    return next(first for first in firsts if all(unused(first + n) for n in range(4)))


def unused(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def patience(seconds: float) -> float:
    """As many seconds as that takes on a machine that has other things to do."""
    share = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(4.0, max(1.0, share))


def until(answer: Callable[[], Any], seconds: float = 30, every: float = 0.2) -> Any:
    """The first true answer; an AssertionError when there is none in time."""
    end = time.monotonic() + patience(seconds)
    while True:
        if found := answer():
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {answer}"
        time.sleep(every)


class Visitor(requests.Session):
    """Somebody's browser: keeps cookies, follows links, fills in forms."""

    def __init__(self, hub: "RunningHub", name: str = "") -> None:
        super().__init__()
        self.hub = hub
        self.name = name
        self.headers["Sec-Fetch-Mode"] = "navigate"

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if url.startswith("/"):
            url = self.hub.url + url
        kwargs.setdefault("timeout", 60)
        return super().request(method, url, *args, **kwargs)

    def submit(self, page: requests.Response, action: str = "", **fields: str) -> requests.Response:
        """Send the form of a page, with its hidden fields."""
        forms = re.findall(r"<form[^>]*>.*?</form>", page.text, re.DOTALL)
        form = next(f for f in forms if action in f.split(">")[0])
        target = re.search(r'action="([^"]*)"', form.split(">")[0])
        hidden = {}
        for tag in re.findall(r"<input[^>]*>", form):
            attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if attributes.get("type") == "hidden":
                hidden[attributes["name"]] = unescape(attributes["value"])
        url = unescape(target.group(1)) if target else page.url
        return self.post(url, data={**hidden, **fields})

    def sign_in(self, name: str, password: str) -> requests.Response:
        """Through the login page."""
        self.name = name
        return self.submit(self.get("/hub/login"), "login", username=name, password=password)

    def set_password(self, page: requests.Response, password: str = GOOD_PASSWORD) -> None:
        """Fill in the page that a one-time password or link leads to."""
        done = self.submit(page, "set-password", password=password, again=password)
        assert "set-password" not in done.url, done.text

    def xsrf(self, path: str) -> dict[str, str]:
        """The header that a page's own script sends with a write."""
        for cookie in self.cookies:
            if cookie.name == "_xsrf" and path.startswith(cookie.path):
                token = cookie.value or ""
        return {"X-XSRFToken": token, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}

    def invite(self, name: str, **fields: str) -> str:
        """As an administrator: the link for somebody new."""
        page = self.submit(self.get("/hub/people"), "people/invite", name=name, **fields)
        found = re.search(r'value="([^"]*set-password\?token=[^"]*)"', page.text)
        assert found, page.text
        return unescape(found.group(1))

    def trail(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """The service's API, called as the reader's scripts call it."""
        self.get("/services/trailbook/")
        url = f"/services/trailbook/api/{path}"
        return self.request(method, url, headers=self.xsrf(url), **kwargs)


@dataclass
class RunningHub:
    """A hub in a process of its own."""

    url: str
    data: Path
    process: subprocess.Popen[str]
    output: Path
    token: str
    admin: str = "admin"
    passwords: dict[str, str] = field(default_factory=dict)
    visitors: list[Visitor] = field(default_factory=list)
    kernels: list["Kernel"] = field(default_factory=list)

    @property
    def initial_password(self) -> str:
        """The administrator's one-time password, while there is one."""
        return (self.data / "initial-password").read_text().strip()

    def visitor(self) -> Visitor:
        """A browser without a cookie."""
        self.visitors.append(Visitor(self))
        return self.visitors[-1]

    def sign_in(self, name: str) -> Visitor:
        """Somebody of this hub, made if need be, with a browser that is signed in."""
        browser = self.visitor()
        if name in self.passwords:
            browser.sign_in(name, self.passwords[name])
        elif name == self.admin:
            browser.set_password(browser.sign_in(name, self.initial_password))
        else:
            browser.name = name
            browser.set_password(browser.get(self.sign_in(self.admin).invite(name)))
        self.passwords.setdefault(name, GOOD_PASSWORD)
        return browser

    def api(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """The hub's REST API, or a server's, with an administrator's token."""
        headers = {"Authorization": f"token {self.token}"}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **kwargs)

    def consenting(self, name: str) -> Visitor:
        """Somebody who has read what is recorded."""
        browser = self.sign_in(name)
        answer = browser.trail("PUT", "me/consent")
        assert answer.ok, answer.text
        return browser

    def project(self, slug: str, **members: str) -> str:
        """A project that the administrator begins, with members and their roles; its account."""
        admin = self.consenting(self.admin)
        made = admin.trail("POST", "projects", json={"name": slug.title(), "slug": slug})
        assert made.status_code == 201, made.text
        for name, role in members.items():
            self.consenting(name)
            put = admin.trail("PUT", f"projects/{slug}/members/{name}", json={"role": role})
            assert put.ok, put.text
        mounts = f"{self.url}/services/trailbook/api/servers/{self.admin}/mounts"
        token = (self.data / "hub" / "service-token").read_text()
        answer = requests.get(mounts, headers={"Authorization": f"token {token}"}, timeout=30)
        account = next(folder["account"] for folder in answer.json() if folder["project"] == slug)
        until(lambda: len(self.shares(account)) >= sum(r != "viewer" for r in members.values()))
        return str(account)

    def shares(self, account: str) -> set[str]:
        """Who may open a project's server."""
        answer = self.api("GET", f"/hub/api/shares/{account}")
        if not answer.ok:
            return set()
        return {item["user"]["name"] for item in answer.json()["items"]}

    def server(self, name: str) -> dict[str, Any] | None:
        """What the hub says of somebody's server, when it is up."""
        found = self.api("GET", f"/hub/api/users/{name}").json().get("servers", {}).get("")
        return found if found and found["ready"] else None

    def start_server(self, name: str, seconds: float = 60) -> None:
        """Start somebody's server and wait until it is up."""
        answer = self.api("POST", f"/hub/api/users/{name}/server")
        assert answer.status_code in {201, 202}, answer.text
        until(lambda: self.server(name), seconds)

    def stop_server(self, name: str, seconds: float = 30) -> None:
        """Stop somebody's server and wait until it is gone."""
        self.api("DELETE", f"/hub/api/users/{name}/server")
        until(lambda: not self.api("GET", f"/hub/api/users/{name}").json().get("servers"), seconds)

    def kernel(self, name: str, spec: str = "python3") -> "Kernel":
        """A kernel in somebody's server."""
        started = self.api("POST", f"/user/{name}/api/kernels", json={"name": spec})
        assert started.status_code == 201, started.text
        self.kernels.append(Kernel(self, name, started.json()["id"]))
        return self.kernels[-1]

    def said(self) -> str:
        """What it printed."""
        return self.output.read_text()

    def stop(self, seconds: float = 60) -> int:
        """As Ctrl-C does."""
        for opened in (*self.visitors, *self.kernels):
            opened.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """As a power failure would, for the hub's own process."""
        self.process.kill()
        self.process.wait()


class Kernel:
    """A kernel of somebody's server, spoken to over its websocket."""

    def __init__(self, hub: RunningHub, name: str, kernel_id: str) -> None:
        self.id = kernel_id
        self.path = f"/user/{name}/api/kernels/{kernel_id}"
        url = hub.url.replace("http", "ws", 1) + self.path + "/channels"
        self.socket = websocket.create_connection(
            url, header=[f"Authorization: token {hub.token}"], timeout=60
        )

    def start(self, code: str) -> str:
        """Send code; do not wait."""
        message = secrets.token_hex(8)
        header = {"msg_id": message, "msg_type": "execute_request", "session": "tests",
                  "username": "", "version": "5.3", "date": ""}  # fmt: skip
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        self.socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                                     "content": content, "channel": "shell"}))  # fmt: skip
        return message

    def run(self, code: str) -> str:
        """What the code prints, its error included."""
        message, printed = self.start(code), []
        while True:
            got = json.loads(self.socket.recv())
            if got["parent_header"].get("msg_id") != message:
                continue
            content = got["content"]
            if got["msg_type"] == "stream":
                printed.append(content["text"])
            elif got["msg_type"] == "error":
                printed.append(f"{content['ename']}: {content['evalue']}")
            elif got["msg_type"] == "status" and content["execution_state"] == "idle":
                return "".join(printed)

    def close(self) -> None:
        """Close the tab; the kernel stays."""
        self.socket.close()


def start_hub(
    folder: Path,
    *,
    port: int | None = None,
    options: Sequence[str] = ("--no-demo",),
    config: str = "",
    environment: dict[str, str] | None = None,
    seconds: float = 90,
) -> RunningHub:
    """Start `trailbook hub up` on `folder`/data and wait until it is ready.

    `config` is more JupyterHub configuration. As root it is a trusted hub unless `options` say
    otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token_file = folder / "tests-token"
    if not token_file.exists():
        token_file.write_text(secrets.token_hex(16))
    token, port = token_file.read_text(), port or free_port()
    config_file = folder / "tests_config.py"
    config_file.write_text(
        f"c.JupyterHub.services = [{{'name': 'tests', 'api_token': {token!r}}}]\n"
        f"c.JupyterHub.load_roles = [{{'name': 'tests', 'services': ['tests'],"
        f" 'scopes': {TESTS_SCOPES!r}}}]\n" + config
    )
    if not {"--isolated", "--trusted"} & set(options):
        options = ["--trusted", *options]
    command = [*LAUNCH, "--data", str(folder / "data")]
    command += ["--port", str(port), "--config", str(config_file), *options]
    output = folder / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, text=True, start_new_session=True,
            env={**os.environ, "PYTHONWARNINGS": "default", **(environment or {})},
        )  # fmt: skip
    hub = RunningHub(f"http://127.0.0.1:{port}", folder / "data", process, output, token)
    try:
        until(lambda: "Ready" in hub.said() or process.poll() is not None, seconds)
        assert process.poll() is None, hub.said()
    except AssertionError:
        hub.stop()
        raise
    return hub
