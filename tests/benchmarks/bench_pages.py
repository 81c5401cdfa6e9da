"""The first page of a notebook with 10,000 steps, from the service, as a browser gets it.

    python tests/benchmarks/bench_pages.py [--steps 10000] [--rounds 150]

A real hub: somebody signs in, their notebooks are built through ingest while it is stopped, and
their pages are asked for over HTTP, through the proxy, after five warm ones. Prints p50 and p95,
and the ratio to a notebook of 100 steps whose page is asked for in turn.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench_steps import Builder
from ratios import interleave, p95

from trailbook.store.sql import SqlStore

sys.path.insert(0, str(Path(__file__).parents[1]))

import hubs

READER = "/services/trailbook/"
SMALL = 100


def build(folder: Path, steps: int) -> tuple[str, str]:
    """Ada signs in once, and has a small and a large notebook; answers their identities."""
    hub = hubs.start_hub(folder)
    try:
        hub.consenting("ada")
    finally:
        hub.stop()
    store = SqlStore.open(folder / "data" / "service" / "trailbook.sqlite")
    try:
        builder = Builder(store)
        return builder.notebook("small.ipynb", SMALL), builder.notebook("large.ipynb", steps)
    finally:
        store.close()


def measure(folder: Path, notebooks: tuple[str, str], rounds: int) -> list[list[float]]:
    """Milliseconds of the pages of both."""
    hub = hubs.start_hub(folder)
    try:
        ada = hub.visitor()
        ada.sign_in("ada", hubs.GOOD_PASSWORD)

        def asking(notebook: str) -> Callable[[int], None]:
            def ask(n: int) -> None:
                page = ada.get(f"{READER}notebooks/{notebook}")
                assert page.status_code == 200, page.text
                assert 'id="step-' in page.text, page.text

            return ask

        return interleave([asking(notebook) for notebook in notebooks], rounds)
    finally:
        hub.stop()


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=150)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        notebooks = build(Path(folder), options.steps)
        small, large = measure(Path(folder), notebooks, options.rounds)
    middle, base = statistics.median(large), statistics.median(small)
    print(
        f"first page of {options.steps:,} steps: p50 {middle:.1f} ms, p95 {p95(large):.1f} ms,"
        f" {middle / base:.2f} times a notebook of {SMALL} steps"
        f" (p50 {base:.1f} ms, p95 {p95(small):.1f} ms)"
    )


if __name__ == "__main__":
    main()
