"""What every part of the recorder shares: the spool, and whether a notebook is recorded now.

Paths are the server's own, with `/` and relative to its root folder. Which space a path belongs
to is known only once the recorder is registered, so events in the spool carry `@<path>` as their
space; the drain resolves it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from ..clock import now_us
from ..store.records import Event, Mount, RecordingPaused, RecordingResumed
from ..store.spool import NO_SPACE, Spool

log = logging.getLogger("trailbook.recorder")


def place(path: str | None) -> str:
    """The space of an event in the spool."""
    return NO_SPACE + (path or "")


def mount_of(mounts: Sequence[Mount], path: str) -> Mount | None:
    """The mount that a path lies in: the longest prefix wins."""
    found = [mount for mount in mounts if _contains(mount.prefix, path)]
    return max(found, key=lambda mount: len(mount.prefix), default=None)


def _contains(prefix: str, path: str) -> bool:
    return not prefix or path == prefix or path.startswith(prefix + "/")


@dataclass
class Recorder:
    """Takes events into the spool unless recording is off or paused for their notebook."""

    spool: Spool
    mounts: list[Mount] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    paused_all: bool = False
    late: set[int] = field(default_factory=set)
    naming: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever reads a notebook's path and emits an event that names it, and by whoever
    emits that the path has changed: else a run would be recorded under a path that the history
    has just seen go. Never held while anything is written or sent."""
    _followers: list[Callable[[str, str], bool]] = field(default_factory=list)

    def is_off(self, path: str | None) -> bool:
        """Whether recording is switched off where this notebook lies."""
        mount = mount_of(self.mounts, path or "")
        return mount is not None and not mount.recording

    def is_recording(self, path: str | None) -> bool:
        """Whether what happens to this notebook is recorded now."""
        if self.is_off(path):
            return False
        return not self.paused_all and (path or "") not in self.paused

    def emit(
        self,
        event: Event,
        contents: Sequence[bytes] = (),
        digests: list[bytes] | None = None,
        *,
        urgent: bool = False,
    ) -> "Future[int | None]":
        """Put an event into the spool; `urgent` when a person waits for it to be durable."""
        return self.spool.append(event, contents, digests, urgent=urgent)

    def was_late(self, done: "Future[int | None]") -> None:
        """A save was answered before its version was durable; the ledger says so."""
        sequence = done.result()
        if sequence is not None:
            self.late.add(sequence)

    def pause(self, path: str | None, paused: bool, author: str | None) -> None:
        """Stop or go on recording a notebook, or the whole server (path None)."""
        if path is None:
            changed, self.paused_all = self.paused_all != paused, paused
        else:
            changed = (path in self.paused) != paused
            (self.paused.add if paused else self.paused.discard)(path)
        if changed:
            kind = RecordingPaused if paused else RecordingResumed
            self.emit(kind(space=place(path), at=now_us(), author=author, path=path))

    def follow(self, follower: Callable[[str, str], bool]) -> None:
        """Tell this one too whenever a notebook or a folder gets another path.

        It answers whether it knows a notebook that has moved.
        """
        self._followers.append(follower)

    def moved(self, path: str, to_path: str) -> bool:
        """A paused notebook stays paused under its new name; call it while `naming` is held.

        Whether some follower knows a notebook that has moved.
        """
        known = [follower(path, to_path) for follower in self._followers]
        for paused in list(self.paused):
            if _contains(path, paused):
                self.paused.discard(paused)
                self.paused.add(to_path + paused[len(path) :])
        return any(known)
