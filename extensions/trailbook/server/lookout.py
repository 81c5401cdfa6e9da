"""Looks at a kernel session's surroundings on a thread of its own: packages, and git's commit.

When a session has its first run, and after each run whether something was installed meanwhile:
some folders' times tell, so an install in the notebook, in a terminal or by a program is noticed
alike, and the time says which run was the first to have it.
"""

import contextlib
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..clock import now_us
from ..store.records import KernelEnvironment, canonical
from .packages import Interpreter, Listing, Packages
from .recorder import Recorder

GIT_SECONDS = 20.0
SETTLE_SECONDS = 0.3
FILE_CLOCK_US = 10_000
"""So much a file's time may lie behind the clock."""

log = logging.getLogger("trailbook.lookout")


class Session:
    """A kernel session whose surroundings are looked at."""

    def __init__(self, id_: str, space: str, path: str | None, interpreter: Interpreter) -> None:
        self.id = id_
        self.space = space
        self.path = path
        self.interpreter = interpreter
        self.starts: list[int] = []
        """When each run of it began."""
        self.is_new = True
        self.listing: Listing | None = None


class Lookout:
    """The thread that looks."""

    def __init__(self, recorder: Recorder, locate: Callable[[str], Path]) -> None:
        self._recorder = recorder
        self._locate = locate
        self._packages = Packages()
        self._asked: queue.Queue[Session] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="trailbook-lookout", daemon=True)

    def look(self, session: Session) -> None:
        """A session has begun, or a run in it is over."""
        if not self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._thread.start()
        self._asked.put(session)

    def finish(self, timeout: float) -> None:
        """Wait until everything that was asked has been looked at."""
        until = time.monotonic() + timeout
        while self._asked.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)

    def _run(self) -> None:
        while True:
            asked = [self._asked.get()]
            time.sleep(SETTLE_SECONDS)  # by then it is known which runs have begun
            with contextlib.suppress(queue.Empty):
                while True:
                    asked.append(self._asked.get_nowait())
            for session in set(asked):
                try:
                    self._look(session)
                except Exception:
                    log.exception("The environment of a kernel was not recorded")
            for _ in asked:
                self._asked.task_done()

    def _look(self, session: Session) -> None:
        listing = None
        if session.interpreter.can_be_asked:
            listing = self._packages.of(session.interpreter)
        if session.is_new:
            session.is_new, session.listing = False, listing
            self._tell(session, 0, self._about(session))
        elif listing is not None and listing is not session.listing:
            before, session.listing = session.listing, listing
            if before is None or before.packages != listing.packages:
                self._tell(session, first_after(session.starts, listing.changed_since(before)), {})

    def _tell(self, session: Session, position: int, environment: dict[str, str]) -> None:
        listing = session.listing
        if listing is None and not environment:
            return
        event = KernelEnvironment(
            space=session.space,
            at=now_us(),
            kernel_session=session.id,
            position=position,
            environment=environment,
            packages=None if listing is None else 0,
        )
        self._recorder.emit(event, [] if listing is None else [canonical(listing.packages)])

    def _about(self, session: Session) -> dict[str, str]:
        about = {}
        if session.interpreter.can_be_asked:
            about["interpreter"] = session.interpreter.program
        if session.path is not None:
            about.update(git_state(self._locate(session.path).parent))
        return about


def first_after(starts: list[int], changed_at: int) -> int:
    """The position of the first run that began after this time, which files have roughly."""
    return sum(start <= changed_at + FILE_CLOCK_US for start in list(starts))


def git_state(folder: Path) -> dict[str, str]:
    """The commit that a folder stands at, and whether tracked files differ from it."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if not commit:
        return {}
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    dirty = {} if changed is None else {"git_dirty": "yes" if changed else "no"}
    return {"git_commit": commit, **dirty}


def _git(folder: Path, *arguments: str) -> str | None:
    """What git answers; it takes no lock and runs no program that the repository names."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments]
    try:
        answer = subprocess.run(
            command,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode:
        return None
    return answer.stdout.decode("utf-8", "replace").strip()
