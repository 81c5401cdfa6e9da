"""`notebooks`: documents with a history, inside projects and outside them."""

from typing import Annotated

import msgspec

from ..errors import BadRequest, NotFound
from ..store.views import LastRuns, NotebookView, SnapshotView, StepsPage
from .base import Resource
from .verbs import Flag, Id, Number, Path, Space, verb

PageLength = Annotated[int, msgspec.Meta(ge=1, le=500)]


class Notebooks(Resource):
    """`notebooks`."""

    @verb()
    async def get(
        self,
        *,
        mine: Flag = 0,
        deleted: Flag = 0,
        space: Space | None = None,
        path: Path | None = None,
    ) -> list[NotebookView]:
        """One's own notebooks outside projects (`mine=1`), or the one at a space and a path.

        One's own are those with a file; with `deleted=1`, those whose files are gone too.
        """
        if mine:
            return await self.own(deleted=bool(deleted))
        if space is None or path is None:
            raise BadRequest("Ask for `mine=1`, or for a `space` and a `path`.")
        actor, _ = await self.reader(self.store.place_of_space, space, "notebook")
        try:
            view = await self.blocking(self.store.notebook_at, space, path)
        except NotFound:
            return []
        return [await self.without_hidden_origin(actor, view)]

    async def own(self, *, deleted: bool = False) -> list[NotebookView]:
        """The notebooks in the asker's personal space."""
        actor = await self.actor()
        if actor.person is None:
            return []
        space = await self.blocking(self.store.personal_space, actor.person)
        await self.reader(self.store.place_of_space, space, "notebook")
        views = await self.blocking(self.store.notebooks, space, deleted=deleted)
        return [await self.without_hidden_origin(actor, view) for view in views]


class Notebook(Resource):
    """`notebooks/{id}`."""

    @verb()
    async def get(self, notebook: Id) -> NotebookView:
        """One notebook."""
        actor, _ = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        view = await self.blocking(self.store.notebook, notebook)
        return await self.without_hidden_origin(actor, view)


class Steps(Resource):
    """`notebooks/{id}/steps`."""

    @verb()
    async def get(
        self,
        notebook: Id,
        *,
        after: Number | None = None,
        before: Number | None = None,
        around: Id | None = None,
        newest: Flag = 0,
        limit: PageLength = 100,
    ) -> StepsPage:
        """A page of a notebook's steps, oldest first; cursors lead to its neighbours."""
        actor, _ = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        page = await self.blocking(
            self.store.steps,
            notebook,
            after=after,
            before=before,
            around=around,
            newest=bool(newest),
            limit=limit,
            person=actor.person,
        )
        page.notebook = await self.without_hidden_origin(actor, page.notebook)
        return page


class NotebookLastRuns(Resource):
    """`notebooks/{id}/last-runs`."""

    @verb()
    async def get(self, notebook: Id, *, since: Number | None = None) -> LastRuns:
        """The last run of each cell on one's own servers, if it went on after the newest version.

        So a notebook that was closed in the middle of a run learns what it lacks. `since` names
        another point, a cursor of the history; 0 is its beginning.
        """
        await self.reader(self.store.place_of_notebook, notebook, "notebook")
        owner = await self.owner()
        return await self.blocking(self.store.last_runs, notebook, owner, since=since)


class Snapshots(Resource):
    """`notebooks/{id}/snapshots`."""

    @verb()
    async def get(self, notebook: Id, *, limit: PageLength = 100) -> list[SnapshotView]:
        """A notebook's saved versions, newest first."""
        await self.reader(self.store.place_of_notebook, notebook, "notebook")
        return await self.blocking(self.store.snapshots, notebook, limit=limit)
