"""What one owner's servers may send in a day, and that it comes back by itself."""

import pytest

from trailbook.errors import QuotaExceeded
from trailbook.quota import DAY, Quota


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_an_allowance_is_a_days_worth_and_fills_again(clock: Clock) -> None:
    quota = Quota(events=1000, size=10_000, clock=clock)
    quota.spend("ada", 1000, 0)
    with pytest.raises(QuotaExceeded) as refused:
        quota.spend("ada", 1, 0)
    assert (refused.value.code, refused.value.status) == ("quota-exceeded", 429)
    clock.now += DAY / 100
    quota.spend("ada", 10, 0)
    with pytest.raises(QuotaExceeded):
        quota.spend("ada", 1, 0)
    clock.now += 10 * DAY
    quota.spend("ada", 1000, 0)
    with pytest.raises(QuotaExceeded):
        quota.spend("ada", 1, 0)


def test_bytes_count_as_well_and_one_batch_of_any_size_passes(clock: Clock) -> None:
    quota = Quota(events=1000, size=10_000, clock=clock)
    quota.spend("ada", 1, 30_000)
    with pytest.raises(QuotaExceeded) as refused:
        quota.spend("ada", 1, 1)
    assert "bytes" in str(refused.value)
    assert str(int(2 * DAY)) in str(refused.value)


def test_an_owner_who_is_over_it_takes_nothing_from_others(clock: Clock) -> None:
    quota = Quota(events=10, size=10, clock=clock)
    quota.spend("ada", 10, 10)
    with pytest.raises(QuotaExceeded):
        quota.spend("ada", 1, 0)
    quota.spend("bob", 10, 10)


def test_what_is_refused_is_not_counted(clock: Clock) -> None:
    quota = Quota(events=10, size=10, clock=clock)
    quota.spend("ada", 10, 0)
    for _ in range(5):
        with pytest.raises(QuotaExceeded):
            quota.spend("ada", 1000, 1000)
    clock.now += DAY
    quota.spend("ada", 1, 0)


def test_many_owners_do_not_fill_the_memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbook.quota.MOST_OWNERS", 10)
    quota = Quota(events=10, size=10, clock=clock)
    quota.spend("ada", 20, 0)
    for n in range(25):
        clock.now += 10 * DAY / 100
        quota.spend(f"owner-{n}", 1, 0)
    assert len(quota._left) <= 11
    with pytest.raises(QuotaExceeded):
        quota.spend("owner-24", 10, 0) or quota.spend("owner-24", 1, 0)
