"""`steps`: runs and edits, with their outputs."""

from typing import Any

from .. import access
from ..access import Actor
from ..store.views import DataRunView, FileView, SnapshotView, StepView
from .base import Resource, require
from .verbs import Content, Id, Number, Path, Space, verb


class Step(Resource):
    """`steps/{id}`."""

    @verb()
    async def get(self, step: Id) -> StepView:
        """One step with its source and outputs."""
        actor, _ = await self.reader(self.store.place_of_step, step, "step")
        return await self.blocking(self.store.step, step, person=actor.person)

    @verb()
    async def delete(self, step: Id) -> None:
        """Delete a step that one ran: it is gone from every page and answer."""
        actor = await deleter(self, step)
        await self.blocking(self.store.delete_step, step, by=actor.person or "")


class Outputs(Resource):
    """`steps/{id}/outputs`."""

    @verb()
    async def get(self, step: Id) -> list[dict[str, Any]]:
        """All outputs of a run in the format of notebooks, every part in full."""
        await self.reader(self.store.place_of_step, step, "step")
        return await self.blocking(self.store.step_outputs, step)


class Output(Resource):
    """`steps/{id}/outputs/{n}`."""

    @verb()
    async def delete(self, step: Id, n: Number) -> None:
        """Delete one output of a step that one ran."""
        actor = await deleter(self, step)
        await self.blocking(self.store.delete_output, step, n, by=actor.person or "")


class StepSnapshot(Resource):
    """`steps/{id}/snapshot`."""

    @verb()
    async def get(self, step: Id) -> SnapshotView:
        """The notebook as it was at this step."""
        await self.reader(self.store.place_of_step, step, "step")
        return await self.blocking(self.store.snapshot_at_step, step)


class StepPayload(Resource):
    """`steps/{id}/payloads/{n}`."""

    @verb()
    async def get(self, step: Id, n: Number) -> Content:
        """One piece of a step's content: images as they are, text as plain text."""
        await self.reader(self.store.place_of_step, step, "step")
        mime, body = await self.blocking(self.store.step_payload, step, n)
        self.is_fresh(f"{step}.{n}")
        return Content(body=body, mime=mime)


class StepFiles(Resource):
    """`steps/{id}/files`."""

    @verb()
    async def get(self, step: Id) -> list[FileView]:
        """The text files beside notebooks as this run found them."""
        await self.reader(self.store.place_of_step, step, "step")
        return await self.blocking(self.store.step_files, step)


class StepFile(Resource):
    """`steps/{id}/file`."""

    @verb()
    async def get(self, step: Id, *, path: Path) -> Content:
        """One of these files as it was, as plain text."""
        await self.reader(self.store.place_of_step, step, "step")
        body = await self.blocking(self.store.step_file, step, path)
        return Content(body=body, mime="text/plain")


class DataRuns(Resource):
    """`data`."""

    @verb()
    async def get(self, *, space: Space, path: Path) -> list[DataRunView]:
        """The runs that read or wrote a data file, newest first, and whether it was the same."""
        await self.reader(self.store.place_of_space, space, "data")
        return await self.blocking(self.store.data_runs, space, path)


async def deleter(resource: Resource, step: str) -> Actor:
    """The asker, if they may delete this step."""
    actor, place = await resource.reader(resource.store.place_of_step, step, "step")
    author = await resource.blocking(resource.store.step_owner, step)
    allowed = access.may_delete_step(actor, place, author)
    require(allowed, "A step is deleted by the person who ran it.", actor)
    return actor
