"""Without a hub: one person's history in a store of this machine.

The store is slow to import and to open, so it is opened on a thread when somebody first needs it.
"""

import asyncio
import getpass
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from ..access import Actor, Via
from ..api.host import Host, Parts, TokenOwner
from ..store.base import HERE, Store
from ..store.records import Batch, Receipt, Registered, Registration


class Laptop:
    """The embedded store, and the one person whose it is."""

    def __init__(self, path: Path) -> None:
        self.name = user()
        self._path = path
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._parts: Parts | None = None
        self._person = ""

    def open(self) -> Store:
        """The store, opened when it is not yet; blocks."""
        with self._lock:
            if self._store is None:
                from ..store.sql import SqlStore  # a fifth of a second, and not for every start

                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                store: Store = SqlStore.open(self._path)
                self._person = store.person(self.name, HERE, self.name).id
                self._store = store
            return self._store

    @property
    def parts(self) -> Parts:
        """What the API keeps beside the store."""
        if self._parts is None:
            from ..api.presence import Presence
            from ..diff import Differ

            self._parts = Parts(differ=Differ(), presence=Presence())
        return self._parts

    @property
    def person(self) -> str:
        """The id of the one person."""
        self.open()
        return self._person

    @property
    def owner(self) -> TokenOwner:
        """Whose recorder this is."""
        return TokenOwner(person=self.person, project=None, name=self.name)

    def close(self) -> None:
        """Write what waits and let go of the file."""
        with self._lock:
            store, self._store = self._store, None
            if store is not None:
                store.close()
            if self._parts is not None:
                self._parts.differ.close()
                self._parts = None


class LaptopSink:
    """The embedded store as a sink."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop

    def register(self, registration: Registration) -> Registered:
        """Register as a writer, or take up the writer that one was before."""
        return self._laptop.open().register_writer(self._laptop.owner, registration)

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """Which of these payload ids the space lacks."""
        return self._laptop.open().missing(writer, space, ids)

    def ingest(self, writer: str, batch: Batch) -> Receipt:
        """Store a batch, durably, exactly once, or raise and store nothing of it."""
        return self._laptop.open().ingest(self._laptop.owner, writer, batch)


class LaptopHandler(APIHandler, Host):
    """The API's host: Jupyter Server signs in, and there is one person."""

    laptop: Laptop

    async def prepare(self, **kwargs: Any) -> None:
        """Refuse the anonymous before anything is opened."""
        await super().prepare(**kwargs)
        if self.current_user is None:
            raise HTTPError(403)
        await asyncio.to_thread(self.laptop.open)

    @property
    def store(self) -> Store:
        """The embedded store."""
        return self.laptop.open()

    @property
    def parts(self) -> Parts:
        """The differ and the presence of this server."""
        return self.laptop.parts

    async def actor(self) -> Actor:
        """The one person."""
        return Actor(person=self.laptop.person, name=self.laptop.name, via=Via.LAPTOP)

    def send(self, body: bytes, mime: str) -> None:
        """Finish with these bytes; Jupyter's handlers would call everything JSON."""
        self.finish(body, set_content_type=mime)


def handler_for(laptop: Laptop) -> type[LaptopHandler]:
    """The host's class for this store."""
    return type("BoundLaptopHandler", (LaptopHandler,), {"laptop": laptop})


def user() -> str:
    """The name of the one person."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without a name for its user
        return "me"
