"""Which cells a reviewer has to look at."""

from collections.abc import Mapping

from ..store.review_facts import CellFacts
from ..store.review_views import ReviewedCellView

Cells = list[CellFacts]


def changed_cells(
    base: Cells | None, head: Cells, look: Cells | None, ticks: Mapping[int, bytes]
) -> list[ReviewedCellView]:
    """The cells that are others than in the base or at the last look, in the head's order.

    Without a base all are new; without a look nothing is said of it. `ticks` are what somebody has
    viewed, by number.
    """
    before = {cell.number: cell for cell in base or ()}
    seen = None if look is None else {cell.number: cell for cell in look}
    views = [_shown(cell, before.get(cell.number), seen, ticks) for cell in head]
    there = {cell.number for cell in head}
    gone = {**before, **(seen or {})}
    views += [
        ReviewedCellView(
            number=number,
            place=None,
            base_place=before[number].place if number in before else None,
            digest="",
            change="removed" if number in before else "same",
            since_look=seen is not None and number in seen,
        )
        for number in gone
        if number not in there
    ]
    return [view for view in views if view.change != "same" or view.since_look]


def _shown(
    cell: CellFacts,
    before: CellFacts | None,
    seen: Mapping[int, CellFacts] | None,
    ticks: Mapping[int, bytes],
) -> ReviewedCellView:
    since_look = False
    if seen is not None:
        last = seen.get(cell.number)
        since_look = last is None or last.digest != cell.digest
    return ReviewedCellView(
        number=cell.number,
        place=cell.place,
        base_place=None if before is None else before.place,
        digest=cell.digest.hex(),
        change=_change(cell, before),
        since_look=since_look,
        viewed=ticks.get(cell.number) == cell.digest,
    )


def _change(cell: CellFacts, before: CellFacts | None) -> str:
    if before is None:
        return "added"
    if before.source != cell.source:
        return "source"
    return "same" if before.digest == cell.digest else "outputs"
