"""Knowing a process again."""

import subprocess
import sys
import time

from trailbook_hub.spawners import processes


def test_a_process_is_known_by_the_moment_it_started() -> None:
    first = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    began = processes.started(first.pid)
    assert began
    assert processes.started(first.pid) == began
    first.communicate(b"\n")
    assert processes.started(first.pid) == ""


def test_a_dead_process_that_nobody_reaped_is_not_there() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    end = time.monotonic() + 20
    while processes.started(child.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert processes.started(child.pid) == ""
    child.wait()
