"""Who floods the service is refused for a while; nobody else notices."""

from collections.abc import Iterator

import msgspec
import pytest

from trailbook.quota import Quota
from trailbook.store.records import Batch, Gap, Registered, Registration, Sealed

from .bench import Answer, Bench
from .world import World

FLOOD = 100_000


@pytest.fixture
def quota(bench: Bench) -> Iterator[Quota]:
    bench.parts.quota = Quota(events=FLOOD // 2, size=50_000_000)
    yield bench.parts.quota
    bench.parts.quota = None


def send(bench: Bench, path: str, who: str, body: object) -> Answer:
    return bench.call("POST", path, who, raw=msgspec.msgpack.encode(body))


def flood(bench: Bench, who: str) -> tuple[Registered, list[Answer]]:
    registered = msgspec.msgpack.decode(
        send(bench, "writers", who, Registration()).body, type=Registered
    )
    space = registered.mounts[0].space
    gap = Gap(space=space, at=1, reason="x", since=1)
    address = f"writers/{registered.writer}/events"
    answers = [
        send(bench, address, who, Batch([Sealed(n, gap) for n in range(start, start + 5_000)]))
        for start in range(1, FLOOD, 5_000)
    ]
    return registered, answers


def test_a_flood_is_harm_to_its_own_alone(bench: Bench, world: World, quota: Quota) -> None:
    _, answers = flood(bench, "bob's server")
    statuses = [answer.status for answer in answers]
    taken = statuses.count(200)
    assert set(statuses) == {200, 429}
    assert 9 <= taken <= 12
    assert {a.code for a in answers if a.status == 429} == {"quota-exceeded"}
    other = send(bench, "writers", "alice's server", Registration())
    assert other.status == 201
    assert bench.get("me", "bob").status == 200
    assert world.store.check() == []


def test_a_replay_counts_as_well(bench: Bench, quota: Quota) -> None:
    who = "alice's server"
    registered = msgspec.msgpack.decode(
        send(bench, "writers", who, Registration()).body, type=Registered
    )
    gap = Gap(space=registered.mounts[0].space, at=1, reason="x", since=1)
    batch = Batch([Sealed(n, gap) for n in range(1, 5_001)])
    address = f"writers/{registered.writer}/events"
    statuses = [send(bench, address, who, batch).status for _ in range(16)]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= 12
