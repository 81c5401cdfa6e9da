"""Under real-time collaboration the document is saved by the server: that is recorded as well."""

import asyncio
import json

import pytest
from tornado.websocket import websocket_connect

from trailbook.store.records import Gap, NotebookSaved

from .processes import Process

pycrdt = pytest.importorskip("pycrdt")
ydoc = pytest.importorskip("jupyter_ydoc")

SYNC = 0

WHOEVER = """
from jupyter_server.auth import IdentityProvider, User

class Whoever(IdentityProvider):
    def get_user(self, handler):
        return User(handler.get_argument("who", "ada"))
"""
"""Stands for a hub that has signed people in."""


@pytest.fixture
def server(tmp_path, service):
    (tmp_path / "whoever.py").write_text(WHOEVER)
    environment = {"TRAILBOOK_SERVICE_URL": service.url, "PYTHONPATH": str(tmp_path)}
    process = Process(tmp_path, environment, server={"identity_provider_class": "whoever.Whoever"})
    yield process
    process.close()


class Room:
    """A browser with the notebook open, together with others."""

    def __init__(self, server, path, who="ada", doc=None):
        self.server, self.path, self.who = server, path, who
        self.doc = doc or pycrdt.Doc()
        self.notebook = ydoc.YNotebook(self.doc)

    async def open(self):
        asked = {"format": "json", "type": "notebook"}
        url = f"api/collaboration/session/{self.path}"
        session = await asyncio.to_thread(self.server.ask, "PUT", url, asked)
        self.socket = await websocket_connect(
            f"ws://127.0.0.1:{self.server.port}/api/collaboration/room/"
            f"json:notebook:{session['fileId']}?sessionId={session['sessionId']}"
            f"&token=t&who={self.who}"
        )
        await self.greet()
        await self.socket.write_message(pycrdt.create_sync_message(self.doc), binary=True)
        answered = False
        while not (answered and self.notebook.cell_number):
            answered = await self.read() or answered
        return self

    async def greet(self):
        """Say which copy of the document this is, as browsers do first."""
        awareness = pycrdt.Awareness(self.doc)
        awareness.set_local_state({"user": {"username": "anybody"}})
        state = awareness.encode_awareness_update([self.doc.client_id])
        await self.socket.write_message(pycrdt.create_awareness_message(state), binary=True)

    async def read(self):
        """Take a message; whether it asked for what this copy has."""
        message = await asyncio.wait_for(self.socket.read_message(), 20)
        if message[0] == SYNC:
            answer = pycrdt.handle_sync_message(message[1:], self.doc)
            if answer is not None:
                await self.socket.write_message(answer, binary=True)
                return True
        return False

    async def write(self, source):
        before = self.doc.get_state()
        self.notebook.set_cell(0, {**self.notebook.get_cell(0), "source": source})
        await self.tell(before)

    async def append(self, source):
        before = self.doc.get_state()
        self.add(source)
        await self.tell(before)

    def add(self, source):
        self.notebook.append_cell({**self.notebook.get_cell(0), "source": source, "id": source})

    async def tell(self, before):
        update = self.doc.get_update(before)
        await self.socket.write_message(pycrdt.create_update_message(update), binary=True)


async def test_what_people_type_together_is_recorded_and_the_server_stops(server, service):
    server.save("a.ipynb", "begin")
    room = await Room(server, "a.ipynb").open()
    before = len(service.of(NotebookSaved))
    await room.write("typed together")
    saved = await until(service, lambda s: b"typed together" in service.notebook(s), before)
    assert saved.cause == "save"
    assert saved.author
    assert service.notebook(saved) == (server.root / "a.ipynb").read_bytes()
    room.socket.close()
    assert await asyncio.to_thread(server.end) < 15


async def test_a_change_on_disk_that_the_room_takes_over_is_recorded(server, service):
    raw = server.save("b.ipynb", "begin")
    room = await Room(server, "b.ipynb").open()
    await asyncio.sleep(1.5)
    content = json.loads(raw)
    content["cells"][0]["source"] = "from a terminal"
    (server.root / "b.ipynb").write_text(json.dumps(content))
    saved = await until(service, lambda s: b"from a terminal" in service.notebook(s), 0)
    assert saved.cause == "changed-outside"
    assert [gap.reason for gap in service.of(Gap)] == ["changed-outside"]
    room.socket.close()


async def test_a_version_names_everybody_who_changed_it_since_the_one_before(server, service):
    server.save("c.ipynb", "begin")
    ada = await Room(server, "c.ipynb").open()
    bob = await Room(server, "c.ipynb", "bob").open()
    eve = await Room(server, "c.ipynb", "eve").open()  # only looks
    await ada.write("ada wrote")
    await bob.append("bob wrote")
    both = await until(service, lambda s: b"bob wrote" in service.notebook(s), 0)
    assert b"ada wrote" in service.notebook(both)
    assert (both.author, both.editors) == ("bob", ["ada", "bob"])
    await bob.append("bob again")
    again = await until(service, lambda s: b"bob again" in service.notebook(s), 0)
    assert (again.author, again.editors) == ("bob", ["bob"])
    for room in (ada, bob, eve):
        room.socket.close()


async def test_what_was_written_offline_is_its_writers_whoever_brings_it(server, service):
    server.save("d.ipynb", "begin")
    ada = await Room(server, "d.ipynb").open()
    bob = await Room(server, "d.ipynb", "bob").open()
    await bob.append("first")
    await until(service, lambda s: b"first" in service.notebook(s), 0)
    for room in (ada, bob):
        room.socket.close()
    stranger = pycrdt.Doc()
    stranger.apply_update(ada.doc.get_update())
    bob.add("bob offline")
    Room(server, "d.ipynb", doc=stranger).add("a stranger offline")
    ada.add("ada offline")
    for other in (bob.doc, stranger):
        ada.doc.apply_update(other.get_update())
    back = await Room(server, "d.ipynb", doc=ada.doc).open()
    saved = await until(service, lambda s: b"ada offline" in service.notebook(s), 0)
    assert b"a stranger offline" in service.notebook(saved)
    assert set(saved.editors) == {"ada", "bob", None}
    back.socket.close()


async def until(service, wanted, start):
    for _ in range(600):
        for saved in service.of(NotebookSaved)[start:]:
            if wanted(saved):
                return saved
        await asyncio.sleep(0.05)
    raise AssertionError(service.events)
