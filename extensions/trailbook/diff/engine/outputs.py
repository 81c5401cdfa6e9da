"""Which outputs of two runs of a cell belong together, and what differs in them."""

import re
from collections.abc import Callable
from typing import Any

from .alignment import Pairs, aligned
from .budget import Budget
from .entries import Diff, add, between, remove
from .similarity import ALIKE, NEARLY_EQUAL, Similarity
from .values import Values, value_diff

Output = dict[str, Any]
Bundle = dict[str, Any]

STREAM_LONGEST = 1_000
TEXT_LONGEST = 10_000
"""Characters over which two texts must be equal to belong together."""

BASE64_SHORTEST = 64
BASE64 = re.compile(
    r"(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?", re.UNICODE | re.IGNORECASE
)
BASE64_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

POINTER = re.compile(r"0x[a-f0-9]{8,16}", re.IGNORECASE)

WITHIN = ("text/", "image/svg+xml", "application/javascript", "application/json")
"""Beginnings of the MIME types whose changes are shown within; others are replaced."""

DISPLAYED = ("display_data", "execute_result")


Rule = tuple[set[str], Callable[[Output, Output], bool]]
"""Keys of an output, and whether they are alike in two."""


class Outputs:
    """Compares the outputs of cells."""

    def __init__(self, similarity: Similarity, values: Values, budget: Budget) -> None:
        self._similarity = similarity
        self._values = values
        self._budget = budget
        self._pairs: dict[tuple[int, int], Pairs] = {}
        self._base64: dict[str, bool] = {}
        displayed: Rule = ({"data"}, self._displayed_alike)
        self._rules: dict[str, Rule] = {
            "stream": ({"name", "text"}, self._streams_alike),
            "error": ({"ename", "evalue", "traceback"}, self._errors_alike),
            "display_data": displayed,
            "execute_result": displayed,
        }

    def pairs(self, base: list[Output], target: list[Output]) -> Pairs:
        """Places of the outputs that belong together. Lists are known by their identity."""
        known = self._pairs.get((id(base), id(target)))
        if known is None:
            rules = (self.strictly_same, self.alike)
            levels = [Belonging(base, target, rule) for rule in rules]
            rectangle = (0, len(base), 0, len(target))
            known = aligned(levels, rectangle, self._budget)
            self._pairs[id(base), id(target)] = known
        return known

    def all_aligned(self, base: list[Output], target: list[Output]) -> bool:
        """Whether each output has its partner."""
        return len(base) == len(target) == len(self.pairs(base, target))

    def strictly_same(self, x: Output, y: Output) -> bool:
        """nbdime's `compare_output_strict`."""
        if x["output_type"] != y["output_type"] or x.keys() != y.keys():
            return False
        if any(x[key] != y[key] for key in x if key != "data"):
            return False
        return self._bundles_alike(x.get("data"), y.get("data"), strict=True)

    def alike(self, x: Output, y: Output) -> bool:
        """nbdime's `compare_output_approximate`."""
        kind = x["output_type"]
        if kind != y["output_type"] or x.keys() != y.keys():
            return False
        compared, alike = self._rules[kind]
        if not alike(x, y):
            return False
        rest = x.keys() - compared - {"output_type", "metadata", "execution_count"}
        return all(x[key] == y[key] for key in rest)

    def _streams_alike(self, x: Output, y: Output) -> bool:
        return x["name"] == y["name"] and self._similarity.alike(
            x["text"], y["text"], ALIKE, STREAM_LONGEST
        )

    def _errors_alike(self, x: Output, y: Output) -> bool:
        lines, others = x["traceback"], y["traceback"]
        return (
            x["ename"] == y["ename"]
            and x["evalue"] == y["evalue"]
            and len(lines) == len(others)
            and all(map(self._similarity.alike, lines, others))
        )

    def _displayed_alike(self, x: Output, y: Output) -> bool:
        return self._bundles_alike(x["data"], y["data"], strict=False)

    def diff(self, base: list[Output], target: list[Output]) -> Diff:
        """The diff of the outputs of two cells."""
        if base == target:
            return []
        return between(base, target, self.pairs(base, target), self._within)

    def _within(self, base: Output, target: Output) -> Diff:
        if base == target:
            return []
        own = {"data": self.bundle_diff} if base["output_type"] in DISPLAYED else {}
        return self._values.mapping(base, target, own)

    def bundle_diff(self, base: Bundle, target: Bundle) -> Diff:
        """The diff of two MIME bundles."""
        diff: Diff = []
        for kind in sorted(base.keys() | target.keys()):
            if kind not in target:
                diff.append(remove(kind))
            elif kind not in base:
                diff.append(add(kind, target[kind]))
            elif base[kind] != target[kind]:
                within = kind.lower().startswith(WITHIN)
                differ = self._values.diff if within else None
                diff += value_diff(kind, base[kind], target[kind], differ)
        return diff

    def _bundles_alike(self, x: Bundle | None, y: Bundle | None, strict: bool) -> bool:
        if x is None or y is None:
            return x is y
        if x.keys() != y.keys():
            return False
        return all(self._data_alike(kind.lower(), x[kind], y[kind], strict) for kind in x)

    def _data_alike(self, kind: str, x: Any, y: Any, strict: bool) -> bool:
        if x == y:
            return True
        if not isinstance(x, str) or not isinstance(y, str):
            return False
        if kind == "text/plain" and same_but_pointers(x, y):
            return True
        if not kind.startswith("text/") and self._is_base64(x):
            return False
        if strict:
            return self._similarity.alike(x, y, NEARLY_EQUAL, TEXT_LONGEST)
        return self._similarity.text_alike(x, y, TEXT_LONGEST)

    def _is_base64(self, text: str) -> bool:
        known = self._base64.get(text)
        if known is None:
            known = self._base64[text] = is_base64(text)
        return known


class Belonging:
    """Outputs that belong together by a rule."""

    def __init__(
        self, base: list[Output], target: list[Output], rule: Callable[[Output, Output], bool]
    ) -> None:
        self._base = base
        self._target = target
        self._rule = rule

    def same(self, i: int, j: int) -> bool:
        """Whether they do."""
        return self._rule(self._base[i], self._target[j])

    def row(self, i: int, start: int, end: int) -> int:
        """Bits of those that do."""
        return sum(1 << j - start for j in range(start, end) if self.same(i, j))


def same_but_pointers(x: str, y: str) -> bool:
    """Whether two lines differ in nothing but addresses in memory."""
    return "\n" not in x and "\n" not in y and POINTER.split(x) == POINTER.split(y)


def is_base64(text: str) -> bool:
    """Whether a text is nothing but base64, with or without ends of lines."""
    if len(text) < BASE64_SHORTEST:
        return False
    whole = "".join(text.splitlines())
    if not whole.isascii():  # without regard to case, two letters outside of ASCII count too
        return BASE64.fullmatch(whole) is not None
    rest = whole.encode().translate(None, BASE64_CHARACTERS).decode()
    return len(whole) % 4 == 0 and rest in ("", "=", "==") and whole.endswith(rest)
