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


@pytest.fixture
def server(tmp_path, service):
    process = Process(tmp_path, {"TRAILBOOK_SERVICE_URL": service.url})
    yield process
    process.close()


class Room:
    """A browser with the notebook open, together with others."""

    def __init__(self, server, path):
        self.server, self.path = server, path
        self.doc = pycrdt.Doc()
        self.notebook = ydoc.YNotebook(self.doc)

    async def open(self):
        asked = {"format": "json", "type": "notebook"}
        url = f"api/collaboration/session/{self.path}"
        session = await asyncio.to_thread(self.server.ask, "PUT", url, asked)
        self.socket = await websocket_connect(
            f"ws://127.0.0.1:{self.server.port}/api/collaboration/room/"
            f"json:notebook:{session['fileId']}?sessionId={session['sessionId']}&token=t"
        )
        await self.socket.write_message(pycrdt.create_sync_message(self.doc), binary=True)
        while not self.notebook.cell_number:
            await self.read()
        return self

    async def read(self):
        message = await asyncio.wait_for(self.socket.read_message(), 20)
        if message[0] == SYNC:
            answer = pycrdt.handle_sync_message(message[1:], self.doc)
            if answer is not None:
                await self.socket.write_message(answer, binary=True)

    async def write(self, source):
        before = self.doc.get_state()
        self.notebook.set_cell(0, {**self.notebook.get_cell(0), "source": source})
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


async def until(service, wanted, start):
    for _ in range(600):
        for saved in service.of(NotebookSaved)[start:]:
            if wanted(saved):
                return saved
        await asyncio.sleep(0.05)
    raise AssertionError(service.events)
