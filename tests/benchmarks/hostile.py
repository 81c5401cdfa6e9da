"""What somebody who means harm, or only has very much, sends to the service as fast as it goes.

    python tests/benchmarks/hostile.py KIND PORT NAME

A program of its own, which bench_fairness.py starts. It registers its recorders, makes everything
that it will send, says `ready` and then sends while its standard input says `go`, until `stop`:
one connection a recorder, the next request when the last one was answered, whatever the answer. At
the end it prints how many answers of each status came.
"""

import json
import os
import random
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from services import PREFIX
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import Sealer, payload_id
from trailbook.store.records import (
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Registered,
    Registration,
    Sealed,
    Wanted,
)

RECORDERS = 8
AT_ONCE = 500  # events in a batch of an honest recorder
FORGED = "a\r\n2026-01-01 ERROR forged\x1b[31m\x1b]0;title\x07"

Body = list[bytes]  # a request's content, in pieces so that large ones can share memory
Maker = Callable[["Recorder"], Iterator[Body]]


class Recorder:
    """One connection, one writer."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name
        self.connection: socket.socket | None = None
        _, answer = self.ask("writers", [msgspec.msgpack.encode(Registration())])
        registered = msgspec.msgpack.decode(answer, type=Registered)
        self.writer, self.mount = registered.writer, registered.mounts[0]
        self.path = "events"
        self.bodies: list[Body] = []

    def ask(self, path: str, body: Body) -> tuple[int, bytes]:
        """One request: its status and its answer."""
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=600)
        head = (
            f"POST {PREFIX}api/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: token {self.name}\r\n"
            f"Content-Type: application/msgpack\r\nContent-Length: {sum(map(len, body))}\r\n\r\n"
        )
        self.connection.sendall(head.encode() + b"".join(body[:-1]))
        self.connection.sendall(body[-1])
        with self.connection.makefile("rb") as file:
            status = int(file.readline().split()[1])
            headers = dict(line.split(b":", 1) for line in iter(file.readline, b"\r\n"))
            size = int({name.lower(): value for name, value in headers.items()}[b"content-length"])
            return status, file.read(size)

    def about(self) -> dict:
        return {"space": self.mount.space, "at": now_us(), "author": self.name}

    def batch(self, events: list[Sealed], contents: list[bytes]) -> bytes:
        return msgspec.msgpack.encode(Batch(events, {self.mount.space: contents}))

    def run(self, sequence: int) -> list[Sealed]:
        """Three events of one run that prints nothing that is kept."""
        run, about = new_id(), self.about()
        source = payload_id(b"1", self.mount.key)
        started = ExecutionStarted(
            **about, execution=run, kernel_session=self.writer, position=sequence, source=0,
            path="flood.ipynb", cell_id=FORGED, started_at=about["at"],
        )  # fmt: skip
        finished = ExecutionFinished(**about, execution=run, status="ok", finished_at=about["at"])
        printed = OutputRecorded(**about, execution=run, index=0, type="stream", name=FORGED)
        return [
            Sealed(sequence, started, [source]),
            Sealed(sequence + 1, printed),
            Sealed(sequence + 2, finished),
        ]


def notebook(n: int) -> bytes:
    """A small notebook that is another one for every n."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": n,
            "id": f"c{cell}",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": [f"{n + cell}\n"]}],
            "source": [f"value = {n if cell == n % 5 else cell}\n"],
        }
        for cell in range(5)
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(content, indent=1) + "\n").encode()


def saves(recorder: Recorder, batches: int, *, wrong: bool = False) -> Iterator[Body]:
    sealer, sequence = Sealer(), 0
    for _ in range(batches):
        events, contents = [], {}
        for _ in range(AT_ONCE):
            sequence += 1
            saved = NotebookSaved(**recorder.about(), snapshot=new_id(), path="flood.ipynb")
            one, pieces = sealer.seal(sequence, saved, [notebook(sequence)], recorder.mount.key)
            if wrong:
                sealer = Sealer()  # none is told as a change of one that is refused
                forged = msgspec.structs.replace(one.event, sha256="0" * 64)
                one = msgspec.structs.replace(one, event=forged)
            events.append(one)
            contents.update(pieces)
        yield [recorder.batch(events, list(contents.values()))]


def versions(recorder: Recorder) -> Iterator[Body]:
    """A flood of snapshots, as many in a batch as recorders send."""
    return saves(recorder, 8)


def wrong(recorder: Recorder) -> Iterator[Body]:
    """Versions each of which is wrong by itself."""
    return saves(recorder, 8, wrong=True)


