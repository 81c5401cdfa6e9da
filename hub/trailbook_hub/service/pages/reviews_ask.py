"""The form that asks for a review; addresses fill it in, and nothing that was typed is lost."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from trailbook import access
from trailbook.access import Place
from trailbook.api import projects as api_projects
from trailbook.api import review_bodies as bodies
from trailbook.api import reviews as api_reviews
from trailbook.api.base import require
from trailbook.errors import NotFound, TrailbookError
from trailbook.ids import is_id
from trailbook.store.views import NotebookView, ProjectView, SnapshotView, StepView

from . import reviews_words, words
from .base import Page, page
from .reviews_page import naming, participants

VERSIONS = 100
"""Versions of a notebook that the form offers."""
FIELDS = ("title", "description", "reviewers", "notebooks")
REST_US = 8 * 3600 * 1_000_000
"""A rest as long as this ends a stretch of work."""


class Form(msgspec.Struct, kw_only=True):
    """What stands in the form."""

    title: str = ""
    description: str = ""
    reviewers: list[str] = []
    notebooks: list[str] = []
    bases: dict[str, str] = {}
    heads: dict[str, str] = {}
    steps: dict[str, str] = {}


class Stretch(msgspec.Struct, kw_only=True):
    """A notebook of the form, with the versions to choose from."""

    notebook: NotebookView
    versions: list[SnapshotView]
    base: str
    head: str
    step: StepView | None = None


class Ask(Page):
    """`reviews/new`: filled in by `project`, `notebook`, `base`, `head`, `step` of its address."""

    forms = True

    @page
    async def get(self) -> None:
        """The form, or the question in which project."""
        form = Form()
        slug = self.get_query_argument("project", "")
        if is_id(step := self.get_query_argument("step", "")):
            await self.reader(self.store.place_of_step, step, "step")
            notebook = (await self.blocking(self.store.step, step)).notebook
            form.notebooks, form.steps[notebook] = [notebook], step
        for notebook in self.get_query_arguments("notebook")[:20]:
            form.notebooks += [notebook] if notebook not in form.notebooks else []
        for name, kept in (("base", form.bases), ("head", form.heads)):
            if is_id(id_ := self.get_query_argument(name, "")):
                await self.reader(self.store.place_of_snapshot, id_, "version")
                notebook = (await self.blocking(self.store.snapshot, id_)).notebook
                form.notebooks += [notebook] if notebook not in form.notebooks else []
                kept[notebook] = id_
        await self.render_form(slug or await self._slug_of(form.notebooks), form)

    @page
    async def post(self) -> None:
        """Ask, keep a draft, or another notebook comes into the form."""
        form, slug = self._read(), self.get_body_argument("project", "")
        do = self.get_body_argument("do", "ask")
        if do == "add" and is_id(another := self.get_body_argument("another", "")):
            form.notebooks += [another] if another not in form.notebooks else []
            await self.render_form(slug, form)
            return
        if do.startswith("without-"):
            form.notebooks = [id_ for id_ in form.notebooks if id_ != do.removeprefix("without-")]
            await self.render_form(slug, form)
            return
        draft = do == "draft"
        if wrong := wrongs(form, draft=draft):
            await self.render_form(slug, form, wrong=wrong, status=400)
            return
        try:
            done = await self.ask(api_reviews.Reviews.post, body=asked(form, slug, draft=draft))
        except TrailbookError as error:
            await self.render_form(slug, form, trouble=str(error), status=error.status)
            return
        made = self.url("reviews", done.review.id)
        self.redirect(naming(made, done.not_reached), status=303)

    async def render_form(
        self,
        slug: str,
        form: Form,
        *,
        wrong: dict[str, str] | None = None,
        trouble: str = "",
        status: int = 200,
    ) -> None:
        """The form as it stands, or the projects to choose from."""
        self.set_status(status)
        if not slug:
            found = await self.ask(api_projects.Projects.get)
            actor = await self.actor()
            may = [p for p in found if access.may_ask_review(actor, _place(p))]
            await self.render_page(
                "ask-review.html", project=None, projects=may, trouble=trouble, says=reviews_words
            )
            return
        actor, project = await self.walked(slug)
        require(access.may_ask_review(actor, _place(project)), api_reviews.ASKED_BY, actor)
        listed = await self.ask(api_projects.ProjectNotebooks.get, slug)
        stretches = [await self._stretch(id_, form, project) for id_ in form.notebooks]
        chosen = {stretch.notebook.id for stretch in stretches}
        members = await self.blocking(self.store.members, project.id)
        await self.render_page(
            "ask-review.html",
            says=reviews_words,
            project=project,
            form=form,
            wrong={**dict.fromkeys(FIELDS, ""), **(wrong or {})},
            trouble=trouble,
            stretches=stretches,
            version_words=version_words,
            more=[each for each in listed if each.id not in chosen and each.versions],
            members=participants(members, without=actor.person),
        )

    async def _slug_of(self, notebooks: Sequence[str]) -> str:
        """The project of the first notebook; empty where there is none."""
        if not notebooks:
            return ""
        await self.reader(self.store.place_of_notebook, notebooks[0], "notebook")
        notebook = await self.blocking(self.store.notebook, notebooks[0])
        project = await self.project_of(notebook)
        return project.slug if project else ""

    async def _stretch(self, id_: str, form: Form, project: ProjectView) -> Stretch:
        _, place = await self.reader(self.store.place_of_notebook, id_, "notebook")
        if place.space != project.space:
            raise NotFound("notebook")
        notebook = await self.blocking(self.store.notebook, id_)
        versions = await self.blocking(self.store.snapshots, id_, limit=VERSIONS)
        known = {version.id for version in versions}
        for chosen in (form.bases.get(id_, ""), form.heads.get(id_, "")):
            if chosen and chosen not in known:
                versions.append(await self.blocking(self.store.snapshot, chosen))
                known.add(chosen)
        step = form.steps.get(id_, "")
        return Stretch(
            notebook=notebook,
            versions=versions,
            base=form.bases[id_] if id_ in form.bases else suggested_base(versions),
            head=form.heads.get(id_, ""),
            step=await self.blocking(self.store.step, step) if step else None,
        )

    def _read(self) -> Form:
        """What was typed and chosen."""
        notebooks = [id_ for id_ in self.get_body_arguments("notebook")[:20] if is_id(id_)]

        def chosen(what: str) -> dict[str, str]:
            found = {id_: self.get_body_argument(f"{what}-{id_}", None) for id_ in notebooks}
            return {id_: version for id_, version in found.items() if version is not None}

        return Form(
            title=self.get_body_argument("title", ""),
            description=self.get_body_argument("description", "", strip=False),
            reviewers=self.get_body_arguments("reviewers"),
            notebooks=notebooks,
            bases=chosen("base"),
            heads=chosen("head"),
            steps=chosen("step"),
        )


def wrongs(form: Form, *, draft: bool) -> dict[str, str]:
    """What is missing or too long, by field, in sentences."""
    wrong = {}
    if not form.title.strip():
        wrong["title"] = "Give it a title: a few words that say what changed."
    elif len(form.title.strip()) > 200:
        wrong["title"] = "A title has at most 200 characters."
    if len(form.description) > 20_000:
        wrong["description"] = "A description has at most 20,000 characters."
    if not form.notebooks:
        wrong["notebooks"] = "Choose at least one notebook."
    if not form.reviewers and not draft:
        wrong["reviewers"] = "Choose whom to ask, or save it as a draft."
    return wrong


def asked(form: Form, slug: str, *, draft: bool) -> bodies.NewReview:
    """The form as the API reads it."""
    notebooks = []
    for id_ in form.notebooks:
        step = form.steps.get(id_)
        given: dict[str, Any] = (
            {"first_step": step, "last_step": step}
            if step
            else {"base": form.bases.get(id_) or None, "head": form.heads.get(id_) or None}
        )
        notebooks.append(bodies.Stretch(notebook=id_, **given))
    return bodies.NewReview(
        title=form.title.strip(),
        description=form.description.strip(),
        project=slug,
        notebooks=notebooks,
        reviewers=form.reviewers,
        draft=draft,
    )


def suggested_base(versions: Sequence[SnapshotView]) -> str:
    """The version before the last stretch of work; nothing where all of it is one stretch."""
    for newer, older in pairwise(versions):
        if newer.at - older.at >= REST_US:
            return older.id
    return ""


def version_words(version: SnapshotView) -> str:
    """`Tue 3 Nov 2026, 14:05 UTC, saved by bob, 48 cells`: an option holds no other marks."""
    who = version.author or "somebody"
    cause = words.CAUSES.get(version.cause, version.cause)
    at = f"{words.day(version.at)}, {words.clock(version.at)} UTC"
    return f"{at}, {cause} by {who}, {words.count(version.cells, 'cell')}"


def _place(project: ProjectView) -> Place:
    return Place(space=project.space, project=project.id)
