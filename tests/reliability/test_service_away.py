"""R6, R9: the service is away, slow, wrong, cut off or short of memory; all arrives once after."""

import os
import random
import time
from pathlib import Path

import pytest

import hubs
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.server import drain as drains
from trailbook.server.app import TrailbookApp
from trailbook.server.drain import Drain
from trailbook.server.recorder import Recorder, place
from trailbook.store import remote
from trailbook.store.records import ExecutionStarted, NotebookSaved, OutputRecorded, Registration
from trailbook.store.remote import RemoteSink
from trailbook.store.spool import Spool

from .proxy import Way
from .writing import notebook

MODES = ["closed", "silent", "error", "slow", "deaf", "half", "lossy"]


class Server:
    """A recorder with its spool and its drain, without Jupyter around it."""

    def __init__(self, folder, port, outside, **settings):
        self.outside = outside
        self.spool = Spool(folder / new_id(), **settings)
        self.recorder = Recorder(self.spool)
        url = f"http://127.0.0.1:{port}/services/trailbook/"
        self.drain = Drain(self.recorder, folder, lambda: RemoteSink(url, "ada"), Registration())

    def save(self, n, path="a.ipynb"):
        raw = notebook(n)
        event = NotebookSaved(
            space=place(path), at=now_us(), author="ada", snapshot=new_id(), path=path
        )
        before = time.perf_counter()
        assert self.recorder.emit(event, [raw], urgent=True).result(10)
        self.outside.answer("save", path, raw)
        return time.perf_counter() - before

    def run(self, source, path="a.ipynb"):
        run, at = new_id(), now_us()
        event = ExecutionStarted(
            space=place(path), at=at, author="ada", execution=run, kernel_session=new_id(),
            position=0, source=0, path=path, started_at=at,
        )  # fmt: skip
        assert self.recorder.emit(event, [source.encode()], urgent=True).result(10)
        self.outside.answer("run", path, source.encode())
        return run

    def drained(self, seconds=60):
        end = time.monotonic() + hubs.patience(seconds)
        while self.spool.state().pending_events:
            assert time.monotonic() < end, (self.spool.state(), self.drain.status)
            time.sleep(0.02)

    def close(self):
        self.drain.stop()
        self.spool.close()


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A recorder that waits shorter."""
    monkeypatch.setattr(drains, "FIRST_BACKOFF", 0.02)
    monkeypatch.setattr(drains, "LONGEST_BACKOFF", 0.1)
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 1.0)


@pytest.fixture
def way(service):
    service.start()
    made = Way(service.port)
    yield made
    made.close()


@pytest.fixture
def server(way, outside, tmp_path):
    made = Server(tmp_path / "spools", way.port, outside)
    yield made
    made.close()


def output(server, run, content):
    """A run of this server says something."""
    event = OutputRecorded(
        space=place("a.ipynb"), at=now_us(), execution=run, index=0, type="stream",
        parts={"text/plain": 0},
    )  # fmt: skip
    assert server.recorder.emit(event, [content], urgent=True).result(30)


def middle(taken):
    return sorted(taken)[len(taken) // 2]


@pytest.mark.parametrize("mode", MODES)
def test_everything_arrives_once_after_it_was(way, server, service, outside, rounds, mode):
    server.drain.start()
    server.save(0)
    server.drained()
    way.mode = mode
    way.cut()
    for n in range(1, 1 + rounds(15)):
        server.save(n)
        server.run(f"x = {n}")
    time.sleep(0.5)
    if mode not in {"slow", "deaf", "lossy"}:
        assert server.spool.state().pending_events
    if mode in {"closed", "error", "silent"}:
        end = time.monotonic() + 5
        while server.drain.status.error is None and time.monotonic() < end:
            time.sleep(0.02)
        assert server.drain.status.error
    way.mode = "open"
    server.drained()
    service.stop()
    outside.hold(service.file)


def test_a_way_that_changes_all_the_time_loses_and_doubles_nothing(
    way, server, service, outside, rounds
):
    chance = random.Random(9)  # noqa: S311
    way.mode = lambda: chance.choice(
        ["open", "open", *(mode for mode in MODES if mode != "silent")]
    )
    server.drain.start()
    for n in range(rounds(40)):
        server.save(n, f"{n % 3}.ipynb")
        server.run(f"x = {n}", f"{n % 3}.ipynb")
        time.sleep(0.02)
    way.mode = "open"
    server.drained()
    service.stop()
    outside.hold(service.file)


def test_a_spool_is_bounded_and_says_what_it_dropped(way, service, outside, tmp_path):
    way.mode = "closed"
    server = Server(tmp_path / "small", way.port, outside, limit=200_000, memory_limit=200_000)
    server.drain.start()
    futures = []
    for n in range(400):
        event = NotebookSaved(space="@a.ipynb", at=now_us(), snapshot=new_id(), path="a.ipynb")
        futures.append(server.recorder.emit(event, [notebook(n)], urgent=True))
    end = time.monotonic() + 20
    while not server.spool.state().error and time.monotonic() < end:
        time.sleep(0.02)
    state = server.spool.state()
    size = sum(path.stat().st_size for path in server.spool.folder.glob("*.seg"))
    assert state.error
    assert state.dropped_events
    assert size <= 200_000
    assert state.memory_bytes <= 200_000
    way.mode = "open"
    server.drained()
    dropped = sum(future.result(20) is None for future in futures)
    assert dropped == server.spool.state().dropped_events
    server.close()
    service.stop()
    outside.hold(service.file)


LIMIT = 300_000_000


def peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_a_hundred_megabytes_of_output_fit_into_a_small_service(
    service, outside, tmp_path, monkeypatch
):
    """In pieces of as much as a recorder keeps of one run; its memory stays below 300 MB."""
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 30.0)
    service.start()
    server = Server(tmp_path / "spools", service.port, outside)
    kept = TrailbookApp.run_output_limit.default_value
    for n in range(100_000_000 // kept):
        run = server.run(f"print(text_{n})")
        output(server, run, os.urandom(kept // 2).hex().encode())
        server.save(n)
    server.drain.start()
    server.drained(60)
    assert service.process is not None
    assert service.process.poll() is None, service.said()
    assert peak(service.process.pid) < LIMIT
    server.close()
    service.stop()
    outside.hold(service.file)
