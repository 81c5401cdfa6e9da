"""Every run is in the history: source, outputs, status, who, in order, whoever is connected."""

import asyncio
import json
import uuid

import pytest
from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    KernelStarted,
    OutputRecorded,
)


class Client:
    """What a browser does with a notebook's kernel."""

    def __init__(self, jp_fetch, jp_ws_fetch):
        self.fetch, self.ws_fetch = jp_fetch, jp_ws_fetch

    async def open(self, path="a.ipynb", kernel="python3"):
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
        answer = await self.fetch("api", "sessions", method="POST", body=json.dumps(body))
        self.kernel_id = json.loads(answer.body)["kernel"]["id"]
        await self.connect()
        return self

    async def connect(self):
        self.ws = await self.ws_fetch("api", "kernels", self.kernel_id, "channels")

    def send(self, code, cell_id=None, **content):
        msg_id = uuid.uuid4().hex
        request = {
            "channel": "shell",
            "header": {
                "msg_id": msg_id,
                "msg_type": "execute_request",
                "username": "",
                "session": "s",
                "version": "5.3",
                "date": "2026-01-01T00:00:00Z",
            },
            "parent_header": {},
            "metadata": {"cellId": cell_id} if cell_id else {},
            "content": {"code": code, "silent": False, "store_history": True, **content},
            "buffers": [],
        }
        self.ws.write_message(json.dumps(request))
        return msg_id

    async def idle(self, msg_id):
        while True:
            message = json.loads(await asyncio.wait_for(self.ws.read_message(), 30))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return

    async def run(self, code, cell_id=None, **content):
        await self.idle(self.send(code, cell_id, **content))

    async def post(self, *parts):
        await self.fetch("api", "kernels", self.kernel_id, *parts, method="POST", body="")

    async def shut_down(self):
        await self.fetch("api", "kernels", self.kernel_id, method="DELETE")


@pytest.fixture
def client(jp_fetch, jp_ws_fetch):
    return Client(jp_fetch, jp_ws_fetch)


async def until(service, kind, count=1):
    return await asyncio.to_thread(service.wait_for, kind, count)


async def test_a_run_is_recorded_with_source_output_and_person(client, service):
    await client.open("data/ünï code.ipynb")
    await client.run("print('hi')\n1 + 1", cell_id="cell-1")
    (finished,) = await until(service, ExecutionFinished)
    (kernel,) = service.of(KernelStarted)
    (started,) = service.of(ExecutionStarted)
    stream, result = service.of(OutputRecorded)
    assert service.contents(started) == [b"print('hi')\n1 + 1"]
    assert started.cell_id == "cell-1"
    assert started.path == "data/ünï code.ipynb"
    assert started.kernel_session == kernel.kernel_session
    assert started.author
    assert (kernel.spec, kernel.language) == ("python3", "python")
    assert kernel.environment["language_version"].startswith("3.")
    assert service.text(stream) == "hi\n"
    assert (stream.type, stream.name) == ("stream", "stdout")
    assert service.text(result) == "2"
    assert finished.status == "ok"
    assert finished.execution_count == 1
    assert started.started_at <= finished.finished_at
    await client.shut_down()
    (ended,) = await until(service, KernelEnded)
    assert ended.reason == "shutdown"
