"""Ports of the hub and its parts."""

import socket
from pathlib import Path

import pytest

import hubs
from trailbook.errors import CannotStart
from trailbook_hub import Settings, ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "hub").mkdir()
    return Settings(data=tmp_path, port=hubs.free_port())


def internal(settings: Settings) -> list[int]:
    return [settings.hub_port, settings.service_port, settings.proxy_port]


def test_parts_take_the_ports_after_the_public_one(settings: Settings) -> None:
    assert internal(ports.choose(settings)) == [settings.port + n for n in (1, 2, 3)]


def test_a_part_moves_away_from_a_port_that_is_taken_and_stays_there(settings: Settings) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", settings.port + 2))
        other.listen()
        first = ports.choose(settings)
        assert first.service_port != settings.port + 2
        assert first.hub_port == settings.port + 1
    assert internal(ports.choose(settings)) == internal(first)


def test_the_public_port_does_not_move(settings: Settings) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", settings.port))
        other.listen()
        with pytest.raises(CannotStart, match=f"Port {settings.port} on 127.0.0.1 is taken"):
            ports.choose(settings)
