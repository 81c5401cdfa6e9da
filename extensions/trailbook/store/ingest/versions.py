"""A saved notebook on its way in: put together from what the store has and what came, verified.

What its new payloads are told against is found here too, by aligning its cells with those of the
version before.
"""

import hashlib
import itertools
from collections.abc import Sequence

import msgspec

from ...errors import BadRequest, ContentMissing, NotExact, StoreDamaged
from ..forms import Frame, SnapshotForm
from ..identity import manifest_id
from ..objects.align import Seen, align, like, same_ends, slots
from ..objects.layout import write_cell
from ..objects.whole import assemble
from ..records import NotebookSaved
from ..tables import manifests, payloads
from ..tables.direct import Direct
from ..tables.manifests import PlacedCell
from . import paths
from .pieces import Pieces
from .prepared import PreparedVersion

MOST_BYTES = 256_000_000
"""Of a version put together; the largest batch is as large."""

LEAST_BYTES = 2
"""Of a cell: `{}` is one."""

_WRONG = (msgspec.MsgspecError, ValueError, IndexError, TypeError, RecursionError)


def prepare_version(pieces: Pieces, event: NotebookSaved, ids: list[bytes]) -> PreparedVersion:
    """Verify a version against its checksum, and pack what is new in it.

    Raises NotExact where its bytes are others than it says, ContentMissing where something that it
    needs is not there.
    """
    form = event.form
    if form is None:
        raise BadRequest("A saved notebook must come cut into its payloads.")
    identity = manifest_id(_digest(event), pieces.space.key)
    if not 0 <= event.size <= MOST_BYTES or LEAST_BYTES * form.length > event.size:
        raise NotExact  # no memory is spent on what cannot be true
    if not form.readable:
        return _opaque(pieces, event, ids, identity)
    base = None if form.base is None else _base(pieces, form.base)
    try:
        version = _put_together(pieces, form, base, ids, identity, event.size)
        written = _written(pieces, version.cells)
        length = sum(map(len, itertools.chain.from_iterable(written)))
        if length + version.frame.length(len(written)) > event.size:
            raise NotExact
        raw = assemble(version.frame, written, version.counts)
    except StoreDamaged:
        raise ContentMissing(1) from None  # of its base: it can be told without it
    except _WRONG:
        raise NotExact from None
    _verify_change(pieces.connection, event, raw, version.cells)
    before = base or _latest(pieces, event.path)
    _pack(pieces, version.cells, [] if before is None else before.cells)
    pieces.versions[event.snapshot] = version
    return version


def _digest(event: NotebookSaved) -> bytes:
    try:
        return bytes.fromhex(event.sha256)
    except ValueError:
        raise NotExact from None


def _verify(event: NotebookSaved, raw: bytes) -> None:
    if hashlib.sha256(raw).hexdigest() != event.sha256 or len(raw) != event.size:
        raise NotExact


def _verify_change(
    connection: Direct, event: NotebookSaved, raw: bytes, cells: list[PlacedCell]
) -> None:
    try:
        _verify(event, raw)
    except NotExact:
        gone = payloads.purged_rows(connection)
        if all(gone.isdisjoint(cell.rows or ()) for cell in cells):
            raise
        raise ContentMissing(1) from None  # of its base: it can be told without it


def _opaque(
    pieces: Pieces, event: NotebookSaved, ids: list[bytes], identity: bytes
) -> PreparedVersion:
    if len(ids) != 1:
        raise NotExact
    _verify(event, pieces.contents(ids)[0])
    pieces.pack_all(ids, None)
    return PreparedVersion(
        identity=identity, frame=Frame(b"", [], b""), cells=[], counts=[], opaque=ids[0]
    )


def _put_together(
    pieces: Pieces,
    form: SnapshotForm,
    base: PreparedVersion | None,
    ids: list[bytes],
    identity: bytes,
    size: int,
) -> PreparedVersion:
    contents = pieces.contents(ids)
    if sum(map(len, contents)) > 4 * size + 65_536:
        raise ValueError("more content than fits into the file")
    new, start, room = [], 0, size
    for cell in form.cells:
        end = start + cell.contents
        if any(not 0 <= index < cell.contents for _, index in cell.cell.named()):
            raise ValueError("a cell that names content which it does not carry")
        written = write_cell(cell, contents[start:end], most=room)
        room -= sum(map(len, written))
        new.append(PlacedCell(cell, ids=ids[start:end], written=written))
        start = end
    frame = form.frame if base is None or form.frame is not None else base.frame
    if start != len(ids) or frame is None:
        raise ValueError("a form that is not whole")
    if base is not None and form.length > 2 * (len(base.cells) + len(new)):
        _hold_plan(pieces, form.plan, base, size)
    cells = form.arrange(new, [] if base is None else base.cells)
    return PreparedVersion(identity=identity, frame=frame, cells=cells, counts=form.counts)


