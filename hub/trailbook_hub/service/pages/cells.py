"""How a cell became what it is: what it said, when it ran, where it came from."""

from trailbook.api import cells as api_cells
from trailbook.api.cells import Related
from trailbook.store.views import CellHistory

from .base import Page, page

SHOWN = 50


class Cell(Page, Related):
    """`notebooks/{id}/cells/{n}`: one cell through the versions of its notebook."""

    @page
    async def get(self, notebook: str, number: str) -> None:
        """What it said from when on, newest first, and its runs."""
        found: CellHistory = await self.ask(api_cells.Cell.get, notebook, int(number), limit=SHOWN)
        actor = await self.actor()
        await self.render_page(
            "cell.html",
            history=found,
            notebook=found.notebook,
            project=await self.project_of(found.notebook),
            language=await self._language(found, actor.person),
        )

    async def _language(self, found: CellHistory, person: str | None) -> str:
        """The language of its newest run; a notebook that never ran has none."""
        if found.cell.type != "code":
            return "markdown"
        if not found.runs:
            return ""
        last = found.runs[0]
        steps = await self.blocking(
            self.store.steps, found.notebook.id, around=last.id, limit=1, person=person
        )
        known = {session.id: session.language for session in steps.kernel_sessions}
        return known.get(last.kernel_session or "", "")
