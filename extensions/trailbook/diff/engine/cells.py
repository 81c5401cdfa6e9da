"""Which cells of two notebooks belong together, and what differs in them."""

from collections.abc import Callable, Sequence
from typing import Any

from .alignment import Level, Pairs, aligned
from .budget import Budget
from .entries import Diff, between
from .outputs import Outputs
from .similarity import ALIKE, NEARLY_EQUAL, SHORT_LENGTH, Similarity
from .values import Differ, Values

Cell = dict[str, Any]
Bundle = dict[str, Any]


class Cells:
    """Compares the cells of one notebook with those of another."""

    def __init__(
        self,
        similarity: Similarity,
        values: Values,
        outputs: Outputs,
        budget: Budget,
        *,
        ids: bool,
    ) -> None:
        self._similarity = similarity
        self._values = values
        self._outputs = outputs
        self._budget = budget
        self._ids = ids
        self._differs: dict[str, Differ] = {
            "source": values.text,
            "outputs": outputs.diff,
            "attachments": self._attachments_diff,
        }

    def pairs(self, base: Sequence[Cell], target: Sequence[Cell]) -> Pairs:
        """Places of the cells that belong together: by their ids, then by ever looser rules."""
        both = base, target, self._similarity
        nearly = self.sources_nearly_equal, self.outputs_nearly_equal
        alike = self.sources_alike
        levels: tuple[Level, ...] = (
            SameId(base, target),
            Belonging(*both, NEARLY_EQUAL, *nearly),
            Belonging(*both, ALIKE, alike, self.outputs_aligned, shortest=SHORT_LENGTH),
            Belonging(*both, ALIKE, alike, shortest=SHORT_LENGTH),
        )
        return aligned(levels, (0, len(base), 0, len(target)), self._budget)

    def diff(self, base: list[Cell], target: list[Cell]) -> Diff:
        """The diff of two lists of cells."""
        if base == target:
            return []
        return between(base, target, self.pairs(base, target), self.within)

    def sources_nearly_equal(self, x: Cell, y: Cell) -> bool:
        """Whether hardly anything of the text changed."""
        return self._similarity.alike(x["source"], y["source"], NEARLY_EQUAL)

    def sources_alike(self, x: Cell, y: Cell) -> bool:
        """Whether the texts are alike, or both are short."""
        return self._similarity.text_alike(x["source"], y["source"])

    def outputs_nearly_equal(self, x: Cell, y: Cell) -> bool:
        """Whether two cells have as many outputs, each nearly equal to the one at its place."""
        if x["cell_type"] != "code":
            return True
        before, after = x["outputs"], y["outputs"]
        if len(before) != len(after):
            return False
        return all(map(self._outputs.strictly_same, before, after))

    def outputs_aligned(self, x: Cell, y: Cell) -> bool:
        """Whether each output of two cells has a partner in the other."""
        if x["cell_type"] != "code":
            return True
        before, after = x["outputs"], y["outputs"]
        if bool(before) != bool(after):
            return False
        return self._outputs.all_aligned(before, after)

    def within(self, base: Cell, target: Cell) -> Diff:
        """The diff of one cell."""
        diff = self._values.mapping(base, target, self._differs, whole={"id"})
        return diff if self._ids else [entry for entry in diff if entry["key"] != "id"]

    def _attachments_diff(self, base: dict[str, Bundle], target: dict[str, Bundle]) -> Diff:
        names = dict.fromkeys(base.keys() & target.keys(), self._outputs.bundle_diff)
        return self._values.mapping(base, target, names)


class SameId:
    """Cells with one id."""

    def __init__(self, base: Sequence[Cell], target: Sequence[Cell]) -> None:
        self._base = [cell.get("id") for cell in base]
        self._target = [cell.get("id") for cell in target]

    def same(self, i: int, j: int) -> bool:
        """Whether both have an id and it is the same."""
        return self._base[i] is not None and self._base[i] == self._target[j]

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of those with the same id."""
        name, bits, place = self._base[i], 0, start
        while name is not None:
            try:
                place = self._target.index(name, place, end) + 1
            except ValueError:
                break
            bits |= 1 << place - 1 - start
        return bits


class Belonging:
    """Cells of one type whose sources are alike, and that some rules find to belong together."""

    def __init__(
        self,
        base: Sequence[Cell],
        target: Sequence[Cell],
        similarity: Similarity,
        threshold: float,
        *rules: Callable[[Cell, Cell], bool],
        shortest: int = 0,
    ) -> None:
        """No two sources below the `threshold` may pass, unless both are below `shortest`."""
        self._base = base
        self._target = target
        self._similarity = similarity
        self._threshold = threshold
        self._rules = rules
        self._shortest = shortest

    def same(self, i: int, j: int) -> bool:
        """Whether they belong together."""
        x, y = self._base[i], self._target[j]
        return x["cell_type"] == y["cell_type"] and all(rule(x, y) for rule in self._rules)

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of the cells that belong to it."""
        kind, source = self._base[i]["cell_type"], self._base[i]["source"]
        among = [
            cell["source"] if cell["cell_type"] == kind else None
            for cell in self._target[start:end]
        ]
        places = set(self._similarity.candidates(source, among, self._threshold))
        if len(source) < self._shortest:
            places |= {
                place
                for place, other in enumerate(among)
                if other is not None and len(other) < self._shortest
            }
        return sum(1 << place for place in places if self.same(i, start + place))
