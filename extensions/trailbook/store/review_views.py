"""What the API answers about reviews.

Times are microseconds since 1970 UTC, ids 32 hex digits, lines and output indexes as people count
lines (from 1) and as a notebook counts outputs (from 0). Texts are Markdown as it was written:
whoever shows them sanitises them.
"""

import msgspec

from .views import SnapshotView


class ParticipantView(msgspec.Struct, kw_only=True):
    """A person in a review."""

    id: str
    name: str
    display_name: str
    gone: bool = False  # no longer in the project


class TurnView(msgspec.Struct, kw_only=True):
    """Somebody for whom a review waits, and why."""

    person: ParticipantView
    # Of a reviewer: asked · asked-again · changed-since-approval · answered · mentioned
    # Of the author: draft · changes-requested · approved · threads-waiting
    why: str
    since: int


class ReviewerView(msgspec.Struct, kw_only=True):
    """Somebody who was asked, or decided without being asked."""

    person: ParticipantView
    asked: bool = True
    asked_at: int
    verdict: str | None = None  # approve · changes; the last one
    verdict_revision: int | None = None
    verdict_at: int | None = None
    # holds · rerun (an approval of the same sources, whose outputs changed since) · stale (the
    # sources changed) · asked-again (the author asks anew); empty without a verdict
    standing: str = ""


class ReviewLineView(msgspec.Struct, kw_only=True):
    """A review as lists show it."""

    id: str
    number: int  # in its project: Review 12
    project: str | None  # slug; None on a laptop
    project_name: str | None
    title: str
    state: str  # draft · open · changes-requested · approved · concluded · abandoned
    author: ParticipantView
    paths: list[str]  # of its notebooks
    reviewers: list[ReviewerView] = []
    turns: list[TurnView] = []  # everybody for whom it waits
    why: str | None = None  # it waits for the asker: the code of the asker's turn
    since: int | None = None  # and from when on
    open_threads: int = 0
    created_at: int
    changed_at: int


class ReviewsPage(msgspec.Struct, kw_only=True):
    """A page of reviews, what changed last first."""

    reviews: list[ReviewLineView]
    waiting: int  # how many of all reviews wait for the asker
    after: str | None = None  # the cursor of the next page


class ReviewedCellView(msgspec.Struct, kw_only=True):
    """A cell that says or shows something else than in the base, or than at one's last look."""

    number: int  # the one that it keeps through the notebook's versions
    place: int | None  # in the head, from 0; None: it is gone
    base_place: int | None  # in the base; None: it is new
    digest: str  # of source and outputs; what a tick of `viewed` names. Empty where it is gone
    change: str  # added · removed · source · outputs (a re-run alone) · same (as in the base)
    since_look: bool = False  # it changed since the asker's last look
    viewed: bool = False  # the asker has ticked it, and it is still the same


class ReviewedNotebookView(msgspec.Struct, kw_only=True):
    """A notebook under review."""

    notebook: str
    path: str
    deleted_at: int | None = None  # its file is gone; what was reviewed stays readable
    following: bool = True  # the head is the newest version; else the stretch is fixed
    first_step: str | None = None  # of a fixed stretch
    last_step: str | None = None
    base: SnapshotView | None = None  # None: from nothing, or `base_gone`
    base_gone: bool = False  # there was one, and it was deleted or purged
    head: SnapshotView | None = None
    head_gone: bool = False
    look: str | None = None  # the version at the asker's last look, if that was another one
    cells: list[ReviewedCellView] = []
    damaged: bool = False  # nothing says which cells a version has; the diff may tell more


class HeadView(msgspec.Struct, kw_only=True):
    """A notebook's version in a revision."""

    notebook: str
    snapshot: str
    gone: bool = False  # it was deleted or purged


class RevisionView(msgspec.Struct, kw_only=True):
    """A set of heads that somebody has looked at, or the newest one."""

    number: int
    at: int  # when its newest version was saved
    heads: list[HeadView]


class AnchorView(msgspec.Struct, kw_only=True):
    """What a thread is about, as it was when it was written."""

    kind: str  # review · step · cell · lines · output
    notebook: str | None = None
    snapshot: str | None = None  # the version that its writer saw
    side: str = "head"  # base · head: the side of the diff
    step: str | None = None
    cell: int | None = None  # its number
    first_line: int | None = None
    last_line: int | None = None
    output: int | None = None  # its index
    quote: str = ""  # the lines, or what the output said
    starts: str = ""  # the cell's first line


