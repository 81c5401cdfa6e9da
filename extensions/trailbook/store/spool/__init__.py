"""The spool: a recorder's append-only local file of what the store has not acknowledged yet.

One folder per writer. Appending never raises and never waits: a thread writes, makes durable
and then resolves the future. When the disk refuses, records wait in bounded memory; what does
not fit there is counted and becomes a gap once writing works again. Homes are often on NFS, so
there is no SQLite, no mmap and no lock but one atomic file (`owner.py`).

    <folder>/owner                 who has it
    <folder>/<first sequence>.seg  frames (`frames.py`)
    <folder>/acknowledged          the last sequence that the store has, and the reader's note
"""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import msgspec

from ...clock import now_us
from ..records import Event, Gap, wire_encoder
from . import frames
from .digests import digest_of
from .frames import Record
from .owner import OwnerLock
from .segments import Segments

NO_SPACE = "@"
"""The space of an event that belongs to no notebook: the server's root folder."""

STALLED = "stalled"
RETRY_SECONDS = 1.0
LINGER_SECONDS = 0.1
RENEW_SECONDS = 30.0
"""After so long without anything new, what the store has is deleted here."""
WRITE_AT_ONCE = 8 << 20
RECORD_OVERHEAD = 200

log = logging.getLogger("trailbook.spool")


class SpoolFull(OSError):
    """The spool has reached its limit; it goes on when the store has acknowledged some of it."""


class SpoolTaken(OSError):
    """Another server that lives has this folder."""


class Waiting(NamedTuple):
    """A record on its way to the disk."""

    event: bytes
    contents: Sequence[bytes]
    digests: list[bytes]
    size: int
    done: "Future[int | None]"


class Loss(msgspec.Struct, frozen=True):
    """What was dropped, until a gap says so."""

    since: int
    reason: str
    events: int = 0
    size: int = 0


class State(msgspec.Struct, frozen=True):
    """What a page can say about the spool."""

    pending_events: int
    spool_bytes: int
    memory_bytes: int
    dropped_events: int
    error: str | None


