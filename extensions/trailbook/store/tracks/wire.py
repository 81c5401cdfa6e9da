"""What a version changed in its notebook's tracks, in a few bytes; and the state that results.

Tracks of a notebook are numbered from 0 in the order in which they were first saved. What most
versions say is which tracks say something new, one byte each; few say that the order changed; now
and then one says the whole state, so that no more than `MOST_STEPS` versions are read to know it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from .following import Kind, Lost

MOST_STEPS = 128
MOST_LOST = 64
"""So many tracks that left are remembered by their name and source, the latest."""

_encoder = msgspec.msgpack.Encoder()


class Link(msgspec.Struct, frozen=True, array_like=True):
    """An edge: `count` tracks from `number` on came from as many from `origin` on."""

    kind: int
    number: int
    origin: int
    count: int = 1
    notebook: bytes = b""  # of the origin, where it is another one


class State(msgspec.Struct):
    """The tracks of a notebook after a version."""

    order: list[int] = []
    following: int = 0  # the number that the next new track gets
    lost: list[Lost] = []
    steps: int = 0  # versions since one said the whole state


class Step(msgspec.Struct, kw_only=True):
    """What one version changed."""

    changed: list[int] = []  # the tracks that say something new, new ones among them
    splice: list[int] = []  # start, how many are taken out, and runs of what is put in
    lost: list[Lost] = []
    links: list[Link] = []
    whole: State | None = None  # the state after it


def step(before: State, order: list[int], changed: Sequence[int], lost: list[Lost]) -> Step:
    """What leads from a state to this order of tracks."""
    return Step(changed=sorted(changed), splice=_splice(before.order, order), lost=lost)


def after(state: State, said: Step | None) -> State:
    """The state that a step leads to; a version without one changed nothing."""
    if said is None:
        return State(state.order, state.following, state.lost, state.steps + 1)
    if said.whole is not None:
        whole = said.whole
        return State(list(whole.order), whole.following, list(whole.lost), 0)
    order = state.order
    if said.splice:
        start, removed, *runs = said.splice
        order = [*order[:start], *unrun(runs), *order[start + removed :]]
    there = set(order) if said.splice else set()
    lost = [gone for gone in (*state.lost, *said.lost) if gone.number not in there]
    following = max(state.following, max(said.changed, default=-1) + 1)
    return State(order, following, lost[-MOST_LOST:], state.steps + 1)


def encode(said: Step) -> bytes | None:
    """The bytes of a step, or None where nothing changed."""
    whole: list[Any] = []
    if said.whole is not None:
        state = said.whole
        whole = [state.following, runs_of(state.order), [list(lost) for lost in state.lost]]
    fields: list[Any] = [
        runs_of(said.changed),
        [] if whole else said.splice,
        [] if whole else [list(lost) for lost in said.lost],
        said.links,
        whole,
    ]
    while fields and not fields[-1]:
        fields.pop()
    return _encoder.encode(fields) if fields else None


def decode(data: bytes | None) -> Step | None:
    """The step that these bytes say."""
    if data is None:
        return None
    fields = [*msgspec.msgpack.decode(data), [], [], [], [], []]
    whole = None
    if fields[4]:
        following, order, lost = fields[4]
        whole = State(unrun(order), following, [Lost(*one) for one in lost])
    return Step(
        changed=unrun(fields[0]),
        splice=fields[1],
        lost=[Lost(*one) for one in fields[2]],
        links=[msgspec.convert(link, Link) for link in fields[3]],
        whole=whole,
    )


def runs_of(numbers: Sequence[int]) -> list[int]:
    """Numbers in order, where `-n` stands for the n that follow the one before it."""
    runs: list[int] = []
    last = -1
    for number in numbers:
        if runs and number == last + 1:
            if runs[-1] < 0:
                runs[-1] -= 1
            else:
                runs.append(-1)
        else:
            runs.append(number)
        last = number
    return runs


def unrun(runs: Sequence[int]) -> list[int]:
    """The numbers that `runs_of` made these of."""
    numbers: list[int] = []
    for run in runs:
        if run < 0:
            start = numbers[-1] + 1
            numbers += range(start, start - run)
        else:
            numbers.append(run)
    return numbers


def _splice(before: list[int], order: list[int]) -> list[int]:
    if before == order:
        return []
    start, end = same_ends(before, order)
    middle = order[start : len(order) - end]
    return [start, len(before) - start - end, *runs_of(middle)]


def same_ends(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """How many are equal at the beginning, and of the others at the end."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def linked(pairs: Sequence[tuple[int, int]], notebook: bytes) -> list[Link]:
    """Copies from another notebook, (number, origin) each, in as few links as can be."""
    links: list[Link] = []
    for number, origin in sorted(pairs):
        last = links[-1] if links else None
        if last and (number - last.number, origin - last.origin) == (last.count, last.count):
            links[-1] = msgspec.structs.replace(last, count=last.count + 1)
        else:
            links.append(Link(Kind.COPY, number, origin, 1, notebook))
    return links
