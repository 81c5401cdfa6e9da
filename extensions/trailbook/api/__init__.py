"""The HTTP API: written once, served by Jupyter Server and by the hub's service.

`routes(prefix, base)` mounts it; `host.py` says what a host lends.
"""

import re

from .base import Resource
from .cells import Cell, Cells, NotebookLineage
from .diff import ContentsDiff, Diff
from .host import Host, Parts, TokenOwner
from .me import Consent, Me, ViewAs
from .merges import MergeBase, MergeResults, Merges, SnapshotParents
from .notebooks import Notebook, NotebookLastRuns, Notebooks, Snapshots, Steps
from .notes import Note, SnapshotNotes, StepNotes
from .notifications import Notifications
from .presence import Presence, Presences
from .projects import Member, Members, Project, ProjectActivity, ProjectNotebooks, Projects
from .reviews import (
    Asks,
    Look,
    ProjectConclusions,
    ProjectReviews,
    Review,
    Reviews,
    ReviewState,
    Submissions,
    Viewed,
)
from .self_description import SelfDescription
from .servers import ProjectServer, ServerMounts
from .snapshots import Snapshot, SnapshotContent, SnapshotFile, SnapshotPayload
from .steps import (
    DataRuns,
    Output,
    Outputs,
    Step,
    StepFile,
    StepFiles,
    StepPayload,
    StepSnapshot,
)
from .threads import Applied, Comment, Thread, ThreadComments, Threads
from .writers import Events, Missing, Writers

ROUTES: list[tuple[str, type[Resource]]] = [
    ("me", Me),
    ("me/consent", Consent),
    ("me/viewing", ViewAs),
    ("projects", Projects),
    ("projects/{slug}", Project),
    ("projects/{slug}/members", Members),
    ("projects/{slug}/members/{name}", Member),
    ("projects/{slug}/notebooks", ProjectNotebooks),
    ("projects/{slug}/activity", ProjectActivity),
    ("projects/{slug}/server", ProjectServer),
    ("projects/{slug}/reviews", ProjectReviews),
    ("projects/{slug}/conclusions", ProjectConclusions),
    ("notebooks", Notebooks),
    ("notebooks/{notebook}", Notebook),
    ("notebooks/{notebook}/steps", Steps),
    ("notebooks/{notebook}/last-runs", NotebookLastRuns),
    ("notebooks/{notebook}/snapshots", Snapshots),
    ("notebooks/{notebook}/cells", Cells),
    ("notebooks/{notebook}/cells/{number}", Cell),
    ("notebooks/{notebook}/lineage", NotebookLineage),
    ("steps/{step}", Step),
    ("steps/{step}/outputs", Outputs),
    ("steps/{step}/outputs/{n}", Output),
    ("steps/{step}/snapshot", StepSnapshot),
    ("steps/{step}/payloads/{n}", StepPayload),
    ("steps/{step}/files", StepFiles),
    ("steps/{step}/file", StepFile),
    ("steps/{step}/notes", StepNotes),
    ("snapshots/{snapshot}", Snapshot),
    ("snapshots/{snapshot}/content", SnapshotContent),
    ("snapshots/{snapshot}/file", SnapshotFile),
    ("snapshots/{snapshot}/payloads/{n}", SnapshotPayload),
    ("snapshots/{snapshot}/notes", SnapshotNotes),
    ("snapshots/{snapshot}/parents", SnapshotParents),
    ("notes/{note}", Note),
    ("data", DataRuns),
    ("diff", Diff),
    ("diff/contents", ContentsDiff),
    ("merges", Merges),
    ("merges/base", MergeBase),
    ("merges/results", MergeResults),
    ("reviews", Reviews),
    ("reviews/{review}", Review),
    ("reviews/{review}/state", ReviewState),
    ("reviews/{review}/asks", Asks),
    ("reviews/{review}/submissions", Submissions),
    ("reviews/{review}/look", Look),
    ("reviews/{review}/viewed", Viewed),
    ("reviews/{review}/threads", Threads),
    ("threads/{thread}", Thread),
    ("threads/{thread}/comments", ThreadComments),
    ("comments/{comment}", Comment),
    ("comments/{comment}/applied", Applied),
    ("notifications", Notifications),
    ("presence", Presences),
    ("writers", Writers),
    ("writers/{writer}/missing", Missing),
    ("writers/{writer}/events", Events),
    ("servers/{name}/mounts", ServerMounts),
    ("openapi.json", SelfDescription),
]


def routes(prefix: str, base: type[Host]) -> list[tuple[str, type[Host]]]:
    """The API, mounted under `prefix`, each handler also being a `base`."""
    return [
        (
            re.escape(prefix) + re.sub(r"\{\w+\}", "([^/]+)", pattern),
            type(handler.__name__, (handler, base), {}),
        )
        for pattern, handler in ROUTES
    ]


__all__ = ["ROUTES", "Host", "Parts", "Presence", "TokenOwner", "routes"]
