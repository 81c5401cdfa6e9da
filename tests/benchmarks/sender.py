"""The generator: sends what lies prepared, when it is due, and notes what became of it.

A process of its own that makes nothing and waits for the network only. Each recorder has one
connection and sends one thing after the other. What was due while the one before was still on its
way is late because the service is; that the generator is late is told apart.
"""

import asyncio
import contextlib
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from prepared import BURST, Place, Request

from trailbook.store.bodies import ZSTD, compressed
from trailbook.store.records import Receipt

SOON = 2.0
"""Seconds from when all connections are there to when the first thing is due."""


LATER = {429, 502, 503}
AGAIN = 0.5
"""Seconds after which a recorder tries again what was not taken."""


class NotNow(Exception):
    """The service asks for it to be sent again."""


class Line:
    """One recorder's connection."""

    def __init__(self, port: int, prefix: str, name: str) -> None:
        self.lock = asyncio.Lock()
        self.bytes = 0
        self._port, self._prefix, self._name = port, prefix, name

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, path: str, body: bytes, offered: list[str]) -> bytes:
        """Post, compressed where a recorder's sink would; the answer's body."""
        small = await asyncio.to_thread(compressed, body, offered)
        encoding = "" if small is None else f"Content-Encoding: {ZSTD}\r\n"
        body = body if small is None else small
        head = (
            f"POST {self._prefix}api/{path} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: token {self._name}\r\nContent-Type: application/msgpack\r\n"
            f"Accept: application/msgpack\r\n{encoding}Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        self.bytes += len(head) + len(body)
        self._writer.write(head + body)
        await self._writer.drain()
        said = (await self._reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        length = next(int(line[15:]) for line in said if line.startswith(b"content-length:"))
        answer = await self._reader.readexactly(length)
        status = int(said[0].split()[1])
        if status in LATER:
            raise NotNow(said[0], answer[:300])
        assert status == 200, (said[0], answer[:300])
        return answer


class Sent(NamedTuple):
    """What became of a request; the times after the first in seconds from when it was due."""

    due: float  # on the machine's clock
    what: str
    kind: str
    woken: float  # when the generator turned to it
    written: float  # when its first byte was written
    answered: float
    refused: int  # how often it had to be sent again
    bytes: int
    size: int
    identity: str
    digest: str


class Sender:
    """Sends one request after the other, each when it is due."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.sent: list[Sent] = []

    async def deliver(self, place: Place, due: float) -> None:
        """Send it, wait for the receipt."""
        woken = time.perf_counter()
        line = self.lines[place.planned.recorder]
        request = read(place)
        async with line.lock:
            before, line.bytes, refused = time.perf_counter(), 0, 0
            while not await self._arrives(line, request):
                refused += 1
                await asyncio.sleep(AGAIN)
            times = [t - due for t in (woken, before, time.perf_counter())]
        told = (refused, line.bytes, request.size, request.identity, request.digest)
        self.sent.append(Sent(due, request.planned.what, request.kind, *times, *told))

    async def _arrives(self, line: Line, request: Request) -> bool:
        missing = list(request.contents)
        with contextlib.suppress(NotNow):
            if request.wanted:
                question = f"writers/{request.writer}/missing"
                answer = await line.ask(question, request.wanted, request.offered)
                missing = msgspec.msgpack.decode(answer, type=list[bytes])
            body = request.batch(missing)
            answer = await line.ask(f"writers/{request.writer}/events", body, request.offered)
            receipt = msgspec.msgpack.decode(answer, type=Receipt)
            assert receipt == Receipt(request.acknowledged), receipt
            return True
        return False

    async def load(self, places: list[Place]) -> float:
        """All of it, each when it is due; seconds that it took."""
        begun, tasks = time.perf_counter() + SOON, []
        for place in places:
            due = begun + place.planned.due
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(self.deliver(place, due)))
        await asyncio.gather(*tasks)
        return time.perf_counter() - begun

    async def burst(self, places: list[Place]) -> float:
        """All of it now; seconds that it took."""
        begun = time.perf_counter()
        await asyncio.gather(*(self.deliver(place, begun) for place in places))
        return time.perf_counter() - begun


def read(place: Place) -> Request:
    """What was prepared, from its file, which the system has in memory."""
    with open(place.file, "rb") as file:
        file.seek(place.offset)
        return msgspec.msgpack.decode(file.read(place.length), type=Request)


async def send(port: int, prefix: str, people: int, recorders: int, places: list[Place]) -> dict:
    """The load, then the burst; answers what was sent and when."""
    lines = [Line(port, prefix, f"person-{n % people}") for n in range(recorders)]
    for line in lines:
        await line.open()
    gc.freeze()
    gc.disable()  # nothing here refers to itself
    sender, burst = Sender(lines), Sender(lines)
    seconds = await sender.load([one for one in places if one.planned.due != BURST])
    absorbed = await burst.burst([one for one in places if one.planned.due == BURST])
    return {"seconds": seconds, "burst": absorbed, "sent": sender.sent, "of_burst": burst.sent}


def main() -> None:
    """As told by a file; what became of it goes into another."""
    told = json.loads(Path(sys.argv[1]).read_text())
    places = msgspec.msgpack.decode(Path(told.pop("places")).read_bytes(), type=list[Place])
    out = Path(told.pop("out"))
    with contextlib.suppress(PermissionError):
        # Before all others of its core, the hub's double too: it works little, and in time.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    out.write_text(json.dumps(asyncio.run(send(**told, places=places))))


if __name__ == "__main__":
    main()
