"""A spool's records as they go on the wire: contents by their ids, notebooks as changes.

A recorder saves the same notebook again and again. The sealer remembers the version before of each
notebook, so that cells which are the same are neither cut nor named again.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ..forms import SnapshotForm
from ..identity import payload_id, sha256
from ..records import AnyEvent, NotebookMoved, NotebookSaved, Sealed
from .align import same_ends
from .cut import UNREADABLE, CutCell, CutNotebook, cut_notebook
from .recut import recut
from .whole import whole_form

MOST_NOTEBOOKS = 16
MOST_BYTES = 64 << 20
"""How much of earlier versions is remembered; what is beyond is told in whole."""

SealedRecord = tuple[Sealed, dict[bytes, bytes]]
Place = tuple[str, str]  # space and path


class Told(NamedTuple):
    """A version that was sealed at a place in the sequence."""

    sequence: int
    snapshot: str
    notebook: CutNotebook
    size: int


def seal(sequence: int, event: AnyEvent, contents: Sequence[bytes], key: bytes) -> SealedRecord:
    """A record as it goes on the wire, told by itself, and its contents by their ids."""
    return Sealer().seal(sequence, event, contents, key)


class Sealer:
    """Seals the records of one spool, in sequence; the same record again when it must be."""

    def __init__(self) -> None:
        self._told: OrderedDict[Place, list[Told]] = OrderedDict()

    def seal(
        self,
        sequence: int,
        event: AnyEvent,
        contents: Sequence[bytes],
        key: bytes,
    ) -> SealedRecord:
        """The record, and those of its contents that it names, by id."""
        if isinstance(event, NotebookSaved) and event.form is None:
            event, contents = self._saved(sequence, event, contents[0])
        elif isinstance(event, NotebookMoved) and not event.is_folder:
            self._moved((event.space, event.path), (event.to_space, event.to_path))
        ids = [payload_id(content, key) for content in contents]
        return Sealed(sequence, event, ids), dict(zip(ids, contents, strict=True))

    def _saved(
        self, sequence: int, event: NotebookSaved, raw: bytes
    ) -> tuple[NotebookSaved, Sequence[bytes]]:
        place = (event.space, event.path)
        before = self._before(place, sequence)
        contents: Sequence[bytes]
        try:
            notebook = _cut(raw, before)
        except UNREADABLE:
            self._told.pop(place, None)
            form, contents = SnapshotForm(readable=False), [raw]
        else:
            if before is None:
                form, contents = whole_form(notebook)
            else:
                form, contents = changes(before.snapshot, before.notebook, notebook)
            self._remember(place, Told(sequence, event.snapshot, notebook, 2 * len(raw)))
        return (
            msgspec.structs.replace(event, form=form, sha256=sha256(raw), size=len(raw)),
            contents,
        )

    def _before(self, place: Place, sequence: int) -> Told | None:
        """The newest version that stands before this place in the sequence."""
        earlier = [told for told in self._told.get(place, ()) if told.sequence < sequence]
        return earlier[-1] if earlier else None

    def _moved(self, place: Place, to_place: Place) -> None:
        told = self._told.pop(place, None)
        if told is not None and place[0] == to_place[0]:
            self._told[to_place] = told

    def _remember(self, place: Place, told: Told) -> None:
        others = [t for t in self._told.pop(place, []) if t.sequence < told.sequence]
        self._told[place] = [*others[-1:], told]
        while len(self._told) > MOST_NOTEBOOKS or (
            len(self._told) > 1 and self._size() > MOST_BYTES
        ):
            self._told.popitem(last=False)
        if self._size() > MOST_BYTES:
            self._told.pop(place)

    def _size(self) -> int:
        return sum(told.size for its in self._told.values() for told in its)


def _cut(raw: bytes, before: Told | None) -> CutNotebook:
    if before is None:
        return cut_notebook(raw)
    known = dict(zip(before.notebook.raws, before.notebook.cells, strict=True))
    try:
        found = recut(raw, before.notebook, known)
    except UNREADABLE:
        found = None
    return found or cut_notebook(raw, known)


def changes(base: str, before: CutNotebook, after: CutNotebook) -> tuple[SnapshotForm, list[bytes]]:
    """A version told as a change of another: runs of its cells, and those that are new."""
    was, now = [c.form for c in before.cells], [c.form for c in after.cells]
    start, end = same_ends(was, now)
    plan: list[list[int]] = [[0, start]] if start else []
    new: list[CutCell] = []
    places: dict[int, list[int]] = {}
    for index in range(start, len(before.cells) - end):
        places.setdefault(id(was[index]), []).append(index)
    for cell in after.cells[start : len(after.cells) - end]:
        its = places.get(id(cell.form))
        if its is None:
            new.append(cell)
            _go_on(plan, 1)
        else:
            at = its.pop(0) if len(its) > 1 else its[0]
            _go_on(plan, at, at + 1)
    if end:
        _go_on(plan, len(before.cells) - end, len(before.cells))
    form = SnapshotForm(
        cells=[cell.form for cell in new],
        counts=after.counts,
        frame=None if before.frame == after.frame else after.frame,
        base=base,
        plan=plan,
    )
    return form, [content for cell in new for content in cell.contents]


def _go_on(plan: list[list[int]], *step: int) -> None:
    """Add a step to the plan, or make its last one longer."""
    last = plan[-1] if plan else []
    if len(step) == 1 == len(last):
        last[0] += step[0]
    elif len(step) == 2 == len(last) and last[1] == step[0]:
        last[1] = step[1]
    else:
        plan.append([*step])
