"""What versions say of tracks, in bytes and back."""

import random

import pytest

from trailbook.store.tracks import wire
from trailbook.store.tracks.following import Kind, Lost
from trailbook.store.tracks.wire import Link, State, Step


@pytest.mark.parametrize(
    ("numbers", "runs"),
    [
        ([], []),
        ([0], [0]),
        ([0, 1, 2, 3], [0, -3]),
        ([5, 7, 8, 2, 3, 1], [5, 7, -1, 2, -1, 1]),
    ],
)
def test_numbers_in_a_row_are_told_as_runs(numbers: list[int], runs: list[int]) -> None:
    assert wire.runs_of(numbers) == runs
    assert wire.unrun(runs) == numbers


def test_a_version_that_changed_nothing_says_nothing() -> None:
    assert wire.encode(Step()) is None
    assert wire.decode(None) is None


def test_an_edited_cell_takes_three_bytes() -> None:
    assert len(wire.encode(Step(changed=[7])) or b"") == 3


def test_a_step_comes_back_as_it_was() -> None:
    said = Step(
        changed=[1, 2, 3, 9],
        splice=[4, 1, 9],
        lost=[Lost(4, 17, 1234), Lost(5, None, None)],
        links=[Link(Kind.SPLIT, 9, 3), Link(Kind.COPY, 9, 0, 4, bytes(16))],
    )
    assert wire.decode(wire.encode(said)) == said


def test_a_whole_state_needs_nothing_before_it() -> None:
    state = State([3, 1, 2], 9, [Lost(0, 5, 6)])
    said = Step(changed=[2], splice=[0, 0, 3], whole=state)
    back = wire.decode(wire.encode(said))
    assert back is not None
    assert wire.after(State([8], 9, []), back) == state


def test_copies_in_a_row_are_one_link() -> None:
    links = wire.linked([(0, 10), (1, 11), (3, 12), (4, 13)], b"n")
    assert [(link.number, link.origin, link.count) for link in links] == [(0, 10, 2), (3, 12, 2)]


def test_only_the_latest_that_left_are_remembered() -> None:
    state = State([], 0, [Lost(n, n, n) for n in range(wire.MOST_LOST)])
    state = wire.after(state, Step(splice=[0, 0], lost=[Lost(999, 1, 1)]))
    assert (state.lost[0].number, state.lost[-1].number) == (1, 999)


@pytest.mark.parametrize("seed", range(20))
def test_any_orders_follow_from_the_steps_between_them(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    state = State()
    order: list[int] = []
    for _ in range(60):
        before = list(order)
        for _ in range(chance.choice([0, 1, 1, 3])):
            what = chance.choice(["new", "new", "gone", "move", "back"])
            if what == "new":
                order.insert(chance.randint(0, len(order)), max([*order, state.following - 1]) + 1)
            elif order and what == "gone":
                order.remove(chance.choice(order))
            elif order and what == "move":
                number = order.pop(chance.randrange(len(order)))
                order.insert(chance.randint(0, len(order)), number)
            elif state.lost and what == "back" and state.lost[0].number not in order:
                order.append(state.lost[0].number)
        gone = [Lost(n, n, n) for n in before if n not in order]
        changed = [n for n in order if n not in before]
        said = wire.step(state, order, changed, gone)
        state = wire.after(state, wire.decode(wire.encode(said)))
        assert state.order == order
        assert state.following > max(order, default=-1)
        assert not {lost.number for lost in state.lost} & set(order)
