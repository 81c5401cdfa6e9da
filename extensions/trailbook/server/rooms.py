"""The rooms in which several people write one document: whose changes a saved version holds.

A room saves what everybody has typed, on behalf of whoever typed last. Each change comes through
the websocket of somebody who is signed in; so a room is asked to show each message before it
takes it, and its document to say whether cells or metadata changed. Only what the library
behind the rooms offers to everybody is used.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakSet

from .editing import Clients, Editing, Said, Somebody, said, states
from .people import current_author, is_connected, live_author

EVENTS = "https://schema.jupyter.org/jupyter_collaboration/session/v1"
NOTEBOOKS = "json:notebook:"

log = logging.getLogger("trailbook.rooms")


class Arrival(NamedTuple):
    """A message that a room takes now."""

    task: "asyncio.Task[Any] | None"
    person: Somebody
    said: Said
    before: dict[int, int]  # what the document had of each copy, where that will be asked


class Room:
    """One open notebook."""

    def __init__(self, room: Any, clients: Clients) -> None:
        from pycrdt import Array, Map  # whoever has rooms has imported it

        self.room = room
        self.editing = Editing()
        self._clients = clients
        self._greeted: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._arrival: Arrival | None = None
        self._unsettled: Arrival | None = None
        self._touched = False
        self._pass_on = room.on_message
        room.on_message = self._arriving
        parts = [room.ydoc.get("cells", type=Array), room.ydoc.get("meta", type=Map)]
        self._subscriptions = [(part, part.observe_deep(self._touch)) for part in parts]
        self._subscriptions.append((room.ydoc, room.ydoc.observe(self._committed)))

    def close(self) -> None:
        """The room is gone: let go of its document."""
        for observed, subscription in self._subscriptions:
            observed.unobserve(subscription)
        self._subscriptions.clear()

    def settle(self) -> None:
        """See whose changes came when a browser and the room met and told what they have."""
        arrival, self._unsettled = self._unsettled, None
        if arrival is None:
            return
        after = states(self.room.ydoc.get_state())
        own = self.room.ydoc.client_id
        new = [
            client
            for client, state in after.items()
            if client != own and state > arrival.before.get(client, 0)
        ]
        for client in new:
            self.editing.changed(self._clients.whose(client))
        if not new:  # something was deleted
            self.editing.changed(arrival.person)

    def _arriving(self, message: bytes) -> Any:
        """Called with each message of a browser before the room takes it."""
        try:
            self.settle()
            self._arrival = self._read(message)
        except Exception:  # recording never gets in the way of a document
            self._arrival = None
            log.exception("A message to a shared document was not understood")
        return self._pass_on(message) if self._pass_on is not None else False

    def _read(self, message: bytes) -> Arrival:
        arrival = Arrival(asyncio.current_task(), current_author(), said(message), {})
        if arrival.said.all_i_have:
            return arrival._replace(before=states(self.room.ydoc.get_state()))
        # a browser first speaks of itself alone, later also of others
        is_own = arrival.said.change or arrival.task not in self._greeted
        if arrival.said.client is not None and arrival.task is not None and is_own:
            self._greeted.add(arrival.task)
            self._clients.learn(arrival.said.client, arrival.person)
        return arrival

    def _touch(self, events: Any) -> None:
        """Cells or metadata change, in the transaction that is about to end."""
        self._touched = True

    def _committed(self, event: Any) -> None:
        """A transaction has ended."""
        touched, self._touched = self._touched, False
        if not touched:
            return
        arrival = self._arrival
        if arrival is None or arrival.task is not asyncio.current_task():
            # no browser's message: a request, or the server by itself
            if not is_connected() and (person := live_author()) is not None:
                self.editing.changed(person)
        elif arrival.said.all_i_have:
            self._unsettled = arrival
        else:
            self.editing.changed(arrival.person)


class Rooms:
    """The open notebooks of a server, where real-time collaboration is installed."""

    def __init__(self) -> None:
        self._open: dict[str, Room] = {}  # by path
        self._clients = Clients()
        self._find: Callable[[str], Any] = lambda _: None

    def watch(self, extension: Any, events: Any) -> None:
        """Follow the rooms of this collaboration extension from now on."""
        server = getattr(extension, "ywebsocket_server", None)
        if server is not None and EVENTS in events.schemas:
            self._find = server.rooms.get
            events.add_listener(schema_id=EVENTS, listener=self.on_event)

    async def on_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Somebody opens a document, or a room is gone."""
        try:
            name, path = str(data.get("room")), str(data.get("path") or "").strip("/")
            if name.startswith(NOTEBOOKS) and data.get("action") in {"initialize", "clean"}:
                self._enter(path, self._find(name))
        except Exception:
            log.exception("It is not recorded who changes a shared document")

    def moved(self, path: str, to_path: str) -> bool:
        """A notebook or a folder has another path now; whether one is open there."""
        moved = [old for old in self._open if old == path or old.startswith(path + "/")]
        for old in moved:
            self._open[to_path + old[len(path) :]] = self._open.pop(old)
        return bool(moved)

    def saving(self, path: str) -> None:
        """The document is about to be written to this path."""
        room = self._settled(path)
        if room is not None:
            room.editing.saving()

    def editors(self, path: str) -> list[Somebody]:
        """Who has changed what was written there, the last one last; from here on anew."""
        room = self._settled(path)
        return [] if room is None else room.editing.taken()

    def _settled(self, path: str) -> Room | None:
        room = self._open.get(path)
        if room is not None:
            try:
                room.settle()
            except Exception:
                log.exception("It is not recorded who has changed a shared document")
        return room

    def _enter(self, path: str, room: Any) -> None:
        known = self._open.get(path)
        if known is not None and known.room is room:
            return
        if known is not None:
            self._open.pop(path).close()
        if room is not None:
            self._open[path] = Room(room, self._clients)
