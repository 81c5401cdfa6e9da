"""Whether two texts are alike: difflib's ratio above a threshold, told by bounds where they do.

The ratio is that of Ratcliff and Obershelp. Its matches are a common subsequence, so the longest
common subsequence, which bits find fast, bounds it from above; a common beginning or end is one
of its candidates for the first match, so the longer of them bounds it from below.
"""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Indel, LCSseq, Postfix, Prefix
from rapidfuzz.process import extract

from .budget import Budget
from .matching import Triple, blocks_of_short, is_short, matching_blocks

ALIKE = 0.7
NEARLY_EQUAL = 0.95

SHORT_LENGTH = 10
"""Two texts shorter than this, say two numbers, always go together."""

WORD = 64
"""Characters that the bound compares at once."""

GUESS = 1 / 3
"""How far between the threshold and 1 the bound has to be to be taken for the ratio."""

ROUNDING = 1e-6
"""How far below the threshold the bound may be asked, so that rounding loses no candidate."""


class Similarity:
    """Answers within a budget, each pair once."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._known: dict[tuple[str, str, float], bool] = {}
        self._blocks: dict[tuple[str, str], list[Triple]] = {}
        self._bounds: dict[tuple[str, str], float] = {}

    def alike(self, x: str, y: str, threshold: float = ALIKE, longest: int | None = None) -> bool:
        """nbdime's `compare_strings_approximate`; two texts over `longest` must be equal."""
        if len(x) == len(y) and x == y:
            return True
        length = len(x) + len(y)
        if 2.0 * min(len(x), len(y)) / length <= threshold:
            return False
        if longest is not None and len(x) > longest and len(y) > longest:
            return False
        pair = (x, y, threshold)
        known = self._known.get(pair)
        if known is None:
            known = self._known[pair] = self._compared(x, y, threshold)
        return known

    def text_alike(self, x: str, y: str, longest: int | None = None) -> bool:
        """nbdime's `compare_text_approximate`."""
        if bool(x) != bool(y):
            return False
        if len(x) < SHORT_LENGTH and len(y) < SHORT_LENGTH:
            return True
        return self.alike(x, y, ALIKE, longest)

    def candidates(self, x: str, among: Sequence[str | None], threshold: float) -> Iterable[int]:
        """Places of the texts that can be alike; None is no candidate."""
        if not self._budget.characters(len(x) * words(x, among, threshold)):
            return [place for place, y in enumerate(among) if x == y]
        found = extract(
            x,
            among,
            scorer=Indel.normalized_similarity,
            score_cutoff=threshold - ROUNDING,
            limit=None,
        )
        self._bounds.update(((x, y), bound) for y, bound, _ in found)
        return [place for _, _, place in found]

    def blocks(self, x: str, y: str) -> Iterable[Triple]:
        """Their matching blocks; those of short texts are kept, for they are asked for again."""
        if not is_short(x, y):
            return matching_blocks(x, y, self._budget)
        known = self._blocks.get((x, y))
        if known is None:
            few = self._budget.characters(len(x) * len(y))
            known = self._blocks[x, y] = blocks_of_short(x, y) if few else []
        return known

    def _compared(self, x: str, y: str, threshold: float) -> bool:
        length = len(x) + len(y)
        if 2.0 * max(Prefix.similarity(x, y), Postfix.similarity(x, y)) / length > threshold:
            return True
        bound = self._bounds.get((x, y), 0.0)
        if bound <= threshold:  # where it is known to be over it, rounding makes no difference
            if not self._budget.characters(len(x) * len(y) // WORD):
                return False
            bound = 2.0 * LCSseq.similarity(x, y) / length
            if bound <= threshold:
                return False
        matches = 0
        for _, _, size in self.blocks(x, y):
            matches += size
            if 2.0 * matches / length > threshold:
                return True
        # Without budget it is a guess; what is paired wrongly is still told right.
        return self._budget.spent and bound > threshold + GUESS * (1 - threshold)


def words(x: str, among: Sequence[str | None], threshold: float) -> int:
    """How many words of bits the bound looks at for each character of a text.

    Only a band about the diagonal can lead to a ratio over the threshold, and lengths that
    differ too much are no candidates at all.
    """
    reach = (2 - threshold) / threshold
    lengths = [len(y) for y in among if y is not None]
    near = [size for size in lengths if len(x) <= reach * size and size <= reach * len(x)]
    band = (1 - threshold) * (len(x) * len(near) + sum(near))
    return len(near) + int(band) // WORD
