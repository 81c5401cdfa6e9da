"""R6: the service is in a group of processes whose memory is limited, and is killed for it."""

import os
import time
from pathlib import Path

import pytest

import hubs
from trailbook.server import drain as drains
from trailbook.server.app import TrailbookApp
from trailbook.store import remote

from .test_service_away import Server, output

GROUPS = Path("/sys/fs/cgroup")
TOO_LITTLE, ENOUGH = 110_000_000, 300_000_000
INTO = 'echo $$ > "$0/cgroup.procs" && exec "$@"'


class Group:
    """A group of processes that share a limit."""

    def __init__(self) -> None:
        unified = (GROUPS / "cgroup.controllers").exists()
        parent, self.limited = (GROUPS, "memory.max")
        if not unified:
            parent, self.limited = (GROUPS / "memory", "memory.limit_in_bytes")
        self.folder = parent / f"trailbook-{os.getpid()}"
        try:
            self.folder.mkdir()
            self.limit(ENOUGH)
        except OSError:
            pytest.skip("memory can be limited only where groups of processes can be made")

    def limit(self, size: int) -> None:
        (self.folder / self.limited).write_text(str(size))

    def remove(self) -> None:
        end = time.monotonic() + hubs.patience(10)
        while True:
            try:
                return self.folder.rmdir()
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)


@pytest.fixture
def group():
    made = Group()
    yield made
    made.remove()


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    monkeypatch.setattr(drains, "FIRST_BACKOFF", 0.02)
    monkeypatch.setattr(drains, "LONGEST_BACKOFF", 0.5)
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 30.0)


def test_a_service_that_is_killed_for_its_memory_loses_and_doubles_nothing(
    group, service, outside, tmp_path, rounds
):
    """Output by the ten megabytes; when the group has what the service needs, all arrives."""
    into = ("sh", "-c", INTO, str(group.folder))
    service.start(*into)
    server = Server(tmp_path / "spools", service.port, outside)
    kept = TrailbookApp.run_output_limit.default_value
    for n in range(min(3 * rounds(1), 30)):
        run = server.run(f"print(text_{n})")
        output(server, run, os.urandom(kept // 2).hex().encode())
        server.save(n)
    kills = 0
    group.limit(TOO_LITTLE)
    server.drain.start()
    end = time.monotonic() + hubs.patience(60)
    while kills < rounds(1) and server.spool.state().pending_events:
        assert service.process is not None
        assert time.monotonic() < end
        if service.process.poll() is not None:
            kills += 1
            service.start(*into, wait=False)
        time.sleep(0.02)
    assert kills, "it has never been killed"
    service.kill()
    group.limit(ENOUGH)
    service.start(*into)
    server.drained(120)
    assert service.process is not None
    assert service.process.poll() is None, service.said()
    server.close()
    service.stop()
    outside.hold(service.file)
