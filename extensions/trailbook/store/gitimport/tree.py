"""Which notebook a path of a commit is: a rename keeps it, on every branch for itself."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from .changes import Change, Commit

Tree = dict[str, tuple[int, str]]
"""Path -> notebook (a number of this walk) and blob."""


class Effect(msgspec.Struct):
    """What one commit did, as its story tells it; a merge tells only what none of its sides had."""

    tree: Tree
    deleted: list[int] = []
    moved: list[str] = []  # paths in the tree
    copied: list[tuple[int, str]] = []  # the origin, and the path in the tree
    saved: list[str] = []


class Trees:
    """The trees of commits whose children are still to come."""

    def __init__(self, commits: Iterable[Commit]) -> None:
        self._waiting = Counter(parent for commit in commits for parent in commit.parents)
        self._trees: dict[str, Tree] = {}
        self._count = 0

    def apply(self, commit: Commit, by_parent: list[list[Change]]) -> Effect:
        """What the commit made of the trees of its parents."""
        parents: list[Tree] = [self._trees.get(parent, {}) for parent in commit.parents] or [{}]
        if not by_parent[0]:
            effect = Effect(parents[0])
        elif len(parents) == 1:
            effect = self._changed(parents[0], by_parent[0])
        else:
            effect = self._merged(parents, by_parent)
        self._trees[commit.id] = effect.tree
        for parent in commit.parents:
            self._waiting[parent] -= 1
            if not self._waiting[parent]:
                self._trees.pop(parent, None)
        return effect

    def _changed(self, base: Tree, changes: list[Change]) -> Effect:
        effect = Effect(_without(base, changes))
        for change in changes:
            if change.status == "D":
                effect.deleted += [base[change.path][0]] if change.path in base else []
                continue
            came = _came_from(base, change)
            effect.tree[change.path] = (self._next() if came is None else came, change.blob)
            if change.status == "R" and came is not None:
                effect.moved.append(change.path)
            if change.status == "C" and change.origin in base:
                effect.copied.append((base[change.origin][0], change.path))
            if came is None or change.before != change.blob:
                effect.saved.append(change.path)
        return effect

    def _merged(self, parents: list[Tree], by_parent: list[list[Change]]) -> Effect:
        """The first parent's names of things win; what another side brought keeps its identity."""
        sides = [{change.path: change for change in changes} for changes in by_parent]
        effect = Effect(_without(parents[0], by_parent[0]))
        for path, change in sides[0].items():
            if change.status == "D":
                continue
            came = _came_from(parents[0], change)
            for tree, side in zip(parents[1:], sides[1:], strict=True):
                if came is None:
                    came = _in_tree(tree, side.get(path), path)
            effect.tree[path] = (self._next() if came is None else came, change.blob)
            if came is None or all(_is_new(side.get(path)) for side in sides):
                effect.saved.append(path)
        gone = [
            {tree[change.origin][0] for change in changes if change.origin in tree}
            for tree, changes in zip(parents, by_parent, strict=True)
        ]
        there = {notebook for notebook, _ in effect.tree.values()}
        effect.deleted = sorted(set.intersection(*gone) - there)
        return effect

    def _next(self) -> int:
        self._count += 1
        return self._count


def _without(base: Tree, changes: list[Change]) -> Tree:
    gone = {change.origin for change in changes if change.status in "DR"}
    return {path: there for path, there in base.items() if path not in gone}


def _came_from(base: Tree, change: Change) -> int | None:
    there = base.get(change.origin) if change.status in "MR" else None
    return None if there is None else there[0]


def _in_tree(tree: Tree, change: Change | None, path: str) -> int | None:
    """Which notebook of this side a path of the merge is."""
    if change is None:
        there = tree.get(path)
        return None if there is None else there[0]
    return _came_from(tree, change)


def _is_new(change: Change | None) -> bool:
    return change is not None and change.status != "D" and change.before != change.blob
