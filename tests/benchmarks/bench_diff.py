"""The diff of two notebooks, beside nbdime's own: the same answer, and how much sooner.

    python tests/benchmarks/bench_diff.py [FOLDER] [--random 200] [--limit 60] [--made-only]

FOLDER holds histories as NAME.tar.zst (default: $TRAILBOOK_CORPUS, else ../shared/corpus). Of each
all adjacent pairs are compared and as many random ones; then made-up pairs (made.py), with and
without ids. Both arms are warm processes that get the same notebooks, as `trailbook.diff.reading`
gives them, and time themselves; they take turns, pair by pair, and nbdime's caches are emptied
before each pair. nbdime is ended after `--limit` seconds: such a pair counts with that time, and
its diff is only applied to its base. Every diff is applied by nbdime: it has to give the target.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from bench_store import ROOT, histories
from made import made_pairs

from trailbook.diff.reading import read

Notebook = dict[str, Any]
Answer = tuple[float, str, bool]
"""Seconds, the diff as JSON, whether it is coarse."""


class Taken(NamedTuple):
    """One pair: seconds of either arm; whether the diff is coarse, and whether nbdime ended."""

    name: str
    stock: float
    ours: float
    coarse: bool
    ended: bool


def stock_arm(base: Notebook, target: Notebook) -> Answer:
    import nbdime
    from nbdime.diffing import notebooks
    from nbformat import from_dict

    from_base, to_target = from_dict(base), from_dict(target)
    notebooks.compare_text_approximate.cache_clear()
    notebooks._compare_mimedata_strings.cache_clear()
    before = time.perf_counter()
    diff = nbdime.diff_notebooks(from_base, to_target)
    return time.perf_counter() - before, json.dumps(diff), False


def our_arm(base: Notebook, target: Notebook) -> Answer:
    from trailbook.diff.engine import notebook_diff

    before = time.perf_counter()
    diff, _, coarse = notebook_diff(base, target)
    return time.perf_counter() - before, json.dumps(diff), coarse


def serve(arm: Callable[[Notebook, Notebook], Answer], pipe: Connection) -> None:
    empty: Notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    arm(empty, empty)
    with suppress(EOFError):  # nobody asks any more
        while True:
            pipe.send(arm(*json.loads(pipe.recv())))


class Arm:
    """A warm process."""

    def __init__(self, arm: Callable[[Notebook, Notebook], Answer]) -> None:
        self._arm = arm
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(self._arm, theirs), daemon=True)
        self._process.start()

    def ask(self, pair: str, limit: float) -> Answer | None:
        self._pipe.send(pair)
        if self._pipe.poll(limit):
            answer: Answer = self._pipe.recv()
            return answer
        self._process.kill()
        self._process.join()
        self._start()
        return None


def apply(base: Notebook, diff: str) -> Notebook:
    from nbdime import patch_notebook
    from nbdime.diff_utils import to_diffentry_dicts
    from nbformat import from_dict

    reached: Notebook = patch_notebook(from_dict(base), to_diffentry_dicts(json.loads(diff)))
    return reached


def compare(name: str, base: Notebook, target: Notebook, arms: list[Arm], limit: float) -> Taken:
    pair = json.dumps([base, target])
    stock, ours = arms[0].ask(pair, limit), arms[1].ask(pair, 600)
    assert ours is not None, name
    assert apply(base, ours[1]) == target, f"{name}: the diff does not lead to its target"
    if stock is not None and not ours[2]:
        assert stock[1] == ours[1], f"{name}: another diff than nbdime's"
    return Taken(name, stock[0] if stock else limit, ours[0], ours[2], stock is not None)


def of_history(versions: list[bytes], several: int) -> Iterator[tuple[str, bytes, bytes]]:
    for n, (base, target) in enumerate(pairwise(versions)):
        yield f"adjacent {n}", base, target
    pick = random.Random(3)  # noqa: S311
    for n in range(several):
        yield f"random {n}", *pick.sample(versions, 2)


def say(name: str, taken: list[Taken]) -> None:
    if not taken:
        return
    ratios = [pair.stock / pair.ours for pair in taken]
    ours = sorted(1000 * pair.ours for pair in taken)
    stock = sorted(1000 * pair.stock for pair in taken)
    worst = min(taken, key=lambda pair: pair.stock / pair.ours)
    print(
        f"{name:<24} {len(taken):4} pairs   x {geometric_mean(ratios):6.1f} (geometric mean)"
        f"   least x {min(ratios):.2f} ({worst.name}: {1000 * worst.ours:.2f} ms)\n"
        f"{'':<24} ours {statistics.median(ours):.1f} / {at(ours, 0.95):.0f} / {ours[-1]:.0f} ms,"
        f" nbdime {statistics.median(stock):.0f} / {at(stock, 0.95):.0f} / {stock[-1]:.0f} ms"
        f" (median / p95 / worst)   coarse {sum(pair.coarse for pair in taken)}"
        f"   nbdime cut off {sum(not pair.ended for pair in taken)}",
        flush=True,
    )


def geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def at(values: list[float], part: float) -> float:
    return values[min(len(values) - 1, int(part * len(values)))]


def main() -> None:
    default = Path(os.environ.get("TRAILBOOK_CORPUS", ROOT.parent / "shared" / "corpus"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("--random", type=int, default=200, help="random pairs of each history")
    parser.add_argument("--limit", type=float, default=60, help="seconds for nbdime")
    parser.add_argument("--made-only", action="store_true")
    wanted = parser.parse_args()
    arms = [Arm(stock_arm), Arm(our_arm)]
    adjacent: list[Taken] = []
    if not wanted.made_only:
        for name, versions in histories(wanted.folder, None):
            pairs = of_history(versions, wanted.random)
            taken = [
                compare(which, read(base), read(target), arms, wanted.limit)
                for which, base, target in pairs
            ]
            near = [pair for pair in taken if pair.name.startswith("adjacent")]
            say(f"{name}, adjacent", near)
            say(f"{name}, random", taken[len(near) :])
            adjacent += near
        say("all adjacent", adjacent)
    made = [compare(*pair, arms, wanted.limit) for pair in made_pairs()]
    for pair in made:
        say(pair.name, [pair])
    say("all made up", made)


if __name__ == "__main__":
    main()
