"""A data file at a moment: size, time, and a fingerprint of what it holds."""

import glob
import itertools
import os
import re
import stat
import time
from pathlib import Path
from typing import NamedTuple

from blake3 import blake3

from ..facets import DataName
from ..store.identity import ID_BYTES
from .textfiles import Stamp

END_BYTES = 1 << 20
"""Of a file that is not read in whole: so much from its beginning, and from its end."""
PIECE = 4 << 20
MOST_OF_A_PATTERN = 100
MOST_KNOWN = 5_000
SYSTEM = ("/proc/", "/sys/", "/dev/")

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SECRETS = re.compile(r"(?<=://)[^/@]*@|[?#].*$", re.DOTALL)


class Look(NamedTuple):
    """What was seen; `unknown` says why there is no fingerprint."""

    stamp: Stamp | None = None
    fingerprint: str = ""
    partial: bool = False
    unknown: str = ""


class DataFiles:
    """Looks at files; what has not changed since the last look is not read again."""

    def __init__(self, whole_bytes: int) -> None:
        self._whole_bytes = whole_bytes
        self._known: dict[tuple[str, Stamp], Look] = {}

    def look(self, path: str, until: float) -> Look:
        """The file as it is now. Gives up at `until`, a time of `time.monotonic`."""
        try:
            return self._look(os.path.realpath(path), until)
        except (FileNotFoundError, NotADirectoryError):
            return Look(unknown="not-there")
        except PermissionError:
            return Look(unknown="not-readable")
        except (OSError, ValueError):
            return Look(unknown="failed")

    def _look(self, path: str, until: float) -> Look:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return Look(Stamp.of(status), unknown="folder")
        if not stat.S_ISREG(status.st_mode) or path.startswith(SYSTEM):
            return Look(unknown="no-file")  # opening it might do something, or never end
        stamp = Stamp.of(status)
        known = self._known.get((path, stamp))
        if known is not None:
            return known
        look = self._read(path, stamp, until)
        if not look.unknown:
            self._known[path, stamp] = look
            while len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
        return look

    def _read(self, path: str, stamp: Stamp, until: float) -> Look:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Look(unknown="no-file")
            digest = blake3()
            partial = stamp.size > max(self._whole_bytes, 2 * END_BYTES)
            if partial:
                digest.update(b"%d:" % stamp.size)
                digest.update(file.read(END_BYTES))
                file.seek(-END_BYTES, os.SEEK_END)
                digest.update(file.read(END_BYTES))
            else:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    if time.monotonic() > until:
                        return Look(stamp, unknown="too-slow")
            if Stamp.of(os.fstat(file.fileno())) != stamp:
                return Look(stamp, unknown="changing")
        return Look(stamp, digest.digest(ID_BYTES).hex(), partial)


def is_address(name: str) -> bool:
    """Whether a name leads over the network."""
    return bool(_ADDRESS.match(name)) or name.startswith(("//", "\\\\"))


def without_secrets(address: str) -> str:
    """An address without what it may say to its server alone."""
    return _SECRETS.sub("", address)


def paths_of(name: DataName, folder: str) -> list[str]:
    """The files on disk that a name stands for in this folder."""
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(name.path)))
    if not name.is_pattern:
        return [path]
    found = itertools.islice(glob.iglob(path, recursive=True), 10 * MOST_OF_A_PATTERN)
    return sorted(one for one in found if os.path.isfile(one))[:MOST_OF_A_PATTERN]


def working_folder(pid: int | None, otherwise: Path) -> str:
    """Where a kernel is now, as far as its process can be asked; else where it began."""
    if pid is not None:
        try:
            return os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            pass
    return str(otherwise)
