"""The blocks are difflib's, also where grams find them."""

import random
from difflib import SequenceMatcher

import pytest

from trailbook.diff.engine import matching
from trailbook.diff.engine.budget import Budget
from trailbook.diff.engine.matching import matching_blocks


def joined(blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Neighbours that touch made one, as difflib gives them."""
    whole: list[tuple[int, int, int]] = []
    for i, j, size in sorted(blocks):
        if whole and (whole[-1][0] + whole[-1][2], whole[-1][1] + whole[-1][2]) == (i, j):
            i, j, size = whole[-1][0], whole[-1][1], whole.pop()[2] + size
        whole.append((i, j, size))
    return whole


def of_difflib(base: str, target: str) -> list[tuple[int, int, int]]:
    blocks = SequenceMatcher(None, base, target, autojunk=False).get_matching_blocks()
    return [(i, j, size) for i, j, size in blocks if size]


def some_text(some: random.Random, size: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"[: some.choice([1, 2, 4, 20])]
    if some.random() < 0.3:
        word = "".join(some.choices(letters, k=some.randint(1, 12)))
        return (word * size)[:size]
    return "".join(some.choices(letters, k=size))


def edited(some: random.Random, text: str) -> str:
    start = some.randint(0, len(text))
    end = min(len(text), start + some.choice([0, 1, 5, 100]))
    added = text[: some.randint(0, 100)] if some.random() < 0.3 else some_text(some, 20)
    return text[:start] + added + text[end:]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("grams", [(64, 16), (8, 2), (4,), (16, 4, 2)])
def test_blocks_of_edited_texts(
    seed: int, grams: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = random.Random(seed)  # noqa: S311
    monkeypatch.setattr(matching, "FEW_PAIRS", 100)
    monkeypatch.setattr(matching, "GRAMS", grams)
    monkeypatch.setattr(matching, "PAIRS_FOR_A_HIT", some.choice([1, 100, 10_000]))
    monkeypatch.setattr(matching, "CHUNK", some.choice([7, 4096]))
    base = target = some_text(some, some.randint(0, 400))
    for _ in range(some.randint(0, 8)):
        target = edited(some, target)
    assert joined(list(matching_blocks(base, target, Budget()))) == of_difflib(base, target)


def test_long_texts_need_few_comparisons() -> None:
    some = random.Random(5)  # noqa: S311
    base = "".join(some.choices("abcdefgh \n", k=60_000))
    target = base
    for _ in range(40):
        target = edited(some, target)
    budget = Budget(character_pairs=60_000_000)
    blocks = list(matching_blocks(base, target, budget))
    assert not budget.spent
    assert sum(size for _, _, size in blocks) > 50_000
    assert all(base[i : i + n] == target[j : j + n] for i, j, n in blocks)


def test_what_the_budget_does_not_reach_has_no_blocks() -> None:
    budget = Budget(character_pairs=0)
    assert list(matching_blocks("abc", "abx", budget)) == []
    assert budget.spent