class Spool:
    """A folder with the records of one writer."""

    def __init__(self, folder: Path, *, limit: int = 2 << 30, memory_limit: int = 64 << 20) -> None:
        self.folder = folder
        self.segments = Segments(folder)
        self._limit = limit
        self._memory_limit = memory_limit
        self._lock = OwnerLock(folder)
        self._owned = False
        self._changed = threading.Condition()
        self._queue: deque[Waiting] = deque()
        self._queued_bytes = 0
        self._loss: Loss | None = None
        self._dropped = 0
        self._error: OSError | None = None
        self._closing = False
        self._urgent = False
        self._thread = threading.Thread(target=self._run, name="trailbook-spool", daemon=True)
        self._thread.start()

    # -- writing -----------------------------------------------------------------------------

    def append(
        self,
        event: Event,
        contents: Sequence[bytes] = (),
        digests: list[bytes] | None = None,
        *,
        urgent: bool = True,
    ) -> "Future[int | None]":
        """Queue a record; the future holds its sequence once durable, None if it was dropped.

        `digests` are the contents' digests; an empty list is filled before the record is durable.
        For what is not urgent, the thread waits a moment for more to write at once.
        """
        done: Future[int | None] = Future()
        size = RECORD_OVERHEAD + sum(map(len, contents))
        try:
            encoded = wire_encoder.encode(event)
        except (ValueError, TypeError):  # a name that is no Unicode
            log.exception("A record cannot be written down")
            encoded = None
        with self._changed:
            is_full = bool(self._queue) and self._queued_bytes + size > self._memory_limit
            if encoded is None or is_full or self._closing:
                self._drop("recorder-failed" if encoded is None else _reason(self._error), size)
                done.set_result(None)
            else:
                self._queue.append(
                    Waiting(encoded, contents, [] if digests is None else digests, size, done)
                )
                self._queued_bytes += size
                self._urgent = self._urgent or urgent
                self._changed.notify_all()
        return done

    @property
    def failing(self) -> bool:
        """Whether the last attempt to write failed, so that waiting is of no use."""
        return self._error is not None

    def state(self) -> State:
        """How much waits where."""
        with self._changed:
            return State(
                pending_events=self.segments.pending + len(self._queue),
                spool_bytes=self.segments.size,
                memory_bytes=self._queued_bytes,
                dropped_events=self._dropped,
                error=None if self._error is None else str(self._error.strerror or self._error),
            )

    def touch(self) -> bool:
        """Say that this owner lives; False if another server has taken the folder over."""
        return not self._owned or self._lock.touch()

    def open(self) -> None:
        """Make the folder, or take over what a dead owner left in it."""
        if self._owned:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.acquire():
            raise SpoolTaken("The spool belongs to another server")
        self.segments.open()
        self._owned = True

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything appended so far is durable or dropped; False if it is not."""
        with self._changed:
            if not self._queue:
                return True
            last = self._queue[-1].done
            self._urgent = True
            self._changed.notify_all()
        with contextlib.suppress(TimeoutError):
            last.result(timeout)
        return last.done()

    def close(self, timeout: float = 10.0) -> None:
        """Write what waits, let go of the folder, and remove it if the store has everything."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        if self._thread.is_alive() or not self._owned:
            return
        self.segments.close()
        if self.segments.pending == 0:
            self.segments.remove()
        self._lock.release()
        self._owned = False
        with contextlib.suppress(OSError):
            self.folder.rmdir()  # refused while anything is in it

    # -- reading -----------------------------------------------------------------------------

    def wait(self, timeout: float, stop: threading.Event | None = None) -> bool:
        """Wait until there is something to read, or until somebody stops and says `wake`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.segments.pending > 0 or (stop is not None and stop.is_set()), timeout
            )
            return self.segments.pending > 0

    def wake(self) -> None:
        """Whoever waits looks again."""
        with self._changed:
            self._changed.notify_all()

    def read(self, max_events: int, max_bytes: int) -> list[Record]:
        """The first durable records that the store has not acknowledged, damaged ones as gaps."""
        with self._changed:
            last = self.segments.durable
        found: list[Record] = []
        size = 0
        for record in self._records(last):
            found.append(record)
            size += sum(map(len, record.contents))
            if len(found) >= max_events or size >= max_bytes:
                break
        return found

    def acknowledge(self, sequence: int, note: bytes | None = None) -> None:
        """The store has everything up to this sequence; `note` is kept for whoever reads on."""
        with self._changed:
            gone = self.segments.acknowledge(sequence, note)
            self._changed.notify_all()
        self.segments.keep()
        for path in gone:  # nobody who appends waits for a deletion
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    @property
    def acknowledged(self) -> int:
        """The last sequence that the store has."""
        return self.segments.acknowledged

    @property
    def last(self) -> int:
        """The last durable sequence."""
        return self.segments.durable

    @property
    def note(self) -> bytes:
        """What the reader left with its last acknowledgement."""
        return self.segments.note

    def _records(self, last: int) -> Iterator[Record]:
        expected = self.segments.acknowledged + 1
        for frame in self.segments.walk(expected, last):
            for lost in range(expected, frame.sequence):
                yield _damaged(lost, self.folder)
            expected = frame.sequence + 1
            yield frame.record or _damaged(frame.sequence, self.folder)
        for lost in range(expected, last + 1):
            yield _damaged(lost, self.folder)

    # -- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                awake = self._changed.wait_for(
                    lambda: self._queue or self._loss or self._closing,
                    RENEW_SECONDS,
                )
                if awake:
                    self._changed.wait_for(lambda: self._urgent or self._closing, LINGER_SECONDS)
                batch = self._next_batch()
                self._urgent = len(batch) < len(self._queue)
                if not batch and self._loss is None and awake:
                    return
            if not awake:
                self._renew()
                continue
            try:
                self._write(batch)
            except OSError as error:
                if self._failed(error):
                    return

    def _renew(self) -> None:
        """Keep no content that the store has, for it may be purged there."""
        self.segments.renew()
        self.acknowledge(self.acknowledged)

    def _next_batch(self) -> list[Waiting]:
        batch: list[Waiting] = []
        size = 0
        for waiting in self._queue:
            if batch and size + waiting.size > WRITE_AT_ONCE:
                break
            batch.append(waiting)
            size += waiting.size
        return batch

    def _write(self, batch: list[Waiting]) -> None:
        """Make a batch durable; without one, the gap that says what was dropped."""
        self.open()
        loss = None if batch else self._loss
        batch = batch or [self._gap()]
        if self.segments.size + sum(waiting.size for waiting in batch) > self._limit:
            raise SpoolFull("The spool has reached its size limit")
        sequence = self.segments.last
        for waiting in batch:
            sequence += 1
            event, contents, digests, *_ = waiting
            if not digests:
                digests.extend(map(digest_of, contents))
            self.segments.write(sequence, frames.encode(sequence, event, contents, digests))
        self.segments.sync()
        with self._changed:
            self._error = None
            self._loss = None if self._loss is loss else self._loss
            self.segments.durable = sequence
            self._forget(batch)
            self._changed.notify_all()
        for place, waiting in enumerate(batch, sequence - len(batch) + 1):
            waiting.done.set_result(place)
        self.segments.turn_over()

    def _gap(self) -> Waiting:
        loss = self._loss or Loss(now_us(), "disk-full")
        gap = Gap(
            space=NO_SPACE,
            at=now_us(),
            reason=loss.reason,
            since=loss.since,
            until=now_us(),
            dropped_events=loss.events,
            dropped_bytes=loss.size,
        )
        return Waiting(wire_encoder.encode(gap), (), [], RECORD_OVERHEAD, Future())

    def _failed(self, error: OSError) -> bool:
        """Wait for better times; True when there are none, because the server stops."""
        if self._error is None:
            log.warning("The spool cannot be written, records wait in memory: %s", error)
        self.segments.abandon()
        with self._changed:
            self.segments.tidy()
            self._error = error
            if self._loss is not None and self._loss.reason == STALLED:
                self._loss = msgspec.structs.replace(self._loss, reason=_reason(error))
            if not self._closing:
                self._changed.wait_for(lambda: self._closing, RETRY_SECONDS)
                return False
            for waiting in self._queue:
                waiting.done.set_result(None)
            self._queue.clear()
            return True

    def _forget(self, batch: list[Waiting]) -> None:
        for waiting in batch:
            if self._queue and self._queue[0] is waiting:
                self._queue.popleft()
                self._queued_bytes -= waiting.size

    def _drop(self, reason: str, size: int) -> None:
        if self._loss is None:
            self._loss = Loss(now_us(), reason)
        self._loss = Loss(
            self._loss.since, self._loss.reason, self._loss.events + 1, self._loss.size + size
        )
        self._dropped += 1
        self._changed.notify_all()


def _damaged(sequence: int, folder: Path) -> Record:
    log.error("Record %d of the spool %s is damaged", sequence, folder)
    now = now_us()
    gap = Gap(space=NO_SPACE, at=now, reason="spool-damaged", since=now, dropped_events=1)
    return Record(sequence, gap, [])


def _reason(error: OSError | None) -> str:
    if error is None:
        return STALLED  # the disk is so slow that memory ran full
    return "spool-full" if isinstance(error, SpoolFull) else "disk-full"
