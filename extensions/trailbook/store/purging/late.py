"""Events that bring again what was purged: refused as a whole, or emptied of it."""

import hashlib
import os
from collections.abc import Collection

import msgspec

from ..identity import ID_BYTES
from ..ingest.paths import clean, notebook_now
from ..ingest.prepare import Prepared
from ..ingest.prepared import PreparedVersion
from ..ingest.writers import OpenSpace
from ..objects.layout import emptied, write_cell
from ..objects.whole import assemble
from ..records import (
    AnyEvent,
    ExecutionStarted,
    FilesSaved,
    NotebookSaved,
    OutputRecorded,
    SavedFile,
)
from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from ..tables.payloads import Packed
from .tombstones import PATH, PAYLOAD, THING, Tombstones

PURGED = "purged"
NO_HASH = b""
"""An event that lost something keeps no hash: nothing can be guessed from it, and it is taken for
the same whatever comes in its place."""

Sent = dict[tuple[str, bytes], Packed]


class Lateness:
    """What of a batch, and of its space, is there no more."""

    def __init__(self, connection: Direct, space: OpenSpace, sent: Sent) -> None:
        self._connection = connection
        self._space = space
        self._sent = sent
        self._tombstones = Tombstones(connection, space.id, space.key)

    def is_of_the_past(self, event: AnyEvent, at: int) -> bool:
        """Whether the event tells of a run, a version or a notebook that was purged."""
        names = (getattr(event, "execution", None), getattr(event, "snapshot", None))
        things = [name.encode() for name in names if name is not None]
        if things and self._tombstones.since(THING, things):
            return True
        path = getattr(event, "path", None)
        return path is not None and bool(self._tombstones.since(PATH, [path.encode()], at))

    def purged(self, prepared: Prepared, at: int) -> set[bytes]:
        """The payloads of an event of this time that must not come back."""
        brought = {*prepared.sealed.contents, *_ids(prepared)}
        return self._tombstones.since(PAYLOAD, brought, at) | self._shown(prepared, at)

    def _shown(self, prepared: Prepared, at: int) -> set[bytes]:
        """The outputs that a version shows of runs that were purged: in whatever pieces."""
        cells = [] if prepared.version is None else prepared.version.cells
        fresh = {cell.form.cell.id: cell for cell in cells if cell.ids and cell.form.cell.outputs}
        found: set[bytes] = set()
        for name, run in self._last_runs(prepared.sealed.event, fresh).items():
            if self._tombstones.since(THING, [run.encode()], at):
                cell = fresh[name]
                outputs = [index for o in cell.form.cell.outputs for index in o.parts.values()]
                found |= {(cell.ids or [])[index] for index in outputs}
        return found

    def _last_runs(self, event: AnyEvent, cells: Collection[str | None]) -> dict[str, str]:
        path = clean(getattr(event, "path", None) or "")
        notebook = path and notebook_now(self._connection, self._space.id, path)
        found: dict[str, str] = {}
        for some in payloads.chunks([cell for cell in cells if cell is not None]):
            rows = self._connection.exec_driver_sql(
                "SELECT cell_id, id FROM execution WHERE notebook = ?"
                f" AND cell_id IN ({payloads.marks(some)}) ORDER BY event",
                (notebook, *some),
            )
            found.update(dict(rows.all()))
        return found

    def whole(self, prepared: Prepared) -> Prepared:
        """The event with all contents of its version: the version before it may be emptied."""
        contents = prepared.sealed.contents
        more = [id_ for id_ in dict.fromkeys(_ids(prepared)) if id_ not in set(contents)]
        if not more:
            return prepared
        sealed = msgspec.structs.replace(prepared.sealed, contents=[*contents, *more])
        return msgspec.structs.replace(prepared, sealed=sealed)

    def without(self, prepared: Prepared, gone: set[bytes]) -> Prepared:
        """The event as it is when these payloads are left empty."""
        event = prepared.sealed.event
        track = prepared.track
        version = prepared.version
        if isinstance(event, ExecutionStarted) and event.cell_id is None:
            track = None  # it was made of the source
        elif isinstance(event, OutputRecorded):
            event = msgspec.structs.replace(event, name=_neutral(event.name), value=None)
        elif isinstance(event, FilesSaved):
            lost = {n for n, id_ in enumerate(prepared.sealed.contents) if id_ in gone}
            files = [without_content(file, lost) for file in event.files]
            event = msgspec.structs.replace(event, files=files)
        elif isinstance(event, NotebookSaved) and version is not None:
            version, raw = self._emptied(version, gone)
            digest = hashlib.sha256(raw).hexdigest()
            event = msgspec.structs.replace(event, sha256=digest, size=len(raw))
        sealed = msgspec.structs.replace(prepared.sealed, event=event)
        return msgspec.structs.replace(
            prepared, sealed=sealed, hash=NO_HASH, track=track, version=version
        )

    def _emptied(self, version: PreparedVersion, gone: set[bytes]) -> tuple[PreparedVersion, bytes]:
        identity = os.urandom(ID_BYTES)  # another file of the same bytes is not this one
        if version.opaque is not None:
            return msgspec.structs.replace(version, identity=identity), b""
        cells = [self._cell(cell, gone) for cell in version.cells]
        stored = [cell.chunk for cell in cells if cell.written is None and cell.chunk is not None]
        known = iter(manifests.written_cells(self._connection, stored, "A version"))
        written = [next(known) if cell.written is None else cell.written for cell in cells]
        raw = assemble(version.frame, written, version.counts)
        return msgspec.structs.replace(version, identity=identity, cells=cells), raw

    def _cell(self, cell: PlacedCell, gone: set[bytes]) -> PlacedCell:
        ids = cell.ids or []
        apart = {n for n, id_ in enumerate(ids) if id_ in gone}
        if not apart:
            return cell
        form = emptied(cell.form, apart)
        contents = [b"" if id_ in gone else self._content(id_) for id_ in ids]
        return PlacedCell(form, ids=ids, written=write_cell(form, contents, apart))

    def _content(self, identity: bytes) -> bytes:
        packed = self._sent.get((self._space.id, identity))
        if packed is not None:
            return packed.content
        row = payloads.rows_of(self._connection, self._space.number, [identity])[identity]
        return payloads.contents(self._connection, [row])[row]


def without_content(file: SavedFile, lost: Collection[int]) -> SavedFile:
    """The file without its content and size, if the content is at one of these indexes."""
    if file.content not in lost:
        return file
    return msgspec.structs.replace(file, content=None, size=0, reason=PURGED)


def _ids(prepared: Prepared) -> list[bytes]:
    cells = [] if prepared.version is None else prepared.version.cells
    return [id_ for cell in cells if cell.chunk is None for id_ in cell.ids or ()]


def _neutral(name: str | None) -> str | None:
    """The name of a stream says nothing; that of an exception may."""
    return name if name in ("stdout", "stderr", "stdin") else None
