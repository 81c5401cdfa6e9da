"""Times along the commits."""

import random

from trailbook.store.gitimport.times import in_order


def test_times_in_order_stay_as_they_are() -> None:
    assert in_order([]) == []
    assert in_order([1, 1, 2, 5]) == [1, 1, 2, 5]


def test_a_wrong_clock_moves_its_own_commits_and_no_others() -> None:
    assert in_order([1, 2, 900, 3, 4]) == [1, 2, 2, 3, 4]
    assert in_order([100, 101, 0, 102]) == [100, 101, 101, 102]
    assert in_order([900, 1, 2, 3]) == [1, 1, 2, 3]


def test_no_time_goes_back_whatever_came() -> None:
    chance = random.Random(5)  # noqa: S311 - repeatable, not secret
    for _ in range(200):
        times = [chance.randrange(20) for _ in range(chance.randrange(30))]
        ordered = in_order(times)
        assert ordered == sorted(ordered)
        assert len(ordered) == len(times)
        assert set(ordered) <= set(times)
