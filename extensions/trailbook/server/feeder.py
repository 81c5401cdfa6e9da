"""One spool on its way into a sink: registered, sealed, sent, acknowledged.

Knows nothing of waiting: whoever calls it decides when to try again.
"""

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..clock import now_us
from ..errors import TrailbookError
from ..store.base import Sink
from ..store.forms import SnapshotForm
from ..store.records import (
    MOST_QUESTIONS,
    AnyEvent,
    Batch,
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    KernelStarted,
    NotebookSaved,
    Registered,
    Registration,
    Sealed,
    wire_encoder,
)
from ..store.spool import Spool, frames
from ..store.spool.digests import digest_of
from ..store.spool.frames import Record
from .resolve import instead, resolve

if TYPE_CHECKING:
    from ..store.objects import Sealer

EVENTS_AT_ONCE = 500
BYTES_AT_ONCE = 4 << 20
WORTH_ASKING = 16 << 10
"""Bytes up to which sending content costs less than asking whether it is there."""

START_AGAIN = frozenset({"out-of-sequence", "content-missing"})
CANNOT_BE = frozenset({"bad-request", "not-exact", "too-large", "not-allowed"})
INEXACT = "not-exact"
WRONG = frozenset({"bad-request", INEXACT, "bad-path", "bad-identity"})
"""What the store says of single events that no repetition makes right."""

log = logging.getLogger("trailbook.drain")


class Note(msgspec.Struct):
    """What is kept with a spool: which writer it is, and what has not ended in it."""

    writer: str | None = None
    base: int = 0  # the writer's first event is the spool's record `base + 1`
    runs: dict[str, str] = {}  # execution -> space
    kernels: dict[str, str] = {}


