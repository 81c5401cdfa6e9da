"""How much one person's, or one project's, servers may send in a day.

A faulty or hostile recorder does harm to its own owner alone. Each owner has an allowance that
fills again all the time, a day's worth in a day; what goes beyond it is not taken for a while, and
waits in the recorder's spool meanwhile. A restart of the service fills every allowance.
"""

import time
from collections.abc import Callable

import msgspec

from .errors import QuotaExceeded

DAY = 86_400.0
EVENTS_A_DAY = 5_000_000
BYTES_A_DAY = 50_000_000_000
MOST_OWNERS = 100_000


class _Left(msgspec.Struct):
    """What is left of an allowance, at a time; below zero by at most one batch."""

    events: float
    size: float
    at: float


class Quota:
    """The allowances of all owners."""

    def __init__(
        self,
        events: int = EVENTS_A_DAY,
        size: int = BYTES_A_DAY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._events = events
        self._size = size
        self._clock = clock
        self._left: dict[str, _Left] = {}

    def spend(self, owner: str, events: int, size: int) -> None:
        """Take from an owner's allowance; raises QuotaExceeded where nothing is left of it."""
        left = self._filled(owner)
        for what, value, whole in (
            ("events", left.events, self._events),
            ("bytes", left.size, self._size),
        ):
            if value <= 0:
                raise QuotaExceeded(what, max(1.0, -value * DAY / max(whole, 1)))
        left.events -= events
        left.size -= size

    def _filled(self, owner: str) -> _Left:
        now = self._clock()
        left = self._left.get(owner)
        if left is None:
            if len(self._left) >= MOST_OWNERS:
                self._left = {o: kept for o, kept in self._left.items() if not self._is_full(kept)}
            left = self._left[owner] = _Left(self._events, self._size, now)
        passed = (now - left.at) / DAY
        left.events = min(self._events, left.events + passed * self._events)
        left.size = min(self._size, left.size + passed * self._size)
        left.at = now
        return left

    def _is_full(self, left: _Left) -> bool:
        passed = (self._clock() - left.at) / DAY
        return (
            left.events + passed * self._events >= self._events
            and left.size + passed * self._size >= self._size
        )
