"""What the extension adds to a server's start: at most 50 ms CPU and 10 MB behind a hub.

    python tests/benchmarks/bench_start.py [--rounds 20]

CPU time and resident memory of the server's process, read when it has been up for some seconds
(so that the recorder has registered): without the extension, behind a hub, and on a laptop, where
the store is opened as well.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import servers

SETTLE_SECONDS = 6.0
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def figures(server: servers.Server) -> tuple[float, float]:
    """CPU milliseconds and resident megabytes of a server's process."""
    proc = Path(f"/proc/{server.process.pid}")
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    pages = int((proc / "statm").read_text().split()[1])
    return 1000 * (int(fields[11]) + int(fields[12])) / TICK, pages * PAGE / 1e6


def start(kinds: dict[str, dict]) -> dict[str, tuple[float, float]]:
    """Start one server of each kind, one after the other, and read its figures."""
    found = {}
    for name, kind in kinds.items():
        with servers.running(**{name: kind}) as made:
            time.sleep(SETTLE_SECONDS)
            found[name] = figures(made[name])
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    service = servers.Service()
    kinds = {
        "stock": {"extension": False},
        "hub": {"extension": True, "service_url": service.url},
        "laptop": {"extension": True},
    }
    start(kinds)  # once for the caches
    every = [start(kinds) for _ in range(rounds)]
    for name in kinds:
        cpu = statistics.median(one[name][0] for one in every)
        memory = statistics.median(one[name][1] for one in every)
        more_cpu = statistics.median(one[name][0] - one["stock"][0] for one in every)
        more_memory = statistics.median(one[name][1] - one["stock"][1] for one in every)
        print(
            f"{name:<8} CPU {cpu:7.0f} ms ({more_cpu:+6.0f})   "
            f"resident {memory:6.1f} MB ({more_memory:+5.1f})",
            flush=True,
        )
