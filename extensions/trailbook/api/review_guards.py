"""What all verbs about reviews begin with: the review, if the asker may see it."""

import msgspec

from .. import access
from ..access import Actor, Place
from ..errors import Conflict, NotFound
from ..review.meanwhile import sentence
from ..store.review_facts import CommentFacts, EventFacts, ReviewFacts
from ..store.review_views import ReviewChanged, ReviewView, ThreadWritten
from .base import Resource, require
from .review_showing import Shown, is_asked

WRITTEN_BY = "Comments are written by the project's contributors, and by viewers who are asked."


class Seen(msgspec.Struct, frozen=True):
    """A review that the asker may see."""

    actor: Actor
    place: Place
    facts: ReviewFacts

    @property
    def person(self) -> str:
        """The asker, once `require` has let a person pass."""
        return self.actor.person or ""

    @property
    def asked(self) -> bool:
        """Whether the asker was asked to review."""
        return is_asked(self.facts, self.actor)


async def seen(resource: Resource, review: str) -> Seen:
    """A review, up to date with its notebooks; what may not be seen looks absent."""
    actor, place = await resource.reader(resource.store.place_of_review, review, "review")
    await resource.blocking(resource.store.roll, review)
    return Seen(actor, place, await resource.blocking(resource.store.review, review))


async def commented(resource: Resource, review: str) -> Seen:
    """The same, for somebody who may comment there."""
    found = await seen(resource, review)
    allowed = access.may_comment_review(found.actor, found.place, asked=found.asked)
    require(allowed, WRITTEN_BY, found.actor)
    return found


async def thread_seen(resource: Resource, thread: str) -> Seen:
    """The review of a thread in which the asker sees something, and may comment."""
    known = await resource.blocking(resource.store.review_of_thread, thread)
    try:
        found = await seen(resource, known)
    except NotFound:
        raise NotFound("thread") from None
    mine = found.actor.person
    if not any(
        it.thread == thread and (not it.draft or it.person == mine) for it in found.facts.comments
    ):
        raise NotFound("thread")
    allowed = access.may_comment_review(found.actor, found.place, asked=found.asked)
    require(allowed, WRITTEN_BY, found.actor)
    return found


async def comment_seen(resource: Resource, comment: str) -> tuple[Seen, CommentFacts]:
    """A comment that the asker sees: others' drafts and what was deleted look absent."""
    known = await resource.blocking(resource.store.comment, comment)
    try:
        found = await seen(resource, known.review)
    except NotFound:
        raise NotFound("comment") from None
    if known.deleted_at is not None or (known.draft and known.person != found.actor.person):
        raise NotFound("comment")
    return found, known


async def shown(resource: Resource, review: str) -> ReviewView:
    """The review as it is now."""
    found = await seen(resource, review)
    shows = Shown(resource.store, found.facts, found.actor, found.place)
    return await resource.blocking(shows.review)


async def changed(
    resource: Resource, found: Seen, not_reached: list[str] | None = None
) -> ReviewChanged:
    """The answer to a change."""
    return ReviewChanged(
        review=await shown(resource, found.facts.id), not_reached=not_reached or []
    )


async def written(
    resource: Resource,
    review: str,
    thread: str | None,
    comment: str | None,
    not_reached: list[str],
) -> ThreadWritten:
    """The answer to a comment: its thread."""
    found = await seen(resource, review)
    shows = Shown(resource.store, found.facts, found.actor, found.place)
    views = [] if thread is None else await resource.blocking(shows.threads, thread)
    return ThreadWritten(
        thread=views[0] if views else None, comment=comment, not_reached=not_reached
    )


def unless(meanwhile: list[EventFacts], found: Seen) -> None:
    """Tell who decides what others did meanwhile, if they did something."""
    if meanwhile:
        raise Conflict(sentence(meanwhile, found.facts.people, found.actor.person))
