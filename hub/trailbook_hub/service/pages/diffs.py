"""What changed between two versions; the cells are drawn in the browser."""

from trailbook.api.steps import StepSnapshot
from trailbook.errors import NotFound
from trailbook.ids import is_id
from trailbook.store.views import SnapshotView

from .base import Page, page


class Diff(Page):
    """`diff?base=&target=`: two versions, side by side."""

    @page
    async def get(self) -> None:
        """The frame of the comparison; the script asks the API for the rest."""
        base, target = (self.get_query_argument(name, "") for name in ("base", "target"))
        if not (is_id(base) and is_id(target)):
            raise NotFound("version")
        for snapshot in (base, target):
            await self.reader(self.store.place_of_snapshot, snapshot, "version")
        views = [await self.blocking(self.store.snapshot, s) for s in (base, target)]
        notebook = await self.blocking(self.store.notebook, views[1].notebook)
        await self.render_page(
            "diff.html",
            base=views[0],
            target=views[1],
            notebook=notebook,
            project=await self.project_of(notebook),
            outputs=self.get_query_argument("outputs", "1") != "0",
            metadata=self.get_query_argument("metadata", "0") == "1",
        )


class StepDiff(Page):
    """`steps/{id}/diff`: from the step before to this one, or from this one until now."""

    @page
    async def get(self, step: str) -> None:
        """Go to the comparison, or say why there is none."""
        here = await self.ask(StepSnapshot.get, step)
        until_now = self.get_query_argument("to", "") == "now"
        other = await (self._newest(here) if until_now else self._before(step, here))
        if other is None or other.id == here.id:
            await self.render_page("no-diff.html", view=here, step=step, until_now=until_now)
            return
        base, target = (here, other) if until_now else (other, here)
        self.redirect(self.url("diff", base=base.id, target=target.id))

    async def _newest(self, here: SnapshotView) -> SnapshotView | None:
        found = await self.blocking(self.store.snapshots, here.notebook, limit=1)
        return found[0] if found else None

    async def _before(self, step: str, here: SnapshotView) -> SnapshotView | None:
        """The version at the last step that was saved apart from this one."""
        before, _ = await self.blocking(self.store.neighbours, step)
        while before is not None:
            view = await self.blocking(self.store.step, before)
            if view.snapshot is not None and view.snapshot != here.id:
                found: SnapshotView = await self.blocking(self.store.snapshot, view.snapshot)
                return found
            before, _ = await self.blocking(self.store.neighbours, before)
        return None
