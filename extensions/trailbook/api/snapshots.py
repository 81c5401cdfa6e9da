"""`snapshots`: saved versions of notebooks."""

import asyncio
from pathlib import PurePosixPath

import msgspec

from ..store.views import SnapshotView
from .base import Resource
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
        if self.is_fresh(f"{snapshot}.content.1"):
            return msgspec.Raw(b"{}")
        content = await self.blocking(self.store.snapshot_bytes, snapshot)
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
        if self.is_fresh(f"{snapshot}.{n}"):
            return Content(body=b"")
        mime, body = await self.blocking(self.store.snapshot_payload, snapshot, n)
        return Content(body=body, mime=mime)
