"""A store to test, and a recorder to feed it with."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import seal
from trailbook.store.records import (
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Receipt,
    Registration,
)
from trailbook.store.sql import SqlStore
from trailbook.store.views import Charter


def sqlite_store(folder: Path) -> SqlStore:
    return SqlStore.open(folder / "trailbook.sqlite")


@pytest.fixture(params=[sqlite_store], ids=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Every implementation of the Store protocol; what passes for one must pass for all."""
    made = request.param(tmp_path)
    yield made
    made.close()


class Recorder:
    """What a server's recorder does: events in sequence, sealed, sent with what is missing."""

    def __init__(self, store: Any, owner: Any, prefix: str = "", writer: str | None = None) -> None:
        self.store = store
        self.owner = owner
        self.registered = store.register_writer(owner, Registration(writer=writer))
        self.writer = self.registered.writer
        self.mounts = {mount.prefix: mount for mount in self.registered.mounts}
        self.mount = self.mounts[prefix]
        self.space = self.mount.space
        self.sequence = self.registered.acknowledged
        self.positions = itertools.count()
        self.session: str | None = None

    def seal(self, event: AnyEvent, *contents: bytes) -> tuple[Any, dict[bytes, bytes]]:
        self.sequence += 1
        return seal(self.sequence, event, contents, self.mount.key)

    def batch(self, *events: tuple[AnyEvent, list[bytes]]) -> Batch:
        sealed, pieces = [], {}
        for event, contents in events:
            one, its = self.seal(event, *contents)
            sealed.append(one)
            pieces.update(its)
        wanted = self.store.missing(self.writer, self.space, pieces)
        return Batch(sealed, {self.space: [pieces[id_] for id_ in wanted]})

    def send(self, *events: tuple[AnyEvent, list[bytes]]) -> Receipt:
        return self.store.ingest(self.owner, self.writer, self.batch(*events))

    def tell(self, kind: Any, *contents: bytes, **fields: Any) -> AnyEvent:
        """Send one event of this kind."""
        fields = {"space": self.space, "at": now_us(), "author": self.owner.name, **fields}
        event = kind(**fields)
        self.send((event, list(contents)))
        return event

    def start_kernel(self, path: str | None = None) -> str:
        self.session = new_id()
        self.positions = itertools.count()
        self.tell(KernelStarted, kernel_session=self.session, path=path, spec="python3")
        return self.session

    def run(
        self,
        source: str,
        path: str | None = "a.ipynb",
        *,
        cell: str | None = "cell",
        status: str = "ok",
        printed: str | None = None,
        **fields: Any,
    ) -> str:
        """One finished run with one stream of output; answers its identity."""
        if self.session is None:
            self.start_kernel(path)
        run, now = new_id(), now_us()
        self.tell(
            ExecutionStarted,
            source.encode(),
            execution=run,
            kernel_session=self.session,
            position=next(self.positions),
            source=0,
            path=path,
            cell_id=cell,
            **{"started_at": now, **fields},
        )
        if printed is not None:
            self.output(run, 0, "stream", name="stdout", text=printed)
        self.tell(
            ExecutionFinished, execution=run, status=status, finished_at=now_us(), execution_count=1
        )
        return run

    def output(self, run: str, index: int, kind: str, *, text: str = "", **fields: Any) -> None:
        parts = {"text/plain": 0} if text else {}
        contents = [text.encode()] if text else []
        self.tell(
            OutputRecorded, *contents, execution=run, index=index, type=kind, parts=parts, **fields
        )

    def save(self, raw: bytes, path: str = "a.ipynb", **fields: Any) -> str:
        snapshot = new_id()
        self.tell(NotebookSaved, raw, snapshot=snapshot, path=path, **fields)
        return snapshot

    def notebook(self, path: str = "a.ipynb", space: str | None = None) -> str:
        return self.store.notebook_at(space or self.space, path).id


@pytest.fixture
def recorder() -> type[Recorder]:
    """The class: a test makes as many recorders as it needs."""
    return Recorder


@pytest.fixture
def owner_of(store: Any) -> Any:
    """Makes the owner of a person's server."""

    def make(name: str, created: str = "2024-01-01T00:00:00Z") -> SimpleNamespace:
        person = store.person(name, created, name.title())
        return SimpleNamespace(person=person.id, project=None, name=name)

    return make


@pytest.fixture
def ada(store: Any, owner_of: Any) -> Recorder:
    """Ada's own server, recording into her personal space."""
    return Recorder(store, owner_of("ada"))


@pytest.fixture
def project(store: Any) -> Any:
    """A project without members."""
    return store.create_project("churn", "Churn", Charter(goal="Find leavers"), by=None)


@pytest.fixture
def project_owner(store: Any, project: Any) -> SimpleNamespace:
    """The owner of the project's server."""
    account = store.project_account(project.id)
    return SimpleNamespace(person=None, project=project.id, name=account)


@pytest.fixture
def notebook_bytes() -> Any:
    """Makes the bytes of a notebook with these sources, and outputs where they are given."""

    def make(*sources: str, outputs: dict[int, str] | None = None) -> bytes:
        cells = [
            {
                "cell_type": "code",
                "id": f"cell-{n}",
                "metadata": {},
                "source": source.splitlines(keepends=True),
                "execution_count": None,
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": [(outputs or {})[n]]}
                ]
                if n in (outputs or {})
                else [],
            }
            for n, source in enumerate(sources)
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()

    return make
