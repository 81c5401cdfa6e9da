"""The diff of two JSON values."""

from collections.abc import Callable, Container, Hashable, Mapping
from typing import Any

from .alignment import Equal, aligned
from .budget import Budget
from .entries import Diff, add, between, patch, remove, replace
from .similarity import Similarity
from .text import text_diff

Differ = Callable[[Any, Any], Diff]

NO_DIFFERS: Mapping[str, Differ] = {}


class Values:
    """Compares what has no meaning of its own in a notebook."""

    def __init__(self, similarity: Similarity, budget: Budget) -> None:
        self._similarity = similarity
        self._budget = budget

    def diff(self, base: Any, target: Any) -> Diff:
        """The diff of two mappings, two sequences or two texts."""
        if isinstance(base, str):
            return self.text(base, target)
        if isinstance(base, dict):
            return self.mapping(base, target)
        return self.sequence(base, target)

    def text(self, base: str, target: str) -> Diff:
        """The diff of two texts."""
        return text_diff(base, target, self._similarity, self._budget)

    def sequence(self, base: list[Any], target: list[Any]) -> Diff:
        """The diff of two lists, of which equal items belong together."""
        if base == target:
            return []
        level = Equal([hashable(item) for item in base], [hashable(item) for item in target])
        pairs = aligned((level,), (0, len(base), 0, len(target)), self._budget)
        return between(base, target, pairs)

    def mapping(
        self,
        base: Mapping[str, Any],
        target: Mapping[str, Any],
        differs: Mapping[str, Differ] = NO_DIFFERS,
        whole: Container[str] = (),
    ) -> Diff:
        """The diff of two mappings; some keys have a differ of their own, some change whole."""
        if base == target:
            return []
        diff: Diff = []
        for key in sorted(base.keys() | target.keys()):
            if key not in target:
                diff.append(remove(key))
            elif key not in base:
                diff.append(add(key, target[key]))
            elif base[key] != target[key]:
                differ = None if key in whole else differs.get(key, self.diff)
                diff += value_diff(key, base[key], target[key], differ)
        return diff


def value_diff(key: str, base: Any, target: Any, differ: Differ | None) -> Diff:
    """The diff of one value that changed; without a differ it is replaced."""
    parted = type(base) is type(target) and isinstance(base, str | list | dict)
    if differ is None or not parted:
        return [replace(key, target)]
    inner = differ(base, target)
    return [patch(key, inner)] if inner else []


def hashable(value: Any) -> Hashable:
    """A key that two JSON values share if they are equal."""
    if isinstance(value, dict):
        return frozenset((key, hashable(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(hashable(inner) for inner in value)
    return value  # type: ignore[no-any-return]
