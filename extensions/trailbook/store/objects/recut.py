"""Cutting a notebook of which most is byte for byte the version before.

Its beginning and its end are compared, cell by cell, and only what lies between is read. Where
bytes up to the end of one cell, and from the beginning of another, are those of a notebook, and
between them stands what would be a list of cells, the whole is a notebook again.
"""

import itertools

from .cut import CutCell, CutNotebook, Locator, cut_cells


def recut(raw: bytes, before: CutNotebook, known: dict[bytes, CutCell]) -> CutNotebook | None:
    """The notebook, or None where this way does not lead to it.

    Raises one of `UNREADABLE` where the bytes are no notebook.
    """
    frame = before.frame
    if len(frame.between) != 1 or not (raw.startswith(frame.head) and raw.endswith(frame.tail)):
        return None
    gap = frame.between[0]
    start, cursor = _from_the_front(raw, before.raws, len(frame.head), gap)
    last = len(raw) - len(frame.tail)
    end, stop = _from_the_back(raw, before.raws[start:], (cursor, last), gap)
    middle = raw[cursor:stop]
    if (not middle and not end) or b"\x00" in middle:
        return None
    raws = _between(middle, gap) if middle else []
    if raws is None:
        return None
    split = len(before.raws) - end
    likely = before.cells[start:split]
    if len(likely) == len(raws):
        known = {**known, **_run_again(raws, likely, known)}
    cells = cut_cells(raws, known)
    return CutNotebook(
        frame,
        [*before.raws[:start], *raws, *before.raws[split:]],
        [*before.cells[:start], *cells, *before.cells[split:]],
    )


def _run_again(
    raws: list[bytes], likely: list[CutCell], known: dict[bytes, CutCell]
) -> dict[bytes, CutCell]:
    """Those that are the cells that stood in their places, run again."""
    found = {}
    for raw, cell in zip(raws, likely, strict=True):
        if raw not in known:
            again = cell.run_again(raw)
            if again is not None:
                found[raw] = again
    return found


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


def _between(middle: bytes, gap: bytes) -> list[bytes] | None:
    """The cells in the middle, if they stand as all others do."""
    middle.decode("utf-8")
    listed = b"[" + middle + b"]"
    spans = Locator(listed).list((0, len(listed)))
    if not spans or spans[0][0] != 1 or spans[-1][1] != len(listed) - 1:
        return None
    for (_, end), (begin, _) in itertools.pairwise(spans):
        if listed[end:begin] != gap:
            return None
    return [listed[begin:end] for begin, end in spans]
