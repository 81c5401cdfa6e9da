"""What recording adds to a save: the hook alone, and whole requests on two servers side by side.

    python tests/benchmarks/bench_save.py [--rounds 200]

(a) the post-save hook against reading, appending and fdatasyncing the same bytes: at most 1.3
(b) PUT /api/contents on a stock server and on one with the extension, requests interleaved; each
    begins when the version before has reached the service, as in life, where saves are minutes
    apart. With --back-to-back it does not wait: sealing a version competes with the next save.
"""

import argparse
import functools
import json
import os
import tempfile
import time
from pathlib import Path

import ratios
import servers

from trailbook.server.contents import Contents
from trailbook.server.index import Index
from trailbook.server.recorder import Recorder
from trailbook.server.rooms import Rooms
from trailbook.server.saves import Saves
from trailbook.store.spool import Spool

FEWEST_ROUNDS = 200
SIZES = {"0.4 MB": 400_000, "1.3 MB": 1_300_000, "5 MB": 5_200_000}


def changed(raw: bytes, n: int) -> bytes:
    """Another content: one cell's id has another length, as most edits change a file's size."""
    return raw.replace(b'"cell-0"', b'"cell-' + b"x" * n + b'"', 1)


class Arms:
    """The two ways to keep one saved file, in a folder of their own."""

    def __init__(self, folder: Path, size: int) -> None:
        self.path = folder / "a.ipynb"
        raw = ratios.notebook_bytes(size)
        self.versions = [changed(raw, n) for n in range(10)]
        self.spool = Spool(folder / "spool", limit=1 << 40)
        saves = Saves(Recorder(self.spool), Index(folder, str(folder)))
        self.contents = Contents(None, saves, Rooms())
        self.plain = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def least(self) -> None:
        """Read the file's bytes, append them to another file, make them durable."""
        os.write(self.plain, self.path.read_bytes())
        os.fdatasync(self.plain)

    def ours(self) -> None:
        """What the server calls after it has written the file."""
        self.contents.after_save(str(self.path), {"path": "a.ipynb", "type": "notebook"})

    def measure(self, rounds: int) -> list[list[float]]:
        """Milliseconds of both, in turn, each after an unmeasured save of another version."""
        arms = (self.least, self.ours)
        taken: list[list[float]] = [[], []]
        for n in range(-5, rounds):
            for index in (0, 1) if n % 2 else (1, 0):
                self.path.write_bytes(self.versions[n % 10])
                before = time.perf_counter()
                arms[index]()
                if n >= 0:
                    taken[index].append(1000 * (time.perf_counter() - before))
            self.spool.acknowledge(self.spool.last)
        return taken

    def close(self) -> None:
        """Let go."""
        self.spool.close()
        os.close(self.plain)


def hook(rounds: int) -> None:
    """The hook against the least that any crash-safe record of the same bytes costs."""
    print("(a) hook: read + append + fdatasync | post-save hook")
    for name, size in SIZES.items():
        with tempfile.TemporaryDirectory(dir=servers.scratch()) as folder:
            arms = Arms(Path(folder), size)
            print(ratios.line(name, *arms.measure(rounds)), flush=True)
            arms.close()


def requests(rounds: int, *, back_to_back: bool = False) -> None:
    """Whole saves, as a browser sends them."""
    print("(b) PUT: stock server | with the extension, its service up")
    with servers.pair() as pair:
        for name, size in SIZES.items():
            bodies = [servers.body(ratios.notebook(size, seed)) for seed in range(4)]
            arms = [functools.partial(put, server, f"{size}.ipynb", bodies) for server in pair]
            between = None if back_to_back else functools.partial(settle, pair[1])
            taken = ratios.interleave(arms, rounds, warm_up=4, between=between)
            print(ratios.line(name, *taken), flush=True)


def settle(server: servers.Server) -> None:
    """Wait until the service has everything."""
    while json.loads(server.ask("GET", "trailbook/status"))["pending_events"]:
        time.sleep(0.02)


def put(server: servers.Server, path: str, bodies: list[bytes], n: int) -> None:
    """Save the n-th version."""
    server.put(path, bodies[n % len(bodies)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--back-to-back", action="store_true")
    asked = parser.parse_args()
    if asked.rounds < FEWEST_ROUNDS:
        print(f"Only {asked.rounds} rounds: no figure to report, which takes {FEWEST_ROUNDS}.")
    hook(asked.rounds)
    requests(asked.rounds, back_to_back=asked.back_to_back)
