"""The events of the ledger, the same in the spool and on the wire.

An event holds no user content. Where it speaks of content (source, output, a notebook's bytes)
it holds an index into the `contents` of the record that carries it: bytes in the spool, keyed
payload ids on the wire and in the store. Times are microseconds since 1970 UTC on the
recorder's clock. Paths are relative to the root of their space, with `/`.
"""

from typing import Annotated, Any

import msgspec

from .forms import Parts, SnapshotForm

MOST_EVENTS = 5_000
"""In a batch, ten times as many as a recorder sends: nobody gets ahead while one is read."""

MOST_QUESTIONS = 20_000
"""How many contents are asked for at once."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What every event says. `author` is a hub user name as the recorder saw it."""

    space: str
    at: int
    author: str | None = None
    author_basis: str = "unknown"  # verified · reported · unknown; the service checks it


class KernelStarted(Event, frozen=True, kw_only=True, tag="kernel-started"):
    """A kernel session begins: one life of a kernel, from start or restart to its end."""

    kernel_session: str
    path: str | None = None  # the notebook, when it is known
    spec: str = ""
    language: str = ""
    reason: str = "start"  # start · restart · adopted (it ran before the recorder did)
    environment: dict[str, str] = {}  # image, size, interpreter version …
    packages: int | None = None  # JSON object name -> version


class KernelEnvironment(Event, frozen=True, kw_only=True, tag="kernel-environment"):
    """What a kernel session has around it, when it is known, and each time packages change.

    It holds for the session's runs from `position` on, until the next of these events.
    """

    kernel_session: str
    position: int = 0
    environment: dict[str, str] = {}  # adds to that of the session's start
    packages: int | None = None  # JSON object name -> version


class KernelEnded(Event, frozen=True, kw_only=True, tag="kernel-ended"):
    """A kernel session is over."""

    kernel_session: str
    reason: str = "shutdown"  # shutdown · restart · died · unknown


class ExecutionStarted(Event, frozen=True, kw_only=True, tag="execution-started"):
    """The kernel received one cell's source."""

    execution: str
    kernel_session: str
    position: int  # the order inside the kernel session, from 0
    source: int
    path: str | None = None
    cell_id: str | None = None
    started_at: int


class OutputRecorded(Event, frozen=True, kw_only=True, tag="output"):
    """One message of output, in order: streams coalesced, `clear_output` and updates kept."""

    execution: str
    index: int
    type: str  # stream display_data execute_result error update_display_data clear_output
    name: str | None = None  # stdout, stderr, or stdin for a question and what was typed; the
    # exception's name for an error
    value: str | None = None  # the exception's message, at most 1,000 characters
    display_id: str | None = None
    wait: bool = False  # clear_output(wait=True)
    parts: Parts = {}
    metadata: int | None = None  # JSON of the output's metadata
    dropped_bytes: int = 0  # cut between head and tail


class ExecutionFinished(Event, frozen=True, kw_only=True, tag="execution-finished"):
    """The kernel is done with one cell."""

    execution: str
    status: str  # ok · error · aborted · interrupted · died · unknown
    execution_count: int | None = None
    finished_at: int


class NotebookSaved(Event, frozen=True, kw_only=True, tag="notebook-saved"):
    """A notebook's whole content at one moment.

    In the spool `form` is None and contents[0] are the file's raw bytes. The form is no part of
    what makes the event itself: the same version can be told in more than one way.
    """

    snapshot: str
    path: str
    cause: str = "save"  # save · changed-outside · restore · upload · imported
    sha256: str = ""
    size: int = 0
    durability: str = "durable"  # durable · pending
    form: SnapshotForm | None = None
    commit: str | None = None  # of git, where it was imported from there
    editors: list[str | None] = []  # of a document that several people have open: who has changed
    # it since the version before, the last one last; None is somebody who cannot be told
    restores: str | None = None  # the version of a deleted notebook that was put back by this


class NotebookMoved(Event, frozen=True, kw_only=True, tag="notebook-moved"):
    """A rename or a move, also of a whole folder, also into another space."""

    path: str
    to_space: str
    to_path: str
    is_folder: bool = False
    commit: str | None = None


class NotebookCopied(Event, frozen=True, kw_only=True, tag="notebook-copied"):
    """A copy is a new notebook with an edge to its origin."""

    path: str
    to_space: str
    to_path: str
    commit: str | None = None


class NotebookDeleted(Event, frozen=True, kw_only=True, tag="notebook-deleted"):
    """A notebook's file is gone; its history stays."""

    path: str
    is_folder: bool = False
    commit: str | None = None


class SavedFile(msgspec.Struct, frozen=True, array_like=True):
    """A text file beside notebooks as it is now; without content it is gone, or only named."""

    name: str  # in its folder
    size: int = 0
    changed_at: int = 0  # when the file system saw it change last; 0 when it is gone
    content: int | None = None
    reason: str = ""  # why there is no content: gone · too-large · no-text · unreadable · purged


