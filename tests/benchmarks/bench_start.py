"""What the extension adds to a server's start: at most 50 ms CPU and 10 MB behind a hub.

    python tests/benchmarks/bench_start.py [--rounds 20]

Each round starts a real `jupyterhub-singleuser` with and one without the extension, in changing
order, with the environment that a hub gives it and everything else that is installed here; and
a Jupyter Server as on a laptop, without the extension and with it, where the store is opened as
well. CPU time and resident memory of the process, read when it has been up for some seconds (so
that the recorder has registered). Differences are taken inside a round.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import servers
import singleuser

SETTLE_SECONDS = 6.0
FEWEST_ROUNDS = 7
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

Figures = tuple[float, float]


def figures(pid: int) -> Figures:
    """CPU milliseconds and resident megabytes of a process."""
    proc = Path(f"/proc/{pid}")
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    pages = int((proc / "statm").read_text().split()[1])
    return 1000 * (int(fields[11]) + int(fields[12])) / TICK, pages * PAGE / 1e6


@contextmanager
def behind_a_hub(*, extension: bool) -> Iterator[int]:
    """The process of a `jupyterhub-singleuser` that is up."""
    hub, service = singleuser.Hub(), servers.Service()
    with tempfile.TemporaryDirectory(dir=servers.scratch(), ignore_cleanup_errors=True) as folder:
        server = singleuser.SingleUser(
            Path(folder), hub, extension=extension, service_url=service.url
        )
        try:
            yield server.wait().process.pid
            assert bool(service.registered) == extension
        finally:
            server.stop()
            hub.shutdown()
            service.shutdown()


@contextmanager
def laptop(*, extension: bool) -> Iterator[int]:
    """The process of a Jupyter Server that is up."""
    with servers.running(one={"extension": extension}) as made:
        yield made["one"].process.pid


ARMS: dict[str, tuple[Callable, bool]] = {
    "hub, stock": (behind_a_hub, False),
    "hub, recorded": (behind_a_hub, True),
    "laptop, stock": (laptop, False),
    "laptop, recorded": (laptop, True),
}


def a_round(order: list[str]) -> dict[str, Figures]:
    """Each arm once, one after the other, and its figures."""
    found = {}
    for name in order:
        start, extension = ARMS[name]
        with start(extension=extension) as pid:
            time.sleep(SETTLE_SECONDS)
            found[name] = figures(pid)
    return found


def report(every: list[dict[str, Figures]]) -> None:
    """One line for each place: medians, and what the extension adds."""
    for place in ("hub", "laptop"):
        stock, ours = f"{place}, stock", f"{place}, recorded"
        columns = []
        for index, unit in enumerate(("ms CPU", "MB resident")):
            before = statistics.median(one[stock][index] for one in every)
            more = sorted(one[ours][index] - one[stock][index] for one in every)
            columns.append(
                f"{before:7.0f} {unit} stock, {statistics.median(more):+6.1f} recorded"
                f" ({more[0]:+.1f} … {more[-1]:+.1f})"
            )
        print(f"{place:<8}", "   ".join(columns), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    if rounds < FEWEST_ROUNDS:
        print(f"Only {rounds} rounds: no figure to report, which takes {FEWEST_ROUNDS}.")
    order = list(ARMS)
    shuffle = random.Random(1)  # noqa: S311
    a_round(order)  # once for the caches
    every = []
    for _ in range(rounds):
        shuffle.shuffle(order)
        every.append(a_round(order))
    report(every)
