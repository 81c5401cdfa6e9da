"""Recorders by the thousand against the real service: what is answered is durable.

    python tests/benchmarks/bench_ingest.py [--seconds 600] [--recorders 2000]

Saves and runs come at random moments, 17 saves and 50 runs a second in all, from recorders that
each keep one connection, as servers do. What they send is made by the recorder's own sealer: a
save is told as a change of the version before. The generator is a process of its own, and so is
the service, behind a hub that believes every token. A latency is the time from the request to the
receipt. At the end everything that was answered is looked for in the store.

The mix of notebooks: 60 % of 20 kB, 30 % of 100 kB, 9 % of 500 kB and 1 % of 5 MB, text and
images; a save changes one cell's source and gives it another output.

What share of a notebook's bytes is sent per save depends on the notebooks; it is also told for the
real histories of the corpus, where there is one (see bench_store.py).
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from bench_store import histories
from ratios import notebook, p95
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
    Receipt,
    Registered,
    Registration,
)
from trailbook.store.sql import SqlStore

SAVES, RUNS = 17.0, 50.0
MIX = [(0.60, 20_000), (0.30, 100_000), (0.09, 500_000), (0.01, 5_000_000)]
PEOPLE = 200
BURST = 200


class Recorder:
    """One server: its connection, its writer, its notebook."""

    def __init__(self, number: int, port: int, size: int) -> None:
        self.name = f"person-{number % PEOPLE}"
        self.port, self.path = port, f"{number}.ipynb"
        self.content = notebook(size, seed=number % 40)
        self.sealer, self.session = Sealer(), new_id()
        self.sequence = self.position = self.edits = 0
        self.lock = asyncio.Lock()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: object, kind: type) -> tuple[object, int]:
        """One request on the kept connection; the answer and how many bytes were sent."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        packed = msgspec.msgpack.encode(body)
        head = (
            f"POST {PREFIX}api/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: token {self.name}\r\n"
            f"Content-Type: application/msgpack\r\nContent-Length: {len(packed)}\r\n\r\n"
        )
        writer.write(head.encode() + packed)
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.lower().split(b"\r\n")
        size = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        content = await reader.readexactly(size)
        if answer.split()[1] not in {b"200", b"201"}:
            raise AssertionError((answer.split()[1], content[:300]))
        return msgspec.msgpack.decode(content, type=kind), len(packed)

    async def register(self) -> None:
        answer, _ = await self.ask("writers", Registration(), Registered)
        assert isinstance(answer, Registered)
        self.writer, self.mount = answer.writer, answer.mounts[0]

    async def send(self, events: list) -> int:
        sealed, pieces = [], {}
        for event, contents in events:
            self.sequence += 1
            one, found = self.sealer.seal(self.sequence, event, contents, self.mount.key)
            sealed.append(one)
            pieces.update(found)
        batch = Batch(sealed, {self.mount.space: list(pieces.values())})
        receipt, size = await self.ask(f"writers/{self.writer}/events", batch, Receipt)
        assert receipt == Receipt(self.sequence), receipt
        return size

    def about(self) -> dict:
        return {"space": self.mount.space, "at": now_us(), "author": self.name}

    async def save(self) -> tuple[float, float, str]:
        """Seconds, the share of the notebook's bytes that was sent, and the version."""
        async with self.lock:
            self.edits += 1
            cell = self.content["cells"][self.edits % len(self.content["cells"])]
            cell["source"] = [*cell["source"][:-1], f"edit_{self.edits} = {random.random()}\n"]  # noqa: S311
            cell["outputs"][0]["text"][-1] = f"{random.random()}\n"  # noqa: S311
            raw = (json.dumps(self.content, indent=1, ensure_ascii=False) + "\n").encode()
            event = NotebookSaved(**self.about(), snapshot=new_id(), path=self.path)
            before = time.perf_counter()
            sent = await self.send([(event, [raw])])
            return time.perf_counter() - before, sent / len(raw), event.snapshot

    async def run(self) -> tuple[float, float, str]:
        async with self.lock:
            run, about = new_id(), self.about()
            self.position += 1
            started = ExecutionStarted(
                **about, execution=run, kernel_session=self.session, position=self.position,
                source=0, path=self.path, cell_id=f"c{self.position % 20}", started_at=about["at"],
            )  # fmt: skip
            output = OutputRecorded(
                **about, execution=run, index=0, type="stream", name="stdout",
                parts={"text/plain": 0},
            )  # fmt: skip
            finished = ExecutionFinished(
                **about, execution=run, status="ok", finished_at=about["at"]
            )
            source = f"value = compute({self.position % 50})\n" * 5
            printed = f"{random.random()}\n" * 20  # noqa: S311
            before = time.perf_counter()
            await self.send(
                [(started, [source.encode()]), (output, [printed.encode()]), (finished, [])]
            )
            return time.perf_counter() - before, 0.0, run


def size_of(number: int) -> int:
    """The size of a recorder's notebook, by the mix."""
    part = (number * 0.6180339887) % 1.0
    for share, size in MIX:
        if part < share:
            return size
        part -= share
    return MIX[0][1]


