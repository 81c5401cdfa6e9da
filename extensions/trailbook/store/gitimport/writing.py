"""Imported events into the store, by its protocol: register, seal, send what is missing."""

from collections.abc import Callable

import msgspec

from ...errors import BadRequest, Conflict, NotFound, TrailbookError
from ..base import Owner
from ..ingest.writers import FROM_GIT
from ..objects import Sealer
from ..records import AnyEvent, Batch, Mount, Registration, Sealed
from ..sql import SqlStore
from .known import writer_label

_EVENTS_AT_ONCE = 200
_BYTES_AT_ONCE = 16_000_000
_CANNOT_BE = frozenset({"bad-request", "not-exact", "too-large"})

Item = tuple[AnyEvent, list[bytes]]
Refused = Callable[[AnyEvent, TrailbookError], None]


class Importer(msgspec.Struct, frozen=True):
    """Whose history it becomes: a project's, or one person's own."""

    name: str
    person: str | None = None
    project: str | None = None


class Writing:
    """A writer, and what it has not sent yet. A batch is stored whole or not at all."""

    def __init__(self, store: SqlStore, owner: Owner, head: str, refused: Refused) -> None:
        self._store = store
        self._owner = owner
        self._refused = refused
        self._items: list[Item] = []
        self._bytes = 0
        registration = Registration(server=writer_label(head))
        registered = store.register_writer(owner, registration, kind=FROM_GIT)
        self._writer = registered.writer
        self._mount = _own_space(registered.mounts)
        self._sequence = registered.acknowledged
        self._sealer = Sealer()

    def add(self, event: AnyEvent, *contents: bytes) -> bool:
        """Take an event; whether everything taken is durable now."""
        self._items.append((event, list(contents)))
        self._bytes += sum(map(len, contents))
        if len(self._items) < _EVENTS_AT_ONCE and self._bytes < _BYTES_AT_ONCE:
            return False
        self.send()
        return True

    def send(self) -> None:
        """Store what is taken."""
        items, self._items, self._bytes = self._items, [], 0
        if items:
            self._send(items)

    def _send(self, items: list[Item]) -> None:
        """What the store never takes is left out alone: halve until it is found."""
        try:
            self._ingest(items)
        except TrailbookError as error:
            self._sealer = Sealer()  # nothing of the batch is there to tell more against
            if error.code not in _CANNOT_BE:
                raise
            if len(items) == 1:
                self._refused(items[0][0], error)
                return
            half = len(items) // 2
            self._send(items[:half])
            self._send(items[half:])

    def _ingest(self, items: list[Item]) -> None:
        events: list[Sealed] = []
        pieces: dict[bytes, bytes] = {}
        for number, (event, contents) in enumerate(items, self._sequence + 1):
            sealed, found = self._sealer.seal(number, event, contents, self._mount.key)
            events.append(sealed)
            pieces.update(found)
        space = self._mount.space
        wanted = self._store.missing(self._writer, space, list(pieces))
        batch = Batch(events, {space: [pieces[id_] for id_ in wanted]})
        receipt = self._store.ingest(self._owner, self._writer, batch)
        self._sequence = receipt.acknowledged
        for (event, _), sealed in zip(items, events, strict=True):
            reason = receipt.refused.get(sealed.sequence)
            if reason is not None:
                self._refused(event, BadRequest(f"The history does not take it ({reason})."))


def _own_space(mounts: list[Mount]) -> Mount:
    mount = next((mount for mount in mounts if not mount.prefix), None)
    if mount is None:
        raise NotFound("space")
    if not mount.recording:
        raise Conflict("Recording is switched off for this project: nothing can be imported.")
    return mount
