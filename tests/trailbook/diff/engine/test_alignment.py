"""Pairs are those that nbdime finds with its tables, ties included."""

import random
from collections.abc import Callable

import pytest
from nbdime.diffing.snakes import compute_snakes_multilevel

from trailbook.diff.engine.alignment import Equal, aligned
from trailbook.diff.engine.budget import Budget


class Told:
    """A level that a table tells."""

    def __init__(self, base: str, target: str, same: Callable[[str, str], bool]) -> None:
        self._base = base
        self._target = target
        self._same = same

    def same(self, i: int, j: int) -> bool:
        return self._same(self._base[i], self._target[j])

    def row(self, i: int, start: int, end: int) -> int:
        return sum(1 << j - start for j in range(start, end) if self.same(i, j))


def of_nbdime(base: str, target: str, *compares: Callable[[str, str], bool]) -> list[object]:
    snakes = compute_snakes_multilevel(base, target, compares[::-1])
    return [(i + k, j + k) for i, j, size in snakes for k in range(size)]


def some_pair(seed: int) -> tuple[str, str]:
    some = random.Random(seed)  # noqa: S311
    letters = "abcdefgh"[: some.choice([1, 2, 3, 8])]
    base, target = ("".join(some.choices(letters, k=some.randint(0, 25))) for _ in "ab")
    if some.random() < 0.6:
        at = some.randint(0, len(base))
        target = base[:at] + target[:3] + base[at + some.randint(0, 3) :]
    return base, target


@pytest.mark.parametrize("seed", range(80))
def test_equal_items(seed: int) -> None:
    base, target = some_pair(seed)
    rectangle = (0, len(base), 0, len(target))
    pairs = aligned([Equal(base, target)], rectangle, Budget())
    assert pairs == of_nbdime(base, target, lambda x, y: x == y)


@pytest.mark.parametrize("seed", range(80))
def test_levels_whose_rules_are_no_equality(seed: int) -> None:
    base, target = some_pair(seed)
    some = random.Random(seed)  # noqa: S311
    related = {(x, y): some.random() < 0.3 for x in "abcdefgh" for y in "abcdefgh"}
    loosely = {pair: same or some.random() < 0.3 for pair, same in related.items()}
    rules: list[Callable[[str, str], bool]] = [
        lambda x, y: related[x, y],
        lambda x, y: loosely[x, y],
    ]
    levels = [Told(base, target, rule) for rule in rules]
    rectangle = (0, len(base), 0, len(target))
    assert aligned(levels, rectangle, Budget()) == of_nbdime(base, target, *rules)


def test_common_ends_cost_no_budget() -> None:
    base, target = "a" * 5000 + "b" + "c" * 5000, "a" * 5000 + "x" + "c" * 5000
    budget = Budget(item_pairs=1)
    pairs = aligned([Equal(base, target)], (0, len(base), 0, len(target)), budget)
    assert len(pairs) == 10_000
    assert not budget.spent


def test_without_budget_common_ends_are_still_found() -> None:
    base, target = "ab1234cd", "ab2345cd"
    budget = Budget(item_pairs=3)
    pairs = aligned([Equal(base, target)], (0, 8, 0, 8), budget)
    assert pairs == [(0, 0), (1, 1), (6, 6), (7, 7)]
    assert budget.spent
