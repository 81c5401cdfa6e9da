"""The steps of a review's stretch, with what is said about them."""

from typing import Any

import msgspec

from trailbook.store.base import Store
from trailbook.store.review_views import ReviewedNotebookView, ThreadView
from trailbook.store.views import StepsPage, StepView

from . import story
from .base import page
from .reviews_page import ReviewPage

STEPS = 100
"""Steps of a stretch that the page tells; the notebook's own page has all."""
STEP_PAGES = 3


class Told(msgspec.Struct, frozen=True):
    """The steps between a notebook's base and its head."""

    notebook: str
    path: str
    story: list[story.Episode | story.Line]
    shown: int
    more: bool


class Steps(ReviewPage):
    """`reviews/{id}/steps`."""

    @page
    async def get(self, id_: str) -> None:
        """What led from the base to the head."""
        review = await self.review(id_)
        actor = await self.actor()
        stories = [
            await self.blocking(stretch, self.store, notebook, actor.person)
            for notebook in review.notebooks
        ]
        about: dict[str, list[ThreadView]] = {}
        for thread in review.threads:
            if thread.anchor.step is not None:
                about.setdefault(thread.anchor.step, []).append(thread)
        await self.render_review("review-steps.html", review, stories=stories, about=about)


def stretch(store: Store, notebook: ReviewedNotebookView, person: str | None) -> Told:
    """The newest steps of a stretch, as the story of the notebook tells them."""
    since = notebook.base.at if notebook.base else 0
    until = notebook.head.at if notebook.head else 0
    found: list[StepView] = []
    asked: dict[str, Any] = {"newest": True}
    pages: list[StepsPage] = []
    for _ in range(STEP_PAGES):
        one: StepsPage = store.steps(notebook.notebook, limit=STEPS, person=person, **asked)
        pages.insert(0, one)
        found = [step for step in one.steps if since < step.at <= until] + found
        if one.before is None or (one.steps and one.steps[0].at <= since):
            break
        asked = {"before": one.before}
    kept = found[-STEPS:]
    sessions = {each.id: each for one in pages for each in one.kernel_sessions}
    first = kept[0].at if kept else until
    gaps = [gap for one in pages for gap in one.gaps if first <= gap.since <= until]
    told = msgspec.structs.replace(
        pages[-1], steps=kept, kernel_sessions=list(sessions.values()), gaps=gaps
    )
    return Told(
        notebook=notebook.notebook,
        path=notebook.path,
        story=story.tell(told),
        shown=len(kept),
        more=len(found) > STEPS or (pages[0].before is not None and first > since),
    )
