"""The Store protocol: few verbs, one conformance suite over every implementation.

All methods are synchronous and safe to call from several threads. Reads see everything that was
acknowledged. Nothing here decides who may see a thing: callers ask `trailbook.access` with the
`Place` that `place_of_*` answers.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from ..access import Place, Role
from .records import Batch, Receipt, Registered, Registration
from .review_verbs import Reviews
from .views import (
    ActivityView,
    CellHistory,
    CellView,
    Charter,
    DataRunView,
    FileView,
    LastRuns,
    Lineage,
    MemberView,
    NotebookView,
    NoteView,
    PersonView,
    ProjectView,
    SnapshotView,
    StepsPage,
    StepView,
)

HERE = "laptop"
"""Stands for the time at which a hub made a person where there is no hub, and one person."""


class Sink(Protocol):
    """Where a recorder's spool drains to: the service over HTTP, or the store itself."""

    def register(self, registration: Registration) -> Registered:
        """Register as a writer, or take up the writer that one was before."""
        ...

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """Which of these payload ids the space lacks."""
        ...

    def ingest(self, writer: str, batch: Batch) -> Receipt:
        """Store a batch, durably, exactly once, or raise and store nothing of it."""
        ...


class Ledger(Protocol):
    """Ingest, with the owner that the host verified."""

    def register_writer(
        self, owner: "Owner", registration: Registration, *, consented: bool = True
    ) -> Registered:
        """Register a recorder, or take up the writer that it was before."""
        ...

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """Which of these payload ids the space lacks; nothing of a space not open to the writer."""
        ...

    def ingest(
        self, owner: "Owner", writer: str, batch: Batch, *, in_parts: bool = False
    ) -> Receipt:
        """Store a batch, durably, exactly once, or raise and store nothing of it.

        `in_parts` others can write in between, and the receipt may tell of a part of the batch.
        """
        ...


class People(Protocol):
    """Persons, projects and memberships."""

    def person(self, hub_name: str, hub_created: str, display_name: str = "") -> PersonView:
        """The person behind a hub user: (name, time of its creation), made when first seen."""
        ...

    def find_person(self, hub_name: str) -> PersonView | None:
        """The person whom the hub calls so now."""
        ...

    def roles(self, person: str) -> dict[str, Role]:
        """The projects that the person is a member of, with the role in each."""
        ...

    def create_project(
        self, slug: str, name: str, charter: Charter, *, by: str | None, demo: bool = False
    ) -> ProjectView:
        """A new project with a space and a hub account; `by` becomes its maintainer."""
        ...

    def update_project(
        self,
        project: str,
        *,
        name: str | None = None,
        charter: Charter | None = None,
        recording: bool | None = None,
    ) -> ProjectView:
        """Change what is given and keep the rest."""
        ...

    def projects(self, ids: Collection[str] | None = None) -> list[ProjectView]:
        """All projects, or these, by name."""
        ...

    def project(self, id_or_slug: str) -> ProjectView:
        """One project."""
        ...

    def project_account(self, project: str) -> str:
        """The hub user name of the project's server."""
        ...

    def project_of_account(self, hub_name: str) -> str | None:
        """The project whose server runs under this hub user name."""
        ...

    def members(self, project: str) -> list[MemberView]:
        """The members of today, by name."""
        ...

    def set_member(self, project: str, person: str, role: Role, *, by: str | None) -> None:
        """Make somebody a member, or change the role."""
        ...

    def remove_member(self, project: str, person: str, *, by: str | None) -> None:
        """End a membership; what the person recorded stays."""
        ...

    def consent(self, person: str, version: str) -> None:
        """The person has accepted this version of what is recorded."""
        ...

    def has_consented(self, person: str, version: str) -> bool:
        """Whether the person has accepted this version."""
        ...

    def log_access(self, person: str, what: str, project: str | None) -> None:
        """Remember that somebody looked where the owner may want to know it."""
        ...


