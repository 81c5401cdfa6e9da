"""Lists of reviews: the inbox, and a project's with what was learned in it."""

import msgspec

from trailbook import access
from trailbook.access import Place
from trailbook.api import reviews as api_reviews
from trailbook.store.review_views import ReviewLineView, ReviewsPage

from . import reviews_words
from .base import Page, page
from .projects import ProjectPage

PAGE = 50
SHOWS = {"": "Open", "waiting": "Waiting for you", "mine": "Yours", "finished": "Finished"}
"""What the inbox shows, by the word in its address."""
OPEN = "draft,open,changes-requested,approved"
FINISHED = "concluded,abandoned"


class Section(msgspec.Struct, frozen=True):
    """Some of the reviews under one heading."""

    title: str
    reviews: list[ReviewLineView]
    empty: str


class Inbox(Page):
    """`reviews`: whose turn it is, and why."""

    @page
    async def get(self) -> None:
        """Those that wait for the reader, then their own, then the others of their projects."""
        show = self.get_query_argument("show", "")
        show = show if show in SHOWS else ""
        after = self.get_query_argument("after", None)
        found: ReviewsPage = await self.ask(
            api_reviews.Reviews.get, after=after, limit=PAGE, **_asked(show)
        )
        actor = await self.actor()
        await self.render_page(
            "reviews.html",
            says=reviews_words,
            shows=SHOWS,
            show=show,
            me=actor.person,
            waiting=found.waiting,
            sections=sections(found.reviews, show, actor.person),
            after=found.after,
        )


def _asked(show: str) -> dict[str, object]:
    """What to ask the API for."""
    if show == "finished":
        return {"state": FINISHED}
    return {
        "state": OPEN,
        **({"waiting": 1} if show == "waiting" else {}),
        **({"mine": 1} if show == "mine" else {}),
    }


def sections(reviews: list[ReviewLineView], show: str, me: str | None) -> list[Section]:
    """What waits for the reader first, then their own, then the others; none without reviews."""
    if show == "waiting":
        return [Section("", reviews, "Nothing waits for you.")]
    if not reviews:
        return [Section("", [], "No review of yours is there.")] if show else []
    if show:
        return [Section("", reviews, "")]
    waiting = [view for view in reviews if view.why is not None]
    rest = [view for view in reviews if view.why is None]
    own = [view for view in rest if view.author.id == me]
    other = [view for view in rest if view.author.id != me]
    told = [Section("Waiting for you", waiting, "Nothing waits for you.")]
    told += [Section("Yours", own, "")] if own else []
    return told + ([Section("Others of your projects", other, "")] if other else [])


class ProjectReviews(ProjectPage):
    """`projects/{slug}/reviews`: its reviews, and what they concluded."""

    @page
    async def get(self, slug: str) -> None:
        """The newest first."""
        actor, project = await self.walked(slug)
        found: ReviewsPage = await self.ask(
            api_reviews.ProjectReviews.get,
            slug,
            after=self.get_query_argument("after", None),
            limit=PAGE,
        )
        await self.render_project(
            "project-reviews.html",
            actor,
            project,
            says=reviews_words,
            me=actor.person,
            reviews=found.reviews,
            after=found.after,
            conclusions=await self.ask(api_reviews.ProjectConclusions.get, slug),
            may_ask=access.may_ask_review(actor, Place(space=project.space, project=project.id)),
        )
