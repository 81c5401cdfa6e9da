"""What changed in a review: from its base, from one's last look, or from a revision."""

import msgspec

from trailbook.store.review_views import ReviewedNotebookView, ReviewView, ThreadView

from .base import page
from .reviews_page import ReviewPage, missed

LOOK, ALL = "look", "all"


class Room(msgspec.Struct, kw_only=True, frozen=True):
    """Where the changes of a notebook are drawn."""

    notebook: ReviewedNotebookView
    base: str = ""  # empty: from nothing
    head: str = ""
    trouble: str = ""


class Changes(ReviewPage):
    """`reviews/{id}/changes?since=`: from the base, one's last look, or a revision."""

    @page
    async def get(self, id_: str) -> None:
        """The frame of the comparison; the script draws the rest."""
        review = await self.review(id_)
        await self.see(review)
        since = self.get_query_argument("since", "")
        choices = comparisons(review)
        chosen = since if since in dict(choices) else choices[0][0]
        rooms = [room(review, notebook, chosen) for notebook in review.notebooks]
        drawn = {one.notebook.notebook for one in rooms if not one.trouble}
        await self.render_review(
            "review-changes.html",
            review,
            choices=choices,
            since=chosen,
            since_says=_explained(review, chosen),
            rooms=rooms,
            what=self.get_query_argument("what", ""),
            elsewhere=[thread for thread in review.threads if _is_elsewhere(thread, drawn)],
            rendered=[thread for thread in review.threads if thread.anchor.notebook in drawn],
            looking=_to_look(review) if review.rights.comment else None,
            told=missed(self),
        )


def comparisons(review: ReviewView) -> list[tuple[str, str]]:
    """What can be compared, the default first: `(word in the address, words for people)`."""
    newest = review.revisions[-1].number if review.revisions else 0
    told = [(ALL, "everything")]
    looked = any(notebook.look for notebook in review.notebooks)
    if looked:
        told.insert(0, (LOOK, "what changed since your last look"))
    for revision in review.revisions[:-1]:
        told.append((str(revision.number), f"revision {revision.number} → {newest}"))
    return told


def room(review: ReviewView, notebook: ReviewedNotebookView, since: str) -> Room:
    """From where to where a notebook's changes are drawn."""
    if notebook.head is None:
        gone = notebook.head_gone
        sentence = (
            "The version under review was deleted; its comments are in the conversation."
            if gone
            else "No version of this notebook is saved yet."
        )
        return Room(notebook=notebook, trouble=sentence)
    base = notebook.base.id if notebook.base else ""
    if since == LOOK:
        base = notebook.look or notebook.head.id
    elif since != ALL:
        heads = {
            head.notebook: head
            for revision in review.revisions
            if str(revision.number) == since
            for head in revision.heads
        }
        head = heads.get(notebook.notebook)
        if head is not None and head.gone:
            return Room(notebook=notebook, trouble="That version was deleted.")
        base = head.snapshot if head is not None else base
    elif notebook.base_gone:
        return Room(
            notebook=notebook,
            trouble="The version to compare with was deleted. The newest one is on its own page.",
        )
    if base == notebook.head.id:
        return Room(notebook=notebook, trouble="Nothing changed here since.")
    return Room(notebook=notebook, base=base, head=notebook.head.id)


def _explained(review: ReviewView, since: str) -> str:
    if since == LOOK and review.look is not None:
        return f"You last looked at revision {review.look}."
    return ""


def _to_look(review: ReviewView) -> int | None:
    """The revision to say that one has looked at, unless one has."""
    if not review.revisions:
        return None
    newest = review.revisions[-1].number
    seen = review.look == newest and not any(notebook.look for notebook in review.notebooks)
    return None if seen else newest


def _is_elsewhere(thread: ThreadView, drawn: set[str]) -> bool:
    """Whether a thread about a notebook has no place that the script could draw it in."""
    if thread.anchor.kind in {"review", "step"}:
        return False
    return thread.anchor.notebook not in drawn or thread.placement.place is None
