"""What everybody else notices of one person whose recorders send all they can.

    python tests/benchmarks/bench_fairness.py [--seconds 10] [--rounds 4] [--kinds versions,...]

For each kind of flood (see hostile.py) a real service starts anew behind a hub that believes every
token. Sixty others save, run and read all the time, at random moments; in turn they are alone,
and beside eight recorders of one person. Everything that is sent is made beforehand, by programs of
their own. With two cores or more the service has one to itself and everything else shares another,
the flood behind everybody (`nice`): so what is measured is the service, not who gets the processor.
After each flood there is a pause, in which what it had begun is finished and counts for nothing;
the flood counts from its first moment.

A latency is the time from the request to its answer. The ratio is that of the 99th percentiles.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from hostile import KINDS
from ratios import notebook
from servers import scratch

from services import PREFIX, ServiceProcess, SmallHub
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import Sealer
from trailbook.store.records import (
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    NotebookSaved,
    OutputRecorded,
    Registered,
    Registration,
)

PEOPLE = 60
RATES = {"save": 20.0, "run": 30.0, "read": 10.0}
NOTEBOOK_BYTES = 100_000
PAUSE = 3.0
NO_QUOTA = {"TRAILBOOK_QUOTA_EVENTS": str(10**12), "TRAILBOOK_QUOTA_BYTES": str(10**15)}
CORES = sorted(os.sched_getaffinity(0))


class Answered(NamedTuple):
    """One request of the others."""

    at: float
    what: str
    seconds: float


class Person:
    """One of the others: a connection, a writer, and requests that are made beforehand."""

    def __init__(self, number: int, port: int) -> None:
        self.name, self.port = f"person-{number}", port
        self.content = notebook(NOTEBOOK_BYTES, seed=number)
        self.sealer, self.session, self.sequence = Sealer(), new_id(), 0
        self.lock = asyncio.Lock()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.plan: list[tuple[float, str, bytes]] = []

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = (
            f"{method} {PREFIX}api/{path} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: token {self.name}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def ask(self, request: bytes) -> bytes:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        content = await reader.readexactly(int(size))
        if head.split()[1] not in {b"200", b"201"}:
            raise AssertionError((head, content[:300]))
        return content

    async def register(self) -> None:
        body = msgspec.msgpack.encode(Registration())
        answer = await self.ask(self.request("POST", "writers", body))
        registered = msgspec.msgpack.decode(answer, type=Registered)
        self.writer, self.mount = registered.writer, registered.mounts[0]
        await self.ask(self.save())

    def batch(self, events: list) -> bytes:
        sealed, pieces = [], {}
        for event, contents in events:
            self.sequence += 1
            one, found = self.sealer.seal(self.sequence, event, contents, self.mount.key)
            sealed.append(one)
            pieces.update(found)
        body = msgspec.msgpack.encode(Batch(sealed, {self.mount.space: list(pieces.values())}))
        return self.request("POST", f"writers/{self.writer}/events", body)

    def about(self) -> dict:
        return {"space": self.mount.space, "at": now_us(), "author": self.name}

    def save(self) -> bytes:
        cell = self.content["cells"][self.sequence % len(self.content["cells"])]
        cell["source"] = [*cell["source"][:-1], f"edit = {random.random()}\n"]  # noqa: S311
        cell["outputs"][0]["text"][-1] = f"{random.random()}\n"  # noqa: S311
        raw = (json.dumps(self.content, indent=1, ensure_ascii=False) + "\n").encode()
        return self.batch(
            [(NotebookSaved(**self.about(), snapshot=new_id(), path="a.ipynb"), [raw])]
        )

    def run(self) -> bytes:
        run, about = new_id(), self.about()
        started = ExecutionStarted(
            **about, execution=run, kernel_session=self.session, position=self.sequence, source=0,
            path="a.ipynb", cell_id=f"cell-{self.sequence % 5}", started_at=about["at"],
        )  # fmt: skip
        output = OutputRecorded(
            **about, execution=run, index=0, type="stream", name="stdout", parts={"text/plain": 0}
        )
        finished = ExecutionFinished(**about, execution=run, status="ok", finished_at=about["at"])
        source = f"value = compute({self.sequence % 50})\n" * 5
        printed = f"{random.random()}\n" * 20  # noqa: S311
        return self.batch(
            [(started, [source.encode()]), (output, [printed.encode()]), (finished, [])]
        )

    def read(self) -> bytes:
        return self.request("GET", "notebooks?mine=1")


class Others:
    """Everybody else, for so long."""

    def __init__(self, port: int, seconds: float) -> None:
        self.people = [Person(n, port) for n in range(PEOPLE)]
        self.seconds = seconds
        self.answered: list[Answered] = []
        self.late = 0.0

    async def go(self) -> None:
        for person in self.people:
            await person.register()
        for what, rate in RATES.items():
            moment = random.expovariate(rate)
            while moment < self.seconds:
                random.choice(self.people).plan.append((moment, what, b""))  # noqa: S311
                moment += random.expovariate(rate)
        for person in self.people:
            person.plan = [
                (moment, what, getattr(person, what)()) for moment, what, _ in sorted(person.plan)
            ]
        print("ready", flush=True)
        sys.stdin.readline()
        self.begun = time.monotonic()
        await asyncio.gather(*(self.follow(person) for person in self.people))

    async def follow(self, person: Person) -> None:
        for moment, what, request in person.plan:
            await asyncio.sleep(max(0.0, self.begun + moment - time.monotonic()))
            before = time.monotonic()
            await person.ask(request)
            self.answered.append(Answered(before, what, time.monotonic() - before))


def on(core: int, *more: str) -> list[str]:
    """In front of a command: the processor that it has, where there is more than one."""
    return ["taskset", "-c", str(CORES[core]), *more] if len(CORES) > 1 else list(more)


@contextlib.contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A program that has said that it is ready."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command], **pipes) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.poll()
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    """What it says when nothing more comes."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    return process.stdout.readline()


