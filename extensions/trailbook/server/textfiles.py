"""A text file beside notebooks: which ones count, and what one holds now."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

_CODE = """
.py .pyi .pyx .r .rmd .qmd .jl .stan .sql .sh .bash .yaml .yml .toml .ini .cfg .conf .json .txt .md
.rst .j2 .jinja .jinja2 .tmpl .graphql .proto .c .h .cc .cpp .hpp .java .scala .js .ts .do .sas .lua
.pl .rb .go .rs
"""
SUFFIXES = frozenset(_CODE.split())
NAMES = frozenset({"Makefile", "Dockerfile", "Snakefile", "Pipfile", "DESCRIPTION", "NAMESPACE"})

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

SETTLED_NS = 50_000_000
"""What was read sooner after its last change may have changed again at the same time."""

NO_TEXT, TOO_LARGE, UNREADABLE = "no-text", "too-large", "unreadable"
GONE, UNWATCHED = "gone", "unwatched"


class Stamp(NamedTuple):
    """What tells that a file has not changed."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """From what the file system says."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Change(NamedTuple):
    """A file that is new, changed or gone; `content` is None for `reason`."""

    folder: str
    name: str
    changed_at: int  # microseconds
    size: int = 0
    stamp: Stamp | None = None  # None: it has to be read again next time
    content: bytes | None = None
    reason: str = ""

    @property
    def path(self) -> str:
        """From the server's root."""
        return inside(self.folder, self.name)


def inside(folder: str, name: str) -> str:
    """The path of something in a folder; the root folder is ""."""
    return f"{folder}/{name}" if folder else name


def is_text(name: str) -> bool:
    """Whether code may import or read a file of this name as text; notebooks have versions."""
    return os.path.splitext(name)[1].lower() in SUFFIXES or name in NAMES


def read_text(path: str, folder: int, name: str, stamp: Stamp, most: int) -> Change | None:
    """The file's content now; None while something writes it."""
    seen = Change(path, name, stamp.ctime_ns // 1000, stamp.size, stamp)
    if stamp.size > most:
        return seen._replace(reason=TOO_LARGE)
    read_at = time.time_ns()
    try:
        with opened(name, FILE, folder) as file:
            content = _content(file, most)
            after = Stamp.of(os.fstat(file))
    except OSError:
        return seen._replace(reason=UNREADABLE)
    if after != stamp or len(content) != stamp.size:
        return None
    if read_at - stamp.ctime_ns < SETTLED_NS:
        seen = seen._replace(stamp=None)
    if b"\0" in content[:8192]:
        return seen._replace(reason=NO_TEXT)
    return seen._replace(content=content)


def _content(file: int, most: int) -> bytes:
    pieces, left = [], most + 1
    while left > 0:
        piece = os.read(file, min(left, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


@contextmanager
def opened(name: str, flags: int, folder: int | None = None) -> Iterator[int]:
    """A file or a folder, open for a while."""
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
