"""Notebook files on disk: which ones count, what they hold, and what was seen of them last."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from blake3 import blake3


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file as this server knew it last."""

    mtime_ns: int
    size: int
    digest: bytes


class Content(NamedTuple):
    """A file's bytes with what identifies them."""

    raw: bytes
    seen: Seen


def is_notebook(path: str) -> bool:
    """Whether this path is one that is recorded: a notebook in no hidden or checkpoint folder."""
    return path.endswith(".ipynb") and not any(p.startswith(".") for p in path.split("/"))


def read(os_path: str) -> Content:
    """A file's bytes, and the time and size that it had before they were read."""
    with Path(os_path).open("rb") as file:
        status = os.fstat(file.fileno())
        raw = file.read()
    return Content(raw, Seen(status.st_mtime_ns, status.st_size, blake3(raw).digest(16)))


def os_path_of(contents_manager: Any, path: str) -> str | None:
    """Where a path of the contents API lies on disk, None where it lies on no disk."""
    locate = getattr(contents_manager, "_get_os_path", None)
    return None if locate is None else str(locate(path))
