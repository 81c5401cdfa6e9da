"""Memory that many threads needed for a moment is given back."""

import subprocess
import sys

import pytest

WORK = """
import sys, threading
from trailbook_hub.service.memory import give_back
if sys.argv[1] == "given back":
    give_back()
kept, together = [], threading.Barrier(24)
def work():
    together.wait()
    for _ in range(20):
        pieces = [bytes(1000 * size) for size in range(20, 400, 7)]
        kept.append(bytes(5000))
threads = [threading.Thread(target=work) for _ in range(24)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
lines = open("/proc/self/status").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmRSS")))
"""


def held(how: str) -> int:
    """Kilobytes that a process has after it needed many large pieces for a moment."""
    command = [sys.executable, "-c", WORK, how]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone keeps it")
def test_less_is_kept_of_what_threads_needed_for_a_moment() -> None:
    assert held("given back") < 0.8 * held("kept")
