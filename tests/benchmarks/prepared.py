"""All that recorders will send, made before the first of it is sent.

Each recorder is registered, its notebook's first version is stored, and what it sends later is
sealed by the recorder's own sealer and lies in a file, in the order of the plan. What a recorder
asks first (which of the content is there already) is answered when it is sent; the batch is put
together then, of pieces that lie ready.
"""

import base64
import hashlib
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from working import MadeUp, Replayed, Run, Work, size_of

from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.server.feeder import WORTH_ASKING
from trailbook.store.objects import Sealer
from trailbook.store.records import (
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    NotebookSaved,
    OutputRecorded,
    Receipt,
    Registration,
    Wanted,
)
from trailbook.store.remote import RemoteSink

Spoken = tuple[AnyEvent, list[bytes]]

BURST = -1.0
"""Due when all else was answered."""


class Planned(msgspec.Struct, frozen=True, array_like=True):
    """That a recorder saves or runs so many seconds after the beginning."""

    due: float
    recorder: int
    what: str  # save · run


class Request(msgspec.Struct, array_like=True):
    """What is sent then: a batch in pieces, and what is known of it."""

    planned: Planned
    kind: str  # of the notebook
    writer: str
    wanted: bytes  # the question that comes first, or none
    events: msgspec.Raw
    space: str
    contents: dict[bytes, bytes]
    acknowledged: int  # what the receipt has to say
    identity: str
    digest: str  # of the file
    size: int
    offered: list[str]  # encodings of bodies, when its recorder registered

    def batch(self, missing: Iterable[bytes]) -> bytes:
        """The body, with the contents that are missing."""
        sent = {self.space: [self.contents[id_] for id_ in missing]} if self.contents else {}
        return msgspec.msgpack.encode({"events": self.events, "payloads": sent})


def plan(
    seconds: float, recorders: int, rates: dict[str, float], burst: int, seed: int = 1
) -> list[Planned]:
    """Saves and runs at random moments, each of a random recorder; then many saves at once."""
    pick = random.Random(seed)  # noqa: S311
    planned = []
    for what, rate in rates.items():
        due = pick.expovariate(rate)
        while due < seconds:
            planned.append(Planned(due, pick.randrange(recorders), what))
            due += pick.expovariate(rate)
    planned.sort(key=lambda one: one.due)
    chosen = pick.sample(range(recorders), min(burst, recorders))
    return [*planned, *(Planned(BURST, number, "save") for number in chosen)]


def work_of(number: int, saves: int, real: list[tuple[str, list[bytes]]]) -> Work:
    """The notebook of a recorder: every second is a real one, where there are any."""
    if real and number % 2:
        name, versions = real[number // 2 % len(real)]
        start = random.Random(number).randrange(max(1, len(versions) - saves))  # noqa: S311
        return Replayed(name, versions, start, number)
    return MadeUp(size_of(number // 2 if real else number), number)


class Preparing:
    """One recorder, registered, and what it will send."""

    def __init__(self, number: int, url: str, work: Work, name: str) -> None:
        self._work, self._path = work, f"{number}.ipynb"
        self._sealer, self._session = Sealer(), new_id()
        self._sequence = self._position = 0
        self._name = name
        sink = RemoteSink(url, name)
        registered = sink.register(Registration())
        self._writer, self._mount = registered.writer, registered.mounts[0]
        self._offered = registered.encodings
        first = self.request(Planned(0.0, number, "save"))
        batch = msgspec.msgpack.decode(first.batch(first.contents), type=Batch)
        assert sink.ingest(self._writer, batch) == Receipt(self._sequence)
        sink.close()

    def request(self, planned: Planned) -> Request:
        """The next that it sends."""
        save = planned.what == "save"
        raw = self._work.save() if save else b""
        identity = new_id()
        events = self._saved(identity, raw) if save else self._ran(identity, self._work.run())
        sealed, pieces = [], {}
        for event, contents in events:
            self._sequence += 1
            one, found = self._sealer.seal(self._sequence, event, contents, self._mount.key)
            sealed.append(one)
            pieces.update(found)
        asks = sum(map(len, pieces.values())) > WORTH_ASKING
        wanted = Wanted(self._mount.space, list(pieces))
        return Request(
            planned=planned,
            kind=self._work.kind,
            writer=self._writer,
            wanted=msgspec.msgpack.encode(wanted) if asks else b"",
            events=msgspec.Raw(msgspec.msgpack.encode(sealed)),
            space=self._mount.space,
            contents=pieces,
            acknowledged=self._sequence,
            identity=identity,
            digest=hashlib.sha256(raw).hexdigest() if save else "",
            size=len(raw),
            offered=self._offered,
        )

    def _about(self) -> dict:
        return {"space": self._mount.space, "at": now_us(), "author": self._name}

    def _saved(self, identity: str, raw: bytes) -> Iterator[Spoken]:
        yield NotebookSaved(**self._about(), snapshot=identity, path=self._path), [raw]

    def _ran(self, identity: str, run: Run) -> Iterator[Spoken]:
        about = self._about()
        self._position += 1
        yield (
            ExecutionStarted(
                **about, execution=identity, kernel_session=self._session, source=0,
                position=self._position, path=self._path, cell_id=run.cell, started_at=about["at"],
            ),
            [run.source.encode()],
        )  # fmt: skip
        for index, output in enumerate(run.outputs):
            parts = contents_of(output)
            event = OutputRecorded(
                **about, execution=identity, index=index, type=output["output_type"],
                name=output.get("name"), parts={mime: at for at, mime in enumerate(parts)},
            )  # fmt: skip
            yield event, list(parts.values())
        finished = ExecutionFinished(
            **about, execution=identity, status="ok", finished_at=about["at"]
        )
        yield finished, []


def contents_of(output: dict) -> dict[str, bytes]:
    """An output's contents by their type, as a recorder keeps them."""
    if output["output_type"] == "stream":
        return {"text/plain": "".join(output["text"]).encode()}
    parts = {mime: "".join(said) for mime, said in output["data"].items()}
    return {
        mime: base64.b64decode(said) if mime.startswith("image/") else said.encode()
        for mime, said in parts.items()
    }


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a request lies in its file."""

    planned: Planned
    file: str
    offset: int
    length: int


def prepare(
    file: Path, url: str, planned: list[Planned], people: int, real: list[tuple[str, list[bytes]]]
) -> list[Place]:
    """Make what these recorders send, one recorder after the other."""
    its: dict[int, list[Planned]] = {}
    for one in planned:
        its.setdefault(one.recorder, []).append(one)
    places = []
    with file.open("wb") as out:
        for number, wanted in its.items():
            saves = 1 + sum(one.what == "save" for one in wanted)
            work = work_of(number, saves, real)
            recorder = Preparing(number, url, work, f"person-{number % people}")
            for one in wanted:
                packed = msgspec.msgpack.encode(recorder.request(one))
                places.append(Place(one, str(file), out.tell(), len(packed)))
                out.write(packed)
    return places
