"""What recording adds to a save: the hook alone, and whole requests on two servers side by side.

    python tests/benchmarks/bench_save.py [--rounds 200]

(a) the post-save hook against reading, appending and fdatasyncing the same bytes: at most 1.3
(b) PUT /api/contents on a stock server and on one with the extension, requests interleaved
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import ratios
import servers

SIZES = {"0.4 MB": 400_000, "1.3 MB": 1_300_000, "5 MB": 5_200_000}


def changed(raw: bytes, n: int) -> bytes:
    """Another content: one cell's id has another length, as most edits change a file's size."""
    return raw.replace(b'"cell-0"', b'"cell-' + b"x" * n + b'"', 1)


def hook(rounds: int) -> None:
    """The hook against the least that any crash-safe record of the same bytes costs."""
    from trailbook.server.contents import Contents
    from trailbook.server.index import Index
    from trailbook.server.recorder import Recorder
    from trailbook.server.saves import Saves
    from trailbook.store.spool import Spool

    print("(a) hook: read + append + fdatasync | post-save hook")
    for name, size in SIZES.items():
        with tempfile.TemporaryDirectory(dir=servers.scratch()) as folder:
            path = Path(folder) / "a.ipynb"
            raw = ratios.notebook_bytes(size)
            versions = [changed(raw, n) for n in range(10)]
            spool = Spool(Path(folder) / "spool", limit=1 << 40)
            saves = Saves(Recorder(spool), Index(Path(folder), folder))
            contents = Contents(None, saves)
            plain = os.open(Path(folder) / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

            def least(n: int) -> None:
                content = path.read_bytes()
                os.write(plain, content)
                os.fdatasync(plain)

            def ours(n: int) -> None:
                contents.after_save(str(path), {"path": "a.ipynb", "type": "notebook"})

            arms = [prepared(least, path, versions), prepared(ours, path, versions)]
            taken = measure(arms, rounds, spool)
            print(ratios.line(name, *taken), flush=True)
            spool.close()
            os.close(plain)


def prepared(arm, path, versions):
    def write(n):
        path.write_bytes(versions[n % 10])

    return write, arm


def measure(arms, rounds, spool):
    """As `interleave`, with an unmeasured write of the notebook before each."""
    import time

    taken = [[] for _ in arms]
    for n in range(-5, rounds):
        for index in (0, 1) if n % 2 else (1, 0):
            write, arm = arms[index]
            write(n)
            before = time.perf_counter()
            arm(n)
            if n >= 0:
                taken[index].append(1000 * (time.perf_counter() - before))
        spool.acknowledge(spool.last)
    return taken


def requests(rounds: int) -> None:
    """Whole saves, as a browser sends them."""
    print("(b) PUT: stock server | with the extension, its service up")
    with servers.pair() as (stock, ours):
        for name, size in SIZES.items():
            bodies = [servers.body(ratios.notebook(size, seed)) for seed in range(4)]

            def put(server):
                return lambda n: server.put(f"{size}.ipynb", bodies[n % 4])

            taken = ratios.interleave([put(stock), put(ours)], rounds, warm_up=4)
            print(ratios.line(name, *taken), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    hook(rounds)
    requests(rounds)
    sys.exit()
