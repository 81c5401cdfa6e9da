"""Tells the history what the data files that a run names were like."""

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from ..clock import now_us
from ..facets import READ, WRITTEN, DataName
from ..store.records import DataFile, DataSeen
from .datafiles import DataFiles, Look, is_address, paths_of, without_secrets, working_folder
from .recorder import Recorder, mount_of, place

SECONDS_OF_A_LOOK = 20.0
MOST_FILES = 200
MOST_OPEN = 1_000
CHANGED = "changed"
"""Why the state at a run's start is not known: the file has changed since."""

Seen = dict[tuple[str, str], Look]
"""What was seen of a path on disk, in a role."""


class Ran(NamedTuple):
    """A run, as far as it matters for what it depends on."""

    execution: str
    path: str | None
    author: str | None
    source: str
    language: str
    started_at: int
    pid: int | None = None


class DataLook:
    """Looks at the data of runs, at their start and at their end."""

    def __init__(self, recorder: Recorder, locate: Callable[[str], Path], whole_bytes: int) -> None:
        self._recorder = recorder
        self._locate = locate
        self._files = DataFiles(whole_bytes)
        self._off = whole_bytes <= 0
        self._begun: OrderedDict[str, tuple[str, Seen]] = OrderedDict()

    def look(self, run: Ran, named: list[DataName], *, ended: bool) -> None:
        """Tell what the run's data is like now: what it reads when it begins, the rest later."""
        if not named or self._off or run.path is None:
            return
        if not ended:
            folder = working_folder(run.pid, self._locate(run.path).parent)
            seen = self._look(folder, [name for name in named if name.role == READ], run)
            self._begun[run.execution] = (folder, seen)
            while len(self._begun) > MOST_OPEN:
                self._begun.popitem(last=False)
            self._tell(run, "start", seen)
            return
        folder, before = self._begun.pop(run.execution, ("", {}))
        if folder:
            self._tell(run, "end", _news(before, self._look(folder, named)))

    def _look(self, folder: str, named: Iterable[DataName], run: Ran | None = None) -> Seen:
        until = time.monotonic() + SECONDS_OF_A_LOOK
        found: Seen = {}
        for name in named:
            if is_address(name.path):
                found[without_secrets(name.path), name.role] = Look(unknown="not-local")
                continue
            for path in paths_of(name, folder):
                if len(found) >= MOST_FILES:
                    return found
                look = self._files.look(path, until)
                if run is not None and look.stamp is not None:
                    look = _as_at(look, run.started_at)
                found[path, name.role] = look
        return found

    def _tell(self, run: Ran, moment: str, seen: Seen) -> None:
        if not seen or run.path is None:
            return
        called = self._names(run.path)
        files = [_file(called(path), role, look) for (path, role), look in seen.items()]
        event = DataSeen(
            space=place(run.path),
            at=now_us(),
            author=run.author,
            execution=run.execution,
            moment=moment,
            files=files,
        )
        self._recorder.emit(event)

    def _names(self, notebook: str) -> Callable[[str], str]:
        """How paths on disk are called: from the server's root where they lie below it."""
        mount = mount_of(self._recorder.mounts, notebook)
        known = []
        for prefix in dict.fromkeys([mount.prefix if mount else "", ""]):
            root = str(self._locate(prefix))
            known += [(root, prefix), (os.path.realpath(root), prefix)]

        def called(path: str) -> str:
            for root, prefix in known:
                if path.startswith(root.rstrip("/") + "/"):
                    inside = path[len(root.rstrip("/")) + 1 :]
                    return f"{prefix}/{inside}" if prefix else inside
            return path

        return called


def _as_at(look: Look, started_at: int) -> Look:
    """What a file was like when a run began, if it has not changed since."""
    if look.stamp is not None and look.stamp.ctime_ns // 1000 > started_at:
        return Look(look.stamp, unknown=CHANGED)
    return look


def _news(before: Seen, now: Seen) -> Seen:
    """What was written, and of what was read what is not as it was at the start."""
    return {
        (path, role): look
        for (path, role), look in now.items()
        if role == WRITTEN or before.get((path, role)) != look
    }


def _file(path: str, role: str, look: Look) -> DataFile:
    stamp = look.stamp
    return DataFile(
        path=path,
        role=role,
        size=None if stamp is None else stamp.size,
        mtime=None if stamp is None else stamp.mtime_ns // 1000,
        fingerprint=look.fingerprint,
        partial=look.partial,
        unknown=look.unknown,
    )