async def generate(port: int, recorders: int, seconds: float) -> dict:
    """The load, for so long; answers latencies, shares and identities."""
    all_ = [Recorder(n, port, size_of(n)) for n in range(recorders)]
    gate = asyncio.Semaphore(50)

    async def begin(one: Recorder) -> None:
        async with gate:
            await one.register()
            await one.save()

    await asyncio.gather(*(begin(one) for one in all_))
    taken: dict[str, list] = {"save": [], "run": []}
    tasks: set[asyncio.Task] = set()

    async def note(what: str, work) -> None:
        taken[what].append(await work)

    begun = time.perf_counter()
    late = 0.0
    for what, rate in (("save", SAVES), ("run", RUNS)):
        moments = begun
        plan = []
        while moments < begun + seconds:
            moments += random.expovariate(rate)
            plan.append((moments, what))
        taken.setdefault("plan", []).extend(plan)
    for moment, what in sorted(taken.pop("plan")):
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        late = max(late, time.perf_counter() - moment)
        one = random.choice(all_)  # noqa: S311
        task = asyncio.create_task(note(what, one.save() if what == "save" else one.run()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    whole = time.perf_counter() - begun
    before = time.perf_counter()
    burst = await asyncio.gather(
        *(one.save() for one in random.sample(all_, min(BURST, len(all_))))
    )
    return {
        "seconds": whole,
        "late": late,
        "burst": time.perf_counter() - before,
        "save": [t for t, _, _ in taken["save"]],
        "run": [t for t, _, _ in taken["run"]],
        "share": [share for _, share, _ in taken["save"]],
        "versions": [id_ for _, _, id_ in [*taken["save"], *burst]],
        "runs": [id_ for _, _, id_ in taken["run"]],
    }


def memory(pid: int) -> float:
    """Megabytes that a process has in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def p99(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))]


def load(seconds: float, recorders: int) -> None:
    """The service under load, and what is in its store afterwards."""
    hub = SmallHub()
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        service = ServiceProcess(Path(folder), hub)
        service.welcome(*(f"person-{n}" for n in range(PEOPLE))).start()
        try:
            out = Path(folder) / "told.json"
            command = [sys.executable, __file__, "--generate", str(service.port), str(out)]
            command += ["--seconds", str(seconds), "--recorders", str(recorders)]
            subprocess.run(command, check=True)
            told = json.loads(out.read_text())
            assert service.process is not None
            held = memory(service.process.pid)
        finally:
            service.stop()
            hub.close()
        store = SqlStore.open(service.file)
        lost = [id_ for id_ in told["versions"] if not is_there(store.snapshot_bytes, id_)]
        lost += [id_ for id_ in told["runs"] if not is_there(store.step, id_)]
        store.close()
    print(f"mix: {', '.join(f'{share:.0%} of {size // 1000} kB' for share, size in MIX)}")
    for what in ("save", "run"):
        ms = [1000 * t for t in told[what]]
        print(
            f"{what:<5} {len(ms) / told['seconds']:6.1f}/s   p50 {statistics.median(ms):7.1f}"
            f"   p95 {p95(ms):7.1f}   p99 {p99(ms):7.1f}   worst {max(ms):7.1f} ms"
        )
    print(f"burst of {BURST} saves: {told['burst']:.2f} s")
    print(
        f"share of a notebook's bytes sent per save, median: {statistics.median(told['share']):.2%}"
    )
    print(f"  the same in the histories of the corpus: {statistics.median(real_shares()):.2%}")
    print(f"generator late by at most {1000 * told['late']:.0f} ms")
    print(f"service in memory at the end: {held:.0f} MB")
    print(
        f"answered: {len(told['versions'])} versions, {len(told['runs'])} runs; lost: {len(lost)}"
    )


def real_shares() -> list[float]:
    """The share of each version's bytes that the sealer would send, in real histories."""
    corpus = Path(os.environ.get("TRAILBOOK_CORPUS", Path(__file__).parents[3] / "shared/corpus"))
    shares = []
    for _, versions in histories(corpus if corpus.is_dir() else None, None):
        sealer, known = Sealer(), set()
        for n, raw in enumerate(versions, 1):
            event = NotebookSaved(space="s", at=n, snapshot=new_id(), path="a.ipynb")
            sealed, pieces = sealer.seal(n, event, [raw], b"k" * 32)
            new = [content for id_, content in pieces.items() if id_ not in known]
            known |= pieces.keys()
            sent = len(msgspec.msgpack.encode(Batch([sealed], {"s": new})))
            if n > 1:
                shares.append(sent / len(raw))
    return shares


def is_there(read, identity: str) -> bool:
    try:
        read(identity)
    except Exception:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--recorders", type=int, default=2000)
    parser.add_argument("--generate", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.generate:
        port, out = asked.generate
        told = asyncio.run(generate(int(port), asked.recorders, asked.seconds))
        Path(out).write_text(json.dumps(told))
    else:
        print(f"{os.cpu_count()} cores, {asked.recorders} recorders, {asked.seconds:.0f} seconds")
        load(asked.seconds, asked.recorders)


if __name__ == "__main__":
    main()
