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


LOOKS = """
import gc, sys
from trailbook_hub.service.memory import look_seldom
if sys.argv[1] == "seldom":
    look_seldom()
before = gc.get_stats()[2]["collections"]
kept = [[n] for n in range(400_000)]
looked = gc.get_stats()[2]["collections"] - before
class Round: pass
for _ in range(100_000):
    one = Round()
    one.self = one
left = sum(type(one) is Round for one in gc.get_objects())
print(looked, left)
"""


def looks(how: str) -> tuple[int, int]:
    """How often everything was looked at while a lot came that stays, and what rounds are left."""
    command = [sys.executable, "-c", LOOKS, how]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    return int(told[0]), int(told[1])


def test_not_everything_is_looked_at_again_while_more_comes_that_stays() -> None:
    assert looks("often")[0] > 0
    seldom, left = looks("seldom")
    assert seldom == 0
    assert left < 20_000  # of those that go soon nothing is kept for long
