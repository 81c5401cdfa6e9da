"""Recorders by the thousand against the real service: what is answered is durable.

    python tests/benchmarks/bench_ingest.py [--seconds 600] [--recorders 2000]

Saves and runs come at random moments, 17 saves and 50 runs a second in all, from recorders that
each keep one connection, as servers do. All that they send is made before (see prepared.py), by the
recorder's own sealer, and as the recorder does it: what is large is asked for first.

The service has the first core of the machine for itself, with all its threads and processes; the
generator (sender.py) and a hub that believes every token share the second one. Every recorder is a
person of its own, unless told otherwise with --people.

A latency is the time from when a request was due to its receipt, so that nothing hides behind a
generator that waits; also told is the time from when it was really sent. What the disk takes for a
write on its own is measured before and after. At the end everything that was answered is looked for
in the store, and every version is compared with the file that it was.

The notebooks: every second recorder plays back a real history of the corpus from a random version
on, where there is a corpus; the others have made-up ones, 60 % of 20 kB, 30 % of 100 kB, 9 % of
500 kB and 1 % of 5 MB (see working.py).
"""

import argparse
import contextlib
import hashlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from bench_store import histories
from prepared import Place, plan, prepare
from ratios import p95
from sender import Sent
from servers import scratch
from working import MIX

from services import PREFIX, ServiceProcess, SmallHub
from trailbook.store.sql import SqlStore

RATES = {"save": 17.0, "run": 50.0}
BURST = 200
MAKERS = 2


@contextlib.contextmanager
def on_core(number: int) -> Iterator[None]:
    """What is started meanwhile runs on this core, and all that it starts."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[number % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def real_histories() -> list[tuple[str, list[bytes]]]:
    """The corpus' histories, where there is a corpus."""
    folder = os.environ.get("TRAILBOOK_CORPUS", Path(__file__).parents[3] / "shared/corpus")
    return list(histories(Path(folder), None)) if any(Path(folder).glob("*.tar.zst")) else []


def syncs(folder: Path, times: int = 500) -> list[float]:
    """Milliseconds that the disk takes for 4 kB more, one after the other."""
    taken = []
    with (folder / "alone").open("wb", buffering=0) as file:
        for _ in range(times):
            before = time.perf_counter()
            file.write(os.urandom(4096))
            os.fdatasync(file.fileno())
            taken.append(1000 * (time.perf_counter() - before))
    return taken


class Busy:
    """What the service, and its core in all, have worked since this was made, in seconds."""

    def __init__(self, pid: int, core: int) -> None:
        self._pid, self._core = pid, core
        self._begun = time.perf_counter()
        self._before = self._read()

    def shares(self) -> tuple[float, float]:
        """The service's share of a core, and that of everything on its core."""
        now, seconds = self._read(), time.perf_counter() - self._begun
        own, all_ = (after - was for after, was in zip(now, self._before, strict=True))
        return own / seconds, all_ / seconds

    def _read(self) -> tuple[float, float]:
        ticks = os.sysconf("SC_CLK_TCK")
        own = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        stat = Path("/proc/stat").read_text().splitlines()
        core = next(line.split()[1:] for line in stat if line.startswith(f"cpu{self._core} "))
        idle = int(core[3]) + int(core[4])
        return (int(own[11]) + int(own[12])) / ticks, (sum(map(int, core[:8])) - idle) / ticks


def made(service: ServiceProcess, folder: Path, asked: argparse.Namespace) -> list[Place]:
    """Everything that will be sent, in the order of the plan."""
    planned = plan(asked.seconds, asked.recorders, RATES, BURST)
    real = real_histories()
    names = ", ".join(name for name, _ in real)
    print(f"notebooks: {f'half replay {names}; the others ' if real else ''}made-up:", end=" ")
    print(", ".join(f"{share:.0%} of {size // 1000} kB" for share, size in MIX))
    shares = [[one for one in planned if one.recorder % MAKERS == n] for n in range(MAKERS)]
    with ProcessPoolExecutor(MAKERS, multiprocessing.get_context("spawn")) as makers:
        begun = [
            makers.submit(prepare, folder / f"made-{n}", service.url, share, asked.people, real)
            for n, share in enumerate(shares)
        ]
        places = [place for making in begun for place in making.result()]
    return sorted(places, key=lambda place: place.planned.due)


