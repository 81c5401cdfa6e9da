"""Events coming down into the ledger, in sequence, where one writes at a time.

An event that is wrong, or that its writer may not (or may no longer) record, is acknowledged, kept
as a refused place in the sequence without any content, and counted in a gap: a spool must not
stick for ever on something that no repetition can change, and the events around it have nothing to
do with it. The receipt names each with a code. What a repetition can change (content that is
missing, a hole in the sequence) is raised, and nothing of the batch is stored.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ...clock import now_us
from ...errors import BadRequest, Busy, ContentMissing, OutOfSequence, WriterForked
from ..base import Owner
from ..purging.late import NO_HASH, PURGED, Lateness
from ..records import ENDS, AnyEvent, NotebookSaved, Receipt
from ..tables import payloads
from ..tables.direct import Direct
from ..tables.meta import purge_count
from . import depended, files, runs
from .bounds import NUMBER
from .landed import Landed, Refused
from .prepare import Prepared, PreparedBatch
from .writers import Writer, open_spaces, owned_writer, resolve_author, switched_off

Handler = Callable[[Landed, Any], None]

HANDLERS: dict[type, Handler] = {**runs.HANDLERS, **files.HANDLERS, **depended.HANDLERS}
OFF = files.OFF
_LAST = "SELECT coalesce(max(ingest), 0) FROM event"
_APART = {"kind", "space", "at", "author", "author_basis", "value"}


class Undone(Exception):
    """An event was refused when something of it was written: the batch has to land with care."""


def land(
    connection: Direct,
    owner: Owner,
    writer_id: str,
    batch: PreparedBatch,
    *,
    off: bool = False,
    careful: bool = True,
) -> Receipt:
    """Store what is new of the batch; nothing of it while recording is `off` everywhere.

    With care a refused event is taken back alone, at the cost of a savepoint for each event, which
    SQLite lets go of the slower the more pages the batch has touched. Without care the first such
    event raises Undone.
    """
    if batch.purges != purge_count(connection):
        raise Busy("Something was purged meanwhile; the events are sent again.")
    writer = owned_writer(connection, owner, writer_id)
    landing = Landing(connection, owner, writer, batch, careful=careful)
    if off:
        landing.spaces = {id_: switched_off(space) for id_, space in landing.spaces.items()}
    for prepared in batch.events:
        sequence = prepared.sealed.sequence
        if sequence <= writer.acknowledged:
            landing.compare(prepared)
        elif sequence != writer.acknowledged + 1:
            raise OutOfSequence(writer.acknowledged + 1, sequence)
        else:
            landing.land(prepared)
            writer.acknowledged = sequence
    connection.exec_driver_sql(
        "UPDATE writer SET acknowledged = ?, last_at = ?, seen_at = ? WHERE row = ?",
        (writer.acknowledged, writer.last_at, now_us(), writer.row),
    )
    off_now = OFF in landing.refused.values()
    wrong = {at: reason for at, reason in landing.refused.items() if reason != OFF}
    return Receipt(writer.acknowledged, recording_off=off_now, refused=wrong)


class Landing:
    """One batch on its way down."""

    def __init__(
        self,
        connection: Direct,
        owner: Owner,
        writer: Writer,
        batch: PreparedBatch,
        *,
        careful: bool,
    ) -> None:
        self.connection = connection
        self.careful = careful
        self.owner = owner
        self.writer = writer
        self.batch = batch
        self.received = now_us()
        self.spaces = open_spaces(connection, owner.person, owner.project)
        self.home = next(
            space.id
            for space in self.spaces.values()
            if (space.project is None) == (owner.person is not None)
        )
        self.authors: dict[tuple[str | None, str], tuple[str, str | None]] = {}
        self.refused: dict[int, str] = {}
        self.ingest: int | None = None

    def compare(self, prepared: Prepared) -> None:
        """A repetition must be the same event."""
        sequence = prepared.sealed.sequence
        row = self.connection.exec_driver_sql(
            "SELECT hash, refused FROM event WHERE writer = ? AND sequence = ?",
            (self.writer.row, sequence),
        ).first()
        if row is None or row[0] not in (prepared.hash, NO_HASH):
            raise WriterForked(sequence)
        if row[1] is not None:
            self.refused[sequence] = row[1]

    def land(self, prepared: Prepared) -> None:
        """Store one event and what is derived from it."""
        event = prepared.sealed.event
        at = max(self.writer.last_at, min(event.at, self.received))
        self.writer.last_at = at
        basis, person = self._author(event.author, event.author_basis)
        refused = self._why_refused(event, at) or prepared.wrong
        checked = prepared.verified or isinstance(event, ENDS)
        if refused is None and not checked:  # it became allowed a moment ago
            raise Busy("Memberships changed meanwhile; the events are sent again.")
        gone: set[bytes] = set()
        if self.batch.purges and refused is None:
            refused, prepared, gone = self._without_purged(prepared, at)
            event = prepared.sealed.event
        landed = Landed(
            connection=self.connection,
            prepared=prepared,
            writer=self.writer,
            spaces=self.spaces,
            received=self.received,
            at=at,
            author=event.author,
            author_basis=basis,
            author_person=person,
            basis_of=self._basis_of,
            ingest=self._next(),
        )
        if refused is not None:
            self._refuse(landed, OFF if self._is_off(event, at) else refused)
        elif self.careful:
            self._try(landed, gone)
        else:
            try:
                self._keep(landed, gone)
            except (Refused, BadRequest):
                raise Undone from None

    def _next(self) -> int:
        """The place in the store's own sequence that follows the last one."""
        if self.ingest is None:
            self.ingest = self.connection.exec_driver_sql(_LAST).scalar_one()
        self.ingest += 1
        return self.ingest

    def _author(self, author: str | None, claimed: str) -> tuple[str, str | None]:
        claim = (author, claimed)
        if claim not in self.authors:
            self.authors[claim] = resolve_author(self.connection, self.owner, self.writer, *claim)
        return self.authors[claim]

    def _basis_of(self, name: str | None) -> str:
        return self._author(name, "unknown")[0]

    def _keep(self, landed: Landed, gone: set[bytes]) -> None:
        sealed = landed.prepared.sealed
        landed.rows = self._rows(sealed.event.space, sealed.contents, gone)
        HANDLERS[type(sealed.event)](landed, sealed.event)
        self._event(landed, None)

    def _try(self, landed: Landed, gone: set[bytes]) -> None:
        """Keep the event; if it is refused on the way, only that it was."""
        self.connection.exec_driver_sql("SAVEPOINT landing")
        try:
            self._keep(landed, gone)
        except (Refused, BadRequest) as error:
            self.connection.exec_driver_sql("ROLLBACK TO landing")
            self.connection.cache.clear()  # the rows that it was about to fill are free again
            landed.rows = []
            landed.notebook = None
            reason = error.reason if isinstance(error, Refused) else error.code
            event = landed.prepared.sealed.event
            self._refuse(landed, OFF if self._is_off(event, landed.at) else reason)
        self.connection.exec_driver_sql("RELEASE landing")

    def _without_purged(
        self, prepared: Prepared, at: int
    ) -> tuple[str | None, Prepared, set[bytes]]:
        """The event without what was purged: why it is refused, what is left, what is gone."""
        space = self.spaces[prepared.sealed.event.space]
        late = Lateness(self.connection, space, self.batch.packed)
        if late.is_of_the_past(prepared.sealed.event, at):
            return PURGED, msgspec.structs.replace(prepared, hash=NO_HASH), set()
        prepared = late.whole(prepared)
        gone = late.purged(prepared, at)
        return None, late.without(prepared, gone) if gone else prepared, gone

    def _why_refused(self, event: AnyEvent, at: int) -> str | None:
        if event.space not in self.spaces:
            return "not-allowed"
        if self._is_off(event, at) and not isinstance(event, ENDS):
            return OFF
        return None

    def _is_off(self, event: AnyEvent, at: int) -> bool:
        space = self.spaces.get(event.space)
        return space is not None and not space.recording and at >= space.recording_changed_at

    def _refuse(self, landed: Landed, reason: str) -> None:
        self.refused[landed.prepared.sealed.sequence] = reason
        self._event(landed, reason)
        if reason == PURGED:
            return  # nothing is missing that was to be there
        if not files.gap_goes_on(landed, reason, self.home, landed.at, 1):
            self.connection.exec_driver_sql(
                "INSERT INTO gap (event, writer, space, reason, since, until, dropped_events,"
                " dropped_bytes) VALUES (?, ?, ?, ?, ?, ?, 1, 0)",
                (landed.ingest, self.writer.row, self.home, reason, landed.at, landed.at),
            )

    def _rows(self, space: str, ids: Iterable[bytes], gone: set[bytes]) -> list[int]:
        """The payload rows of an event's contents; what was sent with it is stored now.

        What is gone for good gets an empty row.
        """
        wanted = list(ids)
        number = self.spaces[space].number
        rows = payloads.rows_of(self.connection, number, wanted)
        rows.update({id_: payloads.insert_purged(self.connection, number) for id_ in gone})
        missing = 0
        for id_ in dict.fromkeys(wanted):
            packed = self.batch.packed.get((space, id_))
            if id_ in rows:
                if packed is not None and packed.heals == rows[id_]:
                    payloads.heal(self.connection, rows[id_], packed.content)
            elif packed is None:
                missing += 1
            else:
                base = self._base(number, packed, rows)
                rows[id_] = payloads.insert(self.connection, number, packed, base)
        if missing:
            raise ContentMissing(missing)
        return [rows[id_] for id_ in wanted]

    def _base(self, space: int, packed: payloads.Packed, rows: dict[bytes, int]) -> int | None:
        """The row of what a payload is told against, which may have come in the same batch."""
        base = packed.base
        if not isinstance(base, bytes):
            return base
        return rows.get(base) or payloads.rows_of(self.connection, space, [base]).get(base)

    def _event(self, landed: Landed, refused: str | None) -> None:
        sealed = landed.prepared.sealed
        event = sealed.event
        is_save = isinstance(event, NotebookSaved)
        body = None if refused is not None else _body(event)
        # A saved notebook's references are in its manifest.
        refs = msgspec.msgpack.encode(landed.rows) if landed.rows and not is_save else None
        known = event.space if event.space in self.spaces else None
        self.connection.exec_driver_sql(
            "INSERT INTO event (ingest, writer, sequence, hash, kind, at, reported_at, received_at,"
            " author, author_basis, author_person, space, notebook, refused, body, refs)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                landed.ingest,
                self.writer.row,
                sealed.sequence,
                landed.prepared.hash,
                str(event.__struct_config__.tag),
                landed.at,
                max(-NUMBER, min(event.at, NUMBER)),
                landed.received,
                landed.author if refused is None else None,
                landed.author_basis,
                landed.author_person,
                known,
                landed.notebook,
                refused,
                body,
                refs,
            ),
        )


def _body(event: AnyEvent) -> bytes | None:
    """What of the event has no column of its own; most of a saved notebook has one."""
    if isinstance(event, NotebookSaved):
        told: dict[str, Any] = {"editors": event.editors} if event.editors else {}
        if event.restores is not None:
            told["restores"] = event.restores
        if event.commit is not None:
            told |= {"path": event.path, "commit": event.commit}
        return msgspec.json.encode(told) if told else None
    fields = msgspec.to_builtins(event)
    return msgspec.json.encode({k: v for k, v in fields.items() if k not in _APART})
