"""Real notebook histories in the store, beside git: bytes, the cost of a version, and reading.

    python tests/benchmarks/bench_store.py [FOLDER] [--history NAME] [--rounds 5]

FOLDER holds histories as NAME.tar.zst (default: $TRAILBOOK_CORPUS, else ../shared/corpus), each
the versions of one notebook. Without one, made-up histories are measured.

Each version is stored as a recorder and a store in one process do it (cut, hash, told as a change,
compressed, one durable commit), and in turn committed with the git command line; both repeated
`--rounds` times from nothing. Bytes are the store's size after a checkpoint of its log, minus that
of an empty store, without any repacking; git's are its `.git/objects`, before and after `git gc`.
Reading is every version in random order, from a store that was opened a moment ago and by one
`git cat-file --batch` on the packed repository. `--many` versions of a made-up notebook say whether
the oldest opens as fast as the newest, and what one more costs beside the same in a new store.
"""

import argparse
import json
import math
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import zstandard
from ratios import p95

from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import Sealer
from trailbook.store.records import Batch, NotebookSaved, Registration
from trailbook.store.sql import SqlStore

ROOT = Path(__file__).parents[2]
PATH = "work/notebook.ipynb"


class OurArm:
    """A recorder and a store in one process."""

    name = "trailbook"

    def __init__(self, folder: Path, name: str = "ada") -> None:
        self.file = folder / "store.sqlite"
        self.store = SqlStore.open(self.file)
        person = self.store.person(name, "2024-01-01T00:00:00Z", "Ada")
        self.owner = SimpleNamespace(person=person.id, project=None, name=name)
        registered = self.store.register_writer(self.owner, Registration())
        self.writer, self.mount = registered.writer, registered.mounts[0]
        self.sealer = Sealer()
        self.ids: list[str] = []
        self.empty = self.size()

    def put(self, raw: bytes, path: str = PATH) -> float:
        before = time.process_time()
        event = NotebookSaved(
            space=self.mount.space, at=now_us(), author="ada", snapshot=new_id(), path=path
        )
        number = len(self.ids) + 1
        sealed, pieces = self.sealer.seal(number, event, [raw], self.mount.key)
        batch = Batch([sealed], {self.mount.space: list(pieces.values())})
        self.store.ingest(self.owner, self.writer, batch)
        self.ids.append(event.snapshot)
        return 1000 * (time.process_time() - before)

    def size(self) -> int:
        connection = sqlite3.connect(self.file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return self.file.stat().st_size

    def stored(self) -> int:
        return self.size() - self.empty

    def reopen(self) -> None:
        self.store.close()
        self.store = SqlStore.open(self.file)

    def get(self, index: int) -> bytes:
        return self.store.snapshot_bytes(self.ids[index])

    def close(self) -> None:
        self.store.close()


class GitArm:
    """The git command line: add and commit."""

    name = "git"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        self.blobs: list[str] = []
        self._git("init", "-q")
        for name, value in (("user.name", "Ada"), ("user.email", "a@b"), ("gc.auto", "0")):
            self._git("config", name, value)

    def put(self, raw: bytes) -> float:
        (self.folder / "notebook.ipynb").write_bytes(raw)
        before = _children()
        self._git("add", "notebook.ipynb")
        self._git("commit", "-q", "--allow-empty", "-m", "save")
        taken = _children() - before
        self.blobs.append(self._git("rev-parse", "HEAD:notebook.ipynb").strip().decode())
        return 1000 * taken

    def stored(self) -> int:
        objects = self.folder / ".git" / "objects"
        return sum(path.stat().st_size for path in objects.rglob("*") if path.is_file())

    def gc(self, *options: str) -> int:
        self._git("gc", "-q", "--prune=now", *options)
        return self.stored()

    def reader(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["git", "-C", self.folder, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _git(self, *words: str) -> bytes:
        return subprocess.run(
            ["git", "-C", self.folder, *words],
            check=True,
            capture_output=True,
        ).stdout


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def read(batch: "subprocess.Popen[bytes]", blob: str) -> bytes:
    """One object from a running `git cat-file --batch`."""
    assert batch.stdin is not None
    assert batch.stdout is not None
    batch.stdin.write(blob.encode() + b"\n")
    batch.stdin.flush()
    size = int(batch.stdout.readline().split()[2])
    content = batch.stdout.read(size)
    batch.stdout.read(1)
    return content


def histories(folder: Path | None, only: str | None) -> Iterator[tuple[str, list[bytes]]]:
    """Each history's versions, oldest first."""
    archives = sorted(folder.glob("*.tar.zst")) if folder else []
    for archive in archives:
        name = archive.name.split(".")[0]
        if only in (None, name):
            yield name, _unpacked(archive)
    if not archives:
        yield "made-up", made_up(1000)


def _unpacked(archive: Path) -> list[bytes]:
    with archive.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            found = {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}
    return [found[name] for name in sorted(found)]


def made_up(versions: int, cells: int = 60) -> list[bytes]:
    """A notebook that somebody edits and runs: a cell or two change from save to save."""
    pick = random.Random(7)  # noqa: S311
    sources = [[f"value_{n}_{i} = compute({i})\n" for i in range(12)] for n in range(cells)]
    counts = [0] * cells
    made = []
    for step in range(versions):
        for _ in range(pick.choice((1, 1, 1, 2, 5))):
            n = pick.randrange(cells)
            sources[n][pick.randrange(12)] = f"value_{n} = compute({pick.random()})  # {step}\n"
            counts[n] = step
        made.append(_notebook(sources, counts))
    return made


def _notebook(sources: list[list[str]], counts: list[int]) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "execution_count": count,
            "id": f"cell-{n}",
            "metadata": {},
            "outputs": [
                {"name": "stdout", "output_type": "stream", "text": [f"{line}" for line in lines]}
            ],
            "source": lines,
        }
        for n, (lines, count) in enumerate(zip(sources, counts, strict=True))
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=1) + "\n").encode()