def runs(recorder: Recorder, batches: int, size: int) -> Iterator[Body]:
    sequence = 1
    for _ in range(batches):
        events: list[Sealed] = []
        while len(events) + 3 <= size:
            events += recorder.run(sequence)
            sequence += 3
        yield [recorder.batch(events, [b"1"])]


def events(recorder: Recorder) -> Iterator[Body]:
    """A flood of runs, as many in a batch as recorders send."""
    return runs(recorder, 40, AT_ONCE)


def long_batches(recorder: Recorder) -> Iterator[Body]:
    """The same, forty times as many in a batch."""
    return runs(recorder, 2, 40 * AT_ONCE)


BIG = os.urandom(50_000_000)


def outputs(recorder: Recorder) -> Iterator[Body]:
    """Outputs of 100 MB of which nothing can be compressed."""
    big = BIG + BIG[::-1]
    for n in range(4):
        own = random.randbytes(16)  # noqa: S311
        content = own + big
        started, _, finished = recorder.run(3 * n + 1)
        event = OutputRecorded(
            **recorder.about(), execution=started.event.execution, index=0, type="stream",
            parts={"text/plain": 0},
        )  # fmt: skip
        printed = Sealed(3 * n + 2, event, [payload_id(content, recorder.mount.key)])
        whole = recorder.batch([started, printed, finished], [b"1", b""])
        assert whole.endswith(b"\xc4\x00")
        yield [whole[:-2], b"\xc6" + len(content).to_bytes(4, "big") + own, big]


def texts(recorder: Recorder) -> Iterator[Body]:
    """Tags and names of megabytes, with line ends and escapes in them."""
    for n in range(1, 13):
        tags = {f"{FORGED}{n}-{tag}": FORGED * 50 for tag in range(1900)}
        kernel = KernelStarted(
            **recorder.about(), kernel_session=new_id(), spec=FORGED, path=FORGED, environment=tags
        )
        yield [recorder.batch([Sealed(n, kernel)], [])]


def plans(recorder: Recorder) -> Iterator[Body]:
    """Versions that are told as half a million pieces of another one."""
    saved = NotebookSaved(**recorder.about(), snapshot=new_id(), path="bomb.ipynb")
    one, pieces = Sealer().seal(1, saved, [notebook(1)], recorder.mount.key)
    yield [recorder.batch([one], list(pieces.values()))]
    for n in range(2, 14):
        form = msgspec.structs.replace(
            one.event.form, base=saved.snapshot, cells=[], frame=None, plan=[[0, 1]] * 500_000
        )
        forged = msgspec.structs.replace(one.event, snapshot=new_id(), form=form, size=250_000_000)
        yield [recorder.batch([Sealed(n, forged)], [])]


def questions(recorder: Recorder) -> Iterator[Body]:
    """Half a million questions at once for what the space has."""
    recorder.path = "missing"
    for _ in range(2):
        ids = [random.randbytes(16) for _ in range(500_000)]  # noqa: S311
        yield [msgspec.msgpack.encode(Wanted(recorder.mount.space, ids))]


KINDS: dict[str, Maker] = {
    "versions": versions,
    "events": events,
    "long_batches": long_batches,
    "wrong": wrong,
    "outputs": outputs,
    "texts": texts,
    "plans": plans,
    "questions": questions,
}


class Flood:
    """All recorders at once."""

    def __init__(self, kind: str, port: int, name: str) -> None:
        self.going = threading.Event()
        self.over = False
        self.statuses: Counter[int] = Counter()
        self.recorders = [Recorder(port, name) for _ in range(RECORDERS)]
        for recorder in self.recorders:
            recorder.bodies = list(KINDS[kind](recorder))

    def send(self, recorder: Recorder) -> None:
        next_one = 0
        while True:
            self.going.wait()
            if self.over:
                return
            body = recorder.bodies[next_one % len(recorder.bodies)]  # at the end all is repeated
            try:
                status, _ = recorder.ask(f"writers/{recorder.writer}/{recorder.path}", body)
            except (OSError, ValueError, IndexError):
                recorder.connection, status = None, 0
            self.statuses[status] += 1
            if status not in {429, 503, 0}:
                next_one += 1


def main() -> None:
    kind, port, name = sys.argv[1:]
    flood = Flood(kind, int(port), name)
    for recorder in flood.recorders:
        threading.Thread(target=flood.send, args=(recorder,), daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "go":
            flood.going.set()
        else:
            flood.going.clear()
    print(json.dumps(flood.statuses))


if __name__ == "__main__":
    main()