class PlacementView(msgspec.Struct, kw_only=True):
    """Where that is in the newest head (of the base's side: in the base)."""

    # here · changed (other lines or another output stand in their place) · gone; where the cell is
    # there all the same, `place` says where
    state: str
    snapshot: str | None = None  # the version that this speaks of
    place: int | None = None  # the cell's, from 0
    output: int | None = None  # now
    first_line: int | None = None  # now
    last_line: int | None = None
    was: str = ""  # the cell's source as it was when it was written, unless it is `here`


class SuggestionView(msgspec.Struct, kw_only=True):
    """New source for the lines or the cell that a thread is about."""

    source: str
    applied_at: int | None = None
    applied_by: ParticipantView | None = None
    applied_snapshot: str | None = None


class CommentView(msgspec.Struct, kw_only=True):
    """What somebody wrote."""

    id: str
    author: ParticipantView
    text: str
    at: int  # when it was published; of a draft, when it was written
    edited_at: int | None = None
    deleted: bool = False  # its text is gone, its place in the thread stays
    draft: bool = False  # nobody but its author sees it
    mine: bool = False
    suggestion: SuggestionView | None = None


class ThreadView(msgspec.Struct, kw_only=True):
    """Comments on one thing."""

    id: str
    anchor: AnchorView
    placement: PlacementView
    revision: int  # the newest one when it was written
    resolved: bool = False
    resolved_by: ParticipantView | None = None
    resolved_at: int | None = None
    comments: list[CommentView]


class EntryView(msgspec.Struct, kw_only=True):
    """One line of a review's conversation."""

    # drafted · opened · asked · submitted · revision · retitled · concluded · abandoned · reopened
    kind: str
    at: int
    by: ParticipantView | None = None
    people: list[ParticipantView] = []  # who was asked
    revision: int | None = None
    verdict: str | None = None  # approve · changes
    comment: CommentView | None = None  # what came with it
    threads: list[str] = []  # in which it wrote


class ConclusionView(msgspec.Struct, kw_only=True):
    """What was learned."""

    review: str
    number: int
    title: str
    text: str
    at: int
    by: ParticipantView
    approved_by: list[ParticipantView] = []  # whose approval held then
    paths: list[str] = []


class ReviewRightsView(msgspec.Struct, kw_only=True):
    """What the asker may do here, and here alone: a review's state is looked at too."""

    comment: bool = False
    decide: bool = False  # approve, or ask for changes
    approve: bool = False  # who wrote some of it may not
    ask: bool = False  # ask people, also again
    edit: bool = False  # title and description
    open: bool = False  # a draft, or again
    conclude: bool = False
    abandon: bool = False
    sign_in_needed: bool = False  # some of these need one's own sign-in: the reader's page has it


class ReviewView(msgspec.Struct, kw_only=True):
    """A review with everything that a page shows."""

    id: str
    number: int
    space: str
    project: str | None
    project_name: str | None
    title: str
    description: str
    state: str  # draft · open · changes-requested · approved · concluded · abandoned
    author: ParticipantView
    created_at: int
    changed_at: int
    seen: int  # counts changes; who decides sends it back, and is told of what came meanwhile
    conclusion: ConclusionView | None = None
    reviewers: list[ReviewerView]
    turns: list[TurnView]
    why: str | None = None  # it waits for the asker
    since: int | None = None
    notebooks: list[ReviewedNotebookView]
    revisions: list[RevisionView]  # oldest first
    look: int | None = None  # the revision at the asker's last look
    conversation: list[EntryView]  # oldest first
    threads: list[ThreadView]  # oldest first, own drafts included
    drafts: int = 0  # own comments that are not submitted
    rights: ReviewRightsView


class ReviewChanged(msgspec.Struct, kw_only=True):
    """A review after a change, and whom a mention in it does not reach."""

    review: ReviewView
    not_reached: list[str] = []  # nobody of that name, or without access: these look the same


class ThreadWritten(msgspec.Struct, kw_only=True):
    """A thread after a comment, and whom a mention in it does not reach."""

    thread: ThreadView | None  # None: the comment came with a verdict, and is in no thread
    comment: str | None = None  # its id
    not_reached: list[str] = []


class NotificationView(msgspec.Struct, kw_only=True):
    """Something that happened in a review, told to one person once."""

    id: str
    # asked · asked-again · mentioned · commented · approved · changes-requested · concluded ·
    # abandoned · reopened
    why: str
    at: int
    by: ParticipantView
    review: str
    number: int
    title: str
    project: str | None
    thread: str | None = None
    seen: bool = False


class NotificationsView(msgspec.Struct, kw_only=True):
    """What happened, newest first."""

    notifications: list[NotificationView]
    unseen: int  # of all
    after: str | None = None  # the cursor of the next page
