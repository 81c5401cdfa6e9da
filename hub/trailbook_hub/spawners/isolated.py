"""Servers as processes of this machine, each person and each project under an OS account."""

import os
from collections.abc import Callable
from pathlib import Path

from jupyterhub.spawner import set_user_setuid

from trailbook.store.views import FolderView

from .. import accounts, names
from .local import LocalSpawner

RUNTIME = Path("/run/trailbook")
"""Connection files and sockets of kernels; a socket's path must be short."""


class IsolatedSpawner(LocalSpawner):
    """A server whose kernels can read their own home and their own projects, and no more."""

    @property
    def account(self) -> str:
        """The OS account of this server."""
        return names.os_account(self.user.name, self.user.created)

    @property
    def runtime(self) -> Path:
        """Where this account's kernels can be reached."""
        return RUNTIME / self.account

    def make_folders(self, folders: list[FolderView]) -> None:
        """Accounts, their homes, and the projects' folders with their groups."""
        data = Path(self.data)
        projects = {folder.account for folder in folders}
        if self.is_project:
            projects.add(self.user.name)
        for name in sorted(projects):
            account = accounts.Account(names.os_account(name, None), "project", name)
            accounts.ensure(data, account, data / "homes" / names.home_folder(name, None))
            accounts.share(self.project_folder(name), account.name)
        if not self.is_project:
            own = accounts.Account(self.account, "person", self.user.name)
            groups = [names.os_account(name, None) for name in sorted(projects)]
            accounts.ensure(data, own, self.home, groups)
        RUNTIME.mkdir(mode=0o711, exist_ok=True)
        accounts.give(self.runtime, self.account, 0o700)
        accounts.give(self.home, self.account, 0o700)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Become the account, with the groups of its projects."""
        become = set_user_setuid(self.account, chdir=False)
        root = self.root

        def preexec() -> None:
            become()
            os.umask(0o027)
            os.chdir(root)

        return preexec

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """As on every local server, under the account's own name."""
        env = super().user_env(env)
        env.update(USER=self.account, SHELL="/bin/bash", JUPYTER_RUNTIME_DIR=str(self.runtime))
        return env

    def get_args(self) -> list[str]:
        """Kernels listen on sockets in a closed folder: loopback ports are open to everybody."""
        given = [argument for argument in super().get_args() if argument != "--allow-root"]
        return ["--KernelManager.transport=ipc", *given]
