"""A whole notebook: its bytes as a form with contents, and back."""

from collections.abc import Collection, Sequence

from ..forms import Frame, SnapshotForm
from .cut import UNREADABLE, CutNotebook, cut_notebook
from .layout import write_cell


def cut(raw: bytes) -> tuple[SnapshotForm, list[bytes]]:
    """A notebook's bytes as a form and its contents; what is no notebook is one opaque payload."""
    try:
        return whole_form(cut_notebook(raw))
    except UNREADABLE:
        return SnapshotForm(readable=False), [raw]


def whole_form(found: CutNotebook) -> tuple[SnapshotForm, list[bytes]]:
    """A notebook that was cut, told without any other version."""
    cells = [cell.form for cell in found.cells]
    form = SnapshotForm(cells=cells, counts=found.counts, frame=found.frame)
    return form, [content for cell in found.cells for content in cell.contents]


def assemble(frame: Frame, cells: Sequence[list[bytes]], counts: Sequence[int | None]) -> bytes:
    """The file around its cells, each as `write_cell` wrote it."""
    pieces = frame.pieces(len(cells))
    numbers = [b"null" if count is None else b"%d" % count for count in counts]
    whole: list[bytes] = []
    used = 0
    for piece, cell in zip(pieces, cells, strict=False):  # one piece more, the last
        if len(cell) == 1:
            whole += (piece, cell[0])
            continue
        whole += (piece, cell[0], numbers[used], cell[1])
        used += 1
        for behind in cell[2:]:
            whole += (numbers[used], behind)
            used += 1
    if used != len(numbers):
        raise ValueError("another number of counts")
    return b"".join([*whole, pieces[-1]])


def rebuild(form: SnapshotForm, contents: Sequence[bytes], withheld: Collection[int] = ()) -> bytes:
    """The notebook's exact bytes, or with the payloads at the `withheld` indexes left empty.

    For a form that is told without another version.
    """
    if not form.readable:
        return contents[0]
    if form.frame is None:
        raise ValueError("a form without a frame")
    written, start = [], 0
    for cell in form.cells:
        end = start + cell.contents
        apart = {n - start for n in withheld if start <= n < end}
        written.append(write_cell(cell, contents[start:end], apart))
        start = end
    return assemble(form.frame, written, form.counts)
