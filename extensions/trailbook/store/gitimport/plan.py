"""What is to be recorded of a repository's history: worked out whole, before anything is written.

The ledger knows one path of a notebook at a time, a repository one on each branch. Versions go to
the notebook wherever it is called meanwhile; what the ledger holds in the end has the names of the
commit that was asked for.
"""

from collections.abc import Callable, Container, Iterable

import msgspec

from ..records import NotebookCopied, NotebookDeleted, NotebookMoved, NotebookSaved
from .changes import Change, Commit
from .known import Key, Known
from .times import in_order
from .tree import Effect, Tree, Trees

SAVED, MOVED, COPIED, DELETED = (
    str(kind.__struct_config__.tag)
    for kind in (NotebookSaved, NotebookMoved, NotebookCopied, NotebookDeleted)
)
RECORDED = "Trailbook has recorded this notebook itself; --into FOLDER puts the past beside it"
OLDER = "older than what is imported of this notebook; --into FOLDER puts the whole past beside it"


class Planned(msgspec.Struct):
    """One event to come; `path` and `to_path` are the ledger's."""

    kind: str
    commit: Commit
    notebook: int
    path: str
    to_path: str = ""
    blob: str = ""
    at: int = 0

    @property
    def key(self) -> Key:
        """What says that it is imported already."""
        return (self.kind, self.commit.id, self.path, self.to_path)


class Terms(msgspec.Struct, frozen=True):
    """What was asked for, and what the repository can give."""

    into: str = ""
    since: int = 0
    is_wanted: Callable[[str], bool] = lambda path: True
    fault: Callable[[str], str | None] = lambda blob: None


class Plan(msgspec.Struct):
    """Events in order, and what is left out: path -> why -> how many versions."""

    events: list[Planned] = []
    skipped: dict[str, dict[str, int]] = {}
    imported: int = 0  # versions that were there before

    def skip(self, path: str, why: str) -> None:
        """Leave out a version."""
        reasons = self.skipped.setdefault(path, {})
        reasons[why] = reasons.get(why, 0) + 1


def plan(
    changes: Iterable[tuple[Commit, list[list[Change]]]],
    commits: list[Commit],
    heads: Container[str],
    known: Known,
    terms: Terms,
) -> Plan:
    """Walk the commits in their order; at each head the ledger's names become the head's."""
    walk = _Walk(known, terms)
    trees = Trees(commits)
    for commit, by_parent in changes:
        effect = trees.apply(commit, by_parent)
        walk.take(commit, effect)
        if commit.id in heads:
            walk.settle(commit, effect.tree)
    return walk.done()


