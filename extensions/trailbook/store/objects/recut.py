"""Cutting a notebook of which most is byte for byte the version before.

Its beginning and its end are compared, cell by cell, and only what lies between is read. Where
bytes up to the end of one cell, and from the beginning of another, are those of a notebook, and
between them stands what would be a list of cells, the whole is a notebook again.
"""

import itertools
import re

from ..forms import Frame
from .cut import CutCell, CutNotebook, Locator, cut_cells

_SPACE = b" \t\r\n"
_FIRST = re.compile(rb"\[[ \t\r\n]*")
_NEAR = 1 << 18  # bytes behind an edit in which the next cell is looked for


def recut(raw: bytes, before: CutNotebook, known: dict[bytes, CutCell]) -> CutNotebook | None:
    """The notebook, or None where this way does not lead to it.

    Raises one of `UNREADABLE` where the bytes are no notebook.
    """
    frame = before.frame
    if len(frame.between) != 1:
        return None
    if not (raw.startswith(frame.head) and raw.endswith(frame.tail)):
        return _reframed(raw, before, known)
    gap = frame.between[0]
    start, cursor = _from_the_front(raw, before.raws, len(frame.head), gap)
    last = len(raw) - len(frame.tail)
    end, stop = _from_the_back(raw, before.raws[start:], (cursor, last), gap)
    split = len(before.raws) - end
    if cursor < stop:
        between = _Between(raw, stop, gap, before.raws[start:split], before.cells[start:split])
        if not between.read(cursor):
            return None
        raws, cells = between.raws, cut_cells(between.raws, known | between.again)
    elif end:
        raws, cells = [], []
    else:
        return None
    return CutNotebook(
        frame,
        [*before.raws[:start], *raws, *before.raws[split:]],
        [*before.cells[:start], *cells, *before.cells[split:]],
    )


def _reframed(raw: bytes, before: CutNotebook, known: dict[bytes, CutCell]) -> CutNotebook | None:
    """The notebook, where also what is around its cells has changed."""
    raw.decode("utf-8")
    span = Locator(raw).top().get("cells")
    if span is None or b"\x00" in raw:
        return None
    first = _FIRST.match(raw, *span)
    stop = len(raw[: span[1] - 1].rstrip(_SPACE))
    if first is None or first.end() >= stop:
        return None
    gap = before.frame.between[0]
    between = _Between(raw, stop, gap, before.raws, before.cells)
    if not between.read(first.end()) or len(between.raws) == 1:
        return None
    cells = cut_cells(between.raws, known | between.again)
    return CutNotebook(Frame(raw[: first.end()], [gap], raw[stop:]), between.raws, cells)


class _Between:
    """The cells in the middle, each compared with the one that stood in its place.

    One that is the same, or was only run again, is not parsed. Neither is what follows an edit, if
    the next cell is found again behind it.
    """

    def __init__(
        self, raw: bytes, stop: int, gap: bytes, before: list[bytes], cells: list[CutCell]
    ) -> None:
        self._raw, self._stop, self._gap = raw, stop, gap
        self._before, self._cells = before, cells
        self.raws: list[bytes] = []
        self.again: dict[bytes, CutCell] = {}

    def read(self, place: int) -> bool:
        """Whether all bytes from a place on are cells that stand as all others do."""
        at = 0
        while True:
            end = self._known(place, at)
            if end is not None:
                at += 1
            else:
                end, following = self._next_known(place, at)
                raws = _cells(self._raw[place:end], self._gap)
                if raws is None:
                    return False
                self._take(raws, self._cells[at:following])
                at = following
            if end == self._stop:
                return True
            place = end + len(self._gap)

    def _known(self, place: int, at: int) -> int | None:
        """Where the cell ends, if it is the one that stood there, or that one run again."""
        if at >= len(self._before):
            return None
        before = self._before[at]
        end = place + len(before)
        if self._raw.startswith(before, place) and self._is_end(end):
            self.raws.append(before)
            return end
        again = self._cells[at].run_again(self._raw, place)
        if again is None or not self._is_end(again[1]):
            return None
        cell, end = again
        self.raws.append(self._raw[place:end])
        self.again[self.raws[-1]] = cell
        return end

    def _is_end(self, place: int) -> bool:
        return place == self._stop or self._raw.startswith(self._gap, place, self._stop)

    def _take(self, raws: list[bytes], likely: list[CutCell]) -> None:
        """Cells that were parsed; the last of them may be those that stood there, run again."""
        for raw, cell in zip(reversed(raws), reversed(likely), strict=False):
            again = cell.run_again(raw)
            if again is not None and again[1] == len(raw):
                self.again[raw] = again[0]
        self.raws += raws

    def _next_known(self, place: int, at: int) -> tuple[int, int]:
        """Where what has to be parsed ends, and which of the earlier cells follows it."""
        within = min(self._stop, place + _NEAR)
        for following in (at + 1, at, at + 2, at + 3):
            if following >= len(self._before):
                continue
            sought = self._gap + self._before[following]
            found = self._raw.find(sought, place, within)
            if found >= 0 and self._is_end(found + len(sought)):
                return found, following
            if self._cells[following].counts:  # it may have been run again: then it ends as before
                sought = self._cells[following].around[-1]
                found = self._raw.find(sought + self._gap, place, within)
                if found >= 0:
                    return found + len(sought), following + 1
        return self._stop, len(self._before)


def _from_the_front(raw: bytes, cells: list[bytes], cursor: int, gap: bytes) -> tuple[int, int]:
    """How many cells are the same, each with another behind it; and where the next begins."""
    found = 0
    for cell in cells:
        behind = cursor + len(cell)
        if not (raw.startswith(cell, cursor) and raw.startswith(gap, behind)):
            break
        cursor = behind + len(gap)
        found += 1
    return found, cursor


def _from_the_back(
    raw: bytes, cells: list[bytes], between: tuple[int, int], gap: bytes
) -> tuple[int, int]:
    """How many cells are the same at the end; and where what is before them, and a gap, ends."""
    first, end = between
    found = 0
    for cell in reversed(cells):
        begin = end - len(cell)
        if begin < first or not raw.startswith(cell, begin):
            break
        if begin == first:
            return found + 1, begin
        if begin - len(gap) < first or not raw.startswith(gap, begin - len(gap)):
            break
        end = begin - len(gap)
        found += 1
    return found, end


def _cells(new: bytes, gap: bytes) -> list[bytes] | None:
    """The cells that are new, if they stand as all others do."""
    if b"\x00" in new:
        return None
    new.decode("utf-8")
    listed = b"[" + new + b"]"
    spans = Locator(listed).list((0, len(listed)))
    if not spans or spans[0][0] != 1 or spans[-1][1] != len(listed) - 1:
        return None
    for (_, end), (begin, _) in itertools.pairwise(spans):
        if listed[end:begin] != gap:
            return None
    return [listed[begin:end] for begin, end in spans]
