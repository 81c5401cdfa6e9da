"""A review with everything that a page shows, as one person may see it. All of it blocks."""

from collections.abc import Collection, Mapping

import msgspec

from .. import access
from ..access import Actor, Place
from ..errors import NotFound, StoreDamaged
from ..review import anchors, states
from ..review.anchors import Sight
from ..review.changes import changed_cells
from ..review.showing import Showing
from ..store.base import Store
from ..store.review_facts import (
    DRAFT,
    OPEN,
    CellFacts,
    HeadFacts,
    NotebookFacts,
    ReviewFacts,
    ThreadFacts,
)
from ..store.review_views import (
    PlacementView,
    ReviewedNotebookView,
    ReviewRightsView,
    ReviewView,
    ThreadView,
)
from ..store.views import SnapshotView

Cells = list[CellFacts] | None


def is_asked(facts: ReviewFacts, actor: Actor) -> bool:
    """Whether somebody was asked to review."""
    return any(it.person == actor.person and it.asks for it in facts.reviewers)


def wrote(store: Store, facts: ReviewFacts, name: str) -> bool:
    """Whether somebody wrote some of the sources under review, in what is there of it."""
    heads = {it.notebook: it for it in states.heads(facts, None)}
    return any(
        name in store.wrote(it.notebook, facts.space, it.base, heads[it.notebook].snapshot)
        for it in facts.notebooks
        if it.notebook in heads
    )


def rights(store: Store, facts: ReviewFacts, actor: Actor, place: Place) -> ReviewRightsView:
    """What somebody may do in a review as it is now."""
    signer = msgspec.structs.replace(actor, via=access.Via.BROWSER)
    given = _rights(store, facts, actor, place)
    if access.may_sign(actor) or actor.via not in access.OWN:
        return given
    given.sign_in_needed = _rights(store, facts, signer, place) != given
    return given


def _rights(store: Store, facts: ReviewFacts, actor: Actor, place: Place) -> ReviewRightsView:
    asked, state = is_asked(facts, actor), facts.state
    decides = state == OPEN and access.may_decide_review(actor, place, facts.author, asked=asked)
    ends = access.may_end_review(actor, place, facts.author)
    asks = access.may_ask_review(actor, place) and place.project is not None
    return ReviewRightsView(
        comment=access.may_comment_review(actor, place, asked=asked),
        decide=decides,
        approve=decides and not wrote(store, facts, actor.name),
        ask=asks and state in (DRAFT, OPEN),
        edit=access.may_edit_review(actor, place, facts.author),
        open=ends and state != OPEN,
        conclude=ends and state == OPEN,
        abandon=ends and state in (DRAFT, OPEN),
    )


