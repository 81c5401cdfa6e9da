"""Tells the history which text files lie beside the notebooks that run."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from ..clock import now_us
from ..store.records import FilesSaved, Gap, SavedFile
from .recorder import Recorder, mount_of, place
from .textfiles import Change
from .walk import Limits, TooMuch
from .watched import Watched

FILES_AT_ONCE = 200
BYTES_AT_ONCE = 1 << 20
DURABLE_SECONDS = 30.0
TOO_MUCH = "files-too-many"
"""Why a gap is there when more lies beside a notebook than is watched."""

SETTLE_SECONDS = 0.2
"""So long after a look it is known which runs had begun before it."""

log = logging.getLogger("trailbook.beside")


class Beside:
    """What lies beside notebooks, looked at when they run."""

    def __init__(
        self,
        recorder: Recorder,
        locate: Callable[[str], Path],
        limits: Limits,
        first_after: Callable[[int], str | None],
    ) -> None:
        """`first_after` answers the first run that began after a change at this time."""
        self._recorder = recorder
        self._locate = locate
        self._limits = limits
        self._first_after = first_after
        self._watched = Watched(limits)
        self._scanned: dict[str, int] = {}
        self._too_large: set[str] = set()

    def look_around(self, path: str) -> None:
        """Look at the notebook's whole space if that is not too large, else at its folder."""
        if self._limits.files <= 0 or self._recorder.spool.failing:
            return
        mount = mount_of(self._recorder.mounts, path)
        folder = path.rpartition("/")[0]
        for root in dict.fromkeys([mount.prefix if mount else folder, folder]):
            if root in self._too_large:
                continue
            try:
                self._look_at(root, deep=True)
            except TooMuch:
                self._too_large.add(root)
                log.warning("Too much lies in %r for its files to be watched", root or "/")
                if root == folder:
                    self._say_too_much(path)
            else:
                return
        with contextlib.suppress(TooMuch):
            self._look_at(folder, deep=False)

    def _look_at(self, root: str, *, deep: bool) -> None:
        prefixes = (mount.prefix for mount in self._recorder.mounts)
        apart = frozenset(prefix for prefix in prefixes if prefix and prefix != root)
        before, now = self._scanned.get(root, 0), now_us()
        found = self._watched.scan(root, str(self._locate(root)), apart=apart, deep=deep)
        self._scanned[root] = now
        if found:
            time.sleep(SETTLE_SECONDS)
        for changes in grouped(found, self._first_after):
            self._tell(changes, before)

    def _tell(self, changes: list[Change], unseen_since: int) -> None:
        contents = [change.content for change in changes if change.content is not None]
        numbers = iter(range(len(contents)))
        files = [
            SavedFile(
                name=change.name,
                size=change.size,
                changed_at=change.changed_at,
                content=None if change.content is None else next(numbers),
                reason=change.reason,
            )
            for change in changes
        ]
        folder = changes[0].folder
        with self._recorder.naming:  # no run begins in between
            event = FilesSaved(
                space=place(folder),
                at=now_us(),
                path=folder,
                files=files,
                since_run=self._first_after(changes[0].changed_at),
                unseen_since=unseen_since,
            )
            done = self._recorder.emit(event, contents)
        if done.result(DURABLE_SECONDS) is not None:  # else it is counted as lost, and told anew
            for change in changes:
                self._watched.told(change)

    def _say_too_much(self, path: str) -> None:
        now = now_us()
        gap = Gap(space=place(path), at=now, reason=TOO_MUCH, path=path, since=now, until=now)
        self._recorder.emit(gap)


def grouped(
    changes: Iterable[Change], first_after: Callable[[int], str | None]
) -> Iterator[list[Change]]:
    """What is told together: of one folder, from one run on, and not too much at once."""
    since = [(change.folder, first_after(change.changed_at), change) for change in changes]
    since.sort(key=lambda one: (one[0], one[1] or "", one[2].name))
    for _, ones in groupby(since, key=lambda one: one[:2]):
        piece: list[Change] = []
        size = 0
        for _, _, change in ones:
            size += len(change.content or b"")
            if piece and (size > BYTES_AT_ONCE or len(piece) >= FILES_AT_ONCE):
                yield piece
                piece, size = [], len(change.content or b"")
            piece.append(change)
        yield piece
