"""What the API answers and the pages show; `docs/reference/openapi.json` is made from these.

Times are microseconds since 1970 UTC. Ids are 32 hex digits.
"""

import msgspec

INLINE_BYTES = 20_000
"""Text of at most this many bytes comes inside a view; longer text is cut and has a link."""


class PersonView(msgspec.Struct, kw_only=True):
    """A person as others see them."""

    id: str
    name: str
    display_name: str


class MemberView(msgspec.Struct, kw_only=True):
    """A person's membership of a project."""

    person: PersonView
    role: str  # viewer · contributor · maintainer
    since: int


class Charter(msgspec.Struct, kw_only=True):
    """The project's front page in fixed fields; every one may be empty."""

    problem: str = ""
    goal: str = ""
    success: str = ""
    consumer: str = ""
    simplest_solution: str = ""
    formulation: str = ""
    data_sources: str = ""
    time_line: str = ""
    stage: str = ""  # formulation · experimentation · deployment · monitoring


class ProjectView(msgspec.Struct, kw_only=True):
    """A project, for somebody who may see it."""

    id: str
    space: str
    slug: str
    name: str
    charter: Charter
    recording: bool
    demo: bool = False
    role: str | None = None  # the asker's; None for an administrator who is no member
    members: int = 0
    notebooks: int = 0
    runs: int = 0
    last_run_at: int | None = None


class NotebookView(msgspec.Struct, kw_only=True):
    """A notebook as lists show it."""

    id: str
    space: str
    project: str | None  # slug; None for a notebook outside projects
    path: str  # in its space, the current or the last one
    runs: int = 0
    errors: int = 0
    versions: int = 0
    first_at: int | None = None
    last_at: int | None = None
    authors: list[str] = []
    deleted_at: int | None = None
    copied_from: str | None = None  # a notebook, if the asker may see it


class PartView(msgspec.Struct, kw_only=True):
    """One MIME part of an output. `payload` is the <n> of its link."""

    mime: str
    size: int
    payload: int
    text: str | None = None  # text parts only, at most INLINE_BYTES of it
    cut: bool = False
    damaged: bool = False  # it does not match its own hash and is not shown


class OutputView(msgspec.Struct, kw_only=True):
    """One output as the notebook would show it: updates and clears applied.

    Updates by later runs too, until the cell ran again.
    """

    index: int
    type: str  # stream · display_data · execute_result · error
    name: str | None = None  # stdout, stderr, or the exception's name
    value: str | None = None
    parts: list[PartView] = []
    dropped_bytes: int = 0
    deleted: bool = False
    updated_by: str | None = None  # a later run: the parts are payloads of that step


class NoteView(msgspec.Struct, kw_only=True):
    """What somebody wrote beside a step or a version."""

    id: str
    step: str | None
    snapshot: str | None
    kind: str  # note · why · dead-end · decision
    text: str
    author: str
    author_basis: str
    at: int
    edited_at: int | None = None
    mine: bool = False


class FileView(msgspec.Struct, kw_only=True):
    """A text file beside notebooks, as a run found it."""

    path: str  # in its space
    size: int
    since: int  # when it was changed last, then
    kept: bool = True  # its content is there; else `reason` says why not
    reason: str = ""  # too-large · no-text · unreadable · purged
    changed: bool = False  # since the notebook's run before
    doubt: str = ""  # during: it changed while this ran · meanwhile: it may have been another one


class DataView(msgspec.Struct, kw_only=True):
    """A data file that a run names, as it was then."""

    path: str  # in its space; `~/…` elsewhere on the server, `/…` outside it, or an address
    role: str  # read · written
    size: int | None = None
    mtime: int | None = None
    fingerprint: str | None = None  # the start of it; comparable within one space alone
    partial: bool = False  # of the file's beginning, end and size, for it is large
    state: str = "unknown"  # first · same · changed (since the run before that met it) · unknown
    before: str | None = None  # that run
    unknown: str = ""  # why it is not known
    doubt: str = ""  # during: it changed while this ran


class DataRunView(msgspec.Struct, kw_only=True):
    """A run that met a data file."""

    step: str
    notebook: str | None
    at: int
    data: DataView


class EditorView(msgspec.Struct, kw_only=True):
    """Somebody who has changed a document that several people have open."""

    author: str | None  # None: somebody who cannot be told
    author_basis: str


