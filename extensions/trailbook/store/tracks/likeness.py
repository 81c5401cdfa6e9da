"""How much two cells say the same. Pure."""

import re
from functools import cached_property

MOST_BYTES = 20_000
"""So much of a source is compared."""

ALIKE = 0.3
"""Cells between the same neighbours are taken for one another from here on."""

_WORDS = re.compile(rb"\w+")
_TELLING_BYTES = 40
_WORDS_COUNT_LESS = 0.2
_FEW_LINES = 3


class Said:
    """What a cell says, as far as it is compared: its lines without what surrounds them."""

    def __init__(self, source: bytes) -> None:
        self._head = source[:MOST_BYTES]
        self.lines = [line for line in map(bytes.strip, self._head.split(b"\n")) if line]

    @cached_property
    def line_set(self) -> frozenset[bytes]:
        """Its lines, in no order."""
        return frozenset(self.lines)

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Its words."""
        return frozenset(_WORDS.findall(self._head))

    @property
    def is_telling(self) -> bool:
        """Whether nobody says the same by chance: `import pandas as pd` is in every notebook."""
        return len(self.lines) > 1 and sum(map(len, self.lines)) >= _TELLING_BYTES


def alike(one: Said, other: Said) -> float:
    """From 0 to 1: the share of lines that both have, or of words where there are few lines."""
    lines = _share(one.line_set, other.line_set)
    if min(len(one.lines), len(other.lines)) > _FEW_LINES:
        return lines
    return max(lines, _share(one.words, other.words) - _WORDS_COUNT_LESS)


def held(part: Said, whole: Said, but_not: Said) -> float:
    """The share of the part's lines that stand in the whole, and not in another text."""
    if not part.lines:
        return 0.0
    found = sum(line in whole.line_set and line not in but_not.line_set for line in part.lines)
    return found / len(part.lines)


def is_part(part: Said, whole: Said) -> bool:
    """Whether all that one says stands in the other: it was split off, or has grown."""
    return bool(part.line_set) and part.line_set <= whole.line_set


def _share(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    return len(one & other) / max(len(one), len(other), 1)
