"""What requests about reviews carry."""

from typing import Annotated, Literal

import msgspec

from .verbs import Id, Name, Number, Slug

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
Markdown = Annotated[str, msgspec.Meta(max_length=20_000, description="At most 20,000 characters.")]
Source = Annotated[str, msgspec.Meta(max_length=200_000, description="New source of a cell.")]
Quote = Annotated[str, msgspec.Meta(max_length=20_000)]
Line = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
People = Annotated[list[Name], msgspec.Meta(max_length=50)]
Seen = Annotated[int, msgspec.Meta(ge=0, description="The review's `seen` that one decides on.")]


class Stretch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A notebook to review.

    From a version, or from nothing, to the newest version; or between two steps that stay.
    """

    notebook: Id
    base: Id | None = None  # a version; None: from nothing
    head: Id | None = None  # a version at which it stays; None: it follows the newest one
    first_step: Id | None = None  # the base is the version before it
    last_step: Id | None = None  # the head is the version at it


class NewReview(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A review to ask for."""

    title: Title
    description: Markdown = ""
    project: Slug | None = None  # None on a laptop alone
    notebooks: Annotated[list[Stretch], msgspec.Meta(min_length=1, max_length=20)]
    reviewers: People = []
    draft: bool = False  # nobody is asked before it is opened


class ReviewChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to change of a review; what is not named stays."""

    title: Title | None = None
    description: Markdown | None = None


class NewState(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A state to bring a review to; a conclusion says what was learned."""

    state: Literal["open", "concluded", "abandoned"]
    seen: Seen
    conclusion: Markdown = ""


class Asks(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """People to ask, for the first time or again."""

    reviewers: Annotated[People, msgspec.Meta(min_length=1)]
    seen: Seen


class Submission(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One's drafts go out, with a text and perhaps a verdict."""

    verdict: Literal["comment", "approve", "changes"] = "comment"
    text: Markdown = ""
    revision: Number  # the one that was looked at
    seen: Seen


class Look(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One has looked at a revision, as it was with this `seen`; not at what it took in since."""

    revision: Number
    seen: Seen


class Tick(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A cell is viewed, as it is with this digest, or is not."""

    notebook: Id
    cell: Number
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    viewed: bool = True


class Anchor(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a thread is about: nothing named is the whole review."""

    notebook: Id | None = None
    snapshot: Id | None = None  # the version that its writer sees
    side: Literal["base", "head"] = "head"
    step: Id | None = None
    cell: Number | None = None  # its number
    first_line: Line | None = None
    last_line: Line | None = None
    output: Number | None = None
    quote: Quote = ""  # of an output; lines are quoted from the version


class NewComment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A comment: a draft until it is submitted, or published at once."""

    text: Markdown = ""
    suggestion: Source | None = None
    draft: bool = True


class NewThread(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A thread with its first comment."""

    anchor: Anchor
    comment: NewComment


class ThreadChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Resolve a thread, or open it again."""

    resolved: bool


class CommentChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A comment's new text, and its new suggestion, if it had one."""

    text: Markdown
    suggestion: Source | None = None


class Applied(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A suggestion is in the notebook, perhaps in a version that is known."""

    snapshot: Id | None = None


class SeenNotifications(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Notifications that one has seen: these, or all up to one."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=500)] = []
    until: Id | None = None
