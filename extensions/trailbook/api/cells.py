"""`notebooks/{id}/cells`: cells through their versions, and where notebooks come from."""

from typing import Annotated, TypeVar

import msgspec

from .. import access
from ..access import Actor
from ..errors import NotFound
from ..store.views import CellHistory, CellLinkView, CellView, Lineage, NotebookLinkView
from .base import Resource
from .verbs import Id, Number, verb

Length = Annotated[int, msgspec.Meta(ge=1, le=200)]
Link = TypeVar("Link", CellLinkView, NotebookLinkView)


class Related(Resource):
    """What both resources say of other notebooks, only where the asker may see these."""

    async def may_see(self, actor: Actor, notebook: str) -> bool:
        """Whether the asker may read this notebook."""
        try:
            place = await self.blocking(self.store.place_of_notebook, notebook)
        except NotFound:
            return False
        return access.may_read(actor, place)

    async def seen(self, actor: Actor, links: list[Link]) -> list[Link]:
        """The links to notebooks that the asker may see."""
        notebooks = {link.notebook for link in links}
        seen = {notebook for notebook in notebooks if await self.may_see(actor, notebook)}
        return [link for link in links if link.notebook in seen]


class Cells(Resource):
    """`notebooks/{id}/cells`."""

    @verb()
    async def get(self, notebook: Id, *, snapshot: Id | None = None) -> list[CellView]:
        """The cells of the newest version, or of another one, each with its number."""
        actor, _ = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        return await self.blocking(
            self.store.cells, notebook, snapshot=snapshot, person=actor.person
        )


class Cell(Related):
    """`notebooks/{id}/cells/{number}`."""

    @verb()
    async def get(self, notebook: Id, number: Number, *, limit: Length = 100) -> CellHistory:
        """How a cell became what it is: what it said, when it ran, where it came from and went."""
        actor, _ = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        found = await self.blocking(
            self.store.cell_history, notebook, number, limit=limit, person=actor.person
        )
        found.notebook = await self.without_hidden_origin(actor, found.notebook)
        found.origins = await self.seen(actor, found.origins)
        found.descendants = await self.seen(actor, found.descendants)
        return found


class NotebookLineage(Related):
    """`notebooks/{id}/lineage`."""

    @verb()
    async def get(self, notebook: Id) -> Lineage:
        """A notebook's names through time, and what it came from and what came from it."""
        actor, _ = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        found = await self.blocking(self.store.lineage, notebook, person=actor.person)
        found.origins = await self.seen(actor, found.origins)
        found.descendants = await self.seen(actor, found.descendants)
        found.predecessors = [
            await self.without_hidden_origin(actor, view)
            for view in found.predecessors
            if await self.may_see(actor, view.id)
        ]
        return found
