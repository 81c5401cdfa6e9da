"""The data folder: what is where, and who may read it."""

import os
import secrets
from dataclasses import replace
from pathlib import Path

from trailbook.errors import CannotStart

from . import accounts
from .settings import Settings

PARTS = ("hub", "service", "homes", "projects")
SECRETS = ("service-token", "proxy-password")


def prepare(settings: Settings) -> Settings:
    """Make what is missing in the data folder, with its owners, and read the secrets."""
    data = settings.data.resolve()
    settings = replace(settings, data=data)
    data.mkdir(parents=True, exist_ok=True)
    remember_mode(settings)
    # Other accounts must pass through to their homes; nobody but root may list it.
    data.chmod(0o711 if settings.isolated else 0o700)
    for part in PARTS:
        (data / part).mkdir(exist_ok=True)
    (data / "hub" / "logs").mkdir(exist_ok=True)
    for part in ("hub", "service"):
        (data / part).chmod(0o700)
    for part in ("homes", "projects"):
        (data / part).chmod(0o711 if settings.isolated else 0o700)
    if settings.isolated:
        settings = replace(settings, service_account=accounts.prepare_service(data))
    return replace(settings, secrets={name: secret(data / "hub" / name) for name in SECRETS})


def remember_mode(settings: Settings) -> None:
    """A data folder stays in the mode that it was made in: its files belong to those accounts."""
    wanted = "isolated" if settings.isolated else "trusted"
    noted = settings.data / "mode"
    if not noted.exists():
        noted.write_text(wanted + "\n")
    found = noted.read_text().strip()
    if found != wanted:
        raise CannotStart(
            f"The data folder {settings.data} was made in {found} mode, and its files belong to "
            f"those accounts. Start it with --{found}, or choose another folder with --data."
        )


def secret(path: Path) -> str:
    """A random token that is made once and kept where only the hub can read it."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()
