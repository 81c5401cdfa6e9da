"""`writers`: where recorders send what they recorded; in MessagePack, both ways."""

from ..access import may_record, may_write_space
from ..store.base import Owner
from ..store.records import Batch, Receipt, Registered, Registration, Wanted
from .base import Resource, require
from .me import CONSENT
from .verbs import Id, verb

BATCH_BYTES = 256_000_000
"""The largest batch: one notebook of any size that Jupyter saves fits in."""


class Sent(Resource):
    """What is sent counts against the quota of whose server it is, whatever becomes of it."""

    def spend(self, owner: Owner, *, events: int, size: int = 0) -> None:
        """Raises QuotaExceeded."""
        if self.parts.quota is not None:
            self.parts.quota.spend(owner.person or owner.project or "", events, size)


class Writers(Sent):
    """`writers`."""

    @verb(status=201, packed=True)
    async def post(self, *, body: Registration) -> Registered:
        """Register a recorder; answers which spaces it may write to, and with which keys."""
        owner = await recorder(self)
        self.spend(owner, events=1)
        consented = owner.person is None or await self.blocking(
            self.store.has_consented, owner.person, CONSENT
        )
        return await self.blocking(self.store.register_writer, owner, body, consented=consented)


class Missing(Resource):
    """`writers/{id}/missing`."""

    @verb(limit=BATCH_BYTES, packed=True)
    async def post(self, writer: Id, *, body: Wanted) -> list[bytes]:
        """Which of these contents the space lacks; asked by who may write to the space."""
        await recorder(self)
        actor, place = await self.reader(self.store.place_of_space, body.space, "space")
        require(may_write_space(actor, place), "This space is not yours to write to.")
        return await self.blocking(self.store.missing, writer, body.space, body.ids)


class Events(Sent):
    """`writers/{id}/events`."""

    @verb(limit=BATCH_BYTES, packed=True)
    async def post(self, writer: Id, *, body: Batch) -> Receipt:
        """Store events; the answer says up to where everything is durable."""
        owner = await recorder(self)
        self.spend(owner, events=len(body.events), size=len(self.request.body))
        return await self.blocking(self.store.ingest, owner, writer, body)


async def recorder(resource: Resource) -> Owner:
    """The owner of the server whose recorder asks."""
    actor = await resource.actor()
    require(may_record(actor), "Only the recorder of a server sends events.")
    return await resource.owner()
