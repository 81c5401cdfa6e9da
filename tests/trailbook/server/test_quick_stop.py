"""A process ends soon after its main thread, whatever other threads wait for."""

import subprocess
import sys
import time

SCRIPT = """
import threading, time
from trailbook.server.quick_stop import guard_the_end
if {guarded}:
    guard_the_end()
threading.Thread(target=time.sleep, args=(8,)).start()
"""


def seconds(guarded):
    before = time.monotonic()
    subprocess.run([sys.executable, "-c", SCRIPT.format(guarded=guarded)], check=True)
    return time.monotonic() - before


def test_a_thread_that_never_ends_does_not_hold_the_process():
    assert seconds(guarded=True) < 6
    assert seconds(guarded=False) >= 8
