"""A ledger outside the system: what was answered, when, and whether the history has it.

It is the only thing that a test of reliability believes. One line for each answer, written when
the answer came; at the end, `hold` compares all of it with the store.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

from trailbook.store.sql import SqlStore


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


class Outside:
    """What was answered: saves by path and checksum, runs by identity or by source."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._out = file.open("a")
        self._lock = threading.Lock()

    def __enter__(self) -> "Outside":
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def answer(self, what: str, path: str, content: bytes) -> None:
        """A `save` or a `run` was answered."""
        self._write(what, path, digest(content))

    def saved(self, path: str, raw: bytes) -> None:
        """A save was answered; `raw` is what it left on disk."""
        self._write("save", path, digest(raw))

    def _write(self, what: str, path: str, sha256: str) -> None:
        with self._lock:
            self._out.write(json.dumps([what, path, sha256, time.time()]) + "\n")
            self._out.flush()

    def answers(self, what: str) -> list[tuple[str, str]]:
        """(path, checksum) of everything that was answered, in order."""
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        return [(path, sha256) for kind, path, sha256, _ in lines if kind == what]

    # -- the checker -------------------------------------------------------------------------

    def hold(self, store_file: Path, disk: Path | None = None) -> None:
        """All of it is in the store: exact, once, in order; nothing half; the store is sound."""
        store = SqlStore.open(store_file)
        try:
            assert store.check() == []
            kept = _versions(store, store_file)
            self._hold_saves(kept)
            self._hold_runs(store, store_file)
        finally:
            store.close()
        if disk is not None:
            self._hold_disk(disk, kept)

    def _hold_saves(self, kept: list[tuple[str, str]]) -> None:
        answered = self.answers("save")
        times = Counter(kept)
        lost = [one for one in answered if not times[one]]
        assert not lost, f"{len(lost)} of {len(answered)} answered saves are not in the history"
        twice = [one for one, count in times.items() if count > 1 and one in set(answered)]
        assert not twice, f"{len(twice)} versions are there twice"
        for path in {path for path, _ in answered}:
            place = {sha256: n for n, (its, sha256) in enumerate(kept) if its == path}
            order = [place[sha256] for its, sha256 in answered if its == path]
            assert order == sorted(order), f"the versions of {path} are not in the order of answers"

    def _hold_runs(self, store: SqlStore, store_file: Path) -> None:
        runs = [
            (path, digest(store.step_payload(run, 0)[1]))
            for run, path in _rows(store_file, "SELECT id, path FROM execution ORDER BY event")
        ]
        times = Counter(runs)
        answered = self.answers("run")
        assert not [one for one in answered if not times[one]], "answered runs are missing"
        assert not [one for one, count in times.items() if count > 1], "runs are there twice"
        place = {one: n for n, one in enumerate(runs)}
        for path in {path for path, _ in answered}:
            order = [place[one] for one in answered if one[0] == path]
            assert order == sorted(order), f"the runs of {path} are not in the order of answers"

    def _hold_disk(self, disk: Path, kept: list[tuple[str, str]]) -> None:
        """What lies on disk can be read, and is the last answered save or one that came after."""
        for path, last in dict(self.answers("save")).items():
            raw = (disk / path).read_bytes()
            json.loads(raw)
            newer = [sha256 for its, sha256 in kept if its == path]
            assert digest(raw) in newer[newer.index(last) :]


def _versions(store: SqlStore, file: Path) -> list[tuple[str, str]]:
    """Path and checksum of each version, in the order of the ledger; all of them are exact."""
    found = []
    for id_, path, sha256 in _rows(file, "SELECT id, path, sha256 FROM snapshot ORDER BY event"):
        assert digest(store.snapshot_bytes(id_)) == sha256.hex()
        found.append((path, sha256.hex()))
    return found


def _rows(file: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