def measure(kind: str, seconds: float, rounds: int) -> None:
    """One service, its others, and one kind of flood in every second part."""
    hub = SmallHub()
    whole = rounds * (2 * seconds + PAUSE) + 1
    with tempfile.TemporaryDirectory(dir=scratch()) as folder, contextlib.ExitStack() as stack:
        stack.callback(hub.close)
        service = ServiceProcess(Path(folder), hub, NO_QUOTA)
        service.welcome("mallory", *(f"person-{n}" for n in range(PEOPLE)))
        service.start(*on(0))
        stack.callback(service.stop)
        port = str(service.port)
        asked = [*on(1), sys.executable, __file__, "--others", port, str(whole)]
        flood = [
            *on(1, "nice", "-n", "19"),
            sys.executable,
            str(Path(__file__).parent / "hostile.py"),
        ]
        others = stack.enter_context(program(*asked))
        flooding = stack.enter_context(program(*flood, kind, port, "mallory"))
        begun = time.monotonic()
        say(others, "go")
        parts = []
        for _ in range(rounds):
            for word in ("stop", "go"):
                say(flooding, word)
                time.sleep(PAUSE if word == "stop" else 0)
                parts.append((word, time.monotonic()))
                time.sleep(seconds)
        say(flooding, "stop")
        time.sleep(max(0.0, begun + whole - time.monotonic()))
        answered = [Answered(*each) for each in json.loads(heard(others))]
        statuses = json.loads(heard(flooding))
        assert service.process is not None
        tell(kind, answered, parts, seconds, statuses, peak(service.process.pid))


def tell(
    kind: str,
    answered: list[Answered],
    parts: list[tuple[str, float]],
    seconds: float,
    statuses: dict[str, int],
    memory: float,
) -> None:
    """What the others noticed."""
    arms: dict[str, list[Answered]] = {"stop": [], "go": []}
    for one in answered:
        for word, begin in parts:
            if begin <= one.at < begin + seconds:
                arms[word].append(one)
    print(f"{kind}: the flood was answered {statuses}; service in memory at most {memory:.0f} MB")
    for what in ("save", "run", "read", "all"):
        alone, beside = (
            [1000 * one.seconds for one in arms[word] if what in {one.what, "all"}]
            for word in ("stop", "go")
        )
        print(
            f"  {what:<5} {len(alone):5} {len(beside):5}   p50 {statistics.median(alone):6.1f}"
            f" {statistics.median(beside):6.1f}   p99 {p99(alone):6.1f} {p99(beside):7.1f}"
            f"   worst {max(alone):6.1f} {max(beside):7.1f} ms   p50"
            f" {statistics.median(beside) / statistics.median(alone):5.2f} p99"
            f" {p99(beside) / p99(alone):5.2f} times",
            flush=True,
        )


def p99(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))]


def peak(pid: int) -> float:
    """Megabytes that a process had in memory at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--others", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.others:
        others = Others(int(asked.others[0]), float(asked.others[1]))
        asyncio.run(others.go())
        print(json.dumps(others.answered))
        return
    print(f"{len(CORES)} cores, {PEOPLE} others, {RATES} a second, alone and beside the flood")
    for kind in asked.kinds.split(","):
        measure(kind, asked.seconds, asked.rounds)


if __name__ == "__main__":
    main()
