"""How long somebody waits after wrong passwords: longer each time, forgotten after a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = {"name": 4, "address": 20}
"""So many mistakes cost nothing; a whole office may share one address."""

REMEMBERED = 10_000
"""Names and addresses kept at most; the oldest are forgotten first."""


class Throttled(Exception):
    """Too many wrong passwords; `seconds` until the next one is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = math.ceil(seconds)


@dataclass
class Mistakes:
    """Wrong passwords under one name or from one address."""

    count: int = 0
    last: float = 0.0


class Throttle:
    """Counts wrong passwords in memory, by name and by address."""

    def __init__(
        self,
        longest_by_name: float = 60,
        longest_by_address: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # A name waits less than an address: else anybody could lock somebody else out.
        self.longest = {"name": longest_by_name, "address": longest_by_address}
        self.clock = clock
        self.mistakes: OrderedDict[tuple[str, str], Mistakes] = OrderedDict()

    def wait(self, name: str, address: str) -> float:
        """Seconds until the next try is looked at; 0 when it is at once."""
        return max(self.wait_of(("name", name)), self.wait_of(("address", address)))

    def wait_of(self, key: tuple[str, str]) -> float:
        """Seconds that one name or one address still waits."""
        found = self.mistakes.get(key)
        if found is None or found.count <= FREE[key[0]]:
            return 0.0
        pause = min(self.longest[key[0]], 2.0 ** min(30, found.count - FREE[key[0]] - 1))
        return max(0.0, found.last + pause - self.clock())

    def began(self, name: str, address: str) -> None:
        """Count a try as a mistake before it is looked at: many at once gain nothing."""
        now = self.clock()
        for key in (("name", name), ("address", address)):
            found = self.mistakes.pop(key, Mistakes())
            if now - found.last > 2 * self.longest[key[0]]:
                found = Mistakes()
            self.mistakes[key] = Mistakes(found.count + 1, now)
        while len(self.mistakes) > REMEMBERED:
            self.mistakes.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the mistakes under a name, and that this try was counted for its address."""
        self.mistakes.pop(("name", name), None)
        if found := self.mistakes.get(("address", address)):
            found.count = max(0, found.count - 1)
