"""`snapshots`: saved versions of notebooks."""

import asyncio
import hashlib
from pathlib import PurePosixPath

import msgspec

from ..store.views import SnapshotView
from .base import REVALIDATED, Resource
from .verbs import Content, Id, Number, verb


class Snapshot(Resource):
    """`snapshots/{id}`."""

    @verb()
    async def get(self, snapshot: Id) -> SnapshotView:
        """One saved version."""
        await self.reader(self.store.place_of_snapshot, snapshot, "version")
        return await self.blocking(self.store.snapshot, snapshot)


class SnapshotContent(Resource):
    """`snapshots/{id}/content`."""

    @verb()
    async def get(self, snapshot: Id) -> msgspec.Raw:
        """The notebook as JSON in version 4 of its format, older versions brought up to it."""
        await self.reader(self.store.place_of_snapshot, snapshot, "version")
        content = await self.blocking(self.store.snapshot_bytes, snapshot)
        # What its author deletes is withheld from then on: browsers ask again each time.
        if self.is_fresh(hashlib.sha256(content).hexdigest(), caching=REVALIDATED):
            return msgspec.Raw(b"{}")
        differ = self.parts.differ
        return msgspec.Raw(await asyncio.wrap_future(differ.submit(differ.notebook, content)))


class SnapshotFile(Resource):
    """`snapshots/{id}/file`."""

    @verb()
    async def get(self, snapshot: Id) -> Content:
        """The file, byte for byte as it was saved, as a download."""
        await self.reader(self.store.place_of_snapshot, snapshot, "version")
        view = await self.blocking(self.store.snapshot, snapshot)
        body = await self.blocking(self.store.snapshot_bytes, snapshot)
        return Content(body=body, filename=PurePosixPath(view.path).name)


class SnapshotPayload(Resource):
    """`snapshots/{id}/payloads/{n}`."""

    @verb()
    async def get(self, snapshot: Id, n: Number) -> Content:
        """One piece of a version's content: images as they are, text as plain text."""
        await self.reader(self.store.place_of_snapshot, snapshot, "version")
        mime, body = await self.blocking(self.store.snapshot_payload, snapshot, n)
        self.is_fresh(f"{snapshot}.{n}")
        return Content(body=body, mime=mime)
