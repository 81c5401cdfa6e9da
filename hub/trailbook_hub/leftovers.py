"""What a hub that was killed left running: its proxy and its services, known by a note."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from .spawners import processes

PATIENCE = 5.0


def note(path: Path, pids: Iterable[int]) -> None:
    """Write down which processes are ours, with the moment that each was started."""
    ours = {str(pid): processes.started(pid) for pid in pids}
    text = json.dumps(ours)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def end(path: Path) -> int:
    """End what was noted and still runs; answer how many there were."""
    if not path.exists():
        return 0
    noted = json.loads(path.read_text() or "{}")
    found = [int(pid) for pid, when in noted.items() if when and is_running(int(pid), when)]
    end_all({pid: noted[str(pid)] for pid in found})
    path.unlink()
    return len(found)


def end_own(path: Path, pids: Iterable[int]) -> None:
    """End these processes of ours, which then need no note."""
    started = {pid: processes.started(pid) for pid in pids}
    end_all({pid: when for pid, when in started.items() if when})
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def is_running(pid: int, when: str) -> bool:
    """Whether it is still the process that was noted."""
    return processes.started(pid) == when


def end_all(running: dict[int, str]) -> None:
    """Ask the processes to end, and end those that do not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid, when in running.items():
            if is_running(pid, when):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if not any(is_running(pid, when) for pid, when in running.items()):
                return
            time.sleep(0.05)
