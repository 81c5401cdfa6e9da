"""Whose turn it is: one request of an owner at a time, and rest for who has had too much."""

import asyncio
import time

import pytest

from trailbook import turns as module
from trailbook.errors import OutOfTurn
from trailbook.turns import Turns


async def work(turns: Turns, owner: str, seconds: float) -> float:
    """One request; answers how long it waited."""
    turns.admit(owner, 1)
    before = time.monotonic()
    await turns.take(owner)
    waited = time.monotonic() - before
    await asyncio.sleep(seconds)
    turns.give_back(owner)
    turns.leave(owner, 1)
    return waited


def test_requests_of_one_owner_follow_each_other_in_order_and_others_do_not_wait() -> None:
    async def scene() -> None:
        turns = Turns()
        waited = await asyncio.gather(
            *(work(turns, "ada", 0.05) for _ in range(4)), work(turns, "bob", 0.05)
        )
        assert waited[:4] == sorted(waited[:4])
        assert waited[3] >= 0.14
        assert waited[4] < 0.04

    asyncio.run(scene())


def test_who_has_had_too_much_rests_while_others_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IN_ADVANCE", 0.05)
    monkeypatch.setattr(module, "SHARE", 0.5)
    monkeypatch.setattr(module, "OTHERS_SECONDS", 10.0)

    async def scene() -> None:
        turns = Turns()
        assert await work(turns, "ada", 0.2) < 0.04
        assert await work(turns, "ada", 0.0) < 0.04  # alone: nobody is kept waiting
        assert await work(turns, "bob", 0.0) < 0.04
        assert await work(turns, "ada", 0.0) > 0.1
        assert await work(turns, "bob", 0.0) < 0.04

    asyncio.run(scene())


def test_what_waits_is_bounded_by_number_size_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 2)
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.05)

    async def scene() -> None:
        turns = Turns()
        turns.admit("ada", 1_000)  # one alone may be of any size
        with pytest.raises(OutOfTurn) as refused:
            turns.admit("ada", 1)
        assert refused.value.retry_after
        turns.leave("ada", 1_000)
        turns.admit("ada", 1)
        turns.admit("ada", 1)
        with pytest.raises(OutOfTurn):
            turns.admit("ada", 1)
        await turns.take("ada")
        with pytest.raises(OutOfTurn):
            await turns.take("ada")
        turns.give_back("ada")
        await turns.take("ada")  # whoever gave up is in nobody's way

    asyncio.run(scene())


def test_a_request_may_turn_out_larger_than_it_said_as_far_as_it_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    turns = Turns()
    turns.admit("ada", 10)
    turns.grow("ada", 1_000)  # one alone may be of any size
    turns.leave("ada", 1_010)
    turns.admit("ada", 10)
    turns.admit("ada", 10)
    turns.grow("ada", 80)
    with pytest.raises(OutOfTurn):
        turns.grow("ada", 1)
    turns.leave("ada", 90)
    turns.leave("ada", 10)
    assert turns._owners["ada"].size == 0


def test_owners_who_have_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OWNERS", 3)

    async def scene() -> None:
        turns = Turns()
        for n in range(20):
            await work(turns, f"owner-{n}", 0.0)
            await asyncio.sleep(0.002)
        assert len(turns._owners) <= 4

    asyncio.run(scene())


def test_who_only_waited_behind_everybody_else_does_not_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "OTHERS_SECONDS", 10.0)

    async def scene() -> None:
        now = [100.0]
        turns = Turns(clock=lambda: now[0])
        turns.admit("ada", 1)
        await turns.take("ada")
        now[0] += 7.0  # of which it was worked on for one
        turns.give_back("ada", waited=6.0)
        turns.leave("ada", 1)
        assert await work(turns, "bob", 0.0) < 0.04
        assert await asyncio.wait_for(work(turns, "ada", 0.0), 1) < 0.04

    asyncio.run(scene())
