"""What the forms of a review do: comments, verdicts, states, looks."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from trailbook.api import review_bodies as bodies
from trailbook.api import reviews as api_reviews
from trailbook.api import threads as api_threads
from trailbook.errors import BadRequest, TrailbookError

from . import markdown
from .base import Page, page, read_form
from .reviews_page import ReviewPage, naming


class Writing(ReviewPage):
    """A form of a review: what it cannot keep comes back with a sentence and all that was typed."""

    async def do(self, id_: str, verb: Callable[..., Awaitable[Any]], body: Any) -> Any:
        """Do it, or show the review with what went wrong; None then."""
        try:
            return await self.ask(verb, id_, body=body)
        except TrailbookError as error:
            review = await self.review(id_)
            self.set_status(error.status)
            kept = {name: self.get_body_argument(name, "") for name in ("text", "conclusion")}
            await self.render_conversation(review, trouble=str(error), kept=kept)
            return None

    def number(self, name: str) -> int:
        """A number of the form."""
        text = self.get_body_argument(name, "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadRequest("The form is not whole. Nothing was changed.")
        return int(text)

    def back(self, address: str, not_reached: Sequence[str] = ()) -> None:
        """Return to the page of the form, which says whom a mention did not reach."""
        self.redirect(naming(self.own_address(address), not_reached), status=303)


class Submit(Writing):
    """`reviews/{id}/submit`: one's drafts go out, with a text and perhaps a verdict."""

    @page
    async def post(self, id_: str) -> None:
        """Submit, and return to the conversation."""
        body = read_form(
            bodies.Submission,
            verdict=self.get_body_argument("verdict", "comment"),
            text=self.get_body_argument("text", "").strip(),
            revision=self.number("revision"),
            seen=self.number("seen"),
        )
        done = await self.do(id_, api_reviews.Submissions.post, body)
        if done is not None:
            look = bodies.Look(revision=body.revision, seen=body.seen)
            await self.ask(api_reviews.Look.put, id_, body=look)
            self.back(self.url("reviews", id_), done.not_reached)


class State(Writing):
    """`reviews/{id}/state`: opened, concluded, abandoned."""

    @page
    async def post(self, id_: str) -> None:
        """Bring it to that state."""
        body = read_form(
            bodies.NewState,
            state=self.get_body_argument("state", ""),
            seen=self.number("seen"),
            conclusion=self.get_body_argument("conclusion", "").strip(),
        )
        if await self.do(id_, api_reviews.ReviewState.put, body) is not None:
            self.back(self.url("reviews", id_))


class Asking(Writing):
    """`reviews/{id}/asks`: people are asked, or asked again."""

    @page
    async def post(self, id_: str) -> None:
        """Ask them."""
        people = self.get_body_arguments("reviewers")
        if not people:
            raise BadRequest("Nobody was chosen. Nothing was changed.")
        body = read_form(bodies.Asks, reviewers=people, seen=self.number("seen"))
        if await self.do(id_, api_reviews.Asks.post, body) is not None:
            self.back(self.url("reviews", id_))


class Edit(Writing):
    """`reviews/{id}/edit`: another title or description."""

    @page
    async def post(self, id_: str) -> None:
        """Keep it."""
        body = read_form(
            bodies.ReviewChange,
            title=self.get_body_argument("title", "").strip(),
            description=self.get_body_argument("description", "").strip(),
        )
        done = await self.do(id_, api_reviews.Review.patch, body)
        if done is not None:
            self.back(self.url("reviews", id_), done.not_reached)


class Looked(Writing):
    """`reviews/{id}/look`: the reader has looked at everything."""

    @page
    async def post(self, id_: str) -> None:
        """Remember it, and return to the conversation."""
        body = read_form(bodies.Look, revision=self.number("revision"), seen=self.number("seen"))
        await self.ask(api_reviews.Look.put, id_, body=body)
        self.back(self.url("reviews", id_))


class StepThread(Writing):
    """`reviews/{id}/threads`: a comment on a step, which the page of the steps has a form for."""

    @page
    async def post(self, id_: str) -> None:
        """Begin the thread, and return to the step."""
        step = self.get_body_argument("step", "")
        body = bodies.NewThread(
            anchor=read_form(bodies.Anchor, step=step),
            comment=read_form(
                bodies.NewComment,
                text=self.get_body_argument("text", "").strip(),
                draft=self.get_body_argument("do", "") == "draft",
            ),
        )
        written = await self.ask(api_threads.Threads.post, id_, body=body)
        self.back(self.url("reviews", id_, "steps") + f"#step-{step}", written.not_reached)


class Thread(Writing):
    """`threads/{id}`: an answer, resolved, open again."""

    @page
    async def post(self, thread: str) -> None:
        """Do what the button says; a text that was typed is never dropped."""
        do = self.get_body_argument("do", "reply")
        text = self.get_body_argument("text", "").strip()
        not_reached: Sequence[str] = ()
        if text or do in {"reply", "draft"}:
            body = read_form(bodies.NewComment, text=text, draft=do == "draft")
            written = await self.ask(api_threads.ThreadComments.post, thread, body=body)
            not_reached = written.not_reached
        if do in {"resolve", "reopen"}:
            change = bodies.ThreadChange(resolved=do == "resolve")
            await self.ask(api_threads.Thread.patch, thread, body=change)
        self.back(self.get_body_argument("back", "") + f"#thread-{thread}", not_reached)


class Comment(Writing):
    """`comments/{id}`: a comment of one's own, changed or deleted."""

    @page
    async def post(self, comment: str) -> None:
        """Change it, or delete it when the form says so."""
        back = self.get_body_argument("back", "")
        if self.get_body_argument("do", "save") == "delete":
            await self.ask(api_threads.Comment.delete, comment)
            self.back(back)
            return
        body = read_form(
            bodies.CommentChange,
            text=self.get_body_argument("text", "").strip(),
            suggestion=self.get_body_argument("suggestion", None, strip=False),
        )
        written = await self.ask(api_threads.Comment.patch, comment, body=body)
        self.back(f"{back}#comment-{comment}", written.not_reached)


class Preview(Page):
    """`markdown`: what somebody is writing, as it will look."""

    @page
    async def post(self) -> None:
        """The text of the form as sanitised HTML."""
        text = self.get_body_argument("text", "", strip=False)
        if len(text) > 20_000:
            raise BadRequest("A comment has at most 20,000 characters.")
        html = await self.blocking(markdown.note_to_html, text)
        self.send(str(html).encode(), "text/html; charset=utf-8")
