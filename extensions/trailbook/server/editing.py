"""Who changes a shared document: what its room's messages tell, and who since the last version.

Pure: knows no rooms, only the protocol that browsers speak with them.
"""

from collections import OrderedDict
from typing import NamedTuple

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
    try:
        return _read(message)
    except (IndexError, RuntimeError):  # it ends too early
        return Said()


def _read(message: bytes) -> Said:
    from pycrdt import Decoder, YMessageType, YSyncMessageType  # whoever has rooms has imported it

    kind = message[0]
    if kind == YMessageType.AWARENESS:
        state = Decoder(Decoder(message[1:]).read_message() or b"")
        copies, client = state.read_var_uint(), state.read_var_uint()
        return Said(client=client if copies == 1 else None)
    if kind != YMessageType.SYNC or message[1] == YSyncMessageType.SYNC_STEP1:
        return Said()
    if message[1] == YSyncMessageType.SYNC_STEP2:
        return Said(all_i_have=True)
    update = Decoder(Decoder(message[2:]).read_message() or b"")
    copies = update.read_var_uint()
    if copies != 1:
        return Said(change=True)
    update.read_var_uint()  # how many changes of that copy
    return Said(change=True, client=update.read_var_uint())


def states(vector: bytes) -> dict[int, int]:
    """How much a document has of each copy."""
    from pycrdt import Decoder

    numbers = Decoder(vector)
    return {
        numbers.read_var_uint(): numbers.read_var_uint() for _ in range(numbers.read_var_uint())
    }


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
