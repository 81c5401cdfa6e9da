"""`writers`: where recorders send what they recorded; in MessagePack, both ways."""

from typing import Any, cast

import msgspec
from tornado.web import stream_request_body

from ..access import may_record, may_write_space
from ..errors import TrailbookError
from ..store.base import Owner
from ..store.bodies import ZSTD, Frame, frame
from ..store.records import Batch, Receipt, Registered, Registration, Wanted
from ..store.tables.aside import Waited, waited
from .base import Resource, require
from .me import CONSENT
from .verbs import Id, Verb, verb

BATCH_BYTES = 256_000_000
"""The largest batch: one notebook of any size that Jupyter saves fits in."""

INLINE = 64 << 10
"""Bytes up to which making a body of what came takes less time than asking a thread for it."""


@stream_request_body
class Sent(Resource):
    """What recorders send is read and worked on in turn, so that nobody holds up others for long.

    It counts against the quota of whose server it is, whatever becomes of it.
    """

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        """Nothing has come yet."""
        super().initialize(*args, **kwargs)
        self._received = bytearray()
        self._begun = self._gone = False
        self._refusal: TrailbookError | None = None
        self._admitted: tuple[str, int] | None = None
        self._taken: str | None = None
        self._waited = Waited()

    async def prepare(self) -> None:
        """See who it is, and whether there is room for more of theirs, before a body is read."""
        prepared = super().prepare()
        if prepared is not None:
            await prepared
        if self.parts.turns is None or not self.current_user:
            return
        size = size_of(self.request.headers.get("Content-Length", ""))
        try:
            whose = key_of(await self.owner())
            if not self._gone:
                self.parts.turns.admit(whose, size)
                self._admitted = whose, size
        except TrailbookError as error:
            self._refusal = error  # said when all has come: who is sending does not listen yet

    def data_received(self, chunk: bytes) -> None:
        """A part of the body, which is let go of where nothing will come of it."""
        if self.current_user and self._refusal is None:
            self._received += chunk

    async def begin(self, verb: Verb) -> None:
        """Wait for the turn of whose server it is; only then anything is made of what came."""
        self._begun = True
        self.request.body = cast(bytes, self._received)  # a copy could be a quarter of a gigabyte
        if self._refusal is not None:
            raise self._refusal
        await recorder(self)
        encoding = self.request.headers.get("Content-Encoding", "")
        packed = frame(encoding, self._received, verb.limit)
        if packed is not None:
            self._grow(packed.size - len(self._received))
        if self.parts.turns is not None and self._admitted is not None:
            whose, _ = self._admitted
            await self.parts.turns.take(whose)
            self._taken = whose
            waited.set(self._waited)
        if packed is not None:
            await self._unpack(packed)

    def _grow(self, more: int) -> None:
        """What a body holds counts, not how it came; raises OutOfTurn."""
        if self.parts.turns is not None and self._admitted is not None and more > 0:
            whose, size = self._admitted
            self.parts.turns.grow(whose, more)
            self._admitted = whose, size + more

    async def _unpack(self, packed: Frame) -> None:
        small = packed.size <= INLINE
        self.request.body = packed.content() if small else await self.blocking(packed.content)
        self._received = bytearray()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """What is said before everything has come ends the connection, for proxies to know."""
        if not self._begun:
            self.set_header("Connection", "close")
        super().write_error(status_code, **kwargs)

    def on_finish(self) -> None:
        """It is the next one's turn."""
        super().on_finish()
        if self.parts.turns is not None:
            if self._taken is not None:
                self.parts.turns.give_back(self._taken, self._waited.seconds)
            if self._admitted is not None:
                self.parts.turns.leave(*self._admitted)
        self._taken = self._admitted = None

    def on_connection_close(self) -> None:
        """Whoever goes before everything has come is not answered: that ends here."""
        super().on_connection_close()
        self._gone = True
        if not self._begun:
            self.on_finish()

    def spend(self, owner: Owner, *, events: int, size: int = 0) -> None:
        """Raises QuotaExceeded."""
        if self.parts.quota is not None:
            self.parts.quota.spend(key_of(owner), events, size)


class Writers(Sent):
    """`writers`."""

    @verb(status=201, packed=True)
    async def post(self, *, body: Registration) -> Registered:
        """Register a recorder; answers which spaces it may write to, and with which keys."""
        owner = await self.owner()
        self.spend(owner, events=1)
        consented = owner.person is None or await self.blocking(
            self.store.has_consented, owner.person, CONSENT
        )
        registered = await self.blocking(
            self.store.register_writer, owner, body, consented=consented
        )
        return msgspec.structs.replace(registered, encodings=[ZSTD])


class Missing(Sent):
    """`writers/{id}/missing`."""

    @verb(limit=BATCH_BYTES, packed=True)
    async def post(self, writer: Id, *, body: Wanted) -> list[bytes]:
        """Which of these contents the space lacks; asked by who may write to the space."""
        actor, place = await self.reader(self.store.place_of_space, body.space, "space")
        require(may_write_space(actor, place), "This space is not yours to write to.")
        return await self.blocking(self.store.missing, writer, body.space, body.ids)


class Events(Sent):
    """`writers/{id}/events`."""

    @verb(limit=BATCH_BYTES, packed=True)
    async def post(self, writer: Id, *, body: Batch) -> Receipt:
        """Store events; the answer says up to where everything is durable."""
        owner = await self.owner()
        self.spend(owner, events=len(body.events), size=len(self.request.body))
        return await self.blocking(self.store.ingest, owner, writer, body, in_parts=True)


async def recorder(resource: Resource) -> Owner:
    """The owner of the server whose recorder asks."""
    actor = await resource.actor()
    require(may_record(actor), "Only the recorder of a server sends events.")
    return await resource.owner()


def size_of(length: str) -> int:
    """How many bytes will come at most, by the header that says so."""
    return int(length) if length.isdecimal() and len(length) < 12 else BATCH_BYTES


def key_of(owner: Owner) -> str:
    """Whose quota and whose turn it is."""
    return owner.person or owner.project or ""
