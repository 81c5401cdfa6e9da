"""A diff that takes no time: whole cells, aligned by their ids or by being equal.

Shown when the exact one takes too long even within its budget. It is a valid diff: applied to
the base it gives the target.
"""

import json
from bisect import bisect_left
from typing import Any

from .reading import Notebook

Entry = dict[str, Any]


def coarse_diff(base: Notebook, target: Notebook) -> list[Entry]:
    """Which cells were removed and added, and which fields of the notebook changed."""
    diff: list[Entry] = []
    cells = cell_diff(base["cells"], target["cells"])
    if cells:
        diff.append({"op": "patch", "key": "cells", "diff": cells})
    metadata = mapping_diff(base["metadata"], target["metadata"])
    if metadata:
        diff.append({"op": "patch", "key": "metadata", "diff": metadata})
    if base["nbformat_minor"] != target["nbformat_minor"]:
        minor = target["nbformat_minor"]
        diff.append({"op": "replace", "key": "nbformat_minor", "value": minor})
    return diff


def mapping_diff(base: Notebook, target: Notebook) -> list[Entry]:
    """Which keys were added, removed and replaced."""
    diff: list[Entry] = []
    for key in sorted(base.keys() | target.keys()):
        if key not in target:
            diff.append({"op": "remove", "key": key})
        elif key not in base:
            diff.append({"op": "add", "key": key, "value": target[key]})
        elif base[key] != target[key]:
            diff.append({"op": "replace", "key": key, "value": target[key]})
    return diff


def cell_diff(base: list[Notebook], target: list[Notebook]) -> list[Entry]:
    """The cells between two that stayed are removed and added as a whole."""
    diff: list[Entry] = []
    at_base = at_target = 0
    for kept_base, kept_target in [*kept(base, target), (len(base), len(target))]:
        if kept_target > at_target:
            added = target[at_target:kept_target]
            diff.append({"op": "addrange", "key": at_base, "valuelist": added})
        if kept_base > at_base:
            diff.append({"op": "removerange", "key": at_base, "length": kept_base - at_base})
        at_base, at_target = kept_base + 1, kept_target + 1
    return diff


def kept(base: list[Notebook], target: list[Notebook]) -> list[tuple[int, int]]:
    """Pairs of equal cells in an order that both notebooks have: a longest such sequence."""
    places: dict[str, list[int]] = {}
    for position, cell in enumerate(target):
        places.setdefault(exact(cell), []).append(position)
    for positions in places.values():
        positions.reverse()
    pairs = []
    for position, cell in enumerate(base):
        same = places.get(exact(cell))
        if same:
            pairs.append((position, same.pop()))
    return rising(pairs)


def exact(cell: Notebook) -> str:
    """One text for one cell, its id included."""
    return json.dumps(cell, sort_keys=True)


def rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs in which both numbers rise; the first ones do already."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, second) in enumerate(pairs):
        length = bisect_left(tails, second)
        before.append(last[length - 1] if length else None)
        if length == len(tails):
            tails.append(second)
            last.append(number)
        else:
            tails[length] = second
            last[length] = number
    chain = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]