def generated(service: ServiceProcess, folder: Path, places: list[Place], people: int) -> dict:
    """What the generator tells of the load."""
    (folder / "places").write_bytes(msgspec.msgpack.encode(places))
    recorders = 1 + max(place.planned.recorder for place in places)
    told = {"port": service.port, "prefix": PREFIX, "people": people, "recorders": recorders}
    files = {"places": str(folder / "places"), "out": str(folder / "out")}
    (folder / "told").write_text(json.dumps(told | files))
    subprocess.run(
        [sys.executable, Path(__file__).parent / "sender.py", folder / "told"], check=True
    )
    return json.loads((folder / "out").read_text())


def memory(pid: int) -> float:
    """Megabytes that a process has in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def p99(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))]


def load(asked: argparse.Namespace) -> None:
    """The service under load, and what is in its store afterwards."""
    core = sorted(os.sched_getaffinity(0))[0]
    with on_core(1):
        hub = SmallHub()
    with tempfile.TemporaryDirectory(dir=scratch()) as name:
        folder = Path(name)
        service = ServiceProcess(folder / "data", hub)
        service.welcome(*(f"person-{n}" for n in range(asked.people)))
        with on_core(0):
            service.start()
        try:
            before = time.perf_counter()
            places = made(service, folder, asked)
            print(f"made in {time.perf_counter() - before:.0f} s")
            alone = syncs(folder)
            assert service.process is not None
            busy = Busy(service.process.pid, core)
            with on_core(1):
                told = generated(service, folder, places, asked.people)
            shares, held = busy.shares(), memory(service.process.pid)
            alone += syncs(folder)
        finally:
            service.stop()
            hub.close()
        sent = [Sent(*one) for one in told["sent"]]
        burst = [Sent(*one) for one in told["of_burst"]]
        lost = missing(service.file, [*sent, *burst])
    if asked.keep:
        Path(asked.keep).write_text(json.dumps(told))
    tell(sent, told["seconds"])
    print(f"burst of {len(burst)} saves: {told['burst']:.2f} s")
    print(f"service: {shares[0]:.0%} of its core, which was {shares[1]:.0%} busy; {held:.0f} MB")
    print(f"the disk alone, 4 kB and fdatasync: p50 {statistics.median(alone):.2f}", end="   ")
    print(f"p99 {p99(alone):.2f}   worst {max(alone):.2f} ms")
    saves = sum(one.what == "save" for one in [*sent, *burst])
    print(f"answered: {saves} versions, {len(sent) + len(burst) - saves} runs; lost: {lost}")


def missing(file: Path, sent: list[Sent]) -> int:
    """How many of the answered are not in the store, or are there as something else."""
    store = SqlStore.open(file)
    lost = 0
    for one in sent:
        try:
            if one.what == "run":
                store.step(one.identity)
            else:
                found = hashlib.sha256(store.snapshot_bytes(one.identity)).hexdigest()
                assert found == one.digest
        except Exception as error:
            print(f"lost: {one.identity}: {error!r}")
            lost += 1
    store.close()
    return lost


def tell(sent: list[Sent], seconds: float) -> None:
    """Latencies, the generator's lateness, and the shares of bytes."""
    for what in ("save", "run", "both"):
        its = [one for one in sent if what in (one.what, "both")]
        due = [1000 * one.answered for one in its]
        really = [1000 * (one.answered - one.written) for one in its]
        print(
            f"{what:<5} {len(its) / seconds:5.1f}/s   p50 {statistics.median(due):6.1f}"
            f"   p95 {p95(due):6.1f}   p99 {p99(due):6.1f}   worst {max(due):6.1f} ms"
            f"   from when it was sent: p50 {statistics.median(really):6.1f}"
            f"   p99 {p99(really):6.1f} ms"
        )
    late = [1000 * one.woken for one in sent]
    print(f"generator late by: p50 {statistics.median(late):.1f}", end="   ")
    print(f"p99 {p99(late):.1f}   worst {max(late):.1f} ms")
    print(f"to be sent again, in all: {sum(one.refused for one in sent)}")
    saves = [one for one in sent if one.what == "save"]
    print(f"bytes sent per save, of its notebook's: median {median_share(saves):.2%}")
    for kind in sorted({one.kind for one in saves}):
        its = [one for one in saves if one.kind == kind]
        print(f"  {kind:<20} {median_share(its):6.2%}   ({len(its)} saves)")


def median_share(saves: list[Sent]) -> float:
    return statistics.median(one.bytes / one.size for one in saves)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--recorders", type=int, default=2000)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--keep", help="a file for all that was sent, with its times")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, {asked.recorders} recorders", end=" ")
    print(f"of {asked.people} people, {asked.seconds:.0f} seconds")
    load(asked)


if __name__ == "__main__":
    main()
