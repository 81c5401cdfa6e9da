"""Notebook files on disk: which ones count, what they hold, and what was seen of them last."""

import errno
import os
import stat
from functools import cached_property
from typing import Any

import msgspec

from ..store.spool.digests import DIGESTS, NOW, digest_of

LARGEST = 256_000_000
"""Bytes of a notebook that are recorded at most: what the service takes in one batch."""

LARGEST_OPENED = 1 << 30
"""Bytes of a notebook that are read to be shown: no text in Chromium or Firefox is longer.

Reading takes several times as much memory, and the server answers nobody meanwhile.
"""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file as this server knew it last."""

    mtime_ns: int
    size: int
    digest: bytes
    method: str = "blake3"  # an index that knows of no other has this one
    recorded: bool = True  # False: no room for this version in the spool, or it is too large

    def is_at(self, mtime_ns: int, size: int) -> bool:
        """Whether a file with this time and size is the one that was seen, for all we know."""
        return (self.mtime_ns, self.size) == (mtime_ns, size)


class TooLargeToRecord(OSError):
    """The file is larger than what is recorded."""

    def __init__(self, size: int, mtime_ns: int) -> None:
        super().__init__(errno.EFBIG, "The file is too large to be recorded")
        self.seen = Seen(mtime_ns, size, b"", "unread", recorded=False)
        """What to remember of it: nobody has read it."""


class Content:
    """A file's bytes, with the time that it had before they were read."""

    def __init__(self, raw: bytes, mtime_ns: int) -> None:
        self.raw = raw
        self.mtime_ns = mtime_ns

    @cached_property
    def digest(self) -> bytes:
        """What identifies the bytes; computed when somebody asks."""
        return digest_of(self.raw)

    @property
    def seen(self) -> Seen:
        """What to remember of it."""
        return Seen(self.mtime_ns, len(self.raw), self.digest, NOW)

    @property
    def known(self) -> list[bytes]:
        """The digest, if somebody has asked for it already."""
        return [self.__dict__["digest"]] if "digest" in self.__dict__ else []

    def know(self, digests: list[bytes]) -> None:
        """Take over the digest that somebody else has computed, if they have."""
        if digests:
            self.__dict__["digest"] = digests[0]

    def is_as(self, seen: Seen) -> bool:
        """Whether these are the bytes that were seen then."""
        if len(self.raw) != seen.size or seen.method not in DIGESTS:
            return False
        digest = self.digest if seen.method == NOW else DIGESTS[seen.method](self.raw)
        return digest == seen.digest


def is_notebook(path: str) -> bool:
    """Whether this path is one that is recorded: a notebook in no hidden or checkpoint folder."""
    return path.endswith(".ipynb") and not any(p.startswith(".") for p in path.split("/"))


def read(os_path: str) -> Content:
    """A file's bytes. Raises OSError for what is no file, or one that no memory should hold."""
    handle = os.open(os_path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would be waited for
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "This is no file")
        if status.st_size > LARGEST:
            raise TooLargeToRecord(status.st_size, status.st_mtime_ns)
        return Content(file.read(), status.st_mtime_ns)


def os_path_of(contents_manager: Any, path: str) -> str | None:
    """Where a path of the contents API lies on disk, None where it lies on no disk."""
    locate = getattr(contents_manager, "_get_os_path", None)
    return None if locate is None else str(locate(path))