class History(Protocol):
    """Reading the trail, and what people write beside it."""

    def place_of_space(self, space: str) -> Place:
        """Whose a space is."""
        ...

    def place_of_notebook(self, notebook: str) -> Place:
        """Where a notebook lives now."""
        ...

    def place_of_step(self, step: str) -> Place:
        """Where a step was recorded; a later move of its notebook does not change that."""
        ...

    def place_of_snapshot(self, snapshot: str) -> Place:
        """Where a version was recorded."""
        ...

    def place_of_note(self, note: str) -> Place:
        """Where the thing is that a note is about."""
        ...

    def personal_space(self, person: str) -> str:
        """The space of what a person does outside projects, made when first asked for."""
        ...

    def notebooks(self, space: str, *, deleted: bool = False) -> list[NotebookView]:
        """The notebooks of a space by path; with `deleted` also those whose files are gone."""
        ...

    def notebook(self, notebook: str) -> NotebookView:
        """One notebook."""
        ...

    def notebook_at(self, space: str, path: str) -> NotebookView:
        """The notebook that has this path now."""
        ...

    def deleted_at_path(self, space: str, path: str) -> list[NotebookView]:
        """The notebooks that had this path when their files were deleted, the latest first."""
        ...

    def steps(
        self,
        notebook: str,
        *,
        after: int | None = None,
        before: int | None = None,
        around: str | None = None,
        newest: bool = False,
        limit: int = 100,
        person: str | None = None,
    ) -> StepsPage:
        """One page, oldest first: from the start, or beside a cursor, around a step, the newest.

        `person` sees own notes marked, and what was recorded in the own space before a move.
        """
        ...

    def step(self, step: str, *, person: str | None = None) -> StepView:
        """One step: a run, or any version."""
        ...

    def last_runs(self, notebook: str, owner: "Owner", *, since: int | None = None) -> LastRuns:
        """The last run of each cell on this owner's servers that began or had output since then.

        Since the newest version, or since a cursor; 0 is the beginning.
        """
        ...

    def step_outputs(self, step: str) -> list[dict[str, Any]]:
        """The outputs of a run as a notebook holds them."""
        ...

    def step_files(self, step: str) -> list[FileView]:
        """The text files beside notebooks as this run found them."""
        ...

    def step_file(self, step: str, path: str) -> bytes:
        """One of them."""
        ...

    def data_runs(self, space: str, path: str, *, limit: int = 100) -> list[DataRunView]:
        """The runs that read or wrote a data file, newest first, each against the one before."""
        ...

    def step_owner(self, step: str) -> str | None:
        """The person who made the step, as far as it is known."""
        ...

    def neighbours(self, step: str) -> tuple[str | None, str | None]:
        """The steps before and after."""
        ...

    def snapshots(
        self, notebook: str, *, limit: int = 100, person: str | None = None
    ) -> list[SnapshotView]:
        """The versions that differ from the one before, newest first."""
        ...

    def snapshot(self, snapshot: str) -> SnapshotView:
        """One version."""
        ...

    def snapshot_at_step(self, step: str) -> SnapshotView:
        """The first version at or after a step, else the last before."""
        ...

    def common_version(self, ours: str, theirs: str) -> SnapshotView | None:
        """The newest version that two versions both came from, if one is recorded."""
        ...

    def snapshot_bytes(self, snapshot: str) -> bytes:
        """The file as it was saved, with what was deleted since left empty."""
        ...

    def step_payload(self, step: str, n: int) -> tuple[str, bytes]:
        """The type and content of the <n> of a part of a step; 0 is the source."""
        ...

    def snapshot_payload(self, snapshot: str, n: int) -> tuple[str, bytes]:
        """The type and content of one payload of a version: an index of its form's contents."""
        ...

    def cells(
        self, notebook: str, *, snapshot: str | None = None, person: str | None = None
    ) -> list[CellView]:
        """The cells of the newest version, or of another one, each with its number."""
        ...

    def cell_history(
        self, notebook: str, number: int, *, limit: int = 100, person: str | None = None
    ) -> CellHistory:
        """How a cell became what it is."""
        ...

    def cell_of_step(self, step: str) -> int | None:
        """The number of the cell that ran, if its notebook was saved."""
        ...

    def lineage(self, notebook: str, *, person: str | None = None) -> Lineage:
        """A notebook's names through time, and its relations."""
        ...

    def activity(self, project: str, *, limit: int = 50) -> list[ActivityView]:
        """What happened in a project, newest first: bursts of work by one person."""
        ...

    def add_note(
        self,
        *,
        step: str | None,
        snapshot: str | None,
        kind: str,
        text: str,
        person: str | None,
        author: str,
        author_basis: str,
    ) -> NoteView:
        """A note on a step or on a version."""
        ...

    def set_parents(self, snapshot: str, parents: Collection[str]) -> None:
        """Keep that a version brings these together, in place of what was said before."""
        ...

    def edit_note(self, note: str, *, kind: str, text: str) -> NoteView:
        """Change what a note says."""
        ...

    def delete_note(self, note: str) -> None:
        """Take a note away."""
        ...

    def note_owner(self, note: str) -> str | None:
        """The person who wrote it."""
        ...

    def delete_step(self, step: str, *, by: str) -> None:
        """Take a run with its outputs, or a version, out of every answer."""
        ...

    def delete_output(self, step: str, index: int, *, by: str) -> None:
        """Take one output, as it is shown, out of every answer."""
        ...

    def cached_diff(self, key: bytes) -> bytes | None:
        """A diff that was made before."""
        ...

    def cache_diff(self, key: bytes, places: Sequence[str], body: bytes) -> None:
        """Keep a diff until one of its places (versions, notebooks, spaces) loses something."""
        ...


class Owner(Protocol):
    """Whose token a recorder holds: one person, or one project's server."""

    @property
    def person(self) -> str | None:
        """The person, for a person's server."""
        ...

    @property
    def project(self) -> str | None:
        """The project, for a project's server."""
        ...

    @property
    def name(self) -> str:
        """The hub user name of the token's owner."""
        ...


class Store(Ledger, People, History, Reviews, Protocol):
    """Ledger, payloads, views and reviews."""

    @property
    def recording(self) -> bool:
        """Whether anything is recorded here; False keeps the history and adds nothing to it."""
        ...

    def check(self) -> list[str]:
        """What is damaged, one sentence each; an empty list when nothing is."""
        ...

    def close(self) -> None:
        """Write what waits and let go of the files."""
        ...
