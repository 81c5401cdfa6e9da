"""R5: a person's disk quota is used up while they save, and then there is room again.

EDQUOT comes from the file layer, for the recorder's files alone.
"""

import errno
import time

import pytest

import hubs

from ..trailbook.server.processes import Process
from . import faults


@pytest.fixture
def used_up(tmp_path):
    """The quota is used up while this file is there."""
    return tmp_path / "used-up"


@pytest.fixture
def started(tmp_path, service, used_up):
    """Start a server that has no room below a folder of its home while `used_up` is there."""
    service.start()
    home = tmp_path / "home"
    home.mkdir()
    servers = []

    def start(under, calls, **config):
        layer = faults.environment(
            home / under, calls=calls, how=errno.EDQUOT, sticky=True, during=used_up
        )
        told = {"TRAILBOOK_SERVICE_URL": service.url, "JUPYTERHUB_API_TOKEN": "ada"}
        servers.append(Process(home, {**layer, **told}, config))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def status(server):
    return server.ask("GET", "trailbook/status")


def until(server, what):
    end = time.monotonic() + hubs.patience(60)
    while not what(status(server)):
        assert time.monotonic() < end, status(server)
        time.sleep(0.05)


def until_recorded(server):
    until(server, lambda said: said["state"] == "recorded")


def is_clean(folder):
    return not [path for path in folder.iterdir() if ".~" in path.name]


def test_without_room_for_the_spool_notebooks_are_saved_and_history_catches_up(
    started, service, used_up, outside, rounds
):
    server = started("data/trailbook", "write,sync,rename,create")
    for n in range(rounds(1)):
        outside.saved("a.ipynb", server.save("a.ipynb", f"before {n}"))
        until_recorded(server)
        used_up.touch()
        for k in range(4):
            outside.saved("a.ipynb", server.save("a.ipynb", f"version {n}.{k}"))
        said = status(server)
        assert (said["state"], said["pending_events"]) == ("pending", 4)
        assert "quota" in said["last_error"].lower()
        assert is_clean(server.root)
        used_up.unlink()
        until_recorded(server)
        assert status(server)["last_error"] is None
        assert is_clean(server.root)
    assert status(server)["dropped_events"] == 0
    server.end()
    service.stop()
    outside.hold(service.file, server.root)
