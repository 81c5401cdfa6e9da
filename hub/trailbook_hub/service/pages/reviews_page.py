"""One review: what its pages share, and its conversation."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from trailbook.api import reviews as api_reviews
from trailbook.clock import now_us
from trailbook.store.review_views import (
    EntryView,
    ParticipantView,
    ReviewView,
    ThreadView,
)
from trailbook.store.views import MemberView

from . import reviews_words
from .base import Page, page

SEEN = 100
"""Notifications, of the newest, that reading a review marks as seen."""
NOT_REACHED = "not-reached"


def participants(members: Sequence[MemberView], *, without: str | None) -> list[ParticipantView]:
    """The members whom somebody can ask: all but that person."""
    return [
        ParticipantView(id=it.id, name=it.name, display_name=it.display_name)
        for it in (member.person for member in members)
        if it.id != without
    ]


class ReviewPage(Page):
    """What the parts of a review share."""

    forms = True

    async def render_review(self, template: str, review: ReviewView, **more: Any) -> None:
        """A page of a review, with what its head shows."""
        actor = await self.actor()
        shown = {"trouble": "", "told": "", "kept": {"text": "", "conclusion": ""}, **more}
        await self.render_page(
            template,
            says=reviews_words,
            review=review,
            me=actor.person,
            asked=[each for each in review.reviewers if each.asked],
            asked_ids={each.person.id for each in review.reviewers if each.asked},
            askable=await self.askable(review),
            viewed=reviews_words.to_view(review),
            cells=reviews_words.cells_in_all(review),
            open_threads=sum(not thread.resolved for thread in review.threads),
            paths={notebook.notebook: notebook.path for notebook in review.notebooks},
            sources=await self._sources(review),
            **shown,
        )

    async def review(self, id_: str) -> ReviewView:
        """The review, as the API answers it to the reader."""
        found: ReviewView = await self.ask(api_reviews.Review.get, id_)
        return found

    async def askable(self, review: ReviewView) -> list[ParticipantView]:
        """The members who can be asked: everybody but the author."""
        if review.project is None:
            return []
        project = await self.blocking(self.store.project, review.project)
        members = await self.blocking(self.store.members, project.id)
        return participants(members, without=review.author.id)

    async def _sources(self, review: ReviewView) -> dict[str, str]:
        """By thread, the cell's source that a suggestion for the whole cell replaces."""
        cells = {
            thread.id: (thread.anchor.snapshot or "", thread.anchor.cell or 0)
            for thread in review.threads
            if thread.anchor.kind == "cell" and any(c.suggestion for c in thread.comments)
        }
        found = await self.blocking(self.store.cell_sources, set(cells.values()))
        return {id_: found.get(cell, "") for id_, cell in cells.items()}

    async def see(self, review: ReviewView) -> None:
        """Who reads a review has seen what they were told of it."""
        person = (await self.actor()).person
        if person is not None and await self.unseen(await self.actor()):
            told, _ = await self.blocking(
                self.store.notifications, person, [review.space], after=None, limit=SEEN
            )
            ids = [one.id for one in told if one.review == review.id and one.seen_at is None]
            await self.blocking(self.store.see_notifications, person, ids, None, now_us())

    async def render_conversation(self, review: ReviewView, **more: Any) -> None:
        """What was said, oldest first, and the forms to say more."""
        entries, loose = conversation(review)
        await self.render_review("review.html", review, entries=entries, loose=loose, **more)


class Conversation(ReviewPage):
    """`reviews/{id}`."""

    @page
    async def get(self, id_: str) -> None:
        """Readable without a script."""
        review = await self.review(id_)
        await self.see(review)
        await self.render_conversation(review, told=missed(self))


class Entry(msgspec.Struct, frozen=True):
    """An entry with the threads that are told there, and those that are told elsewhere."""

    view: EntryView
    threads: list[ThreadView] = []
    elsewhere: list[ThreadView] = []


def conversation(review: ReviewView) -> tuple[list[Entry], list[ThreadView]]:
    """The entries, each thread whole at the first that wrote in it; and threads of no entry."""
    threads = {thread.id: thread for thread in review.threads}
    told: set[str] = set()
    entries = []
    for entry in review.conversation:
        named = [threads[id_] for id_ in entry.threads if id_ in threads]
        new = [thread for thread in named if thread.id not in told]
        known = [thread for thread in named if thread.id in told]
        told.update(thread.id for thread in new)
        entries.append(Entry(entry, new, known))
    return entries, [thread for thread in review.threads if thread.id not in told]


def naming(address: str, not_reached: Sequence[str]) -> str:
    """An address of a review whose page says whom a mention did not reach."""
    if not not_reached:
        return address
    before, mark, place = address.partition("#")
    asked = urlencode([(NOT_REACHED, name) for name in not_reached])
    return f"{before}{'&' if '?' in before else '?'}{asked}{mark}{place}"


def missed(handler: Page) -> str:
    """Whom a mention that was just written does not reach."""
    names = [name for name in handler.get_query_arguments(NOT_REACHED) if name][:20]
    if not names:
        return ""
    listed = ", ".join(f"@{name[:100]}" for name in names)
    return f"Written. Nobody was told of {listed}: no member of the project has this name."
