"""`threads` and `comments`: what is said in reviews, about one thing each."""

from .. import access
from ..errors import BadRequest, NotFound
from ..ids import new_id
from ..review import mentions, tellings
from ..store.review_views import ThreadWritten
from . import review_bodies as bodies
from .base import Resource, require
from .review_anchoring import anchored
from .review_guards import Seen, comment_seen, commented, thread_seen, written
from .verbs import Id, verb


class Threads(Resource):
    """`reviews/{id}/threads`."""

    @verb(status=201)
    async def post(self, review: Id, *, body: bodies.NewThread) -> ThreadWritten:
        """Begin a thread on the whole, a step, a cell, lines or an output."""
        found = await commented(self, review)
        anchor = await self.blocking(anchored, self.store, found.facts, body.anchor)
        text, suggestion = checked(body.comment, takes_source=anchor.kind in ("cell", "lines"))
        thread, comment = await self.blocking(
            self.store.open_thread,
            review,
            anchor,
            by=found.person,
            text=text,
            suggestion=suggestion,
        )
        return await said(self, found, thread, comment, body.comment)


class ThreadComments(Resource):
    """`threads/{id}/comments`."""

    @verb(status=201)
    async def post(self, thread: Id, *, body: bodies.NewComment) -> ThreadWritten:
        """Answer in a thread."""
        found = await thread_seen(self, thread)
        anchor = next(it.anchor for it in found.facts.threads if it.id == thread)
        text, suggestion = checked(body, takes_source=anchor.kind in ("cell", "lines"))
        comment = await self.blocking(
            self.store.add_comment, thread, by=found.person, text=text, suggestion=suggestion
        )
        return await said(self, found, thread, comment, body)


def checked(body: bodies.NewComment, *, takes_source: bool) -> tuple[str, str | None]:
    """What a comment says; it says something."""
    if body.suggestion is not None and not takes_source:
        raise BadRequest("New source is suggested for a cell, or for lines of one.")
    if not body.text.strip() and body.suggestion is None:
        raise BadRequest("A comment says something.")
    return body.text, body.suggestion


async def said(
    resource: Resource, found: Seen, thread: str, comment: str, body: bodies.NewComment
) -> ThreadWritten:
    """The answer to a comment, published at once unless it is a draft."""
    _, missed = mentions.reached([body.text], tellings.names(found.facts))
    if not body.draft:
        store, review = resource.store, found.facts.id
        facts = await resource.blocking(store.review, review)
        submission = new_id()
        tell, missed = tellings.of_submission(facts, found.person, submission, None, "", comment)
        await resource.blocking(
            store.submit,
            review,
            by=found.person,
            verdict=None,
            text="",
            revision=facts.revisions[-1].number,
            seen=found.facts.changes,
            only=comment,
            submission=submission,
            tell=tell,
        )
    return await written(resource, found.facts.id, thread, comment, missed)


class Thread(Resource):
    """`threads/{id}`."""

    @verb()
    async def patch(self, thread: Id, *, body: bodies.ThreadChange) -> ThreadWritten:
        """Resolve a thread, or open it again."""
        found = await thread_seen(self, thread)
        if all(it.draft for it in found.facts.comments if it.thread == thread):
            raise BadRequest("This thread is a draft: submit it first.")
        await self.blocking(self.store.resolve, thread, by=found.person, resolved=body.resolved)
        return await written(self, found.facts.id, thread, None, [])


class Comment(Resource):
    """`comments/{id}`."""

    @verb()
    async def patch(self, comment: Id, *, body: bodies.CommentChange) -> ThreadWritten:
        """Change what one wrote."""
        found, known = await comment_seen(self, comment)
        allowed = access.may_change_comment(found.actor, found.place, known.person)
        require(allowed, "A comment is changed by the person who wrote it.", found.actor)
        if not body.text.strip() and known.suggestion is None:
            raise BadRequest("A comment says something; one that should not is deleted.")
        tell, missed = tellings.of_mentions(
            found.facts, found.person, comment, [body.text], known.text, known.thread
        )
        await self.blocking(
            self.store.edit_comment,
            comment,
            text=body.text,
            suggestion=body.suggestion,
            by=found.person,
            tell=tell,
        )
        return await written(self, known.review, known.thread, comment, missed)

    @verb()
    async def delete(self, comment: Id) -> None:
        """Take away what one wrote; its place in the thread stays, unless it is a draft."""
        found, known = await comment_seen(self, comment)
        allowed = access.may_change_comment(found.actor, found.place, known.person)
        require(allowed, "A comment is deleted by the person who wrote it.", found.actor)
        await self.blocking(self.store.delete_comment, comment)


class Applied(Resource):
    """`comments/{id}/applied`."""

    @verb()
    async def put(self, comment: Id, *, body: bodies.Applied) -> ThreadWritten:
        """Say that a suggestion is in the notebook."""
        found, known = await comment_seen(self, comment)
        allowed = access.may_note(found.actor, found.place)
        require(allowed, "Suggestions are applied by the project's contributors.", found.actor)
        if body.snapshot is not None:
            place = await self.blocking(self.store.place_of_snapshot, body.snapshot)
            if place.space != found.facts.space:
                raise NotFound("version")
        await self.blocking(
            self.store.apply_suggestion, comment, by=found.person, snapshot=body.snapshot
        )
        return await written(self, known.review, known.thread, comment, [])