class Shown:
    """One look at one review; what versions hold is read once."""

    def __init__(self, store: Store, facts: ReviewFacts, actor: Actor, place: Place) -> None:
        self.store, self.facts, self.actor, self.place = store, facts, actor, place
        self.showing = Showing(facts, actor.person)
        self._cells: dict[str, Cells] = {}

    def review(self) -> ReviewView:
        """Everything."""
        facts, showing = self.facts, self.showing
        own = showing.own_turn()
        look = self._look()
        return ReviewView(
            id=facts.id,
            number=facts.number,
            space=facts.space,
            project=facts.slug,
            project_name=facts.project_name,
            title=facts.title,
            description=facts.description,
            state=states.state(facts),
            author=showing.person(facts.author),
            created_at=facts.created_at,
            changed_at=facts.changed_at,
            seen=facts.changes,
            conclusion=showing.conclusion(),
            reviewers=showing.reviewers(),
            turns=showing.turns(),
            why=None if own is None else own.why,
            since=None if own is None else own.since,
            notebooks=self.notebooks(look),
            revisions=showing.revisions(),
            look=look,
            conversation=showing.conversation(),
            threads=self.threads(),
            drafts=sum(it.draft for it in showing.comments()),
            rights=rights(self.store, facts, self.actor, self.place),
        )

    def _look(self) -> int | None:
        looks = (it.revision for it in self.facts.looks if it.person == self.actor.person)
        return next(looks, None)

    def notebooks(self, look: int | None) -> list[ReviewedNotebookView]:
        """The notebooks with their bases and heads, and the cells that changed."""
        facts = self.facts
        heads = {it.notebook: it for it in states.heads(facts, None)}
        seen = {it.notebook: it for it in states.heads(facts, look)} if look is not None else {}
        ids = {it.base for it in facts.notebooks if it.base is not None}
        versions = self.store.versions(ids | {it.snapshot for it in heads.values()})
        ticks = self._ticks()
        return [
            self._notebook(it, heads[it.notebook], seen.get(it.notebook), versions, ticks)
            for it in facts.notebooks
        ]

    def _ticks(self) -> dict[str, dict[int, bytes]]:
        found: dict[str, dict[int, bytes]] = {}
        if self.actor.person is not None:
            viewed = self.store.viewed(self.facts.id, self.actor.person)
            for (notebook, cell), digest in viewed.items():
                found.setdefault(notebook, {})[cell] = digest
        return found

    def _notebook(
        self,
        it: NotebookFacts,
        head: HeadFacts,
        seen: HeadFacts | None,
        versions: Mapping[str, SnapshotView],
        ticks: Mapping[str, Mapping[int, bytes]],
    ) -> ReviewedNotebookView:
        base, top = versions.get(it.base or ""), versions.get(head.snapshot)
        view = ReviewedNotebookView(
            notebook=it.notebook,
            path=it.path,
            deleted_at=it.deleted_at,
            following=it.following,
            first_step=it.first_step,
            last_step=it.last_step,
            base=base,
            base_gone=it.base is not None and base is None,
            head=top,
            head_gone=top is None,
        )
        looked = None if seen is None or seen.gone else self.cells_of(seen.snapshot)
        if seen is not None and not seen.gone and seen.snapshot != head.snapshot:
            view.look = seen.snapshot
        now = None if top is None else self.cells_of(head.snapshot)
        before = None if base is None else self.cells_of(base.id)
        if now is not None:
            view.cells = changed_cells(before, now, looked, ticks.get(it.notebook, {}))
        view.damaged = (top is not None and now is None) or (base is not None and before is None)
        return view

    def cells_of(self, snapshot: str | None) -> Cells:
        """A version's cells; None where nothing tells them."""
        if snapshot is None:
            return None
        if snapshot not in self._cells:
            try:
                self._cells[snapshot] = self.store.version_cells(snapshot)
            except (NotFound, StoreDamaged):
                self._cells[snapshot] = None
        return self._cells[snapshot]

    def threads(self, only: str | None = None) -> list[ThreadView]:
        """The threads that the asker sees, or one of them, where they belong now."""
        seen = {it.thread for it in self.showing.comments()}
        wanted = [it for it in self.facts.threads if it.id in seen and only in (None, it.id)]
        placed = self._placed(wanted)
        return [
            view
            for view in self.showing.threads(lambda it: placed.get(it.id, _NOWHERE))
            if view.id in placed
        ]

    def _placed(self, threads: Collection[ThreadFacts]) -> dict[str, PlacementView]:
        targets = {it.id: self._target(it) for it in threads}
        moved = [it for it in threads if targets[it.id] != it.anchor.snapshot]
        sources = self.store.cell_sources(
            [
                (snapshot, it.anchor.cell)
                for it in moved
                for snapshot in (it.anchor.snapshot, targets[it.id])
                if it.anchor.cell is not None and snapshot is not None
            ]
        )
        return {it.id: self._place(it, targets[it.id], sources) for it in threads}

    def _target(self, it: ThreadFacts) -> str | None:
        """The version in which a thread is looked for: the newest head, or the base it is about."""
        bases = {one.notebook: one.base for one in self.facts.notebooks}
        about = it.anchor
        if about.side == "base" and about.snapshot == bases.get(about.notebook or ""):
            return about.snapshot
        heads = {one.notebook: one.snapshot for one in states.heads(self.facts, None)}
        return heads.get(about.notebook or "")

    def _place(
        self, it: ThreadFacts, target: str | None, sources: Mapping[tuple[str, int], str]
    ) -> PlacementView:
        about = it.anchor
        if about.step is not None:
            return PlacementView(state=anchors.HERE if self._is_there(about.step) else anchors.GONE)
        then = _cell(self.cells_of(about.snapshot), about.cell)
        sight = Sight(snapshot=target, now=_cell(self.cells_of(target), about.cell), then=then)
        if about.cell is not None:
            sight.said = sources.get((about.snapshot or "", about.cell))
            sight.says = sources.get((target or "", about.cell))
        if target == about.snapshot and sight.now is not None:
            return PlacementView(
                state=anchors.HERE,
                snapshot=target,
                place=sight.now.place,
                output=about.output,
                first_line=about.first_line,
                last_line=about.last_line,
            )
        return anchors.place(about, sight)

    def _is_there(self, step: str) -> bool:
        try:
            self.store.place_of_step(step)
        except NotFound:
            return False
        return True


_NOWHERE = PlacementView(state=anchors.GONE)


def _cell(cells: Cells, number: int | None) -> CellFacts | None:
    return next((cell for cell in cells or () if cell.number == number), None)
