"""Signing in with a password that an administrator invited somebody to set."""

import asyncio
import os
import re
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Bool, Instance, Integer, Unicode, default

from . import authorize, names, people, signin
from .passwords import Passwords, PasswordToChange
from .throttle import Throttle, Throttled

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
FIRST_PASSWORD_SECONDS = 15 * 60


class PasswordAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Passwords hashed with Argon2 in a file of the hub's, set through one-time links."""

    allow_all = Bool(True, help="Everybody with a password may sign in.").tag(config=True)
    data = Unicode(
        "data", help="The data folder; passwords are in hub/passwords.sqlite in it."
    ).tag(config=True)
    first_admin = Unicode(
        "admin", help="The name of the administrator made at the first start."
    ).tag(config=True)
    link_hours = Integer(72, help="Hours for which an invitation or a reset link can be used.").tag(
        config=True
    )

    passwords = Instance(Passwords)
    throttle = Instance(Throttle, ())
    pool = Instance(ThreadPoolExecutor)

    @default("passwords")
    def _open_passwords(self) -> Passwords:
        return Passwords(Path(self.data) / "hub" / "passwords.sqlite")

    @default("pool")
    def _start_pool(self) -> ThreadPoolExecutor:
        # Hashing is meant to be slow: off the hub's loop, and never on every core at once.
        return ThreadPoolExecutor(2, thread_name_prefix="password")

    def normalize_username(self, username: str) -> str:
        """One name for however it was typed."""
        plain = unicodedata.normalize("NFKC", username).strip()
        return str(super().normalize_username(plain))

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:
        """The pages for signing in, for passwords, and for inviting people; and who stays out."""
        self.make_first_admin()
        return [*signin.HANDLERS, *people.HANDLERS, *authorize.HANDLERS]

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:
        """The person, if name and password are right."""
        name = self.normalize_username(data.get("username", ""))
        address = handler.request.remote_ip or ""
        if seconds := self.throttle.wait(name, address):
            raise Throttled(seconds)
        self.throttle.began(name, address)
        verdict = await self.off_loop(self.passwords.verify, name, data.get("password", ""))
        if verdict == "wrong" or names.is_projects_alone(name):
            return None
        self.throttle.succeeded(name, address)
        if verdict == "one-time":
            raise PasswordToChange(self.invite(name, admin=True, seconds=FIRST_PASSWORD_SECONDS))
        return {"name": name}

    async def off_loop(self, work: Any, *arguments: Any) -> Any:
        """The answer of slow work, done on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)

    def delete_user(self, user: Any) -> None:
        """Whoever is deleted at the hub has no password any more."""
        super().delete_user(user)
        self.passwords.forget(user.name)

    def may_be_a_person(self, name: str) -> bool:
        """Whether a person may have this name here."""
        return bool(NAME.fullmatch(name)) and not names.is_projects_alone(name)

    def invite(self, name: str, *, admin: bool = False, seconds: float | None = None) -> str:
        """The token of a one-time link with which this person sets a password."""
        return self.passwords.invite(name, admin=admin, seconds=seconds or self.link_hours * 3600)

    @property
    def first_password_file(self) -> Path:
        """Where the first administrator's one-time password is, until it was used."""
        return Path(self.data) / "initial-password"

    def make_first_admin(self) -> None:
        """At the first start: an administrator with a random password that works once."""
        if not self.passwords.is_empty():
            return
        password = secrets.token_urlsafe(12)
        path = self.first_password_file
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password + "\n")
        self.passwords.set(self.first_admin, password, one_time=True)

    async def password_was_set(self, name: str) -> None:
        """The file with the one-time password has done its work."""
        if name == self.first_admin:
            self.first_password_file.unlink(missing_ok=True)
