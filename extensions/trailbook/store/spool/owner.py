"""Who owns a spool's folder: a lock file that survives its owner and works on NFS.

The file is made atomically (O_EXCL) and holds who made it. On the same machine the process is
asked for; on another one (a home folder on NFS, a container that is gone) the owner counts as
dead when it has not touched the file for a while by the file server's own clock.
"""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

STALE_AFTER = 180.0
"""Seconds without a sign of life after which an owner on another machine counts as dead."""

FILE = "owner"


class Owner(msgspec.Struct, frozen=True):
    """A process, so that a reused process id is not taken for it."""

    machine: str
    pid: int
    started: str
    nonce: str


class OwnerLock:
    """The lock of one folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.owner = Owner(
            machine=machine(),
            pid=os.getpid(),
            started=started(os.getpid()),
            nonce=os.urandom(8).hex(),
        )
        self._content = msgspec.json.encode(self.owner)

    def acquire(self) -> bool:
        """Take the lock if it is free or its owner is dead."""
        if self._create():
            return True
        before = _read(self.path)
        if before is None or not self._is_dead(before):
            return False
        with _alone_in(self.path.parent) as alone:
            if not alone or _read(self.path) != before:
                return False  # somebody else took it in between
            return self._replace()

    def touch(self) -> bool:
        """Give a sign of life; False if somebody else has taken the folder over."""
        try:
            os.utime(self.path)
            return self.path.read_bytes() == self._content
        except FileNotFoundError:
            return False
        except OSError:
            return True  # a full or slow disk is no change of owner

    def release(self) -> None:
        """Let go, so that the next server takes over at once."""
        try:
            if self.path.read_bytes() == self._content:
                self.path.unlink()
        except OSError:
            return

    def _create(self) -> bool:
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return False
        try:
            os.write(handle, self._content)
        except OSError:
            self.path.unlink(missing_ok=True)  # an empty lock would look like a foreign one
            raise
        finally:
            os.close(handle)
        return True

    def _replace(self) -> bool:
        """Put our name in the place of a dead owner's; the file is never missing meanwhile."""
        beside = self.path.with_name(f"{FILE}.{self.owner.nonce}")
        try:
            handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                os.write(handle, self._content)
            finally:
                os.close(handle)
            os.replace(beside, self.path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return True

    def _is_dead(self, content: bytes) -> bool:
        try:
            other = msgspec.json.decode(content, type=Owner)
        except msgspec.MsgspecError:
            return self._is_stale()  # a crash between making and writing it
        if other.machine != self.owner.machine:
            return self._is_stale()
        return not is_alive(other.pid, other.started)

    def _is_stale(self) -> bool:
        clock = self.path.with_name(f"clock.{self.owner.nonce}")
        try:
            clock.touch()
            return clock.stat().st_mtime - self.path.stat().st_mtime > STALE_AFTER
        except OSError:
            return False
        finally:
            clock.unlink(missing_ok=True)


def machine() -> str:
    """A name for where process ids mean the same processes as here."""
    return "/".join([socket.gethostname(), _text("/proc/sys/kernel/random/boot_id"), _namespace()])


def started(pid: int) -> str:
    """When a process started, in the kernel's own count; empty where it does not tell."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] == "Z":  # a zombie has ended, only nobody has asked yet
        return ""
    return fields[19]


def is_alive(pid: int, started_at: str) -> bool:
    """Whether this very process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started(pid) == started_at


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _text(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[bool]:
    """Whether nobody else is taking this folder over just now.

    A crash lets go of it. Where a file system cannot lock a folder (NFS), this says yes: then the
    lock's file is read once more before it is replaced, and whoever loses notices at its next sign
    of life.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            yield True
            return
        yield True
    finally:
        os.close(handle)
