"""Work that takes long and that nobody else should feel: one piece at a time, behind all others."""

import functools
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

P = ParamSpec("P")
T = TypeVar("T")

_NICE = 5  # about a third of what a thread beside it gets of a core that both want


class Waited:
    """How long somebody has waited for what is done here while it was not worked on."""

    def __init__(self) -> None:
        self.seconds = 0.0


waited: ContextVar[Waited | None] = ContextVar("waited", default=None)
"""Who wants to know sets it; threads that are begun with a copy of the context count into it."""


def aside(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What the call answers; it is made on a thread that steps back behind all others.

    For calls that let go of Python's lock while they work: others would wait for whoever holds it.
    """

    def timed() -> tuple[T, float]:
        before = time.thread_time()
        return call(*args, **kwargs), time.thread_time() - before

    begun = time.monotonic()
    answer, worked = _thread().submit(timed).result()
    told = waited.get()
    if told is not None:
        told.seconds += max(0.0, time.monotonic() - begun - worked)
    return answer


@functools.cache
def _thread() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # not for those who only read

    return ThreadPoolExecutor(1, "aside", initializer=_step_back)


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere this would be for the whole process
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + _NICE)
