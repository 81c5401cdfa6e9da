"""A notebook as it was: one saved version, read-only."""

import asyncio
import time
from typing import Any

import msgspec
from markupsafe import Markup

from trailbook import access
from trailbook.api.steps import StepSnapshot
from trailbook.errors import TrailbookError
from trailbook.store.views import SnapshotView

from . import markdown, outputs, source
from .base import Page, page

SECONDS = 5.0
"""Of the processor, for all cells of a page; whoever wrote them may have meant to stop us."""


class Cell(msgspec.Struct, kw_only=True):
    """A cell, ready for the template."""

    kind: str
    number: int
    html: Markup
    count: str = ""
    shown: list[outputs.Shown] = []


class Version(Page):
    """A saved version, and the one that was saved at or after a step."""

    forms = True

    @page
    async def get(self, snapshot: str) -> None:
        """The notebook's cells, and where to go from here."""
        actor, place = await self.reader(self.store.place_of_snapshot, snapshot, "version")
        view: SnapshotView = await self.blocking(self.store.snapshot, snapshot)
        notebook = await self.blocking(self.store.notebook, view.notebook)
        versions = await self.blocking(self.store.snapshots, view.notebook, limit=100)
        trouble, hidden = "", 0
        cells: list[Cell] = []
        try:
            cells, hidden = await self._cells(snapshot)
        except TrailbookError as error:
            trouble = str(error)
        await self.render_page(
            "notebook.html",
            view=view,
            notebook=notebook,
            project=await self.project_of(notebook),
            cells=cells,
            hidden=hidden,
            trouble=trouble,
            may_restore=access.may_restore(actor, place),
            versions=versions,
            newest=versions[0] if versions else view,
            before=_before(view, versions),
            step=self.get_query_argument("step", None),
        )

    async def _cells(self, snapshot: str) -> tuple[list[Cell], int]:
        content = await self.blocking(self.store.snapshot_bytes, snapshot)
        differ = self.parts.differ
        read = await asyncio.wrap_future(differ.submit(differ.notebook, content))
        return await self.blocking(cells_of, msgspec.json.decode(read))


class AtStep(Page):
    """`steps/{id}/notebook`: leads to the version saved at or after the step."""

    @page
    async def get(self, step: str) -> None:
        """Go there, remembering the step."""
        view = await self.ask(StepSnapshot.get, step)
        self.redirect(self.url("snapshots", view.id, step=step))


def _before(view: SnapshotView, versions: list[SnapshotView]) -> SnapshotView | None:
    ids = [version.id for version in versions]
    place = ids.index(view.id) if view.id in ids else len(ids)
    return versions[place + 1] if place + 1 < len(ids) else None


def cells_of(notebook: dict[str, Any]) -> tuple[list[Cell], int]:
    """The cells as they are shown, and how many at the end are not, for they take too long.

    The file is anybody's, so nothing of its shape is believed.
    """
    language = _language(notebook.get("metadata"))
    listed = notebook.get("cells")
    cells = [cell for cell in listed if isinstance(cell, dict)] if isinstance(listed, list) else []
    told: list[Cell] = []
    end = time.thread_time() + SECONDS
    for number, cell in enumerate(cells, start=1):
        if time.thread_time() > end:
            break
        told.append(_cell(cell, number, language))
    return told, len(cells) - len(told)


def _language(metadata: Any) -> str:
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(section) if isinstance(metadata, dict) else None
        name = part.get(key) if isinstance(part, dict) else None
        if isinstance(name, str):
            return name
    return "python"


def _cell(cell: dict[str, Any], number: int, language: str) -> Cell:
    text = outputs.joined(cell.get("source", ""))
    if cell.get("cell_type") == "markdown":
        html = markdown.to_html(text, _attachments(cell.get("attachments")))
        return Cell(kind="markdown", number=number, html=html)
    if cell.get("cell_type") != "code":
        return Cell(kind="raw", number=number, html=source.highlight(text, "text"))
    found = cell.get("outputs")
    shown = [
        outputs.show_saved(output, index)
        for index, output in enumerate(found if isinstance(found, list) else [])
        if isinstance(output, dict)
    ]
    count = cell.get("execution_count")
    return Cell(
        kind="code",
        number=number,
        html=source.highlight(text, language),
        count=str(count) if isinstance(count, int) else " ",
        shown=shown,
    )


def _attachments(found: Any) -> dict[str, dict[str, str]]:
    return {
        str(name): {str(mime): outputs.joined(data) for mime, data in bundle.items()}
        for name, bundle in (found.items() if isinstance(found, dict) else ())
        if isinstance(bundle, dict)
    }
