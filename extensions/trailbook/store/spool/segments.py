"""The files of a spool: segments named by their first sequence, and what is acknowledged.

A segment is never written again once another one has begun; it is deleted as a whole when the
store has everything in it. What a failed write leaves behind is cut off, or passed over by the
next segment, which starts with the same sequence.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from . import frames
from .frames import Frame

SEGMENT_SIZE = 32 << 20

ACKNOWLEDGED = "acknowledged"


class Acknowledged(msgspec.Struct, frozen=True, array_like=True):
    """The last sequence that the store has, and a note of whoever reads the spool."""

    sequence: int = 0
    note: bytes = b""


class Segments:
    """The segments of one folder. One thread writes; reading and acknowledging may overlap it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last = 0  # written, perhaps not yet durable
        self.durable = 0
        self.acknowledged = 0
        self.note = b""
        self._sizes: dict[int, int] = {}  # first sequence -> bytes
        self._active: int | None = None
        self._file = -1
        self._synced = 0  # bytes of the active segment that are durable
        self._ends: dict[int, tuple[int, int]] = {}  # sequence -> segment and offset behind it
        self._cursor = (0, 0)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(list(self._sizes.values()))

    @property
    def pending(self) -> int:
        """How many durable records the store has not acknowledged."""
        return self.durable - self.acknowledged

    def open(self) -> None:
        """Look at what an earlier owner left, and cut off what it had not finished."""
        paths = {int(path.stem): path for path in self.folder.glob("*.seg") if path.stem.isdigit()}
        kept = self._read_acknowledged()
        self._sizes = {first: paths[first].stat().st_size for first in sorted(paths)}
        first = min(paths, default=kept.sequence + 1)
        self.acknowledged, self.note = max(kept.sequence, first - 1), kept.note
        self.last = self.acknowledged
        if paths:
            newest = max(paths)
            end = 0
            self.last = max(newest - 1, self.acknowledged)
            for frame in frames.walk(paths[newest], after=1 << 63):
                end, self.last = frame.end, max(self.last, frame.sequence)
            if end < self._sizes[newest]:
                os.truncate(paths[newest], end)
                self._sizes[newest] = end
        self.durable = self.last

    def write(self, sequence: int, pieces: Sequence[bytes]) -> None:
        """Write a frame behind the last one; durable only after `sync`."""
        if self._active is None:
            self._begin(sequence)
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                written = os.write(self._file, rest)
                self._sizes[self._active or sequence] += written
                rest = rest[written:]
        self.last = sequence

    def sync(self) -> None:
        """Make durable what was written."""
        if self._active is not None:
            _sync_data(self._file)
            self._synced = self._sizes[self._active]

    def turn_over(self) -> None:
        """Begin the next segment when this one is used up, while nobody waits for it."""
        if self._active is not None and self._sizes[self._active] > SEGMENT_SIZE:
            with contextlib.suppress(OSError):  # the next write tries again, and may wait
                self._begin(self.last + 1)

    @property
    def is_spent(self) -> bool:
        """Whether there is something in the active segment, and the store has all of it."""
        return bool(
            self._active is not None
            and self._sizes.get(self._active)
            and self.acknowledged == self.last
        )

    def renew(self) -> None:
        """Begin the next segment, so that this one can go."""
        if self.is_spent:
            with contextlib.suppress(OSError):
                self._begin(self.last + 1)

    def abandon(self) -> None:
        """Leave the active segment after a failure: what was not durable is written again.

        After a failed sync the system may have thrown the pages away and yet report success the
        next time, so nothing is tried again in the same file.
        """
        self.last = self.durable
        if self._active is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._synced)
                self._sizes[self._active] = self._synced
            self.close()

    def tidy(self) -> None:
        """With nothing active and nothing pending, no segment is needed any more."""
        if self._active is None and self.acknowledged == self.durable:
            for first in list(self._sizes):
                self._path(first).unlink(missing_ok=True)
                self._sizes.pop(first, None)

    def close(self) -> None:
        """Let go of the active segment."""
        if self._active is not None:
            self._active = None
            with contextlib.suppress(OSError):
                os.close(self._file)

    def walk(self, expected: int, last: int) -> Iterator[Frame]:
        """The frames from sequence `expected` to `last`; damaged ones may be left out."""
        firsts = sorted(self._sizes)
        self._ends.clear()
        for first, following in pairwise([*firsts, last + 1]):
            if following <= expected:
                continue
            start = self._cursor[1] if self._cursor[0] == first else 0
            for frame in frames.walk(self._path(first), start, after=expected - 1):
                if frame.sequence >= following or frame.sequence > last:
                    break
                if frame.sequence >= expected:
                    expected = frame.sequence + 1
                    self._ends[frame.sequence] = (first, frame.end)
                    yield frame

    def acknowledge(self, sequence: int, note: bytes | None) -> list[Path]:
        """Remember what the store has; answers the segments that it has wholly."""
        sequence = min(max(sequence, self.acknowledged), self.durable)
        self._cursor = self._ends.get(sequence, self._cursor)
        self.acknowledged = sequence
        self.note = self.note if note is None else note
        firsts = sorted(self._sizes)
        gone = [first for first, following in pairwise(firsts) if following <= sequence + 1]
        for first in gone:
            self._sizes.pop(first, None)
        return [self._path(first) for first in gone]

    def keep(self) -> None:
        """Write down what is acknowledged. Losing it does no harm: the store answers it again."""
        path = self.folder / ACKNOWLEDGED
        partial = path.with_suffix(".new")
        content = msgspec.msgpack.encode(Acknowledged(self.acknowledged, self.note))
        with contextlib.suppress(OSError):
            handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(partial, path)

    def remove(self) -> None:
        """Delete every file: the store has everything."""
        self.close()
        self.tidy()
        (self.folder / ACKNOWLEDGED).unlink(missing_ok=True)

    def _begin(self, sequence: int) -> None:
        self.close()
        path = self._path(sequence)
        self._file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        self._active, self._synced = sequence, 0
        self._sizes[sequence] = 0
        _sync_folder(self.folder)

    def _path(self, first: int) -> Path:
        return self.folder / f"{first:020d}.seg"

    def _read_acknowledged(self) -> Acknowledged:
        try:
            content = (self.folder / ACKNOWLEDGED).read_bytes()
            return msgspec.msgpack.decode(content, type=Acknowledged)
        except (OSError, msgspec.MsgspecError):
            return Acknowledged()


def _sync_data(file: int) -> None:
    getattr(os, "fdatasync", os.fsync)(file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
