"""`merges`: two people's work on one notebook, brought together for somebody to decide."""

import asyncio
from typing import Annotated, Literal

import msgspec

from .. import access
from ..errors import BadRequest
from ..store.views import SnapshotView
from .base import Resource, require
from .diff import CONTENT_BYTES
from .verbs import Id, verb

Kind = Literal["same", "ours", "theirs", "both", "conflict"]


class Side(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A version, or a notebook that the request brings."""

    snapshot: Id | None = None
    content: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # parsed by the differ alone


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


class Parents(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The versions that a version brings together."""

    parents: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=8)]


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
        if isinstance(side.content, msgspec.Raw) and side.snapshot is None:
            return bytes(side.content)
        if side.content is msgspec.UNSET and side.snapshot is not None:
            await self.reader(self.store.place_of_snapshot, side.snapshot, "version")
            return await self.blocking(self.store.snapshot_bytes, side.snapshot)
        raise BadRequest("Each side of a merge is a version or a notebook, and not both.")


class MergeBase(Resource):
    """`merges/base`."""

    @verb()
    async def get(self, *, ours: Id, theirs: Id) -> SnapshotView | None:
        """The newest version that two versions both came from, if the asker may read it."""
        for snapshot in (ours, theirs):
            await self.reader(self.store.place_of_snapshot, snapshot, "version")
        actor = await self.actor()
        base = await self.blocking(self.store.common_version, ours, theirs)
        if base is None:
            return None
        place = await self.blocking(self.store.place_of_snapshot, base.id)
        return base if access.may_read(actor, place) else None


class SnapshotParents(Resource):
    """`snapshots/{id}/parents`."""

    @verb()
    async def put(self, snapshot: Id, *, body: Parents) -> None:
        """Say that a version brings others together, which the asker may read as well."""
        actor, place = await self.reader(self.store.place_of_snapshot, snapshot, "version")
        allowed = access.may_note(actor, place)
        require(allowed, "Versions are brought together by the project's contributors.", actor)
        for parent in body.parents:
            await self.reader(self.store.place_of_snapshot, parent, "version")
        await self.blocking(self.store.set_parents, snapshot, body.parents)


class MergeResults(Resource):
    """`merges/results`."""

    @verb(limit=CONTENT_BYTES)
    async def post(self, *, body: MergeResult) -> msgspec.Raw:
        """The notebook that was decided on, valid, and with an id of its own for every cell."""
        await self.actor()
        differ = self.parts.differ
        mended = await asyncio.wrap_future(differ.submit(differ.mended, bytes(body.content)))
        return msgspec.Raw(mended)
