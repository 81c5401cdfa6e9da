"""How much work one diff may be: counted, not timed, so that the answer is always the same."""

CHARACTER_PAIRS = 300_000_000
"""Pairs of characters that may be compared: half a second in compiled code, and a second in all.

Of 362 pairs of real versions, adjacent and random ones, one wants more than 181 million: 256."""

ITEM_PAIRS = 400_000_000
"""Pairs of lines, cells or other items in tables of common sequences; 50 MB at a bit each."""


class Budget:
    """What is left; `spent` once something had to be left out, and the diff is coarser for it."""

    def __init__(
        self, character_pairs: int = CHARACTER_PAIRS, item_pairs: int = ITEM_PAIRS
    ) -> None:
        self.character_pairs = character_pairs
        self.item_pairs = item_pairs
        self.spent = False

    def characters(self, pairs: int) -> bool:
        """Whether so many more pairs of characters may be compared."""
        if pairs > self.character_pairs:
            self.spent = True
            return False
        self.character_pairs -= pairs
        return True

    def items(self, pairs: int) -> bool:
        """Whether a table of so many pairs of items may be made."""
        if pairs > self.item_pairs:
            self.spent = True
            return False
        self.item_pairs -= pairs
        return True
