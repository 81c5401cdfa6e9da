"""Servers as processes of this machine, all of them under the account that runs the hub."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import List, Unicode

from trailbook.store.views import FolderView

from .. import demonstration, names, roles
from ..profiles import chosen
from ..programs import search_path
from ..settings import Settings
from . import links, mounts, processes

SPAWNER = "trailbook_hub.spawners.local.LocalSpawner"
ISOLATED = "trailbook_hub.spawners.isolated.IsolatedSpawner"


SERVER_SETTINGS = Path(__file__).parent.parent / "jupyter"
"""For every server: no calls for news, and nbdime's own extension off, which reads any path."""


def configure(c: Any, settings: Settings) -> None:
    """Start servers on this machine."""
    c.JupyterHub.spawner_class = ISOLATED if settings.isolated else SPAWNER
    c.LocalSpawner.data = str(settings.data)
    c.LocalSpawner.service_url = settings.service_url
    c.LocalSpawner.profiles = list(settings.profiles)


class LocalSpawner(LocalProcessSpawner):  # type: ignore[misc]  # JupyterHub has no types
    """A server in its person's home, or in its project's folder."""

    data = Unicode("data", help="The data folder: homes and projects are in it.").tag(config=True)
    service_url = Unicode(help="Where servers reach Trailbook's service, without the proxy.").tag(
        config=True
    )
    profiles: Any = List(
        help="What people may start (`Profile`); sizes are noted and not enforced on this backend."
    ).tag(config=True)

    process_started = ""
    adopted = False
    preparing = False

    @property
    def is_project(self) -> bool:
        """Whether this is a project's server, which its members use together."""
        return names.is_project(self.user.name)

    @property
    def home(self) -> Path:
        """The home of the account: settings, caches, the spool."""
        return Path(self.data) / "homes" / names.home_folder(self.user.name, self.user.created)

    @property
    def root(self) -> Path:
        """The folder that the server shows: a project's server shows the project's."""
        return self.project_folder(self.user.name) if self.is_project else self.home

    def project_folder(self, project_account: str) -> Path:
        """The shared folder of a project."""
        return Path(self.data) / "projects" / project_account

    async def start(self) -> Any:
        """Make the folders and links that the server needs, and start it."""
        self.preparing = True
        try:
            folders = await self.shared_folders()
            await asyncio.to_thread(self.prepare, folders)
        finally:
            self.preparing = False
        self.notebook_dir = str(self.root)
        log = self.open_log()
        try:
            self.popen_kwargs.update(stdout=log, stderr=log)
            address = await super().start()
        finally:
            os.close(log)
        self.process_started = processes.started(self.pid)
        return address

    def open_log(self) -> int:
        """What the server prints, kept with the hub's logs; the server itself cannot read it."""
        log = Path(self.data) / "hub" / "logs" / f"{self.home.name}.log"
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)

    async def shared_folders(self) -> list[FolderView]:
        """The projects' folders that this person's own server gets."""
        service = self.user.settings["services"].get(roles.SERVICE)
        if self.is_project or service is None:
            return []
        folders = await mounts.folders_of(
            self.user.name,
            service_url=self.service_url,
            token=service.api_token,
            hub=Path(self.data) / "hub",
            log=self.log,
        )
        return [folder for folder in folders if folder.role != "viewer"]

    def prepare(self, folders: list[FolderView]) -> None:
        """Folders first, then links to them."""
        accounts = {folder.account for folder in folders}
        accounts |= {self.user.name} if self.is_project else set()
        new = [name for name in accounts if not self.project_folder(name).exists()]
        self.make_folders(folders)
        for name in new:
            if demonstration.is_demo(name, Path(self.data)):
                demonstration.fill(self.project_folder(name))
        if self.is_project:
            return
        wanted = {
            folder.prefix.removeprefix("projects/"): self.project_folder(folder.account)
            for folder in folders
        }
        for name in links.link_projects(self.home, wanted, Path(self.data) / "projects"):
            self.log.warning("%s has something else at projects/%s", self.user.name, name)

    def make_folders(self, folders: list[FolderView]) -> None:
        """The home and the projects' folders, as far as they are missing."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        shared = [self.root] if self.is_project else []
        for folder in [*shared, *(self.project_folder(f.account) for f in folders)]:
            folder.mkdir(mode=0o700, exist_ok=True)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """What the new process does first."""
        root = self.root

        def preexec() -> None:
            os.umask(0o077)
            os.chdir(root)

        return preexec

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """The environment: the account's own home, and what the recorder needs."""
        profile = chosen(tuple(self.profiles), self.user_options)
        env.update(
            HOME=str(self.home),
            PATH=search_path(),
            SHELL=os.environ.get("SHELL", "/bin/sh"),
            USER=self.user.name,
            JUPYTER_CONFIG_PATH=str(SERVER_SETTINGS),
            TRAILBOOK_SERVICE_URL=self.service_url,
            TRAILBOOK_ENVIRONMENT=profile.environment,
            TRAILBOOK_SIZE=profile.size,
        )
        return env

    def get_args(self) -> list[str]:
        """The arguments of `jupyterhub-singleuser`; never a secret, for anybody may list them."""
        ours = [
            # A visitor whose share was taken away is asked about again after this long.
            "--HubOAuth.cache_max_age=30",
            f"--YDocExtension.disable_rtc={not self.is_project}",
            # Real-time collaboration keeps what is not the project's beside the other state.
            f"--SQLiteYStore.db_path={self.home / '.jupyter_ystore.db'}",
            f"--YDocExtension.session_store_path={self.home / '.collaboration_sessions.json'}",
        ]
        if os.geteuid() == 0:
            ours.append("--allow-root")
        return [*ours, *super().get_args()]

    def get_state(self) -> dict[str, Any]:
        """What the next hub needs to know this server again."""
        state: dict[str, Any] = super().get_state()
        if self.pid:
            state["started"] = self.process_started
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """A server that an earlier hub started."""
        super().load_state(state)
        self.process_started = state.get("started", "")
        self.adopted = bool(self.pid)

    async def poll(self) -> int | None:
        """None while the server runs; one from an earlier hub must still be the same, and listen.

        Without this a dead server kept the next start waiting until its connection timed out:
        its process id may belong to somebody else by now, or to nobody who reaps it.
        """
        if self.preparing:
            return None
        if self.proc is None and self.pid and processes.started(self.pid) != self.process_started:
            self.clear_state()
        elif self.adopted and self.pid and not await asyncio.to_thread(self.listens):
            self.log.warning("%s runs and does not listen; ending it", self._log_name)
            await self._signal(signal.SIGKILL)
            self.clear_state()
        self.adopted = False
        status: int | None = await super().poll()
        return status

    def listens(self) -> bool:
        """Whether somebody accepts connections where the server should be."""
        if self.server is None:
            return False
        try:
            socket.create_connection((self.server.ip or "127.0.0.1", self.server.port), 2).close()
        except OSError:
            return False
        return True