class _Walk:
    """The ledger's names as they change along the commits."""

    def __init__(self, known: Known, terms: Terms) -> None:
        self._known = known
        self._terms = terms
        self._plan = Plan()
        self._places: dict[int, str] = {}  # notebook -> its path in the ledger
        self._holders: dict[str, int] = {}
        self._blobs: dict[int, str] = {}  # notebook -> its newest version
        self._same: dict[int, int] = {}  # born where another notebook was: it is that one
        self._apart = 0
        self._ended: set[int] = set()
        self._left_out: set[int] = set()
        self._newest: dict[int, int] = {}  # notebook -> how much was planned at its last done event

    def take(self, commit: Commit, effect: Effect) -> None:
        """What one commit did."""
        tree = effect.tree
        for notebook in effect.deleted:
            self._delete(commit, self._of(notebook))
        moved = [path for path in effect.moved if not self._move(commit, tree, path)]
        for origin, path in effect.copied:
            self._copy(commit, self._of(origin), tree, path)
        saved = dict.fromkeys(effect.saved)
        for path in [*saved, *(path for path in moved if path not in saved)]:
            self._save(commit, tree, path)

    def settle(self, commit: Commit, tree: Tree) -> None:
        """Where branches disagreed, what this commit says."""
        there = self._told_apart(tree)
        for notebook in [one for one in self._places if one not in there]:
            self._delete(commit, notebook)
        moving = {n: path for n, path in there.items() if self._places.get(n, "") != self._to(path)}
        while moving:  # what is in nobody's way first
            free = (n for n, path in moving.items() if self._to(path) not in self._holders)
            self._move(commit, tree, moving.pop(next(free, next(iter(moving)))))
        for notebook, path in there.items():
            blob = tree[path][1]
            known = notebook in self._places
            lost = notebook in self._ended or (known and self._blobs.get(notebook) != blob)
            if lost and not self._terms.fault(blob):
                self._save(commit, tree, path)

    def _told_apart(self, tree: Tree) -> dict[int, str]:
        """Where each notebook is; two that were taken for one are two from here on."""
        there: dict[int, str] = {}
        for path, (number, blob) in sorted(tree.items()):
            notebook = self._of(number)
            if notebook in there:
                self._apart -= 1
                notebook = self._apart
                tree[path] = (notebook, blob)
                self._ended.add(notebook)
            there[notebook] = path
        return there

    def done(self) -> Plan:
        """The plan, in an order and at times that the ledger can take."""
        events = []
        for index, event in enumerate(self._plan.events):
            if index >= self._newest.get(event.notebook, 0):
                events.append(event)
            elif event.kind == SAVED:
                self._plan.skip(event.path, OLDER)
        latest = 0
        for event, at in zip(events, in_order([e.commit.at for e in events]), strict=True):
            floors = (self._known.latest.get(path, 0) for path in (event.path, event.to_path))
            latest = event.at = max(at, latest, *floors)
        self._plan.events = events
        return self._plan

    def _delete(self, commit: Commit, notebook: int) -> None:
        place = self._places.get(notebook)
        if place is not None and self._is_taken(Planned(DELETED, commit, notebook, place)):
            self._end(notebook)

    def _move(self, commit: Commit, tree: Tree, path: str) -> bool:
        """Whether the ledger knew the notebook, so that it is called otherwise now."""
        notebook, target = self._of(tree[path][0]), self._to(path)
        place = self._places.get(notebook)
        if place is None:
            return False
        if place != target and self._is_taken(Planned(MOVED, commit, notebook, place, target)):
            replaced = self._holders.get(target)
            if replaced is not None:
                self._end(replaced)
            self._leave(notebook)
            self._enter(notebook, target)
        return True

    def _copy(self, commit: Commit, origin: int, tree: Tree, path: str) -> None:
        notebook, target = self._of(tree[path][0]), self._to(path)
        place = self._places.get(origin)
        if place is None or target in self._holders or self._terms.fault(tree[path][1]):
            return
        if self._is_taken(Planned(COPIED, commit, notebook, place, target)):
            self._enter(notebook, target)

    def _save(self, commit: Commit, tree: Tree, path: str) -> None:
        notebook, target = self._of(tree[path][0]), self._to(path)
        if notebook not in self._places and target in self._holders:
            notebook = self._made_room(commit, tree, notebook, path)
        place = self._places.get(notebook, target)
        blob = tree[path][1]
        if self._is_taken(Planned(SAVED, commit, notebook, place, blob=blob)):
            self._enter(notebook, place)
            self._blobs[notebook] = blob

    def _made_room(self, commit: Commit, tree: Tree, notebook: int, path: str) -> int:
        """Which notebook is at a path that the ledger gave to another: that one, or none yet."""
        holder = self._holders[self._to(path)]
        elsewhere = [p for p, (n, _) in tree.items() if self._of(n) == holder and p != path]
        if elsewhere:
            self._move(commit, tree, elsewhere[0])
        if self._holders.get(self._to(path)) == holder:
            self._same[notebook] = holder
            return holder
        return notebook

    def _is_taken(self, event: Planned) -> bool:
        """Whether it is, or will be, in the ledger."""
        if event.key in self._known.done:
            self._newest[event.notebook] = len(self._plan.events)
            self._plan.imported += event.kind == SAVED
            return True
        if event.commit.at < self._terms.since or not self._is_wanted(event):
            return False
        why = self._why_not(event)
        if why is None:
            self._plan.events.append(event)
        elif event.kind == SAVED:
            self._plan.skip(event.path, why)
        return why is None

    def _is_wanted(self, event: Planned) -> bool:
        path = (event.to_path or event.path).removeprefix(self._terms.into)
        return event.notebook in self._places or self._terms.is_wanted(path)

    def _why_not(self, event: Planned) -> str | None:
        if event.notebook in self._left_out or not self._known.recorded.isdisjoint(
            (event.path, event.to_path)
        ):
            self._left_out.add(event.notebook)
            return RECORDED
        return self._terms.fault(event.blob) if event.kind == SAVED else None

    def _to(self, path: str) -> str:
        return self._terms.into + path

    def _of(self, notebook: int) -> int:
        while notebook in self._same:
            notebook = self._same[notebook]
        return notebook

    def _enter(self, notebook: int, place: str) -> None:
        self._places[notebook] = place
        self._holders[place] = notebook
        self._ended.discard(notebook)

    def _leave(self, notebook: int) -> None:
        del self._holders[self._places.pop(notebook)]

    def _end(self, notebook: int) -> None:
        self._leave(notebook)
        self._ended.add(notebook)
