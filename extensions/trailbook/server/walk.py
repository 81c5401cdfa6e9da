"""One look at the text files below a folder: what of them has changed.

It asks the file system for times and sizes and reads only what is new by them. It goes from open
folder to open folder and follows no link, so nobody who may write into a shared folder can make it
read what lies elsewhere.
"""

import os
import stat
import time
from typing import NamedTuple

from ..store.spool.digests import digest_of
from .ignore import NAME, Rules
from .textfiles import (
    FILE,
    FOLDER,
    NO_TEXT,
    SETTLED_NS,
    TOO_LARGE,
    Change,
    Stamp,
    inside,
    is_text,
    opened,
    read_text,
)

CROWDED = 2_000
"""A folder with more entries than this holds data, not code, and is passed over."""
DEEPEST = 12
MOST_BYTES = 64 << 20


class Limits(NamedTuple):
    """How much is watched."""

    files: int = 2_000
    file_bytes: int = 1 << 20
    entries: int = 20_000
    seconds: float = 3.0


class TooMuch(Exception):
    """There is more in this place than is watched."""


class Known(NamedTuple):
    """A file as it was told last."""

    stamp: Stamp | None  # None: it has to be read again
    digest: bytes
    reason: str

    @classmethod
    def of(cls, change: Change) -> "Known":
        """What to remember of what was told."""
        digest = b"" if change.content is None else digest_of(change.content)
        return cls(change.stamp, digest, change.reason)

    def is_as(self, change: Change) -> bool:
        """Whether there is nothing new to tell."""
        if change.content is None:
            return self.reason == change.reason != TOO_LARGE
        return not self.reason and digest_of(change.content) == self.digest


class Listing(NamedTuple):
    """A folder, as long as its time is the same and the same patterns are in force."""

    mtime_ns: int
    rules: Rules
    folders: tuple[str, ...]
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    entries: int
    has_rules: bool


class Memory:
    """What earlier walks have found."""

    def __init__(self) -> None:
        self.files: dict[str, Known] = {}
        self.listings: dict[str, Listing] = {}
        self.rules: dict[str, tuple[bytes, Rules, Rules]] = {}


class Walk:
    """One scan under way; raises TooMuch."""

    def __init__(
        self, memory: Memory, limits: Limits, apart: frozenset[str], *, deep: bool
    ) -> None:
        self.changes: list[Change] = []
        self.met: set[str] = set()
        self.passed: set[str] = set()  # files and folders that are there and not watched
        self.folders: dict[str, int] = {}
        self.deep = deep
        self._memory = memory
        self._limits = limits
        self._apart = apart
        self._entries = 0
        self._bytes = 0
        self._until = time.monotonic() + limits.seconds

    def folder(self, path: str, folder: int, rules: Rules, depth: int = 0) -> None:
        """Look at an open folder, and at those in it."""
        listing = self._listing(path, folder, rules)
        self._entries += listing.entries
        self.folders[path] = listing.mtime_ns
        self.passed.update(inside(path, name) for name in listing.left_out)
        if self._entries > self._limits.entries or time.monotonic() > self._until:
            raise TooMuch
        if listing.entries > CROWDED:
            self.passed.add(path)
        for name in listing.files:
            self._file(path, folder, name)
        if self.deep and depth < DEEPEST:
            for name in listing.folders:
                self._below(inside(path, name), name, folder, listing.rules, depth + 1)

    def is_passed(self, path: str) -> bool:
        """Whether a file that was not met is there all the same."""
        while path:
            if path in self.passed:
                return True
            path = path.rpartition("/")[0]
        return "" in self.passed

    def _below(self, path: str, name: str, parent: int, rules: Rules, depth: int) -> None:
        if path in self._apart:
            return
        try:
            with opened(name, FOLDER | os.O_NOFOLLOW, parent) as folder:
                self.folder(path, folder, rules, depth)
        except FileNotFoundError:
            return
        except OSError:
            self.passed.add(path)  # not ours to read, or a link by now

    # -- folders ---------------------------------------------------------------------------------

    def _listing(self, path: str, folder: int, rules: Rules) -> Listing:
        known = self._memory.listings.get(path)
        mtime_ns = os.fstat(folder).st_mtime_ns
        if known is not None and known.has_rules:
            rules = self._rules_in(path, folder, rules)
        if known is not None and known.mtime_ns == mtime_ns and known.rules is rules:
            return known
        read_at = time.time_ns()
        entries = _entries(folder)
        has_rules = any(entry.name == NAME for entry in entries)
        if has_rules and (known is None or not known.has_rules):
            rules = self._rules_in(path, folder, rules)
        listing = _sorted(path, entries, rules)._replace(mtime_ns=mtime_ns, has_rules=has_rules)
        self._memory.listings[path] = listing
        if read_at - mtime_ns < SETTLED_NS:  # more may come at what is the same time
            self._memory.listings[path] = listing._replace(mtime_ns=-1)
        return listing

    def _rules_in(self, path: str, folder: int, rules: Rules) -> Rules:
        """The patterns in force below a folder that has a file of its own."""
        try:
            with opened(NAME, FILE, folder) as file:
                text = os.read(file, 65_536)
        except OSError:
            return rules
        known = self._memory.rules.get(path)
        if known is None or known[0] != text or known[1] is not rules:
            known = (text, rules, rules.and_of(path, text.decode("utf-8", "replace")))
            self._memory.rules[path] = known
        return known[2]

    # -- files -----------------------------------------------------------------------------------

    def _file(self, path: str, folder: int, name: str) -> None:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return
        if not stat.S_ISREG(status.st_mode):
            return
        whole, stamp = inside(path, name), Stamp.of(status)
        self.met.add(whole)
        if len(self.met) > self._limits.files:
            raise TooMuch
        known = self._memory.files.get(whole)
        if known is None or known.stamp != stamp:
            change = read_text(path, folder, name, stamp, self._limits.file_bytes)
            if change is not None:
                self._consider(change, known)

    def _consider(self, change: Change, known: Known | None) -> None:
        is_no_text = change.reason == NO_TEXT and (known is None or known.reason == NO_TEXT)
        if is_no_text or (known is not None and known.is_as(change)):
            self._memory.files[change.path] = Known.of(change)  # nothing to tell
        else:
            self._bytes += len(change.content or b"")
            if self._bytes > MOST_BYTES:
                raise TooMuch
            self.changes.append(change)


def _entries(folder: int) -> "list[os.DirEntry[str]]":
    """What lies in a folder, as far as it is not crowded."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            found.append(entry)
            if len(found) > CROWDED:
                break
    return found


def _sorted(path: str, entries: "list[os.DirEntry[str]]", rules: Rules) -> Listing:
    folders: list[str] = []
    files: list[str] = []
    left_out: list[str] = []
    for entry in entries if len(entries) <= CROWDED else []:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not (is_text(entry.name) and entry.is_file(follow_symlinks=False)):
            continue
        if rules.leave_out(path, entry.name, is_folder=is_folder):
            left_out.append(entry.name)
        else:
            (folders if is_folder else files).append(entry.name)
    return Listing(
        mtime_ns=0,
        rules=rules,
        folders=tuple(sorted(folders)),
        files=tuple(sorted(files)),
        left_out=tuple(left_out),
        entries=len(entries),
        has_rules=False,
    )
