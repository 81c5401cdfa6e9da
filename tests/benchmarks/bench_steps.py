"""The first page of a notebook with 10,000 steps, from the store.

    python tests/benchmarks/bench_steps.py [--steps 10000] [--rounds 200]

Builds the notebook through ingest (a run with source and outputs, every tenth an error, a save
after every twentieth), then prints p50 and p95 of pages, and the ratio to a notebook of 100 steps.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import seal
from trailbook.store.records import (
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Registered,
    Registration,
)
from trailbook.store.sql import SqlStore

CELLS = 40
RUNS_IN_A_BATCH = 50
RUNS_IN_A_SESSION = 500


class Builder:
    """Records made-up work into one personal space."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        person = store.find_person("ada") or store.person("ada", "2024-01-01T00:00:00Z", "Ada")
        self.owner = SimpleNamespace(person=person.id, project=None, name="ada")
        self.writer: Registered = store.register_writer(self.owner, Registration())
        self.mount = self.writer.mounts[0]
        self.sequence = 0
        self.waiting: list[tuple[AnyEvent, list[bytes]]] = []

    def add(self, event: AnyEvent, *contents: bytes) -> None:
        """Put an event into the spool."""
        self.waiting.append((event, list(contents)))

    def drain(self) -> None:
        """Send what waits."""
        sealed, pieces = [], {}
        for event, contents in self.waiting:
            self.sequence += 1
            one, its = seal(self.sequence, event, contents, self.mount.key)
            sealed.append(one)
            pieces.update(its)
        wanted = self.store.missing(self.writer.writer, self.mount.space, pieces)
        batch = Batch(sealed, {self.mount.space: [pieces[i] for i in wanted]})
        self.store.ingest(self.owner, self.writer.writer, batch)
        self.waiting = []

    def notebook(self, path: str, steps: int) -> str:
        """Record so many runs; answers the notebook's identity."""
        says = {"space": self.mount.space, "author": "ada"}
        session = ""
        for n in range(steps):
            at = now_us()
            if n % RUNS_IN_A_SESSION == 0:
                session = new_id()
                self.add(
                    KernelStarted(kernel_session=session, path=path, spec="python3", at=at, **says)
                )
            run, failed = new_id(), n % 10 == 3
            source = f"model = fit(X, y, depth={n % 7})\nscore(model)  # attempt {n}\n" * 4
            self.add(
                ExecutionStarted(
                    execution=run,
                    kernel_session=session,
                    position=n % RUNS_IN_A_SESSION,
                    source=0,
                    path=path,
                    cell_id=f"cell-{n % CELLS}",
                    started_at=at,
                    at=at,
                    **says,
                ),
                source.encode(),
            )
            self.output(run, 0, "stream", {"text/plain": f"epoch {n}\n" * 40}, at, says)
            if failed:
                text = f"Traceback (most recent call last): {n}\n" + "  File\n" * 30
                self.output(run, 1, "error", {"text/plain": text}, at, says)
            else:
                parts = {"text/plain": f"{n / 7:.4f}", "text/html": f"<table><td>{n}" * 100}
                self.output(run, 1, "execute_result", parts, at, says)
            status = "error" if failed else "ok"
            self.add(ExecutionFinished(execution=run, status=status, finished_at=at, at=at, **says))
            if n % 20 == 19:
                self.save(path, n, at, says)
            if n % RUNS_IN_A_BATCH == RUNS_IN_A_BATCH - 1:
                self.drain()
        self.drain()
        return self.store.notebook_at(self.mount.space, path).id

    def output(
        self, run: str, index: int, kind: str, parts: dict[str, str], at: int, says: dict[str, str]
    ) -> None:
        """One message of output."""
        places = {mime: place for place, mime in enumerate(parts)}
        self.add(
            OutputRecorded(execution=run, index=index, type=kind, parts=places, at=at, **says),
            *(text.encode() for text in parts.values()),
        )

    def save(self, path: str, n: int, at: int, says: dict[str, str]) -> None:
        """Save a notebook of a few cells."""
        cells = [
            {
                "cell_type": "code",
                "id": f"cell-{cell}",
                "metadata": {},
                "source": [f"step({cell}, {n if cell == n % CELLS else 0})"],
                "outputs": [],
                "execution_count": None,
            }
            for cell in range(CELLS)
        ]
        raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        self.add(NotebookSaved(snapshot=new_id(), path=path, at=at, **says), raw.encode())


def measure(store: SqlStore, notebook: str, rounds: int, **page: object) -> list[float]:
    """Milliseconds of `rounds` pages, sorted."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        store.steps(notebook, limit=100, **page)  # type: ignore[arg-type]
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def p95(times: list[float]) -> float:
    """The time that 95 of 100 do not exceed."""
    return times[int(len(times) * 0.95)]


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trailbook.sqlite"
        store = SqlStore.open(file)
        builder = Builder(store)
        small = builder.notebook("small.ipynb", 100)
        start = time.perf_counter()
        large = builder.notebook("large.ipynb", options.steps)
        seconds = time.perf_counter() - start
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
        print(f"ingest: {options.steps / seconds:,.0f} runs a second; {size / 1e6:,.1f} MB")
        base = measure(store, small, options.rounds)
        pages = {"first page": {}, "newest page": {"newest": True}}
        for name, page in pages.items():
            times = measure(store, large, options.rounds, **page)
            print(
                f"{name} of {options.steps:,} steps: p50 {statistics.median(times):.1f} ms, "
                f"p95 {p95(times):.1f} ms, {statistics.median(times) / statistics.median(base):.2f}"
                f" times a notebook of 100 steps ({statistics.median(base):.1f} ms)"
            )
        store.close()


if __name__ == "__main__":
    main()
