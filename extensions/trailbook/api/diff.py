"""`diff`: what changed between two versions, or between a version and what is on a screen."""

import asyncio
import hashlib

import msgspec

from ..diff import DIFFER_VERSION, Difference, Options
from ..store.views import SnapshotView
from .base import Resource
from .verbs import Flag, Id, verb

CONTENT_BYTES = 64_000_000
"""The largest notebook that a request may bring."""

KEPT_BYTES = 16_000_000
"""Longer answers are made anew each time."""


class DiffView(msgspec.Struct, kw_only=True):
    """A base, and what leads from it to the target, in nbdime's format."""

    base: msgspec.Raw  # a notebook, without what the options leave out
    diff: msgspec.Raw
    coarse: bool  # some of it is compared as a whole: in detail it takes too long
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


class Computed(msgspec.Struct):
    """The parts of a difference, as they are kept."""

    base: msgspec.Raw
    diff: msgspec.Raw
    coarse: bool


class Diff(Resource):
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
            await self.reader(self.store.place_of_snapshot, snapshot, "version")
        base_view = await self.blocking(self.store.snapshot, base)
        target_view = await self.blocking(self.store.snapshot, target)
        options = Options(bool(outputs), bool(metadata), bool(counts), bool(ids))
        body = await self.kept(base, target, options)
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

    async def kept(self, base: str, target: str, options: Options) -> bytes:
        """The difference of two versions, computed once for the same contents."""
        from_base = await self.blocking(self.store.snapshot_bytes, base)
        to_target = await self.blocking(self.store.snapshot_bytes, target)
        key = cache_key(from_base, to_target, options)
        body = await self.blocking(self.store.cached_diff, key)
        if body is not None:
            return body
        difference = await self.compared(from_base, to_target, options)
        if len(difference.body) <= KEPT_BYTES:
            await self.blocking(self.store.cache_diff, key, [base, target], difference.body)
        return difference.body

    async def compared(self, base: bytes, target: bytes, options: Options) -> Difference:
        """Ask the differ, without holding up anything else."""
        differ = self.parts.differ
        return await asyncio.wrap_future(differ.submit(differ.diff, base, target, options))


def cache_key(base: bytes, target: bytes, options: Options) -> bytes:
    """What a difference depends on: contents, for what is deleted later is withheld from them."""
    hashes = [hashlib.sha256(content).hexdigest() for content in (base, target)]
    return hashlib.sha256(msgspec.json.encode([DIFFER_VERSION, *hashes, options])).digest()


def viewed(body: bytes, base: SnapshotView, target: SnapshotView | None) -> DiffView:
    """The answer around a computed difference."""
    computed = msgspec.json.decode(body, type=Computed)
    return DiffView(
        base=computed.base,
        diff=computed.diff,
        coarse=computed.coarse,
        base_view=base,
        target_view=target,
    )
