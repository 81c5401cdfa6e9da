"""A recorder that means harm: it learns nothing of others, slows nobody down, and marks no log."""

import hashlib
import logging
import os
import random
import statistics
import threading
import time

import msgspec
import pytest
import zstandard

import hubs
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.forms import SnapshotForm
from trailbook.store.objects import payload_id
from trailbook.store.records import (
    Batch,
    ExecutionStarted,
    Gap,
    KernelStarted,
    NotebookSaved,
    OutputRecorded,
    Receipt,
    Registered,
    Registration,
    Sealed,
    Wanted,
)

from .bench import Answer, Bench
from .world import World

FORGED = "a\r\n2026-01-01 ERROR forged\x1b[31m\x1b]0;title\x07\x00"
SAMPLES = 1000


class Hostile:
    """Bob's server, with a client of its own."""

    def __init__(self, bench: Bench, who: str = "bob's server") -> None:
        self.bench, self.who = bench, who
        answer = self.post("writers", Registration())
        self.registered = msgspec.msgpack.decode(answer.body, type=Registered)
        self.mount = self.registered.mounts[0]
        self.sequence = self.registered.acknowledged

    def post(self, path: str, body: object) -> Answer:
        return self.bench.call("POST", path, self.who, raw=msgspec.msgpack.encode(body))

    def send(self, *events: object, contents: tuple[bytes, ...] = (), **more: object) -> Answer:
        ids = [payload_id(content, self.mount.key) for content in contents]
        sealed = [Sealed(self.sequence + n, event, ids) for n, event in enumerate(events, 1)]
        batch = Batch(sealed, {self.mount.space: list(contents)}, **more)
        answer = self.post(f"writers/{self.registered.writer}/events", batch)
        if answer.status == 200:
            self.sequence += len(events)
        return answer

    def about(self, **more: object) -> dict[str, object]:
        return {"space": self.mount.space, "at": now_us(), **more}


@pytest.fixture
def bob(bench: Bench) -> Hostile:
    return Hostile(bench)


def missing(bob: Hostile, space: str, ids: list[bytes]) -> tuple[Answer, float]:
    before = time.perf_counter()
    answer = bob.post(f"writers/{bob.registered.writer}/missing", Wanted(space, ids))
    return answer, time.perf_counter() - before


