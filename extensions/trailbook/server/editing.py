"""Who changes a shared document: what its room's messages tell, and who since the last version.

Pure: knows neither rooms nor the library behind them, only the protocol that browsers speak.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

SYNC, AWARENESS = 0, 1
ALL_I_HAVE, CHANGE = 1, 2
"""Of a `SYNC`: what a browser has and the room lacked when they met; one change just made."""

MOST_CLIENTS = 10_000

Somebody = str | None
"""The name of a person; None is somebody who cannot be told."""


class Said(NamedTuple):
    """A browser's message, as far as it tells who does something."""

    change: bool = False
    all_i_have: bool = False
    client: int | None = None
    """The document's own number for the browser's copy, if the message is about one copy."""


def said(message: bytes) -> Said:
    """What a message of a browser's says."""
    if message[:2] == bytes([SYNC, CHANGE]):
        copies, _, client = _numbers(_body(message, 2), 3)
        return Said(change=True, client=client if copies == 1 else None)
    if message[:2] == bytes([SYNC, ALL_I_HAVE]):
        return Said(all_i_have=True)
    if message[:1] == bytes([AWARENESS]):
        copies, client = _numbers(_body(message, 1), 2)
        return Said(client=client if copies == 1 else None)
    return Said()


def states(vector: bytes) -> dict[int, int]:
    """How much a document has of each copy."""
    numbers = _varints(vector)
    count = next(numbers, 0)
    return {next(numbers): next(numbers) for _ in range(count)}


def _body(message: bytes, start: int) -> bytes:
    size = 0
    for place in range(start, len(message)):
        size |= (message[place] & 127) << 7 * (place - start)
        if message[place] < 128:
            return message[place + 1 : place + 1 + size]
    return b""


def _numbers(raw: bytes, count: int) -> list[int | None]:
    """The first numbers; None where there are fewer."""
    numbers = _varints(raw)
    return [next(numbers, None) for _ in range(count)]


def _varints(raw: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in raw:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0


class Clients:
    """Whose copy of a document is whose, by the numbers that the copies give themselves."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Somebody] = OrderedDict()

    def learn(self, client: int, person: Somebody) -> None:
        """This copy is that person's; nobody takes a number over."""
        self._known.setdefault(client, person)
        while len(self._known) > MOST_CLIENTS:
            self._known.popitem(last=False)

    def whose(self, client: int) -> Somebody:
        """The person at this copy."""
        return self._known.get(client)


class Editing:
    """Who has changed one document since its last recorded version."""

    def __init__(self) -> None:
        self._by: dict[Somebody, tuple[int, int]] = {}  # the first and the last change
        self._changes = 0
        self._written: int | None = None

    def changed(self, person: Somebody) -> None:
        """Somebody has changed it."""
        self._changes += 1
        first, _ = self._by.pop(person, (self._changes, 0))
        self._by[person] = first, self._changes

    def saving(self) -> None:
        """It is about to be written; what comes now belongs to the next version."""
        self._written = self._changes

    def taken(self) -> list[Somebody]:
        """Who has changed what was written, the last one last; from here on it is counted anew."""
        until = self._changes if self._written is None else self._written
        self._written = None
        named = [person for person, (first, _) in self._by.items() if first <= until]
        self._by = {
            person: (max(first, until + 1), last)
            for person, (first, last) in self._by.items()
            if last > until
        }
        return named