class StepView(msgspec.Struct, kw_only=True):
    """A step: a run (type `run`) or a saved change without a run (type `edit`)."""

    id: str  # the execution's, or the snapshot's for an edit
    type: str  # run · edit
    notebook: str
    path: str
    at: int  # start of a run, time of an edit
    finished_at: int | None = None
    status: str = ""  # running · ok · error · aborted · interrupted · died · unknown
    author: str | None = None
    author_basis: str = "unknown"
    editors: list[EditorView] = []  # of an edit in a shared document: all, the last one last
    cell_id: str | None = None
    kernel_session: str | None = None
    position: int | None = None
    execution_count: int | None = None
    source: str = ""
    source_cut: bool = False  # the whole source is payload 0
    source_damaged: bool = False  # it does not match its own hash and is not shown
    outputs: list[OutputView] = []
    updated: list[str] = []  # earlier runs whose outputs it has updated: they show what it said
    notes: list[NoteView] = []
    files: list[FileView] = []  # of a single step: at most 20, what is new or close to it first
    files_total: int = 0
    data: list[DataView] = []  # of a single step
    snapshot: str | None = None  # the notebook as it was at this step: first save at or after it
    retry_of: str | None = None  # this line folds into that later step
    fixed_by: str | None = None  # the step that made this error go away
    deleted: bool = False


class KernelSessionView(msgspec.Struct, kw_only=True):
    """One life of a kernel."""

    id: str
    spec: str
    language: str
    started_at: int
    ended_at: int | None = None
    end_reason: str | None = None
    environment: dict[str, str] = {}


class GapView(msgspec.Struct, kw_only=True):
    """What is known to be missing."""

    reason: str
    since: int
    until: int | None = None
    path: str | None = None
    dropped_events: int = 0


class StepsPage(msgspec.Struct, kw_only=True):
    """One page of a notebook's steps, oldest first; `after` / `before` lead to its neighbours."""

    notebook: NotebookView
    steps: list[StepView]
    kernel_sessions: list[KernelSessionView]
    gaps: list[GapView]
    total: int
    before: int | None = None  # cursors: ingest sequences
    after: int | None = None


class SnapshotView(msgspec.Struct, kw_only=True):
    """A saved version."""

    id: str
    notebook: str
    path: str
    at: int
    author: str | None
    author_basis: str
    cause: str
    size: int
    sha256: str
    cells: int
    readable: bool = True
    durability: str = "durable"
    withheld: bool = False  # something in it was deleted: its bytes are no longer the file's
    editors: list[EditorView] = []  # of a shared document since the version before, the last last
    parents: list[str] = []  # the versions that it brought together, oldest first


class CellView(msgspec.Struct, kw_only=True):
    """A cell of a notebook, by its number there: the one that it keeps through its versions."""

    number: int
    place: int | None = None  # in the version that was asked for; None: it is not in it
    id: str | None = None  # the file's own
    type: str = "code"
    starts: str = ""  # its first line
    withheld: bool = False  # what it says was deleted, or is damaged


class CellLinkView(msgspec.Struct, kw_only=True):
    """Another cell, of this or another notebook, that a cell came from or went to."""

    kind: str  # copy · split · merge
    notebook: str
    path: str
    number: int
    snapshot: str  # the version that says so
    at: int


class CellVersionView(msgspec.Struct, kw_only=True):
    """What a cell said from a version on, or that it left with it."""

    snapshot: str
    at: int
    author: str | None
    author_basis: str
    change: str  # written · edited · back · gone
    place: int | None = None
    source: str = ""
    source_cut: bool = False
    withheld: bool = False  # it was deleted, or is damaged


class CellHistory(msgspec.Struct, kw_only=True):
    """How a cell became what it is: what it said, when it ran, where it came from and went."""

    notebook: NotebookView
    cell: CellView
    versions: list[CellVersionView]  # newest first
    runs: list[StepView]  # newest first
    origins: list[CellLinkView] = []
    descendants: list[CellLinkView] = []
    more: bool = False  # there are older versions or runs than these


class PathView(msgspec.Struct, kw_only=True):
    """A path that a notebook had."""

    path: str
    since: int
    until: int | None = None


class NotebookLinkView(msgspec.Struct, kw_only=True):
    """Another notebook that this one came from, or that came from it."""

    kind: str  # copy · alike (it began with those cells) · cells (some cells were copied)
    notebook: str
    path: str
    at: int


class Lineage(msgspec.Struct, kw_only=True):
    """A notebook's names through time, and its relations."""

    paths: list[PathView]  # oldest first
    origins: list[NotebookLinkView] = []
    descendants: list[NotebookLinkView] = []
    predecessors: list[NotebookView] = []  # deleted notebooks that had its path before


class LastRuns(msgspec.Struct, kw_only=True):
    """The last run of each cell, as far as it went on after a point of the notebook's history."""

    version: str | None  # the newest saved one
    since: int  # the cursor of that version, or the one that was asked for
    runs: list[StepView]


class ActivityView(msgspec.Struct, kw_only=True):
    """One line of a project's activity: a burst of work by one person on one notebook."""

    notebook: NotebookView
    author: str | None
    author_basis: str
    first_at: int
    last_at: int
    runs: int
    errors: int
    first_step: str


class FolderView(msgspec.Struct, kw_only=True):
    """A project's folder on a server; `GET servers/{name}/mounts` answers a list of these."""

    prefix: str  # "projects/<slug>" on a member's own server, "" on the project's server
    project: str  # slug
    account: str  # the project's hub account, after which its folder is named
    role: str = "contributor"  # the member's role; viewers get no folder