def measure(name: str, versions: list[bytes], rounds: int) -> dict[str, float]:
    """Store a history in both, in turn; answer the ratios."""
    cpu: dict[str, list[float]] = {"trailbook": [], "git": []}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            ours, git = OurArm(Path(place)), GitArm(Path(place))
            for raw in versions:
                for arm in (ours, git) if number % 2 else (git, ours):
                    cpu[arm.name].append(arm.put(raw))
            if number == rounds - 1:
                found = finish(name, versions, ours, git)
            ours.close()
    one, other = statistics.median(cpu["trailbook"]), statistics.median(cpu["git"])
    print(f"  CPU of a version   {one:8.2f} ms   git {other:8.2f} ms   ratio 1/{other / one:.1f}")
    return {**found, "cpu": one / other}


def finish(name: str, versions: list[bytes], ours: OurArm, git: GitArm) -> dict[str, float]:
    """Bytes and reading, when everything is stored."""
    count = len(versions)
    mean = sum(map(len, versions)) // count
    print(f"{name}: {count} versions of {mean:,} bytes in the mean")
    size, loose = ours.stored(), git.stored()
    packed, hard = git.gc(), git.gc("--aggressive")
    print(
        f"  bytes of a version {size // count:8,}      git {loose // count:,} loose,"
        f" {packed // count:,} gc, {hard // count:,} gc --aggressive"
    )
    print(
        f"                     ratios {size / loose:.3f} loose, {size / packed:.3f} gc,"
        f" {size / hard:.3f} --aggressive"
    )
    ratio = reading(versions, ours, git)
    return {"loose": size / loose, "gc": size / packed, "hard": size / hard, "read": ratio}


def reading(versions: list[bytes], ours: OurArm, git: GitArm) -> float:
    """Every version in random order, in turn from both; all must be byte-exact."""
    ours.reopen()
    batch = git.reader()
    order = list(range(len(versions)))
    random.Random(3).shuffle(order)  # noqa: S311
    taken: list[list[float]] = [[], []]
    for index in order:
        for arm, get in enumerate((ours.get, lambda n: read(batch, git.blobs[n]))):
            before = time.perf_counter()
            content = get(index)
            taken[arm].append(1000 * (time.perf_counter() - before))
            assert content == versions[index], f"version {index} is not exact"
    batch.terminate()
    batch.communicate()
    one, other = map(statistics.median, taken)
    print(
        f"  reading a version  {one:8.2f} ms   git {other:8.2f} ms   ratio {one / other:.2f}"
        f"   p95 {p95(taken[0]):.1f} ms   all {len(order)} byte-exact"
    )
    return one / other


def many(count: int) -> None:
    """The oldest versions beside the newest, and the last saves beside the same in a new store."""
    versions = made_up(count)
    part = min(200, count // 4)
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as other:
        full, new = OurArm(Path(place)), OurArm(Path(other))
        saves: dict[str, list[float]] = {"full": [], "new": []}
        for n, raw in enumerate(versions):
            # The notebook itself grows, so the last saves are compared with themselves.
            arms = [("full", full)] if n < count - 2 * part else [("full", full), ("new", new)]
            for name, arm in arms if n % 2 else reversed(arms):
                saves[name].append(arm.put(raw))
        full.reopen()
        ends: list[list[float]] = [[], []]
        for n in range(part):
            for age, index in enumerate((count - part + n, n)):
                before = time.perf_counter()
                content = full.get(index)
                ends[age].append(1000 * (time.perf_counter() - before))
                assert content == versions[index], f"version {index} is not exact"
        full.close()
        new.close()
    newest, oldest = map(statistics.median, ends)
    last, same = (statistics.median(saves[name][-part:]) for name in ("full", "new"))
    first = statistics.median(saves["full"][part : 2 * part])
    print(
        f"{count:,} versions: the newest {newest:.2f} ms, the oldest {oldest:.2f} ms, ratio"
        f" {oldest / newest:.2f}; the last saves {last:.2f} ms, the same in a new store"
        f" {same:.2f} ms, ratio {last / same:.2f}; the first {first:.2f} ms, of a notebook of"
        f" {len(versions[0]):,} bytes, in place of {len(versions[-1]):,}"
    )


def main() -> None:
    """Measure each history, then the means over them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(os.environ.get("TRAILBOOK_CORPUS", ROOT.parent / "shared" / "corpus"))
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("--history")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000)
    asked = parser.parse_args()
    folder = asked.folder if asked.folder.is_dir() else None
    found = [
        measure(name, versions, asked.rounds) for name, versions in histories(folder, asked.history)
    ]
    print("geometric means over the histories:")
    for key, label in (
        ("loose", "bytes / git loose"),
        ("gc", "bytes / git gc"),
        ("hard", "bytes / git gc --aggressive"),
        ("cpu", "CPU of a version / git"),
        ("read", "reading / git cat-file --batch"),
    ):
        mean = math.prod(one[key] for one in found) ** (1 / len(found))
        print(f"  {label:<32} {mean:.3f}   worst {max(one[key] for one in found):.3f}")
    if asked.many:
        many(asked.many)


if __name__ == "__main__":
    main()
