"""What a comment is about, checked against the version that its writer saw."""

from ..errors import BadRequest, NotFound, StoreDamaged
from ..review import anchors
from ..store.base import Store
from ..store.review_facts import CellFacts, ReviewFacts
from ..store.review_views import AnchorView
from .review_bodies import Anchor

MOST_OF_A_QUOTE = 20_000


def anchored(store: Store, facts: ReviewFacts, wanted: Anchor) -> AnchorView:
    """The anchor, with what it quotes. All of it blocks."""
    about = {it for it in (wanted.notebook, wanted.step, wanted.cell) if it is not None}
    if not about:
        return AnchorView(kind="review")
    if wanted.step is not None:
        return _step(store, facts, wanted.step)
    if wanted.notebook is None or wanted.snapshot is None or wanted.cell is None:
        raise BadRequest("A comment on a cell names its notebook, a version and the cell's number.")
    _check_version(store, facts, wanted.notebook, wanted.snapshot)
    cell = _cell(store, wanted.snapshot, wanted.cell)
    source = store.cell_sources([(wanted.snapshot, wanted.cell)]).get(
        (wanted.snapshot, wanted.cell), ""
    )
    anchor = AnchorView(
        kind="cell",
        notebook=wanted.notebook,
        snapshot=wanted.snapshot,
        side=wanted.side,
        cell=wanted.cell,
        starts=anchors.starts(source),
    )
    if wanted.output is not None:
        return _output(anchor, cell, wanted)
    return _lines(anchor, source, wanted) if wanted.first_line is not None else anchor


def _step(store: Store, facts: ReviewFacts, step: str) -> AnchorView:
    if store.place_of_step(step).space != facts.space:
        raise NotFound("step")
    view = store.step(step)
    if view.notebook not in {it.notebook for it in facts.notebooks}:
        raise NotFound("step")
    return AnchorView(
        kind="step", notebook=view.notebook, step=step, starts=anchors.starts(view.source)
    )


def _check_version(store: Store, facts: ReviewFacts, notebook: str, snapshot: str) -> None:
    if notebook not in {it.notebook for it in facts.notebooks}:
        raise NotFound("notebook")
    place = store.place_of_snapshot(snapshot)
    if place.space != facts.space or store.snapshot(snapshot).notebook != notebook:
        raise NotFound("version")


def _cell(store: Store, snapshot: str, number: int) -> CellFacts:
    try:
        cells = store.version_cells(snapshot)
    except StoreDamaged:
        raise BadRequest("Nothing tells which cells this version has.") from None
    cell = next((it for it in cells if it.number == number), None)
    if cell is None:
        raise BadRequest(f"There is no cell {number} in this version.")
    return cell


def _output(anchor: AnchorView, cell: CellFacts, wanted: Anchor) -> AnchorView:
    if wanted.first_line is not None or wanted.last_line is not None:
        raise BadRequest("A comment is about lines or about an output, not about both.")
    if wanted.output is None or wanted.output >= len(cell.outputs):
        raise BadRequest("The cell has no such output in this version.")
    anchor.kind, anchor.output, anchor.quote = "output", wanted.output, wanted.quote
    return anchor


def _lines(anchor: AnchorView, source: str, wanted: Anchor) -> AnchorView:
    first = wanted.first_line or 1
    last = wanted.last_line or first
    if not first <= last <= len(source.split("\n")):
        raise BadRequest("The cell has no such lines in this version.")
    anchor.kind, anchor.first_line, anchor.last_line = "lines", first, last
    anchor.quote = anchors.quoted(source, first, last)[:MOST_OF_A_QUOTE]
    return anchor
