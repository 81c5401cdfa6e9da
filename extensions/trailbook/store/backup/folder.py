"""A folder of backups: segments of packed chunks, and states that say what a file is made of.

A state names, for each chunk of the database's file in order, where its bytes are. Segments are
written once; a state is put in its place only when everything that it names is durable. So a
backup that is interrupted leaves the earlier ones as they were.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, NamedTuple

import blake3
import msgspec
import zstandard

from ...errors import BackupDamaged, Busy, NoBackup

CHUNK_BYTES = 32_768
DIGEST_BYTES = 16
FORMAT = 1
_SUMMED = 32
_STATE, _SEGMENT, _PART = ".state", ".segment", ".part"


class Place(NamedTuple):
    """Where a chunk's packed bytes are, and the digest of what they unpack to."""

    segment: int
    offset: int
    length: int
    digest: bytes


class State(msgspec.Struct, kw_only=True):
    """What one backup is made of."""

    format: int
    at: int
    size: int
    purges: int  # that the store had seen
    digest: bytes  # of the whole file
    chunks: list[Place]


class Folder:
    """Backups of one store."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """The backups, oldest first."""
        return sorted(file.stem for file in self.path.glob(f"*{_STATE}"))

    def state(self, name: str | None = None) -> tuple[str, State]:
        """A backup by its name, or the newest."""
        names = self.names()
        if not names or (name is not None and name not in names):
            raise NoBackup(self.path, name)
        name = name or names[-1]
        raw = (self.path / f"{name}{_STATE}").read_bytes()
        body, summed = raw[:-_SUMMED], raw[-_SUMMED:]
        if blake3.blake3(body).digest() != summed:
            raise BackupDamaged(name)
        try:
            state = msgspec.msgpack.decode(zstandard.decompress(body), type=State)
        except (msgspec.MsgspecError, zstandard.ZstdError):
            raise BackupDamaged(name) from None
        if state.format != FORMAT:
            raise BackupDamaged(name)
        return name, state

    def states(self) -> dict[str, State]:
        """Those that can be read, oldest first."""
        found = {}
        for name in self.names():
            with contextlib.suppress(BackupDamaged):
                found[name] = self.state(name)[1]
        return found

    def put(self, state: State) -> str:
        """Make a backup's state durable, under a name of its time."""
        when = datetime.fromtimestamp(state.at / 1_000_000, timezone.utc)
        name = f"{when:%Y-%m-%dT%H%M%S}.{when.microsecond:06}Z"
        body = zstandard.compress(msgspec.msgpack.encode(state))
        part = self.path / f"{name}{_PART}"
        with private(part) as file:
            file.write(body + blake3.blake3(body).digest())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / f"{name}{_STATE}")
        sync_folder(self.path)
        return name

    def segment(self, number: int) -> Path:
        """The file of a segment."""
        return self.path / f"{number:08}{_SEGMENT}"

    def segments(self) -> list[int]:
        """The segments that are there."""
        names = [file.stem for file in self.path.glob(f"*{_SEGMENT}")]
        return sorted(int(name) for name in names if name.isdigit())

    def forget(self, names: list[str]) -> None:
        """Remove these backups, and what no other needs."""
        for name in names:
            (self.path / f"{name}{_STATE}").unlink()
        sync_folder(self.path)
        self.tidy()

    def tidy(self) -> None:
        """Remove what interrupted backups left; with a state that cannot be read, no segment."""
        for part in self.path.glob(f"*{_PART}*"):
            part.unlink(missing_ok=True)
        states = self.states()
        if len(states) < len(self.names()):
            return
        used = {place.segment for state in states.values() for place in state.chunks}
        for number in self.segments():
            if number not in used:
                self.segment(number).unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two backups at once would number their segments alike."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with private(self.path / "lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("Another backup into this folder is running.") from None
            yield

    def read(self, state: State, name: str) -> Iterator[bytes]:
        """The file's chunks, each compared with its digest."""
        unpack = zstandard.ZstdDecompressor()
        opened: dict[int, int] = {}
        try:
            for place in state.chunks:
                handle = opened.get(place.segment)
                if handle is None:
                    handle = opened[place.segment] = os.open(
                        self.segment(place.segment), os.O_RDONLY
                    )
                packed = os.pread(handle, place.length, place.offset)
                chunk = unpack.decompress(packed, max_output_size=CHUNK_BYTES)
                if digest(chunk) != place.digest:
                    raise BackupDamaged(name)
                yield chunk
        except (FileNotFoundError, zstandard.ZstdError):
            raise BackupDamaged(name) from None
        finally:
            for handle in opened.values():
                os.close(handle)


def digest(chunk: bytes) -> bytes:
    """What a chunk is known by."""
    return blake3.blake3(chunk).digest(DIGEST_BYTES)


@contextmanager
def private(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner can read."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file


def sync_folder(folder: Path) -> None:
    """Make durable which files there are."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
