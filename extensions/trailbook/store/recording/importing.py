"""A recording back in: through the same ingest as everything, at its own times.

Its authors become people who can sign in nowhere, so that nobody inherits what they did. Writers
stay apart, for times are clamped within a writer and so none of them is moved.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from ...errors import BadRequest
from ...ids import new_id
from ..base import Store
from ..ingest.writers import IMPORT
from ..objects import seal
from ..people.noted import put_note
from ..people.persons import DEMO
from ..records import (
    AnyEvent,
    Batch,
    NotebookCopied,
    NotebookMoved,
    Registered,
    Registration,
    Sealed,
)
from ..sql import SqlStore
from ..tables.direct import Direct
from ..views import NoteView, ProjectView
from .file import Content, Header, Message, Noted, Told, header, unpack

_EVENTS_AT_ONCE = 200
_BYTES_AT_ONCE = 8_000_000
_WRONG = frozenset({"bad-request", "not-exact"})
_IDENTITIES = ("execution", "kernel_session", "snapshot", "since_run", "restores")


class ProjectItself(msgspec.Struct, frozen=True):
    """The owner of what is imported: the project, no person."""

    project: str
    name: str
    person: None = None


Recording = IO[bytes] | Path


def recording_header(recording: Recording) -> Header:
    """What a recording is of."""
    with _opened(recording) as file:
        return header(unpack(file))


def import_recording(
    store: Store,
    recording: Recording,
    project: str | None = None,
    people: Mapping[str, str] | None = None,
) -> ProjectView:
    """Record everything in the file into the project, or into a demo project made for it.

    `people` has the names to show for authors, where they shall not be the recording's own.
    """
    if not isinstance(store, SqlStore):
        raise TypeError("a recording goes into a store, not into another server's")
    with _opened(recording) as file:
        for _ in unpack(file):  # a damaged file must not leave half a project
            pass
        file.seek(0)
        messages = unpack(file)
        first = header(messages)
        if project is None:
            made = store.create_project(first.slug, first.name, first.charter, by=None, demo=True)
            project = made.id
        else:
            store.update_project(project, charter=first.charter)
        view = store.project(project)
        _Import(store, view, {**first.people, **(people or {})}).take(messages)
    return store.project(view.id)


@contextmanager
def _opened(recording: Recording) -> Iterator[IO[bytes]]:
    if isinstance(recording, Path):
        with recording.open("rb") as file:
            yield file
    else:
        recording.seek(0)
        yield recording


class _Import:
    """One recording on its way in."""

    def __init__(self, store: SqlStore, project: ProjectView, people: Mapping[str, str]) -> None:
        self.store = store
        self.space = project.space
        self.owner = ProjectItself(project=project.id, name=store.project_account(project.id))
        self.shown = people
        self.people: dict[str, str] = {}
        self.identities: dict[str, str] = {}
        self.writers: dict[int, Registered] = {}
        self.sequences: dict[int, int] = {}
        self.contents: list[bytes] = []
        self._writer = -1
        self._events: list[Sealed] = []
        self._pieces: dict[bytes, bytes] = {}

    def take(self, messages: Iterator[Message]) -> None:
        """Record events as they come, in the order of the file."""
        for message in messages:
            if isinstance(message, Content):
                self.contents.append(message.content)
            elif isinstance(message, Told):
                self._tell(message)
            elif isinstance(message, Noted):
                self._send()
                self._note(message)
        self._send()

    def _tell(self, told: Told) -> None:
        full = len(self._events) >= _EVENTS_AT_ONCE
        full = full or sum(map(len, self._pieces.values())) > _BYTES_AT_ONCE
        if full or told.writer != self._writer:
            self._send()
            self._writer = told.writer
        if told.writer not in self.writers:
            registration = Registration(server="import")
            self.writers[told.writer] = self.store.register_writer(
                self.owner, registration, kind=IMPORT
            )
        for name in (told.event.author, *getattr(told.event, "editors", ())):
            self._person(name)
        sequence = self.sequences[told.writer] = self.sequences.get(told.writer, 0) + 1
        contents = [self.contents[number] for number in told.contents]
        key = self.writers[told.writer].mounts[0].key
        sealed, pieces = seal(sequence, self._own(told.event), contents, key)
        self._events.append(sealed)
        self._pieces.update(pieces)

    def _send(self) -> None:
        if not self._events:
            return
        writer = self.writers[self._writer].writer
        wanted = self.store.missing(writer, self.space, list(self._pieces))
        batch = Batch(self._events, {self.space: [self._pieces[id_] for id_ in wanted]})
        receipt = self.store.ingest(self.owner, writer, batch)
        if _WRONG & set(receipt.refused.values()):
            raise BadRequest("The recording holds something that no recorder has recorded.")
        self._events, self._pieces = [], {}

    def _person(self, author: str | None) -> str | None:
        if author is not None and author not in self.people:
            person = self.store.person(author, DEMO, self.shown.get(author, author))
            self.people[author] = person.id
        return None if author is None else self.people[author]

    def _own(self, event: AnyEvent) -> AnyEvent:
        """The event in this space, with identities that are new here."""
        changes: dict[str, str] = {"space": self.space}
        if isinstance(event, NotebookMoved | NotebookCopied):
            changes["to_space"] = self.space
        for name in _IDENTITIES:
            identity = getattr(event, name, None)
            if identity is not None:
                changes[name] = self._identity(identity)
        return msgspec.structs.replace(event, **changes)

    def _identity(self, identity: str) -> str:
        return self.identities.setdefault(identity, new_id())

    def _note(self, noted: Noted) -> None:
        step, snapshot = (
            None if identity is None else self.identities.get(identity)
            for identity in (noted.step, noted.snapshot)
        )
        if step is None and snapshot is None:
            return
        note = NoteView(
            id=new_id(),
            step=step,
            snapshot=snapshot,
            kind=noted.kind,
            text=noted.text,
            author=noted.author,
            author_basis="reported",
            at=noted.at,
        )
        person = self._person(noted.author)
        self.store.db.write(lambda c: put_note(Direct(c), note, person))
