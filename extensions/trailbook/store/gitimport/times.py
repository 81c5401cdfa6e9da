"""Times that never go back along the order of commits."""

from bisect import bisect_right
from collections.abc import Sequence


def in_order(times: Sequence[int]) -> list[int]:
    """As few of them changed as can be, so that none is before the one in front of it.

    One clock that was wrong moves its own commits and no others: a running maximum would give a
    commit from the future's time to everything after it.
    """
    kept = _longest_rising(times)
    if not kept:
        return []
    ordered, last = [], times[kept[0]]
    keep = set(kept)
    for index, time in enumerate(times):
        if index in keep:
            last = time
        ordered.append(last)
    return ordered


def _longest_rising(times: Sequence[int]) -> list[int]:
    """The indexes of the longest subsequence that never falls."""
    ends: list[int] = []  # of subsequences by length: the lowest last time
    last: list[int] = []
    before: list[int] = []
    for index, time in enumerate(times):
        length = bisect_right(ends, time)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(time)
            last.append(index)
        else:
            ends[length], last[length] = time, index
    chain, index = [], last[-1] if last else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]
