"""What takes long steps back, and does not hold up what is small."""

import contextvars
import os
import random
import sys
import threading
import time

import pytest

from trailbook.store.tables import compression
from trailbook.store.tables.aside import Waited, aside, waited
from trailbook.store.tables.compression import compress, expand


def text(size: int) -> bytes:
    pick = random.Random(3)  # noqa: S311
    return b"".join(b"value_%d = %d\n" % (n, pick.randrange(999)) for n in range(size // 12))[:size]


def test_the_answer_and_the_error_are_the_calls_own() -> None:
    assert aside(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        aside(divmod, 7, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="threads of other systems have no niceness")
def test_it_runs_behind_the_thread_that_asks() -> None:
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert aside(os.getpriority, os.PRIO_PROCESS, 0) > mine or mine == 19
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine


def test_one_piece_at_a_time() -> None:
    working, most = [], []

    def work() -> None:
        working.append(1)
        time.sleep(0.02)
        most.append(len(working))
        working.pop()

    askers = [threading.Thread(target=aside, args=(work,)) for _ in range(5)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert most == [1] * 5


def test_waiting_behind_others_is_told_apart_from_work() -> None:
    def asks(call, told: Waited) -> None:
        waited.set(told)
        aside(call)

    def work() -> None:
        until = time.thread_time() + 0.1
        while time.thread_time() < until:
            pass

    first, second = Waited(), Waited()
    ahead = threading.Thread(
        target=contextvars.copy_context().run, args=(asks, lambda: time.sleep(0.3), first)
    )
    ahead.start()
    time.sleep(0.05)
    begun = time.monotonic()
    contextvars.copy_context().run(asks, work, second)
    taken = time.monotonic() - begun
    ahead.join()
    assert first.seconds > 0.25
    assert second.seconds == pytest.approx(taken - 0.1, abs=0.05)


@pytest.mark.parametrize(("size", "apart"), [(100 << 10, False), (200 << 10, True)])
def test_only_large_content_is_compressed_there(
    monkeypatch: pytest.MonkeyPatch, size: int, apart: bool
) -> None:
    asked = []

    def noted(call, content):
        asked.append(len(content))
        return aside(call, content)

    monkeypatch.setattr(compression, "aside", noted)
    content = text(size)
    stored = compress(content)
    assert bool(asked) is apart
    assert expand(stored.encoding, stored.data, size, None, "it") == content
