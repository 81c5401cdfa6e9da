"""`merges`: two people's work on one notebook, brought together for somebody to decide."""

import asyncio
from typing import Literal

import msgspec

from ..errors import BadRequest
from ..store.views import SnapshotView
from .base import Resource
from .diff import CONTENT_BYTES
from .verbs import Id, verb

Kind = Literal["same", "ours", "theirs", "both", "conflict"]


class Side(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A version, or a notebook that the request brings."""

    snapshot: Id | None = None
    content: msgspec.Raw = msgspec.Raw()  # parsed by the differ alone


class NewMerge(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What both sides came from, and what each made of it."""

    base: Side
    ours: Side
    theirs: Side


class MergePartView(msgspec.Struct, kw_only=True):
    """Cells that are decided on at once; each side's cells, none where it removed them."""

    kind: Kind  # who changed them: nobody, one side, both alike, both in ways that collide
    merged: msgspec.Raw  # a list of cells; of a conflict, with what goes together alone
    base: msgspec.Raw
    ours: msgspec.Raw
    theirs: msgspec.Raw


class MergeView(msgspec.Struct, kw_only=True):
    """A merge: any choice of each part's cells, one after the other, are a notebook's cells."""

    parts: list[MergePartView]
    around: msgspec.Raw  # the merged notebook without its cells
    conflicts: int  # parts that somebody has to decide


class MergeResult(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What was decided."""

    content: msgspec.Raw  # a notebook


class Merges(Resource):
    """`merges`."""

    @verb(limit=3 * CONTENT_BYTES)
    async def post(self, *, body: NewMerge) -> MergeView:
        """Bring two notebooks together by nbdime's rules; nothing is written anywhere."""
        base, ours, theirs = [
            await self.content(side) for side in (body.base, body.ours, body.theirs)
        ]
        differ = self.parts.differ
        made: bytes = await asyncio.wrap_future(differ.submit(differ.merge, base, ours, theirs))
        return msgspec.json.decode(made, type=MergeView)

    async def content(self, side: Side) -> bytes:
        """The notebook of a side; a version must be the asker's to read."""
        await self.actor()
        brought = bytes(side.content)
        if (side.snapshot is None) == (not brought):
            raise BadRequest("Each side of a merge is a version or a notebook, and not both.")
        if side.snapshot is None:
            return brought
        await self.reader(self.store.place_of_snapshot, side.snapshot, "version")
        return await self.blocking(self.store.snapshot_bytes, side.snapshot)


class MergeBase(Resource):
    """`merges/base`."""

    @verb()
    async def get(self, *, ours: Id, theirs: Id) -> SnapshotView:
        """The newest version that two versions both came from; the asker may read all three."""
        for snapshot in (ours, theirs):
            await self.reader(self.store.place_of_snapshot, snapshot, "version")
        base = await self.blocking(self.store.common_version, ours, theirs)
        await self.reader(self.store.place_of_snapshot, base.id, "version that both came from")
        return base


class MergeResults(Resource):
    """`merges/results`."""

    @verb(limit=CONTENT_BYTES)
    async def post(self, *, body: MergeResult) -> msgspec.Raw:
        """The notebook that was decided on, valid, and with an id of its own for every cell."""
        await self.actor()
        differ = self.parts.differ
        mended = await asyncio.wrap_future(differ.submit(differ.mended, bytes(body.content)))
        return msgspec.Raw(mended)
