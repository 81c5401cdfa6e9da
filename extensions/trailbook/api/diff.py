"""`diff`: what changed between two versions, or between a version and what is on a screen."""

import asyncio
import hashlib

import msgspec

from ..diff import DIFFER_VERSION, Difference, Numbers, Options
from ..errors import BadRequest, NotFound, NotReadable, StoreDamaged
from ..store.views import SnapshotView
from .base import Resource
from .verbs import Flag, Id, verb

CONTENT_BYTES = 64_000_000
"""The largest notebook that a request may bring."""

KEPT_BYTES = 16_000_000
"""Longer answers are made anew each time."""


class MoveView(msgspec.Struct, kw_only=True):
    """A cell that stands elsewhere: its places, from 0, and what changed in it."""

    base: int
    target: int
    diff: msgspec.Raw  # of the cell, in nbdime's format


class ContentsDiffView(msgspec.Struct, kw_only=True):
    """A base, and what leads from it to the target, in nbdime's format."""

    base: msgspec.Raw  # a notebook, without what the options leave out
    diff: msgspec.Raw
    moves: list[MoveView] = []  # cells that `diff` removes in one place and adds in another
    coarse: bool  # some of it is compared as a whole: in detail it takes too long


class DiffView(ContentsDiffView, kw_only=True):
    """A base in the history, and what leads from it to the target."""

    base_view: SnapshotView
    target_view: SnapshotView | None  # None where the target came with the request


class Against(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A version, and a notebook to compare it with."""

    snapshot: Id
    content: msgspec.Raw  # a notebook; it is parsed by the differ alone
    outputs: bool = True
    metadata: bool = False
    counts: bool = False
    ids: bool = False


class TwoContents(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Two notebooks; they are parsed by the differ alone."""

    base: msgspec.Raw
    target: msgspec.Raw
    outputs: bool = True
    metadata: bool = False
    counts: bool = False
    ids: bool = False


class Comparing(Resource):
    """What every resource that compares does."""

    async def compared(
        self, base: bytes, target: bytes, options: Options, numbers: Numbers | None = None
    ) -> Difference:
        """Ask the differ, without holding up anything else."""
        differ = self.parts.differ
        future = differ.submit(differ.diff, base, target, options, numbers)
        return await asyncio.wrap_future(future)


class ContentsDiff(Comparing):
    """`diff/contents`."""

    @verb(limit=CONTENT_BYTES)
    async def post(self, *, body: TwoContents) -> ContentsDiffView:
        """What changed from one notebook in the request to the other; nothing of it is kept."""
        await self.actor()
        options = Options(body.outputs, body.metadata, body.counts, body.ids)
        try:
            difference = await self.compared(bytes(body.base), bytes(body.target), options)
        except NotReadable as error:  # these are no versions, and nothing of them is kept
            raise BadRequest(f"One of the two is no notebook: {error.why}.") from None
        return msgspec.json.decode(difference.body, type=ContentsDiffView)


class Diff(Comparing):
    """`diff`."""

    @verb()
    async def get(
        self,
        *,
        base: Id,
        target: Id,
        outputs: Flag = 1,
        metadata: Flag = 0,
        counts: Flag = 0,
        ids: Flag = 0,
    ) -> DiffView:
        """What changed from one version to another; both must be the asker's to read."""
        for snapshot in (base, target):
            actor, _ = await self.reader(self.store.place_of_snapshot, snapshot, "version")
        base_view = await self.blocking(self.store.snapshot, base)
        target_view = await self.blocking(self.store.snapshot, target)
        options = Options(bool(outputs), bool(metadata), bool(counts), bool(ids))
        body = await self.kept(base_view, target_view, options, actor.person)
        return viewed(body, base_view, target_view)

    @verb(limit=CONTENT_BYTES)
    async def post(self, *, body: Against) -> DiffView:
        """What changed from a version to the notebook in the request."""
        await self.reader(self.store.place_of_snapshot, body.snapshot, "version")
        view = await self.blocking(self.store.snapshot, body.snapshot)
        base = await self.blocking(self.store.snapshot_bytes, body.snapshot)
        options = Options(body.outputs, body.metadata, body.counts, body.ids)
        difference = await self.compared(base, bytes(body.content), options)
        return viewed(difference.body, view, None)

    async def kept(
        self, base: SnapshotView, target: SnapshotView, options: Options, person: str | None
    ) -> bytes:
        """The difference of two versions, computed once for the same contents."""
        from_base = await self.blocking(self.store.snapshot_bytes, base.id)
        to_target = await self.blocking(self.store.snapshot_bytes, target.id)
        notebook = base.notebook if base.notebook == target.notebook else None
        key = cache_key(from_base, to_target, options, notebook)
        body = await self.blocking(self.store.cached_diff, key)
        if body is not None:
            return body
        numbers = await self.blocking(self.numbers, base, target, person) if notebook else None
        difference = await self.compared(from_base, to_target, options, numbers)
        if len(difference.body) <= KEPT_BYTES:
            both = [base.id, target.id]
            await self.blocking(self.store.cache_diff, key, both, difference.body)
        return difference.body

    def numbers(
        self, base: SnapshotView, target: SnapshotView, person: str | None
    ) -> Numbers | None:
        """Which cells of two versions of a notebook are the same; None where that is damaged."""
        try:
            before, after = (
                self.store.cells(view.notebook, snapshot=view.id, person=person)
                for view in (base, target)
            )
        except (NotFound, StoreDamaged):
            return None
        return [cell.number for cell in before], [cell.number for cell in after]


def cache_key(base: bytes, target: bytes, options: Options, notebook: str | None) -> bytes:
    """What a difference depends on: contents, for what is deleted later is withheld from them.

    And the notebook, which says of the cells of its versions which of them are the same.
    """
    hashes = [hashlib.sha256(content).hexdigest() for content in (base, target)]
    parts = [DIFFER_VERSION, *hashes, options, notebook]
    return hashlib.sha256(msgspec.json.encode(parts)).digest()


def viewed(body: bytes, base: SnapshotView, target: SnapshotView | None) -> DiffView:
    """The answer around a computed difference."""
    computed = msgspec.json.decode(body, type=ContentsDiffView)
    return DiffView(
        base=computed.base,
        diff=computed.diff,
        moves=computed.moves,
        coarse=computed.coarse,
        base_view=base,
        target_view=target,
    )
