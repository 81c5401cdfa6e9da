"""What one more version and one more run cost, however many there are; and what holding them costs.

    python tests/benchmarks/bench_scale.py [--most 1000000] [--recorded 10000] [--rounds 200]

Two real services, each behind a hub that believes every token, take everything over HTTP, as from
recorders. One store stops at the first ten thousand runs and as many versions; a copy of it goes
on to a hundred thousand and a million. Beyond what is `--recorded`, it is multiplied, for a million
would take hours (see multiplied.py). At each power of ten both are asked for one more of each, in
turn, in ten notebooks: CPU time of the service's process, and milliseconds until the answer, which
stands on a sync. Then the memory of the process (Pss, and the most that it ever had), and pages of
a notebook with 10,000 versions beside one with 100, asked for in turn.

A run is three events: its start, a line of output, its end. A save changes one cell of six, and
gives it another output. A notebook has 500 of each.
"""

import argparse
import http.client
import json
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from multiplied import multiply
from ratios import interleave, p95
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

IN_A_NOTEBOOK = 500
IN_A_BATCH = 125  # 500 events, as a recorder sends at most
IN_USE = 10
CELLS = 6
FIRST = 10_000
NO_QUOTA = {"TRAILBOOK_QUOTA_EVENTS": str(10**12), "TRAILBOOK_QUOTA_BYTES": str(10**15)}


class Filled:
    """A service, and a recorder that fills its store."""

    def __init__(self, folder: Path, hub: SmallHub, writer: str | None = None) -> None:
        self.service = ServiceProcess(folder, hub, NO_QUOTA).welcome("ada")
        self.sealer, self.number = Sealer(), 0
        self.sessions: dict[str, str] = {}
        self.writer = writer
        self.start()

    def start(self) -> None:
        self.service.start()
        assert self.service.process is not None
        self.pid = self.service.process.pid
        self.connection = http.client.HTTPConnection("127.0.0.1", self.service.port)
        answer = self.post("writers", Registration(writer=self.writer))
        registered = msgspec.msgpack.decode(answer, type=Registered)
        self.writer, self.mount = registered.writer, registered.mounts[0]
        self.sequence = registered.acknowledged

    def stop(self) -> None:
        self.connection.close()
        self.service.stop()

    def ask(self, method: str, place: str, body: bytes | None = None, **headers: str) -> bytes:
        headers["Authorization"] = "token ada"
        self.connection.request(method, PREFIX + place, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status in {200, 201}, (place, answer.status, content[:300])
        return content

    def post(self, place: str, body: object) -> bytes:
        packed = msgspec.msgpack.encode(body)
        return self.ask("POST", f"api/{place}", packed, **{"Content-Type": "application/msgpack"})

    def send(self, events: list[tuple[object, list[bytes]]]) -> None:
        sealed, pieces = [], {}
        for event, contents in events:
            self.sequence += 1
            one, found = self.sealer.seal(self.sequence, event, contents, self.mount.key)
            sealed.append(one)
            pieces.update(found)
        batch = Batch(sealed, {self.mount.space: list(pieces.values())})
        answer = self.post(f"writers/{self.writer}/events", batch)
        assert msgspec.msgpack.decode(answer, type=Receipt) == Receipt(self.sequence)

    def about(self) -> dict:
        return {"space": self.mount.space, "at": now_us(), "author": "ada"}

    def run(self, path: str) -> list[tuple[object, list[bytes]]]:
        self.number += 1
        run, about = new_id(), self.about()
        session = self.sessions.setdefault(path, new_id())
        started = ExecutionStarted(
            **about, execution=run, kernel_session=session, position=self.number, source=0,
            path=path, cell_id=f"c{self.number % CELLS}", started_at=about["at"],
        )  # fmt: skip
        output = OutputRecorded(
            **about, execution=run, index=0, type="stream", name="stdout", parts={"text/plain": 0}
        )
        finished = ExecutionFinished(**about, execution=run, status="ok", finished_at=about["at"])
        source = f"score_{self.number} = fit(data, {self.number})\nprint(score_{self.number})\n"
        printed = f"epoch 1\nscore {self.number / 7}\n"
        return [(started, [source.encode()]), (output, [printed.encode()]), (finished, [])]

    def save(self, path: str) -> list[tuple[object, list[bytes]]]:
        self.number += 1
        event = NotebookSaved(**self.about(), snapshot=new_id(), path=path)
        return [(event, [notebook(self.number)])]

    def fill(self, path: str, times: int) -> None:
        """So many runs, with a save after each."""
        while times > 0:
            some = min(times, IN_A_BATCH)
            self.send([one for _ in range(some) for one in (*self.run(path), *self.save(path))])
            times -= some

    def fill_up(self, done: int, target: int) -> None:
        """From so many to so many."""
        for n in range(done, target, IN_A_NOTEBOOK):
            self.fill(f"{n // IN_A_NOTEBOOK}.ipynb", IN_A_NOTEBOOK)

    def paths(self) -> list[str]:
        """All notebooks, also those that were multiplied."""
        connection = sqlite3.connect(self.service.file)
        rows = connection.execute("SELECT path FROM notebook ORDER BY path").fetchall()
        connection.close()
        return [path for (path,) in rows]

    def cpu(self) -> float:
        """Seconds of all processors that the service's process has used."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self) -> tuple[float, float]:
        """Megabytes of the process: its share now, and the most that it ever had."""
        now = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        most = Path(f"/proc/{self.pid}/status").read_text()
        return kilobytes(now, "Pss") / 1000, kilobytes(most, "VmHWM") / 1000


def kilobytes(text: str, name: str) -> int:
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name + ":"))


def notebook(number: int) -> bytes:
    """A small notebook; the next number changes one cell of it."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{cell}",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": [f"{of / 7}\n"]}],
            "source": [f"score_{of} = fit(data, {of})\n", f"print(score_{of})"],
        }
        for cell in range(CELLS)
        for of in [number - (number - cell) % CELLS]
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1).encode()


