"""The part of the Store protocol that keeps reviews: facts, and conditional writes.

What follows from the facts is worked out by `trailbook.review`. A write that answers a list names
what others did since the writer looked (`seen`): then nothing was changed.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from ..access import Place
from .review_facts import (
    CellFacts,
    CommentFacts,
    EventFacts,
    NewNotebook,
    NotificationFacts,
    ReviewFacts,
    Telling,
)
from .review_views import AnchorView
from .views import SnapshotView


class Reviews(Protocol):
    """Reviews, and what people are told about them."""

    def place_of_review(self, review: str) -> Place:
        """Where a review lives."""
        ...

    def review(self, review: str) -> ReviewFacts:
        """One review with all that was said."""
        ...

    def reviews(
        self,
        spaces: Collection[str],
        states: Collection[str],
        *,
        author: str | None = None,
        after: tuple[int, str] | None = None,
        limit: int | None = None,
    ) -> list[ReviewFacts]:
        """Reviews of these spaces and stored states, without the texts of comments.

        What changed last comes first; `after` is time and id of the one before.
        """
        ...

    def create_review(
        self,
        space: str,
        *,
        title: str,
        description: str,
        author: str,
        draft: bool,
        notebooks: Collection[NewNotebook],
        reviewers: Collection[str],
        tell: Mapping[str, str],
    ) -> str:
        """A review with the next number of its space; `tell` says why, by person."""
        ...

    def edit_review(
        self, review: str, *, title: str | None, description: str | None, by: str
    ) -> None:
        """Change what is given."""
        ...

    def set_review_state(
        self,
        review: str,
        state: str,
        *,
        by: str,
        seen: int,
        conclusion: str = "",
        approved_by: Collection[str] = (),
        tell: Collection[Telling] = (),
    ) -> list[EventFacts]:
        """Open, conclude or abandon; with a conclusion go those whose approval held."""
        ...

    def ask(
        self, review: str, people: Collection[str], *, by: str, seen: int, why: Mapping[str, str]
    ) -> list[EventFacts]:
        """Ask these people, or ask them again; `why` says which, by person."""
        ...

    def roll(self, review: str) -> bool:
        """Take new versions into the review; whether there were any."""
        ...

    def roll_in(self, spaces: Collection[str]) -> bool:
        """The same for all reviews of these spaces."""
        ...

    def look(self, review: str, person: str, revision: int, *, seen: int) -> None:
        """Somebody has looked at a revision, with the heads that it had then."""
        ...

    def set_viewed(
        self, review: str, person: str, notebook: str, cell: int, digest: bytes | None
    ) -> None:
        """Tick a cell that holds this, or take the tick away."""
        ...

    def viewed(self, review: str, person: str) -> dict[tuple[str, int], bytes]:
        """What somebody has ticked: by notebook and cell, what it held."""
        ...

    def open_thread(
        self, review: str, anchor: AnchorView, *, by: str, text: str, suggestion: str | None
    ) -> tuple[str, str]:
        """A thread with its first comment, a draft: the thread, and the comment."""
        ...

    def add_comment(self, thread: str, *, by: str, text: str, suggestion: str | None) -> str:
        """One more comment in a thread, a draft."""
        ...

    def submit(
        self,
        review: str,
        *,
        by: str,
        verdict: str | None,
        text: str,
        revision: int,
        seen: int,
        only: str | None = None,
        submission: str,
        tell: Collection[Telling],
    ) -> list[EventFacts]:
        """Publish somebody's drafts (`only` one of them, if named) at once, perhaps a verdict."""
        ...

    def comment(self, comment_: str) -> CommentFacts:
        """One comment."""
        ...

    def edit_comment(
        self,
        comment_: str,
        *,
        text: str,
        suggestion: str | None,
        by: str,
        tell: Collection[Telling] = (),
    ) -> None:
        """Change what a comment says; it had a suggestion if it keeps one."""
        ...

    def delete_comment(self, comment_: str) -> None:
        """Take a comment away: a draft wholly, else its place stays."""
        ...

    def apply_suggestion(self, comment_: str, *, by: str, snapshot: str | None) -> None:
        """The suggestion is in the notebook."""
        ...

    def resolve(self, thread: str, *, by: str, resolved: bool) -> None:
        """Resolve a thread, or open it again."""
        ...

    def review_of_thread(self, thread: str) -> str:
        """The review that a thread belongs to."""
        ...

    def notifications(
        self, person: str, spaces: Collection[str], *, after: str | None, limit: int
    ) -> tuple[list[NotificationFacts], int]:
        """What somebody was told of these spaces, newest first, and how many are not seen."""
        ...

    def see_notifications(
        self, person: str, ids: Collection[str], until: str | None, now: int
    ) -> None:
        """Somebody has seen these, and all up to one."""
        ...

    def versions(self, ids: Collection[str]) -> dict[str, SnapshotView]:
        """These versions; those that were deleted or purged are left out."""
        ...

    def version_cells(self, snapshot: str) -> list[CellFacts]:
        """A version's cells, in order. Raises NotFound; StoreDamaged if nothing tells them."""
        ...

    def cell_sources(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """What cells, by number, say in versions, as far as it is there and may be shown."""
        ...

    def wrote(self, notebook: str, space: str, base: str | None, head: str) -> set[str]:
        """The names of those who changed sources between two versions."""
        ...

    def version_before_step(self, step: str) -> str | None:
        """The notebook's last version before a step; None if it is the beginning."""
        ...
