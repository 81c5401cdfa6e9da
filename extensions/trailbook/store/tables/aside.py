"""Work that takes long and that nobody else should feel: one piece at a time, behind all others."""

import functools
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

P = ParamSpec("P")
T = TypeVar("T")

_NICE = 5  # about a third of what a thread beside it gets of a core that both want


def aside(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What the call answers; it is made on a thread that steps back behind all others.

    For calls that let go of Python's lock while they work: others would wait for whoever holds it.
    """
    return _thread().submit(call, *args, **kwargs).result()


@functools.cache
def _thread() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # not for those who only read

    return ThreadPoolExecutor(1, "aside", initializer=_step_back)


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere this would be for the whole process
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + _NICE)