class FilesSaved(Event, frozen=True, kw_only=True, tag="files-saved"):
    """The text files of one folder that are new, changed or gone.

    It holds for the runs of this writer from `since_run` on, the first that began after the
    change; without one, for those that are told after this event.
    """

    path: str  # the folder; "" is the root of its space
    files: list[SavedFile]
    since_run: str | None = None
    unseen_since: int = 0  # when the state before was seen last; 0 where there was none


class DataFile(msgspec.Struct, frozen=True, array_like=True):
    """A data file that a run names, as it was at a moment.

    The path is one of the event's space, `~/…` elsewhere under the server's root, absolute
    outside of that, or an address. The fingerprint is plain in the spool and keyed with the
    space's key everywhere else, so that nobody can try what a file might have held.
    """

    path: str
    role: str  # read · written
    size: int | None = None
    mtime: int | None = None
    fingerprint: str = ""  # hex
    partial: bool = False  # of the file's beginning, end and size
    unknown: str = ""  # why there is no fingerprint: not-there · not-local · no-file · too-slow …


class DataSeen(Event, frozen=True, kw_only=True, tag="data-seen"):
    """The data files that a run names in its source, at its start or at its end."""

    execution: str
    moment: str  # start · end
    files: list[DataFile]


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """What is known to be missing, and why."""

    reason: str  # disk-full paused recorder-failed spool-damaged stalled overflow no-end …
    path: str | None = None
    execution: str | None = None
    since: int
    until: int | None = None
    dropped_events: int = 0
    dropped_bytes: int = 0


class RecordingPaused(Event, frozen=True, kw_only=True, tag="recording-paused"):
    """Somebody paused the recording of a notebook, or of the server (path None)."""

    path: str | None = None


class RecordingResumed(Event, frozen=True, kw_only=True, tag="recording-resumed"):
    """Recording goes on."""

    path: str | None = None


AnyEvent = (
    KernelStarted
    | KernelEnvironment
    | KernelEnded
    | ExecutionStarted
    | OutputRecorded
    | ExecutionFinished
    | NotebookSaved
    | NotebookMoved
    | NotebookCopied
    | NotebookDeleted
    | FilesSaved
    | DataSeen
    | Gap
    | RecordingPaused
    | RecordingResumed
)


class Sealed(msgspec.Struct, frozen=True):
    """An event at its place in a writer's sequence, with the ids of what it speaks of."""

    sequence: int  # from 1, without holes
    event: AnyEvent
    contents: list[bytes] = []  # keyed payload ids, 16 bytes each


class Batch(msgspec.Struct, frozen=True):
    """What a recorder sends at once: events in sequence, and the content the store lacks."""

    events: Annotated[list[Sealed], msgspec.Meta(max_length=MOST_EVENTS)]
    payloads: dict[str, list[bytes]] = {}  # space -> plain bytes; the store computes the ids


class Receipt(msgspec.Struct, frozen=True):
    """Everything up to this sequence is durable in the store."""

    acknowledged: int
    recording_off: bool = False  # some of it was not kept, for recording is off: ask where
    refused: dict[int, str] = {}  # sequence -> code: each of these is not kept, and no other


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of a server and the space that it belongs to; the longest prefix wins."""

    prefix: str  # "" is the server's root folder
    space: str
    key: bytes  # 32 bytes: the space's key for payload ids
    project: str | None = None  # slug
    recording: bool = True
    off_since: int = 0  # where recording is off: what happened before is still taken


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a recorder says of itself when it registers as a writer."""

    writer: str | None = None  # the writer that it was before, whose spool it holds
    server: str = ""  # hub server name, "" the default one
    version: str = ""
    heard: int | None = None  # the writer's last event whose receipt arrived


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """The writer's identity, where its sequence stands, and the spaces it may write to."""

    writer: str
    acknowledged: int
    owner: str  # hub user name of the token's owner
    shared: bool  # a project's server: its users are members, named by the recorder
    mounts: list[Mount]
    consented: bool = True  # the owner has seen the screen on what is recorded
    refused: dict[int, str] = {}  # what a receipt said of the events that nobody heard of
    encodings: list[str] = []  # in which request bodies are taken beside plain ones: zstd


class Wanted(msgspec.Struct, frozen=True):
    """A recorder's question before it sends: the answer is the ids that the space lacks."""

    space: str
    ids: Annotated[list[bytes], msgspec.Meta(max_length=MOST_QUESTIONS)]


ENDS = (ExecutionFinished, KernelEnded)
"""They carry no content, and are also taken where recording is off meanwhile: else what was
recorded of a run would look as if it ran for ever."""

wire_encoder = msgspec.msgpack.Encoder()
batch_decoder = msgspec.msgpack.Decoder(Batch)


def canonical(value: Any) -> bytes:
    """One byte string for one value: JSON, keys sorted, UTF-8; what JSON payloads hold."""
    return msgspec.json.encode(value, order="sorted")
