"""Sees what runs depend on, on a thread of its own: text files beside notebooks, and data.

Looked at when a run begins and when it ends; no run waits for it. A file's own time tells from
which run on its content holds, so a file that is edited while a cell runs belongs to the next run.
"""

import bisect
import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..facets import facets
from .beside import Beside
from .datalook import DataLook, Ran
from .recorder import Recorder
from .walk import Limits

NICE = 10
"""The thread steps back behind everything else that the server does."""
SHARE = 20
"""A scan that took a second is not repeated for so many."""
MOST_RUNS = 5_000
MOST_WAITING = 2_000

log = logging.getLogger("trailbook.witness")


class Witness:
    """The thread that looks."""

    def __init__(
        self,
        recorder: Recorder,
        locate: Callable[[str], Path],
        limits: Limits,
        whole_bytes: int,
    ) -> None:
        """`whole_bytes` is the size up to which data is read in full."""
        self._recorder = recorder
        self._beside = Beside(recorder, locate, limits, self._first_after)
        self._data = DataLook(recorder, locate, whole_bytes)
        self._runs: list[tuple[int, str]] = []
        self._lock = threading.Lock()
        self._asked: queue.Queue[tuple[Ran, bool]] = queue.Queue(MOST_WAITING)
        self._due: set[str] = set()
        self._next_scan = 0.0
        self._thread = threading.Thread(target=self._go, name="trailbook-witness", daemon=True)

    def began(self, run: Ran) -> None:
        """A run that is recorded has begun."""
        with self._lock:
            bisect.insort(self._runs, (run.started_at, run.execution))
            del self._runs[:-MOST_RUNS]
        self._ask(run, ended=False)

    def ended(self, run: Ran) -> None:
        """It is over."""
        self._ask(run, ended=True)

    def finish(self, timeout: float) -> None:
        """Wait until everything that was asked has been looked at."""
        until = time.monotonic() + timeout
        while (self._asked.unfinished_tasks or self._due) and self._thread.is_alive():
            if time.monotonic() > until:
                return
            self._next_scan = 0.0
            time.sleep(0.02)

    def _ask(self, run: Ran, *, ended: bool) -> None:
        if not self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._thread.start()
        with contextlib.suppress(queue.Full):  # what is known of runs may go, they themselves not
            self._asked.put_nowait((run, ended))

    def _first_after(self, changed_at: int) -> str | None:
        with self._lock:
            at = bisect.bisect_right(self._runs, (changed_at + TICK_US, "~"))
            return self._runs[at][1] if at < len(self._runs) else None

    def _go(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            left = min(0.2, max(0.0, self._next_scan - time.monotonic()))
            with contextlib.suppress(queue.Empty):
                run, ended = self._asked.get(timeout=left if self._due else None)
                self._look(run, ended=ended)
            if self._due and self._asked.empty() and time.monotonic() >= self._next_scan:
                self._scan()

    def _look(self, run: Ran, *, ended: bool) -> None:
        try:
            if run.path is not None and self._recorder.is_recording(run.path):
                self._due.add(run.path)
                self._data.look(run, facets(run.source, run.language).data, ended=ended)
        except Exception:
            log.exception("The data of a run was not recorded")
        finally:
            self._asked.task_done()

    def _scan(self) -> None:
        began = time.monotonic()
        for path in sorted(self._due):
            try:
                self._beside.look_around(path)
            except OSError as error:
                log.warning("The files beside %s were not looked at: %s", path, error)
            except Exception:
                log.exception("The files beside %s were not recorded", path)
        self._due.clear()
        ended = time.monotonic()
        self._next_scan = ended + SHARE * (ended - began)


def _tick_us() -> int:
    """So much a file's time may lie behind the clock: one step of the operating system's."""
    coarse = 5  # CLOCK_REALTIME_COARSE
    try:
        return min(10_000, max(1_000, round(time.clock_getres(coarse) * 1e6)))
    except (AttributeError, OSError, ValueError):
        return 10_000


TICK_US = _tick_us()
