"""Diff entries, as nbdime's `diff_format.schema.json` has them, keys in nbdime's order."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Entry = dict[str, Any]
Diff = list[Entry]


def add(key: str, value: Any) -> Entry:
    """A value that a mapping did not have."""
    return {"op": "add", "key": key, "value": value}


def remove(key: str) -> Entry:
    """A value that a mapping has no more."""
    return {"op": "remove", "key": key}


def replace(key: str, value: Any) -> Entry:
    """Another value in a mapping."""
    return {"op": "replace", "key": key, "value": value}


def patch(key: str | int, diff: Diff) -> Entry:
    """A value that changed within."""
    return {"op": "patch", "key": key, "diff": diff}


def add_range(key: int, values: Sequence[Any]) -> Entry:
    """Items before the one at `key`."""
    return {"op": "addrange", "key": key, "valuelist": values}


def remove_range(key: int, length: int) -> Entry:
    """Items from `key` on that a sequence has no more."""
    return {"op": "removerange", "key": key, "length": length}


def between(
    base: Sequence[Any],
    target: Sequence[Any],
    pairs: Iterable[tuple[int, int]],
    within: Callable[[Any, Any], Diff] | None = None,
) -> Diff:
    """The diff of two sequences of which `pairs` of places belong together, both rising.

    What is added at a place stands before what is removed there.
    """
    diff: Diff = []
    at_base = at_target = 0
    for i, j in [*pairs, (len(base), len(target))]:
        if j > at_target:
            diff.append(add_range(at_base, target[at_target:j]))
        if i > at_base:
            diff.append(remove_range(at_base, i - at_base))
        if within is not None and i < len(base) and (inner := within(base[i], target[j])):
            diff.append(patch(i, inner))
        at_base, at_target = i + 1, j + 1
    return diff
