"""The matching blocks of two texts: difflib's answer, also where the texts are long.

Ratcliff and Obershelp take the longest block that two texts have in common, then the longest
left of it and right of it, and so on (J. W. Ratcliff, D. Metzener, Pattern Matching: The Gestalt
Approach, 1988). Finding the longest one by trying each pair of equal characters takes seconds
for tables of 30 kB. A block of at least 2n - 1 characters, wherever it begins, holds a whole
gram of n that begins in the target at a multiple of n: few grams to look up, and each one found
is extended both ways. What has no long block is left to compiled code.
"""

from collections.abc import Container, Iterator
from typing import NamedTuple

from cydifflib import SequenceMatcher
from rapidfuzz.distance import Postfix, Prefix

from .budget import Budget

FEW_PAIRS = 250_000
"""Pairs of characters that compiled code compares in less time than it takes to think about it."""

GRAMS = (64, 16)
"""Long ones are found in few places, short ones leave few blocks to compiled code."""

SCAN = 40
HIT = 7_000
"""Pairs of characters that compiled code compares in the time that a place in the base takes
here, and a gram that is found there and extended."""

PAIRS_FOR_A_HIT = 100_000
"""A part with more hits than one for so many pairs repeats itself too much."""

CHUNK = 4096
"""Places looked at in one go, before it is asked whether later ones matter."""


STRIDE = 64
"""Characters by which a gram is extended first; then by ever more, for most end soon."""


class Block(NamedTuple):
    """The same `size` characters from `i` on in the base and from `j` on in the target."""

    i: int
    j: int
    size: int


Triple = tuple[int, int, int]


class Part(NamedTuple):
    """A stretch of the base beside a stretch of the target."""

    i0: int
    i1: int
    j0: int
    j1: int

    @property
    def pairs(self) -> int:
        """How many pairs of characters that is."""
        return (self.i1 - self.i0) * (self.j1 - self.j0)


def is_short(base: str, target: str) -> bool:
    """Whether compiled code compares two texts in no time."""
    return len(base) * len(target) <= FEW_PAIRS


def matching_blocks(base: str, target: str, budget: Budget) -> Iterator[Triple]:
    """The blocks in any order, each as a Block's three numbers; touching ones are not joined.

    Parts for which the budget does not reach have none.
    """
    parts = [Part(0, len(base), 0, len(target))]
    while parts:
        part = parts.pop()
        if not part.pairs:
            continue
        longest = longest_block(base, target, part, budget) if part.pairs > FEW_PAIRS else None
        if longest is None:
            if budget.characters(part.pairs):
                yield from compared(base, target, part)
            continue
        yield longest
        i, j, size = longest
        left = Part(part.i0, i, part.j0, j)
        right = Part(i + size, part.i1, j + size, part.j1)
        # The larger one first: it tells sooner that two texts are alike.
        parts += sorted((left, right), key=lambda rest: rest.pairs)


def compared(base: str, target: str, part: Part) -> Iterator[Triple]:
    """The blocks of a part, by difflib's own algorithm."""
    i0, i1, j0, j1 = part
    for i, j, size in blocks_of_short(base[i0:i1], target[j0:j1]):
        yield i0 + i, j0 + j, size


def blocks_of_short(base: str, target: str) -> list[Triple]:
    """The blocks of two texts that are compared as they are, in their order."""
    matcher = SequenceMatcher(None, base, target, autojunk=False)
    blocks: list[Triple] = matcher.get_matching_blocks()
    return blocks[:-1]  # the last one is empty, and stands at the end


def longest_block(base: str, target: str, part: Part, budget: Budget) -> Block | None:
    """The longest block, of several the first in the base, then in the target.

    None where it is short, where the same grams come again and again, or without budget.
    """
    best = better(first_block(base, target, part), last_block(base, target, part))
    for gram in GRAMS:
        if 2 * gram - 1 > min(part.i1 - part.i0, part.j1 - part.j0):
            continue
        if not budget.characters(SCAN * (part.i1 - part.i0)):
            return None
        found = longest_with(base, target, part, gram, best, budget)
        if found is None:
            return None
        if found.size >= 2 * gram - 1:
            return found
        best = found
    return None


def longest_with(
    base: str, target: str, part: Part, gram: int, best: Block, budget: Budget
) -> Block | None:
    """The better one of `best` and of the blocks that hold a gram; None if there are too many."""
    i0, i1, j0, j1 = part
    where: dict[str, list[int]] = {}
    for j in range(j0, j1 - gram + 1, gram):
        where.setdefault(target[j : j + gram], []).append(j)
    seen: dict[int, int] = {}
    hits = part.pairs // PAIRS_FOR_A_HIT
    for i in places_of(base, where, gram, i0, i1):
        if i > i1 - best.size + gram:
            break  # what has its first gram here ends before it is as long
        for j in where[base[i : i + gram]]:
            if i < seen.get(i - j, i0):
                continue
            hits -= 1
            if hits < 0 or not budget.characters(HIT):
                return None
            before = back(base, target, i, j, min(i - i0, j - j0))
            after = ahead(base, target, i, j, min(i1 - i, j1 - j))
            seen[i - j] = i + after
            best = better(best, Block(i - before, j - before, before + after))
    return best


def places_of(text: str, grams: Container[str], size: int, start: int, end: int) -> Iterator[int]:
    """Where in a stretch of text one of these grams begins."""
    last = end - size + 1
    for chunk in range(start, last, CHUNK):
        several = range(chunk, min(chunk + CHUNK, last))
        yield from [i for i in several if text[i : i + size] in grams]


def better(one: Block, other: Block) -> Block:
    """The longer one, or the one that comes first in the base, then in the target."""
    return min(one, other, key=lambda block: (-block.size, block.i, block.j))


def first_block(base: str, target: str, part: Part) -> Block:
    """What both stretches begin with."""
    i0, i1, j0, j1 = part
    return Block(i0, j0, ahead(base, target, i0, j0, min(i1 - i0, j1 - j0)))


def last_block(base: str, target: str, part: Part) -> Block:
    """What both stretches end with."""
    i0, i1, j0, j1 = part
    size = back(base, target, i1, j1, min(i1 - i0, j1 - j0))
    return Block(i1 - size, j1 - size, size)


def ahead(base: str, target: str, i: int, j: int, most: int) -> int:
    """How many characters from `i` and from `j` on are the same, at most so many."""
    size = 0
    while size < most:
        end = min(2 * size + STRIDE, most)
        one, other = base[i + size : i + end], target[j + size : j + end]
        if one != other:
            return size + int(Prefix.similarity(one, other))
        size = end
    return size


def back(base: str, target: str, i: int, j: int, most: int) -> int:
    """How many characters before `i` and before `j` are the same, at most so many."""
    size = 0
    while size < most:
        end = min(2 * size + STRIDE, most)
        one, other = base[i - end : i - size], target[j - end : j - size]
        if one != other:
            return size + int(Postfix.similarity(one, other))
        size = end
    return size