def _hold_plan(pieces: Pieces, plan: list[list[int]], base: PreparedVersion, size: int) -> None:
    """A plan may name the same cells again and again: it is measured before it is followed."""
    lengths = [sum(map(len, written)) for written in _written(pieces, base.cells)]
    before = [0, *itertools.accumulate(lengths)]
    steps = [step for step in plan if len(step) == 2]
    if sum(before[step[1]] - before[step[0]] for step in steps) > size:
        raise ValueError("a plan of more than fits into the file")


def _base(pieces: Pieces, snapshot: str) -> PreparedVersion:
    """The version that another is told as a change of."""
    known = pieces.versions.get(snapshot)
    if known is not None:
        return known
    row = pieces.connection.exec_driver_sql(
        "SELECT manifest FROM snapshot WHERE id = ? AND space = ?", (snapshot, pieces.space.id)
    ).first()
    found = None if row is None else _stored(pieces.connection, row[0])
    if found is None:
        raise ContentMissing(1)
    return found


def _latest(pieces: Pieces, path: str) -> PreparedVersion | None:
    cleaned = paths.clean(path)
    if cleaned is None:
        return None
    notebook = paths.notebook_now(pieces.connection, pieces.space.id, cleaned)
    row = pieces.connection.exec_driver_sql(
        "SELECT manifest FROM snapshot WHERE notebook = ? ORDER BY event DESC LIMIT 1", (notebook,)
    ).first()
    return None if row is None else _stored(pieces.connection, row[0])


def _stored(connection: Direct, row: int) -> PreparedVersion | None:
    try:
        version = manifests.load(connection, row)
    except (StoreDamaged, *_WRONG):
        return None
    if not version.readable:
        return None
    return PreparedVersion(
        identity=b"", frame=version.frame, cells=version.placed, counts=version.counts
    )


def _written(pieces: Pieces, cells: list[PlacedCell]) -> list[list[bytes]]:
    stored = [cell.chunk for cell in cells if cell.written is None and cell.chunk is not None]
    known = iter(manifests.written_cells(pieces.connection, stored, "A version"))
    return [next(known) if cell.written is None else cell.written for cell in cells]


# -- what new payloads are told against ------------------------------------------------------------


def _pack(pieces: Pieces, cells: list[PlacedCell], before: list[PlacedCell]) -> None:
    start, end = same_ends(before, cells)
    was, now = before[start : len(before) - end], cells[start : len(cells) - end]
    fresh = [
        place
        for place, cell in enumerate(now)
        if cell.ids is not None and any(id_ in pieces.sent for id_ in cell.ids)
    ]
    if not fresh:
        return
    ancestors = _align(pieces, was, now) if was else [None] * len(now)
    for place in fresh:
        ancestor = ancestors[place]
        _pack_cell(pieces, now[place], None if ancestor is None else was[ancestor])


def _pack_cell(pieces: Pieces, cell: PlacedCell, ancestor: PlacedCell | None) -> None:
    ids = cell.ids or []
    if ancestor is not None:
        earlier = slots(ancestor.form.cell)
        for slot, index in slots(cell.form.cell).items():
            nearest = like(slot, earlier)
            if nearest is not None:
                pieces.pack_all([ids[index]], ancestor.key(nearest))
    pieces.pack_all(ids, None)


def _align(
    pieces: Pieces, before: list[PlacedCell], after: list[PlacedCell]
) -> Sequence[int | None]:
    def source(cell: PlacedCell) -> bytes:
        key = cell.key(cell.form.cell.source)
        if isinstance(key, bytes):
            return pieces.contents([key])[0]
        return payloads.contents(pieces.connection, [key])[key]

    return align(before, after, _seen, source)


def _seen(cell: PlacedCell) -> Seen:
    same = cell.chunk or (cell.form.text, *(cell.ids or ()))
    return Seen(same, cell.form.cell.id, cell.form.cell.type)