def test_what_others_hold_cannot_be_told_by_the_answer_or_its_time(
    bench: Bench, world: World, bob: Hostile
) -> None:
    """Bob knows the content, guesses the key's ids, and asks about Alice's own space."""
    mine = world.ids["personal space"]
    secret = hashlib.blake2b(b"salary = 5", digest_size=16).digest()
    there = [payload_id(b"salary = 5", bob.mount.key), secret]
    nowhere = [os.urandom(16), os.urandom(16)]
    times: dict[str, list[float]] = {"there": [], "nowhere": [], "no space": []}
    for _ in range(SAMPLES // 3):
        for name, space, ids in (
            ("there", mine, there),
            ("nowhere", mine, nowhere),
            ("no space", new_id(), nowhere),
        ):
            answer, taken = missing(bob, space, ids)
            assert (answer.status, answer.code) == (404, "not-found")
            times[name].append(taken)
    middles = [statistics.median(each) for each in times.values()]
    assert max(middles) <= 2 * min(middles)


def test_a_thing_of_others_and_no_thing_look_the_same_and_take_the_same_time(
    bench: Bench, world: World
) -> None:
    for pattern, name in (
        ("steps/{}", "private step"),
        ("notebooks/{}", "private notebook"),
        ("snapshots/{}/content", "private snapshot"),
        ("snapshots/{}/payloads/0", "private snapshot"),
    ):
        times: dict[bool, list[float]] = {True: [], False: []}
        said = set()
        for n in range(SAMPLES):
            exists = n % 2 == 0
            identity = world.ids[name] if exists else new_id()
            before = time.perf_counter()
            answer = bench.get(pattern.format(identity), "bob")
            times[exists].append(time.perf_counter() - before)
            said.add((answer.status, answer.body, answer.headers.get("content-type")))
        assert len(said) == 1, said
        first, second = (statistics.median(each) for each in times.values())
        assert max(first, second) <= 2 * min(first, second), pattern


def test_no_two_of_a_million_pairs_of_names_meet_in_one_key() -> None:
    """Ids of persons, projects and notebooks are minted; a payload's is keyed by its space."""
    chance = random.Random(10)  # noqa: S311 - repeatable, not secret
    parts = ["a", "b", "-", "a-b", "ab", "A", "\u0430", "\ufb01", "fi", "/", "%2f", ":", "\x00"]
    names: set[str] = set()
    while len(names) < 1000:
        names.add("".join(chance.choices(parts, k=chance.randint(1, 6))))
    keys = {name: hashlib.sha256(name.encode()).digest() for name in names}
    ids = {payload_id(name.encode(), key) for name in names for key in keys.values()}
    assert len(ids) == 1_000_000
    assert len({new_id() for _ in range(1_000_000)}) == 1_000_000


def test_texts_that_forge_lines_reach_no_log(
    bob: Hostile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    run, session = new_id(), new_id()
    events = [
        KernelStarted(**bob.about(author=FORGED), kernel_session=session, spec=FORGED, path=FORGED,
                      language=FORGED, environment={FORGED: FORGED}),
        ExecutionStarted(**bob.about(author=FORGED), execution=run, kernel_session=session,
                         position=0, source=0, path="f.ipynb", cell_id=FORGED, started_at=1),
        OutputRecorded(**bob.about(), execution=run, index=0, type=FORGED, name=FORGED,
                       value=FORGED, display_id=FORGED, parts={FORGED: 0}),
        Gap(**bob.about(), reason=FORGED, since=1, path=FORGED),
        NotebookSaved(**bob.about(), snapshot=FORGED, path=FORGED, cause=FORGED,
                      form=SnapshotForm(readable=False), sha256=hashlib.sha256(b"x").hexdigest(),
                      size=1),
    ]  # fmt: skip
    assert bob.send(*events, contents=(b"x",)).status == 200
    for path in (f"writers/{FORGED}/events".replace("\r\n", "%0d%0a").encode("unicode_escape"),):
        bob.bench.get(path.decode().replace("\\", "%5c").replace(" ", "%20"), "bob")
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\x1b" not in record.getMessage()


def test_a_compressed_bomb_is_only_bytes(bob: Hostile) -> None:
    """Nothing that is sent is ever unpacked: a gigabyte of zeros in 100 kB stays 100 kB."""
    bomb = zstandard.ZstdCompressor().compress(bytes(1_000_000_000))
    event = OutputRecorded(
        **bob.about(), execution=new_id(), index=0, type="stream", parts={"text/plain": 0}
    )
    before = time.monotonic()
    answer = bob.send(event, contents=(bomb,))
    assert answer.status == 200
    assert time.monotonic() - before < 5


def test_a_hundred_megabytes_of_one_person_hold_nobody_up(bench: Bench, bob: Hostile) -> None:
    def times(seconds: float) -> list[float]:
        taken, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            before = time.perf_counter()
            assert bench.get("me", "alice").status == 200
            taken.append(time.perf_counter() - before)
        return sorted(taken)

    alone = times(2)
    big = os.urandom(25_000_000).hex().encode() * 2
    run, about = new_id(), bob.about()
    started = ExecutionStarted(
        **about, execution=run, kernel_session=new_id(), position=0, source=0, path="b.ipynb",
        started_at=1,
    )  # fmt: skip
    output = OutputRecorded(**about, execution=run, index=0, type="stream", parts={"text/plain": 0})
    answers: list[Answer] = []
    sender = threading.Thread(
        target=lambda: answers.append(bob.send(started, output, contents=(big,)))
    )
    sender.start()
    together = times(3)
    sender.join()
    assert answers[0].status == 200
    middle = together[len(together) // 2]
    assert middle <= 3 * alone[len(alone) // 2] + 0.02
    assert together[int(len(together) * 0.99)] <= hubs.patience(1.0)


def test_replays_and_forged_versions_change_nothing(
    bench: Bench, world: World, bob: Hostile
) -> None:
    def kept() -> list[tuple[str, int]]:
        return [(each.path, each.versions) for each in world.store.notebooks(world.ids["space"])]

    before = kept()
    body = hashlib.sha256(b"x").hexdigest()
    forged = NotebookSaved(
        **bob.about(), snapshot=world.ids["snapshot"], path="forged.ipynb", sha256=body, size=1,
        form=SnapshotForm(readable=False),
    )  # fmt: skip
    answer = bob.send(forged, contents=(b"x",))
    refused = msgspec.msgpack.decode(answer.body, type=Receipt).refused
    assert list(refused.values()) == ["twice"]
    bob.sequence -= 1
    again = bob.send(forged, contents=(b"x",))
    assert (again.status, again.body) == (200, answer.body)
    bob.sequence -= 1
    other = bob.send(Gap(**bob.about(), reason="other", since=1))
    assert (other.status, other.code) == (409, "writer-forked")
    assert kept() == before
    for writer in (new_id(), Hostile(bench, "alice's server").registered.writer):
        gap = Sealed(1, Gap(**bob.about(), reason="x", since=1))
        answer = bob.post(f"writers/{writer}/events", Batch([gap]))
        assert (answer.status, answer.code) == (404, "not-found")
    assert world.store.check() == []
