"""A backup of a store that is in use: one consistent state of its file, and only its new chunks.

SQLite copies the state at one moment into a file beside the backups; a read transaction holds that
moment, so nobody who writes waits, and nothing that is written meanwhile is in it. Of that copy
each chunk is looked up by its digest: one that the last backup has is named again, the others make
a new segment. What is compared is the bytes of the file, so nothing of what the store means, now
or in a later schema, can be forgotten here.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import blake3
import msgspec
import zstandard

from ...clock import now_us
from .folder import CHUNK_BYTES, FORMAT, Folder, Place, State, digest, private, sync_folder

PAGES_AT_ONCE = 2_000
LEVEL = 3
THIN = 0.5
"""Of a segment of which less than this share is needed, the rest is written once more."""

Progress = Callable[[int, int], None]


class BackupView(msgspec.Struct, kw_only=True):
    """What a backup came to."""

    name: str
    size: int  # of the store's file
    written: int  # bytes that were new in the folder
    chunks: int
    new_chunks: int
    kept: list[str]  # all backups that are in the folder now
    stale: list[str]  # those of them that still hold what was purged since


def make(
    store: Path,
    folder: Path,
    *,
    keep: int,
    drop_stale: bool = False,
    progress: Progress = lambda done, total: None,
) -> BackupView:
    """Back the store up into the folder; of the backups there, the newest `keep` stay."""
    backups = Folder(folder)
    with backups.alone():
        backups.tidy()
        copy = folder / "copy.part"
        try:
            purges = snapshot(store, copy, progress)
            made = Making(backups, purges, drop_stale=drop_stale)
            with copy.open("rb") as file:
                name = made.write(file.fileno(), copy.stat().st_size, progress)
        finally:
            for left in folder.glob("copy.part*"):
                left.unlink()
        states = backups.states()
        stale = [one for one, state in states.items() if state.purges < purges]
        old = [one for one in backups.names() if one != name]
        gone = set(old[: max(0, len(old) + 1 - keep)]) | set(stale if drop_stale else ())
        backups.forget(sorted(gone))
    return BackupView(
        name=name,
        size=made.size,
        written=made.written,
        chunks=made.chunks,
        new_chunks=made.new_chunks,
        kept=backups.names(),
        stale=[one for one in stale if one not in gone],
    )


def snapshot(store: Path, copy: Path, progress: Progress) -> int:
    """One moment of the store as a file; answers how many purges it had seen."""
    with private(copy):
        pass
    with (
        closing(sqlite3.connect(store, timeout=30, isolation_level=None)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.execute("PRAGMA query_only=ON")
        source.execute("BEGIN")
        found = source.execute("SELECT value FROM meta WHERE name = 'purges'").fetchone()
        source.backup(
            target,
            pages=PAGES_AT_ONCE,
            progress=lambda _, left, total: progress(total - left, 2 * total),
            sleep=0,
        )
        source.execute("COMMIT")
    return 0 if found is None else int(found[0])


class Making:
    """One new backup, against the one before."""

    def __init__(self, backups: Folder, purges: int, *, drop_stale: bool) -> None:
        self._backups = backups
        self._purges = purges
        self._known = {} if drop_stale else self._reusable()
        self._number = max(backups.segments(), default=0) + 1
        self.size = self.written = self.chunks = self.new_chunks = 0

    def _reusable(self) -> dict[bytes, Place]:
        """The chunks of the newest backup that need not be written again."""
        states = list(self._backups.states().values())
        if not states or states[-1].purges < self._purges:
            return {}  # a segment with something purged in it must go with the backups of that time
        needed: Counter[int] = Counter()
        for place in set(states[-1].chunks):
            needed[place.segment] += place.length
        good = set()
        for number in self._backups.segments():
            size = self._backups.segment(number).stat().st_size
            if needed[number] >= THIN * size:
                good.add(number)
        return {place.digest: place for place in states[-1].chunks if place.segment in good}

    def write(self, file: int, size: int, progress: Progress) -> str:
        """Write what is new, then the state."""
        whole = blake3.blake3()
        places: list[Place] = []
        pack = zstandard.ZstdCompressor(level=LEVEL)
        segment = self._backups.segment(self._number)
        with private(segment) as out:
            for chunk in _chunks(file):
                whole.update(chunk)
                key = digest(chunk)
                place = self._known.get(key)
                if place is None:
                    packed = pack.compress(chunk)
                    out.write(packed)
                    place = Place(self._number, self.written, len(packed), key)
                    self._known[key] = place
                    self.written += len(packed)
                    self.new_chunks += 1
                places.append(place)
                self.size += len(chunk)
                progress(size + self.size, 2 * size)
            out.flush()
            os.fsync(out.fileno())
        sync_folder(self._backups.path)
        self.chunks = len(places)
        return self._backups.put(
            State(
                format=FORMAT,
                at=now_us(),
                size=self.size,
                purges=self._purges,
                digest=whole.digest(),
                chunks=places,
            )
        )


def _chunks(file: int) -> Iterator[bytes]:
    offset = 0
    while chunk := os.pread(file, CHUNK_BYTES, offset):
        yield chunk
        offset += len(chunk)
