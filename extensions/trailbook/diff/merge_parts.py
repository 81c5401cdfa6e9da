"""A merge in parts: runs of cells that one person decides on at once.

A decision of nbdime speaks of places in the base. Those that touch the same cells belong together;
between them lie cells that nobody changed. Each part has its cells as they were, on either side
and brought together, so that whoever decides sees whole cells, and any choice of parts put one
after the other is a notebook.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from .reading import Notebook, shaped_cell

Decision = Any
"""nbdime's `MergeDecision`: a dictionary with attributes."""

SAME, OURS, THEIRS, BOTH, CONFLICT = "same", "ours", "theirs", "both", "conflict"


class Part(NamedTuple):
    """Cells of a merge. Of cells that nobody changed, only `merged` says what they are.

    `kind` says who changed them: nobody (`same`), one side (`ours`, `theirs`), `both` in ways that
    go together, or both so that somebody has to decide (`conflict`; `merged` is then the base with
    what goes together).
    """

    kind: str
    merged: list[Notebook]
    base: list[Notebook]
    ours: list[Notebook]
    theirs: list[Notebook]


class Group(NamedTuple):
    """Decisions on the base's cells from `start` up to, and without, `stop`."""

    start: int
    stop: int
    decisions: list[Decision]


def parts_of(base: Notebook, decisions: Sequence[Decision]) -> list[Part]:
    """The parts in the order of the cells; put together, `merged` has every cell of the merge."""
    cells = base["cells"]
    parts: list[Part] = []
    done = 0
    for group in grouped(decisions):
        if group.start > done:
            parts.append(untouched(cells[done : group.start]))
        parts.append(part_of(cells[group.start : group.stop], group))
        done = group.stop
    if done < len(cells):
        parts.append(untouched(cells[done:]))
    return parts


def untouched(cells: list[Notebook]) -> Part:
    """Cells that nobody changed; they are told once."""
    return Part(SAME, cells, [], [], [])


def around(base: Notebook, decisions: Sequence[Decision]) -> Notebook:
    """The merged notebook without its cells: metadata and the version of the format."""
    rest = [decision for decision in decisions if decision.common_path[:1] != ("cells",)]
    return applied({**base, "cells": []}, rest)


def grouped(decisions: Iterable[Decision]) -> Iterator[Group]:
    """The decisions on cells, those that touch the same ones together, in the order of cells."""
    placed = [
        (*span(decision), decision)
        for decision in decisions
        if decision.common_path[:1] == ("cells",)
    ]
    group: Group | None = None
    # The sort is stable: nbdime applies decisions on one cell in the order in which they come.
    for start, stop, decision in sorted(placed, key=lambda it: it[:2]):
        if group is not None and touches(group, start, stop):
            group = Group(group.start, max(group.stop, stop), [*group.decisions, decision])
            continue
        if group is not None:
            yield in_order(group, decisions)
        group = Group(start, stop, [decision])
    if group is not None:
        yield in_order(group, decisions)


def touches(group: Group, start: int, stop: int) -> bool:
    """Whether a span shares a cell with a group, lies inside it, or is the same gap."""
    return start < group.stop or (start, stop) == (group.start, group.stop)


def in_order(group: Group, decisions: Iterable[Decision]) -> Group:
    """The group with its decisions as nbdime has ordered them."""
    chosen = {id(decision) for decision in group.decisions}
    return group._replace(decisions=[each for each in decisions if id(each) in chosen])


def span(decision: Decision) -> tuple[int, int]:
    """The cells of the base that a decision is about; of an insertion, the gap before a cell."""
    path = decision.common_path
    if len(path) > 1:
        return path[1], path[1] + 1
    entries = [entry for diff in diffs_of(decision) for entry in diff]
    starts = [entry.key for entry in entries]
    stops = [entry.key + length(entry) for entry in entries]
    return min(starts), max(stops)


def length(entry: Any) -> int:
    """How many cells an entry of a diff of cells touches."""
    if entry.op == "addrange":
        return 0
    return int(entry.length) if entry.op == "removerange" else 1


def diffs_of(decision: Decision) -> list[Any]:
    """The diffs that a decision holds."""
    names = ("local_diff", "remote_diff", "custom_diff")
    return [found for name in names if (found := decision.get(name))]


def part_of(cells: list[Notebook], group: Group) -> Part:
    """The cells of a group, as they were and as each choice makes them."""
    decisions = [shifted(decision, group.start) for decision in group.decisions]
    whole: Notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

    def made(action: str | None) -> list[Notebook]:
        chosen = decisions if action is None else [forced(each, action) for each in decisions]
        return [shaped_cell(cell) for cell in applied(whole, chosen)["cells"]]

    return Part(
        kind=kind_of(group.decisions),
        merged=made(None),
        base=cells,
        ours=made("local"),
        theirs=made("remote"),
    )


def kind_of(decisions: Iterable[Decision]) -> str:
    """Who changed the cells of these decisions."""
    ours = theirs = False
    for decision in decisions:
        if decision.conflict:
            return CONFLICT
        ours = ours or bool(decision.local_diff)
        theirs = theirs or bool(decision.remote_diff)
    if ours and theirs:
        return BOTH
    return OURS if ours else THEIRS


def shifted(decision: Decision, by: int) -> Decision:
    """The decision as if the base began with its group's first cell."""
    moved = copy.deepcopy(decision)
    path = moved.common_path
    if len(path) > 1:
        moved.common_path = ("cells", path[1] - by, *path[2:])
        return moved
    for diff in diffs_of(moved):
        for entry in diff:
            entry.key -= by
    return moved


def forced(decision: Decision, side: str) -> Decision:
    """The decision, taken for one side; where that side did nothing, for the base."""
    taken = copy.copy(decision)
    taken.action = side if decision.get(f"{side}_diff") else "base"
    return taken


def applied(whole: Notebook, decisions: list[Decision]) -> Notebook:
    """What decisions make of a notebook."""
    from nbdime.merging.decisions import apply_decisions
    from nbformat import from_dict

    node = from_dict(whole)  # type: ignore[no-untyped-call]
    made: Notebook = json.loads(json.dumps(apply_decisions(node, decisions)))
    return made
