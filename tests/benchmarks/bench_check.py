"""Verifying everything, beside git: `trailbook check` and `git fsck --full`, same versions.

    python tests/benchmarks/bench_check.py [FOLDER] [--copies 6] [--rounds 5]

FOLDER holds histories as NAME.tar.zst (default: $TRAILBOOK_CORPUS, else ../shared/corpus), each
the versions of one notebook. Without one, made-up histories are verified. All of them go into one
store and into one repository, a commit for each version, packed by `git gc`. They go in `--copies`
times, so that the start of a Python program does not hide what is measured: into the store each
time for another person, who shares nothing with the others, into git each time with another end of
the file, so that its objects are others too.

Each round verifies both, in turn, after one round that only warms up. Before that one byte of the
store's content is changed in a copy, and the check has to name exactly the versions that show it.
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench_store import ROOT, OurArm, histories

from trailbook.errors import StoreDamaged
from trailbook.store.sql import SqlStore

CHECK = [Path(sys.executable).with_name("trailbook"), "check", "--store"]


def fill(folder: Path, found: list[tuple[str, list[bytes]]], copies: int) -> tuple[Path, Path]:
    """The store and the repository, with the same versions."""
    for copy in range(copies):
        ours = OurArm(folder, f"ada{copy}")
        for name, versions in found:
            for raw in versions:
                ours.put(raw + b"\n" * copy, f"{name}.ipynb")
        ours.close()
    repository = folder / "repository"
    git(folder, "init", "-q", "-b", "main", str(repository))
    again = [
        (f"{name}{copy}", [raw + b"\n" * copy for raw in versions])
        for copy in range(copies)
        for name, versions in found
    ]
    git(repository, "fast-import", "--quiet", given=b"".join(commits(again)))
    git(repository, "gc", "-q", "--prune=now")
    return ours.file, repository


def commits(found: list[tuple[str, list[bytes]]]) -> Iterator[bytes]:
    """The versions as `git fast-import` takes them."""
    number = 0
    for name, versions in found:
        for raw in versions:
            number += 1
            at = 1_700_000_000 + number
            yield b"commit refs/heads/main\ncommitter Ada <a@b> %d +0000\n" % at
            yield b"data 4\nsave\nM 100644 inline %s.ipynb\ndata %d\n" % (name.encode(), len(raw))
            yield raw + b"\n"


def git(folder: Path, *words: str, given: bytes | None = None) -> bytes:
    return subprocess.run(
        ["git", "-C", folder, *words], check=True, capture_output=True, input=given
    ).stdout


def damage(store: Path, folder: Path) -> None:
    """Flip a byte of one payload; the check names its versions and nothing else."""
    copy = folder / "damaged.sqlite"
    shutil.copy(store, copy)
    connection = sqlite3.connect(copy)
    rows = connection.execute("SELECT row, data FROM payload WHERE length(data) > 60").fetchall()
    row, data = random.Random(11).choice(rows)  # noqa: S311
    shown = exposed(copy)
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    with connection:
        connection.execute("UPDATE payload SET data = ? WHERE row = ?", (flipped, row))
    connection.close()
    done = subprocess.run([*CHECK, copy], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    lines = done.stdout.splitlines()
    named = {line.split()[1] for line in lines}
    lost = shown - exposed(copy)
    assert named == lost, (len(named), len(lost), len(named & lost), lines[:3])
    print(
        f"a byte of payload {row} flipped: exactly the {len(lines)} versions that show it are named"
    )
    print(f"  {lines[0]}")


def exposed(file: Path) -> set[str]:
    """The versions that can be had from the store, each compared with its checksum."""
    store = SqlStore.open(file)
    with store.db.statements() as connection:
        rows = connection.exec_driver_sql("SELECT id, hex(sha256) FROM snapshot").all()
    had = set()
    for version, digest in rows:
        with contextlib.suppress(StoreDamaged):
            raw = store.snapshot_bytes(version)
            if hashlib.sha256(raw).hexdigest().upper() == digest:
                had.add(version)
    store.close()
    return had


def timed(words: list[str | Path]) -> tuple[float, float]:
    """Seconds by the clock and of all processors."""
    before, used = time.perf_counter(), os.times()
    subprocess.run(words, check=True, capture_output=True)
    after = os.times()
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    return time.perf_counter() - before, cpu


def main() -> None:
    """Fill both, damage a copy, and verify in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(os.environ.get("TRAILBOOK_CORPUS", ROOT.parent / "shared" / "corpus"))
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("--copies", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found = list(histories(asked.folder if asked.folder.is_dir() else None, None))
    size = asked.copies * sum(len(raw) for _, versions in found for raw in versions)
    count = asked.copies * sum(len(versions) for _, versions in found)
    print(f"{count} versions, {size:,} bytes")
    with tempfile.TemporaryDirectory() as place:
        store, repository = fill(Path(place), found, asked.copies)
        damage(store, Path(place))
        arms: list[list[str | Path]] = [
            [*CHECK, store],
            ["git", "-C", repository, "fsck", "--full", "--no-progress"],
        ]
        taken: list[list[tuple[float, float]]] = [[], []]
        for number in range(asked.rounds + 1):
            for arm in (0, 1) if number % 2 else (1, 0):
                one = timed(arms[arm])
                if number:
                    taken[arm].append(one)
    for label, index in (("by the clock", 0), ("processor time", 1)):
        ours, gits = (statistics.median(one[index] for one in arm) for arm in taken)
        ratio = f"ratio 1/{gits / ours:.1f}"
        print(f"{label:<16} check {ours:7.2f} s   git fsck {gits:7.2f} s   {ratio}")


if __name__ == "__main__":
    main()
