"""Trusted or isolated: which mode a workspace on this machine takes, and why."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from trailbook.errors import CannotStart

from . import accounts


@dataclass(frozen=True)
class Mode:
    """How the local backend keeps people apart, with the reason as a sentence."""

    isolated: bool
    reason: str

    @property
    def name(self) -> str:
        """The word for people."""
        return "isolated" if self.isolated else "trusted"


def choose(asked: bool | None, data: Path) -> Mode:
    """The mode that was asked for, else the safest one that works here."""
    obstacles = accounts.obstacles(data) if asked is not False else []
    if asked and obstacles:
        raise CannotStart("Isolated mode is not possible here. " + " ".join(obstacles))
    if asked is False:
        return Mode(False, "You asked for it: all servers run under one account.")
    if obstacles:
        shared = "All servers run under one account."
        return Mode(False, f"{' '.join(obstacles)} {shared}")
    return Mode(True, "Root can give each person and each project an account of its own.")


def check_address(ip: str, mode: Mode, understood: bool) -> None:
    """Refuse to open a trusted workspace to other machines unless the risk was named."""
    if mode.isolated or understood or is_loopback(ip):
        return
    raise CannotStart(
        f"In trusted mode everyone who can run code here can read everything, so {ip} is refused: "
        "other machines could reach it. Say --i-understand-everyone-shares-one-account to do it "
        "all the same, or start it as root in isolated mode."
    )


def is_loopback(ip: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def usual_data_folder() -> Path:
    """Where a workspace keeps its data when nothing is said."""
    if os.geteuid() == 0:
        return Path("/var/lib/trailbook")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "trailbook"
