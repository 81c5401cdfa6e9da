"""Home: one's projects and notebooks; and the screen that says what is recorded."""

from trailbook import access
from trailbook.access import Actor
from trailbook.api import me as api_me
from trailbook.api import projects as api_projects
from trailbook.api import reviews as api_reviews
from trailbook.api.projects import NewProject, projects_of
from trailbook.store.views import NotebookView

from .base import Page, page, read_form

RECENT = 8


class Home(Page):
    """One's projects, and the notebooks outside of them."""

    forms = True

    @page
    async def get(self) -> None:
        """Projects first, the latest worked on before the others."""
        actor = await self.actor()
        if not await self.has_consented(actor):
            self.redirect(self.url("welcome"))
            return
        projects = await projects_of(self, actor)
        projects.sort(key=lambda project: project.last_run_at or 0, reverse=True)
        recent, deleted = await self._own(actor)
        await self.render_page(
            "home.html",
            mine=[project for project in projects if project.role],
            others=[project for project in projects if not project.role],
            accounts=await self.accounts(projects),
            recent=recent,
            deleted=deleted,
            waiting=(await self.ask(api_reviews.Reviews.get, waiting=1, limit=1)).waiting,
            may_create=access.may_create_project(actor),
        )

    async def _own(self, actor: Actor) -> tuple[list[NotebookView], list[NotebookView]]:
        """One's own notebooks, the latest first: those with a file, and the deleted ones."""
        if actor.person is None:
            return [], []
        space = await self.blocking(self.store.personal_space, actor.person)
        views = await self.blocking(self.store.notebooks, space, deleted=True)
        there = [view for view in views if view.deleted_at is None]
        gone = [view for view in views if view.deleted_at is not None]
        there.sort(key=lambda view: view.last_at or 0, reverse=True)
        gone.sort(key=lambda view: view.deleted_at or 0, reverse=True)
        return there[:RECENT], gone


class Welcome(Page):
    """One screen: what is recorded, who sees it, for how long, how to pause."""

    forms = True

    @page
    async def get(self) -> None:
        """The screen; it asks only those who have not agreed yet."""
        actor = await self.actor()
        await self.render_page("welcome.html", consented=await self.has_consented(actor))

    @page
    async def post(self) -> None:
        """Agree, and go on to the projects."""
        await self.ask(api_me.Consent.put)
        self.redirect(self.url(), status=303)


class BeginProject(api_projects.Projects, Page):
    """The form of a new project: a name is enough."""

    forms = True

    @page
    async def get(self) -> None:
        """The form."""
        await self.render_page("new-project.html", named="")

    @page
    async def post(self) -> None:
        """Begin it, and go on to its page."""
        name = self.get_body_argument("name", "").strip()
        project = await self.ask(api_projects.Projects.post, body=read_form(NewProject, name=name))
        self.redirect(self.url("projects", project.slug), status=303)
