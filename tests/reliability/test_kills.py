"""R1, R2: the server and the service are killed at any moment, also while they recover."""

import contextlib
import itertools
import random
import threading
import time
import urllib.error
from pathlib import Path

import pytest

import hubs

from ..trailbook.server.processes import Process
from .outside import Outside

KILLS = 4


class Person:
    """Somebody who saves one notebook again and again, whatever happens to the server."""

    def __init__(self, outside: Outside, path: str = "a.ipynb") -> None:
        self.outside, self.path = outside, path
        self.server: Process | None = None
        self.numbers = itertools.count()
        self.answered = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            server = self.server
            if server is None:
                time.sleep(0.005)
                continue
            with contextlib.suppress(OSError, urllib.error.URLError, ConnectionError, ValueError):
                raw = server.save(self.path, f"version {next(self.numbers)}")
                self.outside.saved(self.path, raw)
                self.answered += 1

    def end(self) -> None:
        self._stop.set()
        self._thread.join(30)


def started(folder: Path, url: str) -> Process:
    environment = {"TRAILBOOK_SERVICE_URL": url, "JUPYTERHUB_API_TOKEN": "ada"}
    return Process(folder, environment, {"quick_stop": True})


def drained(server: Process) -> None:
    end = time.monotonic() + hubs.patience(60)
    while True:
        status = server.ask("GET", "trailbook/status")
        if status["pending_events"] == 0 and not orphans(server):
            return
        assert time.monotonic() < end, status
        time.sleep(0.1)


def orphans(server: Process) -> bool:
    return len([path for path in server.spool.iterdir() if path.is_dir()]) > 1


@pytest.mark.parametrize("in_a_row", [1, 2, 3])
def test_nothing_answered_is_lost_when_server_and_service_are_killed(
    tmp_path, service, outside, rounds, in_a_row
):
    chance = random.Random(in_a_row)  # noqa: S311
    service.start()
    person = Person(outside)
    server = person.server = started(tmp_path, service.url)
    for n in range(max(1, rounds(KILLS) // in_a_row)):
        before = person.answered
        end = time.monotonic() + 30
        while person.answered < before + 3 and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.05))
        for again in range(in_a_row):
            if n % 2:
                service.kill()
                service.start(wait=again + 1 == in_a_row)
                time.sleep(chance.uniform(0, 0.5) if again + 1 < in_a_row else 0)
            else:
                person.server = None
                server.close()  # kill -9
                server = started(tmp_path, service.url)
                person.server = server
                time.sleep(chance.uniform(0, 0.1))
    person.end()
    assert person.answered
    drained(server)
    server.end()
    server.close()
    service.stop()
    outside.hold(service.file, server.root)
