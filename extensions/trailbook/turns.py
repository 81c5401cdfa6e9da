"""Whose events are stored next: everybody's turn comes, and whoever sends most waits for it.

Of each owner (a person, or a project) only so much is read at a time, and one request is worked on
at a time, in the order in which they came. Each owner has some time of work in advance, which fills
again all the time, with a small part of a second in a second. Whoever has used it up rests until
there is some again, as long as there are others who did not need to; alone, nobody rests. So
neither many requests at once nor large ones hold up anybody else for long, and what people do by
hand seldom waits.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from .errors import OutOfTurn

IN_ADVANCE = 3.0
"""Seconds of work that are done for an owner at once: hundreds of saves, or one with content that
takes a second to compress, and what follows it."""

SHARE = 0.03
"""Of each second, what an owner gets who has used up what was there in advance: some saves.

Somebody who works by hand needs less. Of the others' requests about this part meets any of it, so
the slowest hundredth of them is felt: less than a hundredth would spare it, and let what waited in
an honest spool wait for many minutes.
"""

OTHERS_SECONDS = 1.0
"""How long after somebody's turn it counts that they are there."""

LONGEST_WAIT = 20.0
"""Seconds; a recorder waits 30 for an answer."""

MOST_REQUESTS = 32
"""Of one owner at once: a person has few servers, and each sends one after the other."""

MOST_BYTES = 64_000_000
"""Of one owner at once, unless it is one request: as many as that recorders send at most."""

MOST_OWNERS = 10_000


class _Owner:
    """One owner's requests, and the seconds of work that are left at a time."""

    def __init__(self, now: float) -> None:
        self.requests = 0
        self.size = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.working = False
        self.began = now
        self.left = IN_ADVANCE
        self.at = now

    def fill(self, now: float) -> float:
        """The seconds that are left; below zero after a request that took longer."""
        self.left = min(IN_ADVANCE, self.left + SHARE * (now - self.at))
        self.at = now
        return self.left


class Turns:
    """The turns of all owners; used on one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._owners: dict[str, _Owner] = {}
        self._light: list[tuple[str, float]] = []  # who was here last, and who before them

    def admit(self, owner: str, size: int) -> None:
        """A request of so many bytes comes; raises OutOfTurn where too many are there already."""
        one = self._owner(owner)
        too_large = one.requests and one.size + size > MOST_BYTES
        if one.requests >= MOST_REQUESTS or too_large:
            raise OutOfTurn(LONGEST_WAIT)
        one.requests += 1
        one.size += size

    def grow(self, owner: str, size: int) -> None:
        """A request that was admitted holds so many bytes more than it said; raises OutOfTurn."""
        one = self._owners[owner]
        if one.requests > 1 and one.size + size > MOST_BYTES:
            raise OutOfTurn(LONGEST_WAIT)
        one.size += size

    def leave(self, owner: str, size: int) -> None:
        """It is answered, or its sender is gone."""
        one = self._owners[owner]
        one.requests -= 1
        one.size -= size

    def here(self, owner: str) -> None:
        """Somebody does something that is not to be slow."""
        others = [each for each in self._light if each[0] != owner]
        self._light = [(owner, self._clock()), *others[:1]]

    async def take(self, owner: str) -> None:
        """Wait until it is the turn of a request that was admitted.

        Raises OutOfTurn where that would be too long.
        """
        one = self._owners[owner]
        until = self._clock() + LONGEST_WAIT
        if one.working:
            await self._wait(one)
        one.working = True
        try:
            await self._rest(owner, one, until)
        except BaseException:
            self._next(one)
            raise
        one.began = self._clock()

    def give_back(self, owner: str, waited: float = 0.0) -> None:
        """The request is done: what it took is taken from what the owner has.

        Not so the seconds that it waited behind everybody else: of one large picture they can be
        many, and the owner would rest for minutes for nothing.
        """
        one, now = self._owners[owner], self._clock()
        one.fill(now)
        one.left -= max(0.0, now - one.began - waited)
        self._next(one)

    async def _wait(self, one: _Owner) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        one.waiting.append(turn)
        try:
            done, _ = await asyncio.wait({turn}, timeout=LONGEST_WAIT)
        except BaseException:
            self._give_up(one, turn)
            raise
        if not done:
            self._give_up(one, turn)
            raise OutOfTurn(LONGEST_WAIT)

    def _give_up(self, one: _Owner, turn: "asyncio.Future[None]") -> None:
        if turn.done():
            self._next(one)  # it was just given
        else:
            one.waiting.remove(turn)

    def _next(self, one: _Owner) -> None:
        one.working = bool(one.waiting)
        if one.waiting:
            one.waiting.popleft().set_result(None)

    async def _rest(self, owner: str, one: _Owner, until: float) -> None:
        """Until something is left, or nobody else is there."""
        rested = False
        while (now := self._clock()) < (alone := self._alone_at(owner)) and one.fill(now) <= 0:
            if now >= until:
                raise OutOfTurn(-one.left / SHARE)
            rested = True
            await asyncio.sleep(max(0.001, min(alone, until, now - one.left / SHARE) - now))
        if not rested and one.fill(now) > 0:
            self.here(owner)

    def _alone_at(self, owner: str) -> float:
        """When all others will have been away for a while."""
        others = [at for name, at in self._light if name != owner]
        return max(others, default=-OTHERS_SECONDS) + OTHERS_SECONDS

    def _owner(self, owner: str) -> _Owner:
        one = self._owners.get(owner)
        if one is None:
            if len(self._owners) >= MOST_OWNERS:
                self._forget()
            one = self._owners[owner] = _Owner(self._clock())
        return one

    def _forget(self) -> None:
        """Those who have all that one can have are as if they had never come."""
        now = self._clock()
        self._owners = {
            owner: one
            for owner, one in self._owners.items()
            if one.requests or one.fill(now) < IN_ADVANCE
        }
