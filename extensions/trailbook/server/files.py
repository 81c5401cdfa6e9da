"""Notebook files on disk: which ones count, what they hold, and what was seen of them last."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..store.spool.frames import digest_of


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file as this server knew it last."""

    mtime_ns: int
    size: int
    digest: bytes


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
        return Seen(self.mtime_ns, len(self.raw), self.digest)

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
        return len(self.raw) == seen.size and self.digest == seen.digest


def is_notebook(path: str) -> bool:
    """Whether this path is one that is recorded: a notebook in no hidden or checkpoint folder."""
    return path.endswith(".ipynb") and not any(p.startswith(".") for p in path.split("/"))


def read(os_path: str) -> Content:
    """A file's bytes."""
    with Path(os_path).open("rb") as file:
        mtime_ns = os.fstat(file.fileno()).st_mtime_ns
        return Content(file.read(), mtime_ns)


def os_path_of(contents_manager: Any, path: str) -> str | None:
    """Where a path of the contents API lies on disk, None where it lies on no disk."""
    locate = getattr(contents_manager, "_get_os_path", None)
    return None if locate is None else str(locate(path))
