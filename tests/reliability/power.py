"""The disks that a power failure could have left, made from the log of a process's changes.

What a sync was answered for is there. Of each other change of a file's content nobody knows: it is
there, or not, or up to some sector of 512 bytes. Names (of files made, renamed, removed) come to
the disk in their order, and are there for sure once their folder was synced.
"""

import random
from pathlib import Path
from typing import NamedTuple

SECTOR = 512


class Change(NamedTuple):
    """Written, Truncated, Synced, Created, Renamed, Unlinked; or an Answer, on the output."""

    what: str
    at: int
    path: str
    content: bytes


def read(log: Path) -> list[Change]:
    """All changes, in order."""
    raw, found, cursor = log.read_bytes(), [], 0
    while cursor < len(raw):
        end = raw.index(b"\n", cursor)
        what, at, path, size = raw[cursor:end].decode().split()
        start = end + 1 + int(path)
        cursor = start + int(size)
        content = raw[start:cursor]
        found.append(Change(what, int(at), raw[end + 1 : start].decode(), content))
    return found


class File:
    """What of a file is on the disk, and what is on its way there."""

    def __init__(self) -> None:
        self.there = bytearray()
        self.coming: list[Change] = []

    def sync(self) -> None:
        for change in self.coming:
            apply(self.there, change, len(change.content))
        self.coming = []

    def after_failure(self, chance: random.Random) -> bytes:
        left = bytearray(self.there)
        for change in self.coming:
            size = len(change.content)
            fate = chance.choice(["whole", "gone", "cut"])
            if fate == "whole":
                apply(left, change, size)
            elif fate == "cut" and size > SECTOR:
                apply(left, change, chance.randrange(0, size, SECTOR))
        return bytes(left)


def apply(content: bytearray, change: Change, size: int) -> None:
    if change.what == "T":
        del content[change.at :]
        content.extend(bytes(change.at - len(content)))
    elif size:
        content.extend(bytes(max(0, change.at - len(content))))
        content[change.at : change.at + size] = change.content[:size]


class Disk:
    """A folder, as far as it is on the disk: names that are there, and names on their way."""

    def __init__(self) -> None:
        self.now: dict[str, File] = {}
        self.there: dict[str, File] = {}
        self.coming: list[Change] = []
        self.made: list[File | None] = []

    def take(self, change: Change) -> None:
        if change.what == "S" and change.path in self.now:
            self.now[change.path].sync()
        elif change.what == "S":  # a folder
            self._arrive(self.there, len(self.coming))
            self.coming, self.made = [], []
        elif change.what in "WT":
            self.now[change.path].coming.append(change)
        elif change.what in "CRU":
            self.coming.append(change)
            self.made.append(File() if change.what == "C" else None)
            rename(self.now, change, self.made[-1])

    def _arrive(self, names: dict[str, File], many: int) -> None:
        for change, made in zip(self.coming[:many], self.made[:many], strict=True):
            rename(names, change, made)

    def after_failure(self, chance: random.Random) -> dict[str, bytes]:
        """One of the states that the disk could be in when the power comes back."""
        names = dict(self.there)
        self._arrive(names, chance.randint(0, len(self.coming)))
        return {path: file.after_failure(chance) for path, file in names.items()}


def rename(names: dict[str, File], change: Change, made: File | None) -> None:
    if made is not None:
        names[change.path] = made
    elif change.path in names:
        file = names.pop(change.path)
        if change.what == "R":
            names[change.content.decode()] = file


def fail(changes: list[Change], after: int, chance: random.Random) -> tuple[dict[str, bytes], str]:
    """The power fails after so many changes: files by path, and what had been answered."""
    disk, said = Disk(), b""
    for change in changes[:after]:
        if change.what == "A":
            said += change.content
        else:
            disk.take(change)
    whole = said[: said.rfind(b"\n") + 1]
    return disk.after_failure(chance), whole.decode()
