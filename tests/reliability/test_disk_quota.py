"""R5: a person's disk quota is used up while they save, and then there is room again.

EDQUOT comes from the file layer, for the files of the recorder or for the notebooks.
"""

import contextlib
import errno
import json
import sqlite3
import time

import pytest

import hubs

from ..trailbook.server.processes import Process
from . import faults

LITTLE_MEMORY = 4_000
"""Of the recorder: a few small versions wait in it, and a large one only if nothing else does."""


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


def visible(folder):
    return [path for path in folder.iterdir() if path.name != ".ipynb_checkpoints"]


def is_clean(folder):
    return not [path for path in folder.iterdir() if ".~" in path.name]


def gaps(file):
    """What the history says that it lacks."""
    return rows(file, "SELECT * FROM gap")


def count_of_versions(file):
    return len(rows(file, "SELECT 1 FROM snapshot"))


def rows(file, query):
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def test_without_room_for_the_spool_notebooks_are_saved_and_history_catches_up(
    started, service, used_up, outside, rounds
):
    server = started("data/trailbook", "write,sync,rename,create")
    for n in range(rounds(2)):
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


def test_what_no_memory_holds_either_is_a_gap_that_says_how_much(
    started, service, used_up, outside
):
    server = started("data/trailbook", "write,sync,rename,create", memory_limit=LITTLE_MEMORY)
    outside.saved("a.ipynb", server.save("a.ipynb", "before"))
    until_recorded(server)
    used_up.touch()
    outside.saved("a.ipynb", server.save("a.ipynb", "this one waits"))
    for n in range(3):  # answered, though no history holds them
        raw = server.save("a.ipynb", f"too much {n}" + LITTLE_MEMORY * "x")
    said = status(server)
    assert said["dropped_events"] == 3
    assert said["last_error"]
    used_up.unlink()
    until_recorded(server)
    again = {"type": "notebook", "content": json.loads(raw)}
    server.ask("PUT", "api/contents/a.ipynb", again)
    assert (server.root / "a.ipynb").read_bytes() == raw
    outside.saved("a.ipynb", raw)
    until_recorded(server)
    server.end()
    service.stop()
    outside.hold(service.file, server.root)
    [gap] = gaps(service.file)
    assert (gap["reason"], gap["dropped_events"]) == ("disk-full", 3)
    assert gap["dropped_bytes"] > 3 * LITTLE_MEMORY


def test_without_room_for_notebooks_a_save_fails_and_costs_nothing(
    started, service, used_up, outside, rounds
):
    server = started("root", "write,sync")
    for n in range(rounds(2)):
        raw = server.save("a.ipynb", f"before {n}")
        outside.saved("a.ipynb", raw)
        used_up.touch()
        for k in range(3):
            for path in ("a.ipynb", "new.ipynb"):
                assert "quota" in server.refused(path, f"version {n}.{k}")
            assert [path.name for path in visible(server.root)] == ["a.ipynb"]
            assert (server.root / "a.ipynb").read_bytes() == raw
        assert status(server)["last_error"] is None  # the recorder has room
        used_up.unlink()
        outside.saved("a.ipynb", server.save("a.ipynb", f"after {n}"))
    until_recorded(server)
    server.end()
    service.stop()
    outside.hold(service.file, server.root)
    assert count_of_versions(service.file) == len(outside.answers("save"))
    assert gaps(service.file) == []  # the history lacks nothing