class Feeder:
    """Feeds one spool into a sink."""

    def __init__(self, spool: Spool, sink: Sink, about: Registration, refused: Path) -> None:
        self.spool = spool
        self.registered: Registered | None = None
        self.must_ask = False  # the store says that recording is off where we did not know it
        self.one_person = False  # whoever signs in is the owner: Jupyter makes names up
        self._sink = sink
        self._about = about
        self._refused_folder = refused
        self._refused: set[int] = set()
        self._late: set[int] = set()
        self._sealer: Sealer | None = None
        self._everything = False  # send all content, whatever the store said that it has
        self._note = msgspec.msgpack.decode(spool.note, type=Note) if spool.note else Note()

    def register(self, late: set[int] | None = None) -> Registered:
        """Register as the writer that this spool belongs to, or as a new one."""
        self._late = self._late if late is None else late
        answer = self._register(self._note.writer)
        if answer.writer != self._note.writer:
            self._note.writer = answer.writer
            self._note.base = self.spool.acknowledged
        known = self.spool.acknowledged - self._note.base
        if answer.acknowledged > known:  # its answer was lost on the way
            self._pass(self._note.base + answer.acknowledged, answer.refused)
        elif answer.acknowledged < known:  # a store from a backup: it goes on from there
            self._note.base = self.spool.acknowledged - answer.acknowledged
        self.registered, self.must_ask = answer, False
        return answer

    def feed(self) -> bool:
        """Send what comes next; False when nothing waits."""
        records = self.spool.read(EVENTS_AT_ONCE, BYTES_AT_ONCE)
        if not records:
            return False
        if self.registered is None:
            self.register()
        if self.spool.note != msgspec.msgpack.encode(self._note):
            self._acknowledge(self.spool.acknowledged)  # which writer this is, before it writes
        self._send(records)
        return True

    def is_over(self) -> bool:
        """Whether nothing is left of a dead server; else what was open in it is closed first."""
        if not (self._note.runs or self._note.kernels):
            return True
        now = now_us()
        for run, space in self._note.runs.items():
            finished = ExecutionFinished(
                space=space, at=now, execution=run, status="unknown", finished_at=now
            )
            self.spool.append(finished)
        for kernel, space in self._note.kernels.items():
            ended = KernelEnded(space=space, at=now, kernel_session=kernel, reason="unknown")
            self.spool.append(ended)
        self._note.runs, self._note.kernels = {}, {}
        return not self.spool.flush()

    def _register(self, writer: str | None) -> Registered:
        heard = None if writer is None else self.spool.acknowledged - self._note.base
        about = msgspec.structs.replace(self._about, writer=writer, heard=heard)
        try:
            return self._sink.register(about)
        except TrailbookError as error:
            if writer is None or error.code not in {"not-found", "not-allowed"}:
                raise
            log.warning("The store does not know writer %s: a new one begins", writer)
            return self._sink.register(self._about)

    def _send(self, records: list[Record]) -> None:
        try:
            self._ingest(records)
        except TrailbookError as error:
            if error.code == "writer-forked":
                log.warning("%s", error)
                self._note.writer, self.registered, self._sealer = None, None, None
            elif error.code in START_AGAIN:
                self._everything, self.registered = True, None
                raise
            elif error.code not in CANNOT_BE:
                raise
            elif len(records) > 1:
                self._send(records[: len(records) // 2])
            elif records[0].sequence in self._refused:
                raise
            else:
                self._refuse(records[0], error)
        else:
            self._everything = False

    def _ingest(self, records: list[Record]) -> None:
        writer = (self.registered or self.register()).writer
        events: list[Sealed] = []
        found: dict[str, dict[bytes, bytes]] = {}
        for record in records:
            sealed, contents = self._seal(record)
            events.append(sealed)
            found.setdefault(sealed.event.space, {}).update(contents)
        payloads = {
            space: [contents[wanted] for wanted in self._wanted(writer, space, contents)]
            for space, contents in found.items()
            if contents
        }
        receipt = self._sink.ingest(writer, Batch(events, payloads))
        self.must_ask = self.must_ask or receipt.recording_off
        done = min(self._note.base + receipt.acknowledged, records[-1].sequence)
        self._keep_wrong(records, receipt.refused)
        for record in records:
            if record.sequence <= done:
                self._follow(record.event)
                self._late.discard(record.sequence)
        self._acknowledge(done)

    def _wanted(self, writer: str, space: str, contents: dict[bytes, bytes]) -> list[bytes]:
        small = sum(map(len, contents.values())) <= WORTH_ASKING
        if self._everything or small:
            return list(contents)
        ids = list(contents)
        asked = [ids[n : n + MOST_QUESTIONS] for n in range(0, len(ids), MOST_QUESTIONS)]
        return [id_ for some in asked for id_ in self._sink.missing(writer, space, some)]

    def _seal(self, record: Record) -> tuple[Sealed, dict[bytes, bytes]]:
        from ..store.objects import Sealer  # only the drain's thread pays for it

        if self._sealer is None or self._everything:
            self._sealer = Sealer()
        registered = self.registered or self.register()
        contents = record.contents
        if record.sequence in self._refused:
            event, mount = instead(record.event, "refused", registered)
        else:
            event, mount = resolve(record.event, registered, one_person=self.one_person)
        if type(event) is not type(record.event):
            contents = []
        if record.sequence in self._late and hasattr(event, "durability"):
            event = msgspec.structs.replace(event, durability="pending")
        return self._sealer.seal(record.sequence - self._note.base, event, contents, mount.key)

    def _refuse(self, record: Record, error: TrailbookError) -> None:
        """A gap goes in the place of what the store will never take."""
        self._keep_aside(record, str(error))
        self._refused.add(record.sequence)

    def _keep_wrong(self, records: list[Record], refused: dict[int, str]) -> None:
        """What the store has acknowledged and not kept, for it is wrong, is not lost either."""
        for record in records:
            reason = refused.get(record.sequence - self._note.base)
            if reason not in WRONG or record.sequence in self._refused:
                continue
            if not self._tell_whole(record, reason):
                self._keep_aside(record, reason)

    def _tell_whole(self, record: Record, reason: str) -> bool:
        """A version that was told wrongly comes again as the bytes that it is."""
        event = record.event
        if not (isinstance(event, NotebookSaved) and event.form is None and reason == INEXACT):
            return False
        log.error("The version %s of %s is sent again in whole", event.snapshot, event.path)
        self._sealer = None  # what was told against it is not right either
        opaque = SnapshotForm(readable=False)
        raw = record.contents[0]
        digest = hashlib.sha256(raw).hexdigest()
        again = msgspec.structs.replace(event, form=opaque, sha256=digest, size=len(raw))
        self.spool.append(again, [raw])
        return True

    def _keep_aside(self, record: Record, reason: str) -> None:
        log.error(
            "The store refuses a record, which is kept in %s: %s", self._refused_folder, reason
        )
        self._refused_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._refused_folder / f"{self._note.writer}-{record.sequence}.seg"
        event = wire_encoder.encode(record.event)
        digests = [digest_of(content) for content in record.contents]
        path.write_bytes(b"".join(frames.encode(record.sequence, event, record.contents, digests)))
        path.chmod(0o600)

    def _pass(self, sequence: int, refused: dict[int, str]) -> None:
        """Acknowledge what the store has although nobody heard its answer."""
        sequence = min(sequence, self.spool.last)
        while self.spool.acknowledged < sequence:
            records = self.spool.read(EVENTS_AT_ONCE, BYTES_AT_ONCE)
            passed = [record for record in records if record.sequence <= sequence]
            self._keep_wrong(passed, refused)
            for record in passed:
                self._follow(record.event)
            self._acknowledge(passed[-1].sequence)

    def _acknowledge(self, sequence: int) -> None:
        self._refused = {refused for refused in self._refused if refused > sequence}
        self.spool.acknowledge(sequence, msgspec.msgpack.encode(self._note))

    def _follow(self, event: AnyEvent) -> None:
        match event:
            case ExecutionStarted():
                self._note.runs[event.execution] = event.space
            case ExecutionFinished():
                self._note.runs.pop(event.execution, None)
            case KernelStarted():
                self._note.kernels[event.kernel_session] = event.space
            case KernelEnded():
                self._note.kernels.pop(event.kernel_session, None)
            case _:
                pass
