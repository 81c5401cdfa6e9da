"""The diff of two texts: by lines, and in lines that are alike by characters."""

from collections.abc import Sequence

from .alignment import Equal, aligned
from .budget import Budget
from .entries import Diff, add_range, between, remove_range
from .similarity import ALIKE, Similarity


class AlikeLines:
    """Lines that are alike."""

    def __init__(self, base: Sequence[str], target: Sequence[str], similarity: Similarity) -> None:
        self._base = base
        self._target = target
        self._similarity = similarity

    def same(self, i: int, j: int) -> bool:
        """Whether they are alike."""
        return self._similarity.alike(self._base[i], self._target[j])

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of the lines that are alike."""
        line, among = self._base[i], self._target[start:end]
        bits = 0
        for place in self._similarity.candidates(line, among, ALIKE):
            if self._similarity.alike(line, among[place]):
                bits |= 1 << place
        return bits


def text_diff(base: str, target: str, similarity: Similarity, budget: Budget) -> Diff:
    """What leads from one text to the other; the keys are numbers of lines."""
    if base == target:
        return []
    before, after = base.splitlines(keepends=True), target.splitlines(keepends=True)
    levels = (Equal(before, after), AlikeLines(before, after, similarity))
    pairs = aligned(levels, (0, len(before), 0, len(after)), budget)
    return between(before, after, pairs, lambda a, b: line_diff(a, b, similarity))


def line_diff(base: str, target: str, similarity: Similarity) -> Diff:
    """What leads from one line to the other; the keys are numbers of characters."""
    if base == target:
        return []
    diff: Diff = []
    at_base = at_target = 0
    end = (len(base), len(target), 0)
    for i, j, size in [*sorted(similarity.blocks(base, target)), end]:
        if j > at_target:
            diff.append(add_range(at_base, target[at_target:j]))
        if i > at_base:
            diff.append(remove_range(at_base, i - at_base))
        at_base, at_target = i + size, j + size
    return diff
