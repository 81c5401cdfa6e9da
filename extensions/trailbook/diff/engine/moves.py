"""Cells that a diff removes in one place and adds in another: they moved.

nbdime's format has no word for it, so moves are told beside the diff, which holds without them.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from .entries import Diff

Cell = dict[str, Any]
Names = tuple[Sequence[Hashable], Sequence[Hashable]]
"""What says which cell it is, for each place of base and target; None where nothing does."""


class Move(NamedTuple):
    """The cell at place `base` of the base is the one at `target`; `diff` is what changed in it."""

    base: int
    target: int
    diff: Diff


def ids(base: Sequence[Cell], target: Sequence[Cell]) -> Names:
    """The cells' own ids as their names."""
    return [cell.get("id") for cell in base], [cell.get("id") for cell in target]


def moves(
    base: Sequence[Cell],
    target: Sequence[Cell],
    diff: Diff,
    names: Names,
    within: Callable[[Cell, Cell], Diff],
) -> list[Move]:
    """Which of the removed and added cells are the same: by name, else by what they say.

    `diff` is that of the cells. A name or a text that is there more than once says nothing.
    """
    removed, added = places(diff)
    pairs = same(removed, added, lambda i: names[0][i], lambda j: names[1][j])
    gone, come = {i for i, _ in pairs}, {j for _, j in pairs}
    pairs += same(
        [i for i in removed if i not in gone],
        [j for j in added if j not in come],
        lambda i: text(base[i]),
        lambda j: text(target[j]),
    )
    return [Move(i, j, within(base[i], target[j])) for i, j in sorted(pairs)]


def places(diff: Diff) -> tuple[list[int], list[int]]:
    """Places that are removed from the base, and that are added in the target."""
    removed: list[int] = []
    added: list[int] = []
    for entry in diff:
        key = entry["key"]
        if entry["op"] == "removerange":
            removed += range(key, key + entry["length"])
        elif entry["op"] == "addrange":
            start = key - len(removed) + len(added)
            added += range(start, start + len(entry["valuelist"]))
    return removed, added


def same(
    removed: Iterable[int],
    added: Iterable[int],
    name_of_removed: Callable[[int], Hashable],
    name_of_added: Callable[[int], Hashable],
) -> list[tuple[int, int]]:
    """Pairs with one name that nothing else on either side has."""
    gone = {i: name_of_removed(i) for i in removed}
    come = {j: name_of_added(j) for j in added}
    once_gone, once_come = once(gone), once(come)
    return [(i, once_come[name]) for name, i in once_gone.items() if name in once_come]


def once(names: dict[int, Hashable]) -> dict[Hashable, int]:
    """The place of each name that is there once."""
    count = Counter(names.values())
    return {name: place for place, name in names.items() if name is not None and count[name] == 1}


def text(cell: Cell) -> Hashable:
    """What a cell says; nothing where it is empty."""
    return (cell["cell_type"], cell["source"]) if cell["source"].strip() else None
