"""A small history that a real store holds: a project with members, and a person's own notebook."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from trailbook.access import Actor, Role, Via
from trailbook.api import TokenOwner
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.base import Store
from trailbook.store.objects import seal
from trailbook.store.records import (
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Registered,
    Registration,
)
from trailbook.store.views import Charter

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = "<script>alert(document.cookie)</script>"

Recorded = list[tuple[AnyEvent, list[bytes]]]


def notebook(*sources: str) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "metadata": {},
            "source": source,
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"image/png": base64.b64encode(PIXEL).decode(), "text/html": HOSTILE},
                }
            ],
            "execution_count": n,
        }
        for n, source in enumerate(sources)
    ]
    document: dict[str, Any] = {
        "cells": cells,
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1).encode() + b"\n"


class Recorder:
    """Records as a server of this owner."""

    def __init__(self, store: Store, owner: TokenOwner) -> None:
        self.store = store
        self.owner = owner
        self.registered: Registered = store.register_writer(owner, Registration())
        self.keys = {mount.space: mount.key for mount in self.registered.mounts}
        self.sequence = 0

    def batch(self, events: Recorded) -> Batch:
        sealed, payloads = [], {}
        for event, contents in events:
            self.sequence += 1
            one, found = seal(self.sequence, event, contents, self.keys[event.space])
            sealed.append(one)
            payloads.setdefault(event.space, {}).update(found)
        return Batch(sealed, {space: list(found.values()) for space, found in payloads.items()})

    def record(self, events: Recorded) -> None:
        self.store.ingest(self.owner, self.registered.writer, self.batch(events))


def run(
    space: str, author: str, path: str, source: str, outputs: list[dict[str, bytes]]
) -> Recorded:
    session, execution, at = new_id(), new_id(), now_us()
    who = {"space": space, "at": at, "author": author, "author_basis": "verified"}
    events: Recorded = [
        (KernelStarted(kernel_session=session, path=path, spec="python3", **who), []),
        (
            ExecutionStarted(
                execution=execution,
                kernel_session=session,
                position=0,
                source=0,
                path=path,
                cell_id="cell-0",
                started_at=at,
                **who,
            ),
            [source.encode()],
        ),
    ]
    for index, parts in enumerate(outputs):
        numbered = {mime: n for n, mime in enumerate(parts)}
        events.append(
            (
                OutputRecorded(
                    execution=execution, index=index, type="display_data", parts=numbered, **who
                ),
                list(parts.values()),
            )
        )
    finished = ExecutionFinished(
        execution=execution, status="ok", execution_count=1, finished_at=at + 5, **who
    )
    return [*events, (finished, [])]


def save(space: str, author: str, path: str, content: bytes) -> Recorded:
    event = NotebookSaved(
        space=space,
        at=now_us(),
        author=author,
        author_basis="verified",
        snapshot=new_id(),
        path=path,
    )
    return [(event, [content])]


@dataclass
class World:
    """Who is there, and what was recorded."""

    store: Store
    people: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def build(self) -> "World":
        for name in ("alice", "bob", "carol", "dave", "root"):
            self.people[name] = self.store.person(name, "2026-01-01T00:00:00Z").id
            self.actors[name] = Actor(
                person=self.people[name], name=name, via=Via.BROWSER, admin=name == "root"
            )
            self.actors[f"{name}'s server"] = Actor(
                person=self.people[name], name=name, via=Via.OWN_SERVER, admin=name == "root"
            )
        project = self.store.create_project("churn", "Churn", Charter(), by=self.people["alice"])
        self.ids |= {"project": project.id, "space": project.space}
        self.store.set_member(project.id, self.people["bob"], Role.CONTRIBUTOR, by=None)
        self.store.set_member(project.id, self.people["carol"], Role.VIEWER, by=None)
        account = self.store.project_account(project.id)
        self.ids["account"] = account
        self.actors["project server"] = Actor(
            person=None,
            name=account,
            via=Via.PROJECT_SERVER,
            roles={project.id: Role.CONTRIBUTOR},
        )
        self.actors["hub"] = Actor(person=None, name="trailbook", via=Via.HUB)
        self.record_history(project.space)
        return self

    def owner(self, name: str) -> TokenOwner:
        return TokenOwner(person=self.people[name], project=None, name=name)

    def record_history(self, space: str) -> None:
        path = "wörk/fit me.ipynb"
        recorder = Recorder(self.store, self.owner("bob"))
        outputs = [
            {"image/png": PIXEL, "text/plain": b"<Figure>"},
            {"text/html": HOSTILE.encode(), "image/svg+xml": b"<svg onload='alert(1)'/>"},
        ]
        recorder.record(run(space, "bob", path, "fit()", outputs))
        recorder.record(save(space, "bob", path, notebook("fit()")))
        recorder.record(save(space, "bob", path, notebook("fit(2)", "score()")))
        recorder.record(save(space, "bob", "broken.ipynb", b"{ not JSON"))
        mine = self.store.personal_space(self.people["alice"])
        self.ids["personal space"] = mine
        private = Recorder(self.store, self.owner("alice"))
        private.record(run(mine, "alice", "secret.ipynb", "salary = 5", [{"text/plain": b"5"}]))
        private.record(save(mine, "alice", "secret.ipynb", notebook("salary = 5")))
        self.name_things(space, path, mine)

    def name_things(self, space: str, path: str, mine: str) -> None:
        self.name_one("", space, path)
        self.name_one("private ", mine, "secret.ipynb")
        self.name_one("broken ", space, "broken.ipynb")
        note = self.store.add_note(
            step=self.ids["private step"],
            snapshot=None,
            kind="why",
            text="because",
            person=self.people["alice"],
            author="alice",
            author_basis="verified",
        )
        self.ids["private note"] = note.id

    def name_one(self, prefix: str, space: str, path: str) -> None:
        found = self.store.notebook_at(space, path)
        runs = [step for step in self.store.steps(found.id).steps if step.type == "run"]
        versions = self.store.snapshots(found.id)
        self.ids[f"{prefix}notebook"] = found.id
        self.ids[f"{prefix}step"] = runs[0].id if runs else ""
        self.ids[f"{prefix}snapshot"] = versions[0].id
        self.ids[f"{prefix}first snapshot"] = versions[-1].id
