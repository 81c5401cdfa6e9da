"""Ports: whether one is free, and which ones the hub's own parts take."""

import json
import socket
from dataclasses import replace
from pathlib import Path

from trailbook.errors import CannotStart

from .settings import Settings

INTERNAL = ("hub_port", "service_port", "proxy_port")


def is_free(ip: str, port: int) -> bool:
    """Whether somebody could listen there now."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def choose(settings: Settings) -> Settings:
    """Check the public port, and choose those between the hub's parts.

    They stay the same from start to start when they can: servers that outlived a hub go on
    talking to the port that they know.
    """
    if not is_free(settings.ip, settings.port):
        raise CannotStart(
            f"Port {settings.port} on {settings.ip} is taken by another program. Stop it, or "
            f"choose another port: trailbook hub up --port {settings.port + 10}"
        )
    noted = settings.data / "hub" / "ports.json"
    wanted = noted_ports(noted, settings.port)
    ports = {
        name: port if is_free("127.0.0.1", port) else any_free() for name, port in wanted.items()
    }
    noted.write_text(json.dumps(ports))
    return replace(settings, **ports)  # type: ignore[arg-type]  # all of them are ports


def noted_ports(noted: Path, public: int) -> dict[str, int]:
    """The ports of the last start, else those after the public one."""
    if noted.exists():
        before = json.loads(noted.read_text())
        if set(before) == set(INTERNAL):
            return {name: int(before[name]) for name in INTERNAL}
    return {name: public + 1 + place for place, name in enumerate(INTERNAL)}
