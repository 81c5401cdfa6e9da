"""What a browser does with a notebook's kernel, and what a test asks of the history."""

import asyncio
import json
import uuid

from trailbook.store.records import OutputRecorded


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

    async def reconnect(self):
        """Connect to a kernel that was started again, and go on once it is heard, as Lab does.

        The server takes a kernel for busy that was busy before its restart, and does then not
        wait for the connection to it: what the kernel says meanwhile would reach nobody.
        """
        await self.connect()
        for _ in range(60):
            try:
                return await asyncio.wait_for(self.idle(self.ask("kernel_info_request")), 1)
            except TimeoutError:
                continue
        raise TimeoutError("the kernel that was started again is not heard")

    def send(self, code, cell_id=None, *, msg_id=None, metadata=None, **content):
        """Ask for a run, as a notebook does: with its cell's id and the cells deleted in it."""
        if cell_id:
            metadata = {"cellId": cell_id, "deletedCells": []}
        content = {"code": code, "silent": False, "store_history": True, **content}
        return self.ask("execute_request", msg_id=msg_id, metadata=metadata, **content)

    def ask(self, kind, *, msg_id=None, metadata=None, **content):
        msg_id = msg_id or uuid.uuid4().hex
        request = {
            "channel": "shell",
            "header": {
                "msg_id": msg_id,
                "msg_type": kind,
                "username": "",
                "session": "s",
                "version": "5.3",
                "date": "2026-01-01T00:00:00Z",
            },
            "parent_header": {},
            "metadata": metadata or {},
            "content": content,
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


async def until(service, kind, count=1):
    return await asyncio.to_thread(service.wait_for, kind, count)


async def registered(trail):
    """Wait until the recorder knows which spaces it records to."""
    while not trail.recorder.mounts:  # noqa: ASYNC110 - what it waits for is in a thread
        await asyncio.sleep(0.05)


def printed(service):
    streams = [output for output in service.of(OutputRecorded) if output.type == "stream"]
    return "".join(service.text(output) for output in streams)