def one_more(arms: list[tuple[str, Filled]], rounds: int) -> None:
    """Runs and saves at both stores in turn."""
    chance = random.Random(1)  # noqa: S311
    used = [chance.sample(filled.paths(), IN_USE) for _, filled in arms]
    for (_, filled), paths in zip(arms, used, strict=True):
        for path in paths:  # what a notebook's next version is told against is at hand then
            filled.send(filled.save(path))
    for what in ("version", "run"):
        spent = [0.0 for _ in arms]

        def adding(place: int, what: str, spent: list[float]) -> Callable[[int], None]:
            filled, paths = arms[place][1], used[place]

            def add(n: int) -> None:
                path = paths[n % len(paths)]
                events = filled.save(path) if what == "version" else filled.run(path)
                before = filled.cpu()
                filled.send(events)
                spent[place] += filled.cpu() - before if n >= 0 else 0

            return add

        taken = interleave([adding(place, what, spent) for place in range(len(arms))], rounds)
        for (name, _), ms, cpu in zip(arms, taken, spent, strict=True):
            middle, base = statistics.median(ms), statistics.median(taken[0])
            print(
                f"  one more {what:<7} at {name:>9}: CPU {1000 * cpu / rounds:5.2f} ms"
                f" ({cpu / spent[0]:4.2f})   answered p50 {middle:6.2f}, p95 {p95(ms):6.2f} ms"
                f" ({middle / base:4.2f})"
            )


def asking(filled: Filled, place: str) -> Callable[[int], None]:
    def ask(_: int) -> None:
        filled.ask("GET", place)

    return ask


def pages(filled: Filled, rounds: int) -> None:
    """Pages of a notebook with ten thousand versions, beside one with a hundred."""
    sizes = (100, 10_000)
    for size in sizes:
        filled.fill(f"{size} versions.ipynb", size)
    filled.stop()  # the store is asked which notebooks these are
    store = SqlStore.open(filled.service.file)
    ids, versions = [], []
    for size in sizes:
        found = store.notebook_at(filled.mount.space, f"{size} versions.ipynb")
        assert (found.versions, found.runs) == (size, size)
        ids.append(found.id)
        versions.append(store.snapshots(found.id, limit=1)[0].id)
    store.close()
    filled.start()
    asked = {
        "story, newest steps": "notebooks/{id}",
        "story, first steps": "notebooks/{id}?after=0",
        "newest version": "snapshots/{version}",
        "list of versions (API)": "api/notebooks/{id}/snapshots",
        "steps (API)": "api/notebooks/{id}/steps?newest=1",
    }
    for name, place in asked.items():
        arms = [
            asking(filled, place.format(id=id_, version=version))
            for id_, version in zip(ids, versions, strict=True)
        ]
        small, large = (statistics.median(ms) for ms in interleave(arms, rounds))
        print(f"  {name:<24} {small:6.1f} {large:6.1f} ms   {large / small:4.2f}")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--recorded", type=int, default=FIRST)
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    hub = SmallHub()
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        small = Filled(Path(folder) / "small", hub)
        large = None
        try:
            small.fill_up(0, FIRST)
            small.stop()
            shutil.copytree(Path(folder) / "small", Path(folder) / "large")
            small.start()
            large = Filled(Path(folder) / "large", hub, small.writer)
            measure(small, large, asked)
        finally:
            small.stop()
            if large is not None:
                large.stop()
            hub.close()


def measure(small: Filled, large: Filled, asked: argparse.Namespace) -> None:
    """At each power of ten, and pages at the end."""
    done, begun, recorded = FIRST, time.perf_counter(), None
    for target in (10**k for k in range(4, 8) if 10**k <= asked.most):
        if target > max(FIRST, asked.recorded):
            large.stop()
            recorded = recorded or shutil.copy(large.service.file, large.service.data / "recorded")
            shutil.copy(recorded, large.service.file)
            multiply(large.service.file, target // max(FIRST, asked.recorded))
            large.start()
        else:
            large.fill_up(done, target)
        done = target
        size = large.service.file.stat().st_size / 1e6
        print(
            f"{target:,} versions and as many runs, after {time.perf_counter() - begun:,.0f} s;"
            f" {size:,.0f} MB on disk",
            flush=True,
        )
        one_more([("10,000", small), (f"{target:,}", large)], asked.rounds)
        now, peak = large.memory()
        print(f"  the service has {now:.0f} MB, at most {peak:.0f} MB", flush=True)
    print("pages of a notebook with 100 and with 10,000 versions (and as many runs):")
    pages(large, asked.rounds)
    now, peak = large.memory()
    print(f"the service after a restart and these pages: {now:.0f} MB, at most {peak:.0f} MB")


if __name__ == "__main__":
    main()
