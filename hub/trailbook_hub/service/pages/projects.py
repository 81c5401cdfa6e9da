"""A project: its charter, its people, its notebooks and what happened in it."""

import msgspec

from trailbook import access
from trailbook.access import Actor, Place
from trailbook.api import me as api_me
from trailbook.api import projects as api_projects
from trailbook.api import reviews as api_reviews
from trailbook.api import servers as api_servers
from trailbook.api.projects import NewRole, ProjectChange
from trailbook.clock import now_us
from trailbook.store.views import Charter, NotebookView, ProjectView

from . import charter, reviews_words, words
from .base import Page, page, read_form

ACTIVITY = 12
LEARNED = 5


class ProjectPage(Page):
    """What the pages of a project share."""

    forms = True

    async def render_project(
        self, template: str, actor: Actor, project: ProjectView, **more: object
    ) -> None:
        """A page of a project, with what its head shows."""
        place = Place(space=project.space, project=project.id)
        await self.render_page(
            template,
            project=self.role_of(actor, project),
            readable=access.may_read(actor, place),
            may_edit=access.may_edit_project(actor, project.id),
            may_switch=access.may_switch_recording(actor, project.id),
            may_manage=access.may_manage_members(actor, project.id),
            may_view_as=access.may_view_as(actor) and actor.viewing_as != project.id,
            fields=charter.FIELDS,
            accounts=await self.accounts([project]),
            restarts_at=await self.restarts_at(project.id),
            now=now_us(),
            **more,
        )


class Project(ProjectPage):
    """The project's front page."""

    @page
    async def get(self, slug: str) -> None:
        """What it is about, who is in it, what happened, and where to work."""
        if self.get_query_argument("as", ""):
            await self._look_as(slug)
            return
        actor, project = await self.project(slug)
        if not await self.has_consented(actor):
            self.redirect(self.url("welcome"))
            return
        members = await self.blocking(self.store.members, project.id)
        seen = access.may_read(actor, Place(space=project.space, project=project.id))
        notebooks = await self.ask(api_projects.ProjectNotebooks.get, slug) if seen else []
        gone = await self._deleted(project) if seen else []
        await self.render_project(
            "project.html",
            actor,
            project,
            members=members,
            notebooks=sorted(notebooks, key=lambda n: n.last_at or 0, reverse=True),
            deleted=sorted(gone, key=lambda n: n.deleted_at or 0, reverse=True),
            may_restore=access.may_restore(actor, Place(space=project.space, project=project.id)),
            says=reviews_words,
            conclusions=await self.ask(api_reviews.ProjectConclusions.get, slug, limit=LEARNED)
            if seen
            else [],
            activity=await self.ask(api_projects.ProjectActivity.get, slug, limit=ACTIVITY)
            if seen
            else [],
        )

    async def _deleted(self, project: ProjectView) -> list[NotebookView]:
        found = await self.blocking(self.store.notebooks, project.space, deleted=True)
        return [notebook for notebook in found if notebook.deleted_at]

    async def _look_as(self, slug: str) -> None:
        """See the project as a viewer, or as oneself again; both are logged."""
        _, project = await self.project(slug)
        wish = project.slug if self.get_query_argument("as") == "viewer" else None
        await self.ask(api_me.ViewAs.put, body=api_me.Viewing(project=wish))
        self.redirect(self.url("projects", project.slug))


class CharterPage(ProjectPage):
    """The charter, and the form that changes it."""

    @page
    async def get(self, slug: str) -> None:
        """All fields, empty ones too."""
        actor, project = await self.project(slug)
        editing = self.get_query_argument("edit", "") == "1"
        editing = editing and access.may_edit_project(actor, project.id)
        await self.render_project(
            "charter.html", actor, project, editing=editing, stages=words.STAGES
        )

    @page
    async def post(self, slug: str) -> None:
        """Keep what the form says."""
        fields = msgspec.structs.asdict(Charter())
        said = {field: self.get_body_argument(field, "").strip() for field in fields}
        if said["stage"] not in words.STAGES:
            said["stage"] = ""
        name = self.get_body_argument("name", "").strip()
        change = read_form(ProjectChange, name=name or None, charter=said)
        await self.ask(api_projects.Project.patch, slug, body=change)
        self.redirect(self.url("projects", slug, "charter"), status=303)


class Recording(ProjectPage):
    """The switch for a project's recording, which the page of its people shows."""

    @page
    async def post(self, slug: str) -> None:
        """Switch it on or off."""
        change = ProjectChange(recording=self.get_body_argument("recording", "") == "on")
        await self.ask(api_projects.Project.patch, slug, body=change)
        self.redirect(self.url("projects", slug, "people"), status=303)


class People(api_projects.Member, ProjectPage):
    """Members and their roles."""

    @page
    async def get(self, slug: str) -> None:
        """Who is in the project; for maintainers, the form too."""
        actor, project = await self.project(slug)
        members = await self.blocking(self.store.members, project.id)
        await self.render_project(
            "people.html",
            actor,
            project,
            members=members,
            me=actor.person,
            roles=words.ROLES,
            warning=int(self.removal_warning * 1e6),
        )

    @page
    async def post(self, slug: str) -> None:
        """Add somebody, change a role, or take somebody out."""
        name = self.get_body_argument("name", "").strip()
        if self.get_body_argument("do", "set") == "remove":
            await self.ask(api_projects.Member.delete, slug, name)
        else:
            role = read_form(NewRole, role=self.get_body_argument("role", ""))
            await self.ask(api_projects.Member.put, slug, name, body=role)
        # So that the page says what comes upon the project's server.
        await self.shares_settled()
        self.redirect(self.url("projects", slug, "people"), status=303)


class Restart(ProjectPage):
    """The way to have a removed member out at once, which all pages of the project show."""

    @page
    async def post(self, slug: str) -> None:
        """Restart the project's server now."""
        await self.ask(api_servers.ProjectServer.post, slug)
        self.redirect(self.url("projects", slug, "people"), status=303)
