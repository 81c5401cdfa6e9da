"""A notebook's steps as a story, one step for itself, and what people write beside it."""

from typing import Any

import msgspec

from trailbook import access
from trailbook.access import Actor, Place
from trailbook.api import notes as api_notes
from trailbook.api import steps as api_steps
from trailbook.api.notes import NewNote
from trailbook.errors import NotFound
from trailbook.ids import is_id
from trailbook.store.views import KernelSessionView, NotebookView, StepsPage, StepView

from . import story
from .base import Page, page, read_form

PAGE_STEPS = 100


class May(msgspec.Struct, frozen=True):
    """What the reader may do to a step."""

    note: bool
    delete: bool


class Story(Page):
    """A notebook's steps, in the order in which they were run."""

    forms = True

    @page
    async def get(self, notebook: str) -> None:
        """One page of steps: the latest, around a step, or beside a cursor."""
        actor, place = await self.reader(self.store.place_of_notebook, notebook, "notebook")
        steps = await self._steps(notebook, actor)
        newest = await self.blocking(self.store.snapshots, notebook, limit=1)
        await self.render_page(
            "story.html",
            notebook=await self.without_hidden_origin(actor, steps.notebook),
            page=steps,
            story=story.tell(steps),
            newest=newest[0] if newest else None,
            project=await self.project_of(steps.notebook),
            may_note=access.may_note(actor, place),
            may_restore=access.may_restore(actor, place),
            again=await self._again(steps.notebook),
            earlier=await self._earlier(steps.notebook),
            back=self.url("notebooks", notebook),
        )

    async def _again(self, notebook: NotebookView) -> NotebookView | None:
        """What lies now where a deleted notebook was."""
        if notebook.deleted_at is None:
            return None
        try:
            there = self.store.notebook_at
            return await self.blocking(there, notebook.space, notebook.path)
        except NotFound:
            return None

    async def _earlier(self, notebook: NotebookView) -> NotebookView | None:
        """The notebook that was deleted at this place before this one began."""
        gone = self.store.deleted_at_path
        found = await self.blocking(gone, notebook.space, notebook.path)
        since = notebook.first_at or notebook.deleted_at or 2**62
        before = (one for one in found if one.id != notebook.id and (one.deleted_at or 0) <= since)
        return next(before, None)

    async def _steps(self, notebook: str, actor: Actor) -> StepsPage:
        around = self.get_query_argument("around", "")
        after, before = self._cursor("after"), self._cursor("before")
        asked: dict[str, Any] = {"after": after, "before": before}
        if is_id(around):
            asked = {"around": around}
        elif after is None and before is None:
            asked = {"newest": True}
        steps: StepsPage = await self.blocking(
            self.store.steps, notebook, limit=PAGE_STEPS, person=actor.person, **asked
        )
        return steps

    def _cursor(self, name: str) -> int | None:
        text = self.get_query_argument(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class Step(Page):
    """The permanent link of a step; `part` answers a piece of it for the story's script."""

    forms = True

    @page
    async def get(self, step: str) -> None:
        """The step with everything that is recorded of it."""
        actor, place = await self.reader(self.store.place_of_step, step, "step")
        view: StepView = await self.blocking(self.store.step, step, person=actor.person)
        session = await self._session(view, actor)
        shared = {
            "step": view,
            "line": await self._line(view, session, actor),
            "session": session,
            "may": await self._may(actor, place, step),
        }
        part = self.get_query_argument("part", "")
        if part in {"record", "notes"}:
            back = self.url("notebooks", view.notebook, around=step) + f"#step-{step}"
            await self.render_page(f"part-{part}.html", back=back, **shared)
            return
        before, after = await self.blocking(self.store.neighbours, step)
        notebook = await self.blocking(self.store.notebook, view.notebook)
        await self.render_page(
            "step.html",
            before=before,
            after=after,
            cell=await self.blocking(self.store.cell_of_step, step),
            project=await self.project_of(notebook),
            back=self.url("steps", step),
            **shared,
        )

    async def _may(self, actor: Actor, place: Place, step: str) -> May:
        owner = await self.blocking(self.store.step_owner, step)
        return May(access.may_note(actor, place), access.may_delete_step(actor, place, owner))

    async def _session(self, view: StepView, actor: Actor) -> KernelSessionView | None:
        steps = await self.blocking(
            self.store.steps, view.notebook, around=view.id, limit=1, person=actor.person
        )
        return next((s for s in steps.kernel_sessions if s.id == view.kernel_session), None)

    async def _line(
        self, view: StepView, session: KernelSessionView | None, actor: Actor
    ) -> story.Line:
        """The step as its line in the story, with the run that fixed it."""
        known = {}
        if view.fixed_by is not None:
            fix = await self.blocking(self.store.step, view.fixed_by, person=actor.person)
            known[fix.id] = fix
        return story.line(view, session, known)


class DeleteStep(Page):
    """What a form on a step asks for: all of it goes, or one output."""

    @page
    async def post(self, step: str, output: str | None = None) -> None:
        """Delete, for everybody and for good."""
        if output is not None:
            await self.ask(api_steps.Output.delete, step, int(output))
            self.redirect(self.url("steps", step), status=303)
            return
        await self.reader(self.store.place_of_step, step, "step")
        view = await self.blocking(self.store.step, step)
        await self.ask(api_steps.Step.delete, step)
        self.redirect(self.url("notebooks", view.notebook), status=303)


class StepNotes(Page):
    """A note on a step, written in the plain form."""

    @page
    async def post(self, step: str) -> None:
        """Keep the note."""
        await self.ask(api_notes.StepNotes.post, step, body=read_note(self))
        self.redirect(self.own_address(self.get_body_argument("back", "")), status=303)


class Note(api_notes.Note, Page):
    """A note of one's own: changed or deleted."""

    @page
    async def post(self, note: str) -> None:
        """Change it, or delete it when the form says so."""
        if self.get_body_argument("do", "save") == "delete":
            await self.ask(api_notes.Note.delete, note)
        else:
            await self.ask(api_notes.Note.patch, note, body=read_note(self))
        self.redirect(self.own_address(self.get_body_argument("back", "")), status=303)


def read_note(handler: Page) -> NewNote:
    """Kind and words out of a form."""
    kind = handler.get_body_argument("kind", "note")
    return read_form(NewNote, kind=kind, text=handler.get_body_argument("text", "").strip())
