"""A small host for the pages: the real store, and people who say who they are by a cookie."""

import asyncio
import threading
from pathlib import Path

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from trailbook import api
from trailbook.access import Actor, Role, Via
from trailbook.api import Host, Parts
from trailbook.api.me import CONSENT
from trailbook.diff import Differ
from trailbook.ids import new_id
from trailbook.store.objects import seal
from trailbook.store.records import (
    Batch,
    DataSeen,
    ExecutionFinished,
    ExecutionStarted,
    FilesSaved,
    Gap,
    KernelStarted,
    NotebookDeleted,
    NotebookSaved,
    OutputRecorded,
    Registration,
    SavedFile,
)
from trailbook.store.sql import SqlStore
from trailbook.store.views import Charter
from trailbook_hub.service import pages

PREFIX = "/services/trailbook/"
SECOND = 1_000_000
START = 1_790_000_000 * SECOND  # a Monday in September 2026


class Owner(msgspec.Struct, frozen=True):
    """Whose recorder it is."""

    person: str | None
    project: str | None
    name: str


class Trail:
    """What somebody's recorder sends of one notebook."""

    def __init__(self, store, owner, space, path, at=START):
        self.store, self.owner, self.path, self.at = store, owner, path, at
        registered = store.register_writer(owner, Registration())
        self.writer, self.sequence = registered.writer, registered.acknowledged
        mount = next(m for m in registered.mounts if m.space == space)
        self.space, self.key = space, mount.key
        self.session, self.position, self.count = None, 0, 0

    def start(self, language="python", **environment):
        self.session, self.position, self.count = new_id(), 0, 0
        self._send(
            KernelStarted(
                **self._common(),
                kernel_session=self.session,
                path=self.path,
                spec=f"{language}3",
                language=language,
                environment=environment,
            )
        )
        return self

    def run(self, source, *outputs, status="ok", seconds=0.4, cell=None, wait=60):
        """One run; each output: type, {mime: text or bytes}, and perhaps name, value, display."""
        if self.session is None:
            self.start()
        execution = new_id()
        self.at += wait * SECOND
        began = self.at
        self._send(
            ExecutionStarted(
                **self._common(),
                execution=execution,
                kernel_session=self.session,
                position=self.position,
                source=0,
                path=self.path,
                cell_id=cell,
                started_at=began,
            ),
            source.encode(),
        )
        for index, (kind, parts, *named) in enumerate(outputs):
            self._output(execution, index, kind, parts, named)
        self.at += int(seconds * SECOND)
        self.position += 1
        self.count += 1
        self._send(
            ExecutionFinished(
                **self._common(),
                execution=execution,
                status=status,
                execution_count=self.count,
                finished_at=self.at,
            )
        )
        return execution

    def save(self, cells, editors=()):
        """A version; each cell is nbformat's."""
        snapshot = new_id()
        self.at += SECOND
        notebook = {
            "cells": cells,
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        raw = msgspec.json.encode(notebook)
        saved = {"snapshot": snapshot, "path": self.path, "editors": list(editors)}
        self._send(NotebookSaved(**self._common(), **saved), raw)
        return snapshot

    def beside(self, **files):
        """The text files beside the notebook are these now; `_` stands for the dot in a name."""
        told = [
            SavedFile(name.replace("_", "."), len(text), self.at, n)
            for n, (name, text) in enumerate(files.items())
        ]
        event = FilesSaved(**self._common(), path="", files=told, unseen_since=self.at)
        self._send(event, *(text.encode() for text in files.values()))

    def data(self, execution, *files):
        """What a run read and wrote, as records.DataFile has it."""
        event = DataSeen(**self._common(), execution=execution, moment="start", files=list(files))
        self._send(event)

    def delete(self):
        self.at += SECOND
        self._send(NotebookDeleted(**self._common(), path=self.path))

    def gap(self, reason, seconds=420):
        since = self.at
        self.at += seconds * SECOND
        gap = Gap(**self._common(), reason=reason, path=self.path, since=since, until=self.at)
        self._send(gap)

    def _output(self, execution, index, kind, parts, named):
        contents = [c if isinstance(c, bytes) else c.encode() for c in parts.values()]
        name, value, display = (*named, None, None, None)[:3]
        self._send(
            OutputRecorded(
                **self._common(),
                execution=execution,
                index=index,
                type=kind,
                name=name,
                value=value,
                display_id=display,
                parts={mime: number for number, mime in enumerate(parts)},
            ),
            *contents,
        )

    def _common(self):
        return {
            "space": self.space,
            "at": self.at,
            "author": self.owner.name,
            "author_basis": "verified",
        }

    def _send(self, event, *contents):
        self.sequence += 1
        sealed, payloads = seal(self.sequence, event, contents, self.key)
        batch = Batch(events=[sealed], payloads={self.space: list(payloads.values())})
        self.store.ingest(self.owner, self.writer, batch)


class Team:
    """People, a project, and their recorders."""

    def __init__(self, folder: Path):
        self.store = SqlStore.open(folder / "store.sqlite")
        self.people = {
            name: self.store.person(name, "2026-01-01T00:00:00Z", shown)
            for name, shown in {
                "alice": "Alice Adler",
                "bob": "Bob",
                "carol": "Carol",
                "dora": "Dora",
                "root": "Root",
            }.items()
        }
        for person in self.people.values():
            self.store.consent(person.id, CONSENT)
        self.project = self.begin("churn", "Churn")

    def begin(self, slug, name, charter=None):
        project = self.store.create_project(
            slug, name, charter or Charter(), by=self.people["alice"].id
        )
        for who, role in (("bob", Role.CONTRIBUTOR), ("carol", Role.VIEWER)):
            self.store.set_member(project.id, self.people[who].id, role, by=None)
        return project

    def trail(self, who, path, project=None, at=START):
        person = self.people[who]
        space = project.space if project else self.store.personal_space(person.id)
        return Trail(self.store, Owner(person.id, None, who), space, path, at)


class Desk(Host):
    """A host whose people say who they are by a cookie; everything else is the real thing."""

    team: Team
    shared: Parts
    viewing: dict[str, str]

    @property
    def store(self):
        return self.team.store

    @property
    def parts(self):
        return self.shared

    def get_current_user(self):
        name = self.get_cookie("who")
        return name if name in self.team.people else None

    def get_login_url(self):
        return "/hub/login"

    async def actor(self):
        person = self.team.people[self.current_user]
        return Actor(
            person=person.id,
            name=person.name,
            via=Via.BROWSER,
            admin=person.name == "root",
            roles=self.store.roles(person.id),
            viewing_as=self.viewing.get(person.name),
        )

    async def display_name(self):
        return self.team.people[self.current_user].display_name

    def view_as(self, project):
        self.viewing[self.current_user] = project


class Service:
    """The pages and the API on a port of this machine, in a thread of their own."""

    def __init__(self, team: Team, port: int = 0):
        self.team = team
        self.asked: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._port = port
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(30)

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        return self.origin + PREFIX

    def close(self):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self.team.store.close()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        parts = Parts(differ=Differ(), presence=api.Presence())
        base = type("TeamDesk", (Desk,), {"team": self.team, "shared": parts, "viewing": {}})
        application = Application(
            [
                *api.routes(PREFIX + "api/", base),
                *pages.routes(PREFIX, base),
            ],
            xsrf_cookies=True,
            cookie_secret="s" * 32,
            log_function=lambda handler: self.asked.append(handler.request.uri),
        )
        sockets = bind_sockets(self._port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]

        async def serve():
            server = HTTPServer(application)
            server.add_sockets(sockets)
            self._ready.set()
            await self._stop.wait()
            server.stop()
            await server.close_all_connections()

        self._loop.run_until_complete(serve())
        parts.differ.close()
        self._loop.close()
