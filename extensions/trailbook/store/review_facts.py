"""What the store keeps of reviews, for `trailbook.review` to draw conclusions from.

People are ids; `ReviewFacts.people` has their names. Texts are Markdown as it was written.
"""

import msgspec

from .review_views import AnchorView
from .views import PersonView

OPEN, DRAFT, CONCLUDED, ABANDONED = "open", "draft", "concluded", "abandoned"
"""What is stored of a state; the others follow from verdicts."""

APPROVE, CHANGES = "approve", "changes"


class NotebookFacts(msgspec.Struct, kw_only=True):
    """A notebook under review."""

    notebook: str
    path: str  # now; where it is gone or has left the space, the last that is known
    deleted_at: int | None = None
    base: str | None = None
    base_sources: bytes | None = None
    following: bool = True
    first_step: str | None = None
    last_step: str | None = None


class HeadFacts(msgspec.Struct, kw_only=True):
    """A notebook's version in a revision."""

    notebook: str
    snapshot: str
    sources: bytes  # the same where sources are the same
    gone: bool = False


class RevisionFacts(msgspec.Struct, kw_only=True):
    """A set of heads."""

    number: int
    at: int
    looked: bool
    change: int  # the review's count when these heads came
    heads: list[HeadFacts]


class ReviewerFacts(msgspec.Struct, kw_only=True):
    """Somebody who is asked, or decided without being asked (0 asks)."""

    person: str
    asked_at: int
    asks: int


class EventFacts(msgspec.Struct, kw_only=True):
    """Something that somebody did to a review."""

    kind: str
    at: int
    person: str
    change: int
    id: str = ""
    revision: int | None = None
    verdict: str | None = None
    people: list[str] = []


class ThreadFacts(msgspec.Struct, kw_only=True):
    """What a thread is about, and whether it is resolved."""

    id: str
    at: int
    person: str
    revision: int
    anchor: AnchorView
    resolved_at: int | None = None
    resolved_by: str | None = None


class CommentFacts(msgspec.Struct, kw_only=True):
    """What somebody wrote."""

    id: str
    review: str
    thread: str | None
    submission: str | None
    person: str
    text: str
    at: int
    draft: bool
    edited_at: int | None = None
    deleted_at: int | None = None
    suggestion: str | None = None
    applied_at: int | None = None
    applied_by: str | None = None
    applied_snapshot: str | None = None


class SeenFacts(msgspec.Struct, kw_only=True):
    """What somebody looked at last."""

    person: str
    revision: int
    at: int


class MentionFacts(msgspec.Struct, kw_only=True):
    """Somebody was mentioned, and told of it."""

    person: str
    at: int


class ReviewFacts(msgspec.Struct, kw_only=True):
    """A review; in lists without the texts of comments."""

    id: str
    space: str
    project: str | None  # its id
    slug: str | None
    project_name: str | None
    number: int
    title: str
    description: str
    author: str
    state: str
    created_at: int
    changed_at: int
    changes: int
    conclusion: str | None
    notebooks: list[NotebookFacts] = []
    revisions: list[RevisionFacts] = []  # oldest first
    reviewers: list[ReviewerFacts] = []
    events: list[EventFacts] = []  # oldest first
    threads: list[ThreadFacts] = []  # oldest first
    comments: list[CommentFacts] = []  # oldest first, everybody's drafts included
    looks: list[SeenFacts] = []
    mentions: list[MentionFacts] = []
    people: dict[str, PersonView] = {}
    present: set[str] = set()  # who has access today


class CellFacts(msgspec.Struct, kw_only=True):
    """A cell of a version, by what it holds; digests are keyed and tell nobody what that is."""

    number: int
    place: int
    source: bytes
    outputs: list[bytes]
    digest: bytes  # of all of it


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """One person is to be told of something; of one cause once."""

    person: str
    why: str
    cause: str
    thread: str | None = None


class NotificationFacts(msgspec.Struct, kw_only=True):
    """Something that somebody was told."""

    id: str
    why: str
    at: int
    review: str
    number: int
    title: str
    slug: str | None
    thread: str | None
    seen_at: int | None
    by: PersonView


class NewNotebook(msgspec.Struct, kw_only=True):
    """A notebook to review; `head` is the newest version where it follows."""

    notebook: str
    base: str | None
    head: str
    following: bool
    first_step: str | None = None
    last_step: str | None = None
