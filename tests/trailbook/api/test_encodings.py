"""Bodies that recorders send compressed: read as what they hold, and counted as that."""

import time
from collections.abc import Iterator

import msgspec
import pytest
import zstandard

from trailbook.api.writers import BATCH_BYTES
from trailbook.quota import Quota
from trailbook.store.records import Batch, Gap, Receipt, Registered, Registration, Sealed
from trailbook.turns import MOST_BYTES, Turns

from .bench import Answer, Bench
from .test_recorders import Wire
from .world import World, notebook, save

WHO = "bob's server"
pack = msgspec.msgpack.encode


def squeeze(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def send(bench: Bench, path: str, body: bytes, encoding: str = "zstd") -> Answer:
    return bench.call("POST", path, WHO, raw=body, headers={"Content-Encoding": encoding})


@pytest.fixture
def turns(bench: Bench) -> Iterator[Turns]:
    bench.parts.turns = Turns()
    yield bench.parts.turns
    bench.parts.turns = None


def nothing_is_left(turns: Turns) -> bool:
    """An answer arrives a moment before its request is over."""
    end = time.monotonic() + 10
    while any(one.requests or one.size for one in turns._owners.values()):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


class Old(msgspec.Struct, frozen=True, kw_only=True):
    """What a recorder reads of its registration that has never heard of encodings."""

    writer: str
    acknowledged: int


def test_who_registers_is_offered_zstd_and_an_older_recorder_is_not_disturbed(
    bench: Bench,
) -> None:
    answer = bench.call("POST", "writers", WHO, raw=pack(Registration()))
    assert msgspec.msgpack.decode(answer.body, type=Registered).encodings == ["zstd"]
    assert msgspec.msgpack.decode(answer.body, type=Old).acknowledged == 0


def test_the_store_itself_offers_nothing(world: World) -> None:
    assert world.store.register_writer(world.owner("bob"), Registration()).encodings == []


@pytest.mark.parametrize("cells", [3, 2_000], ids=["small", "on a thread"])
def test_a_compressed_batch_is_kept_as_what_it_holds(
    bench: Bench, world: World, cells: int, turns: Turns
) -> None:
    wire, path = Wire(bench, WHO), f"squeezed-{cells}.ipynb"
    raw = notebook(*(f"x = {n}" for n in range(cells)))
    batch = wire.batch(save(world.ids["space"], "bob", path, raw))
    answer = send(bench, f"writers/{wire.registered.writer}/events", squeeze(pack(batch)))
    assert answer.status == 200, answer
    assert msgspec.msgpack.decode(answer.body, type=Receipt) == Receipt(1)
    found = world.store.notebook_at(world.ids["space"], path)
    [version] = world.store.snapshots(found.id)
    assert world.store.snapshot_bytes(version.id) == raw
    assert nothing_is_left(turns)


def test_what_is_not_the_zstd_that_it_says_is_refused_with_a_sentence(
    bench: Bench, turns: Turns
) -> None:
    where = f"writers/{Wire(bench, WHO).registered.writer}/events"
    whole = squeeze(pack(Batch([])))
    for body in (whole[:-1], whole + b"x", whole + whole, pack(Batch([])), b""):
        answer = send(bench, where, body)
        assert (answer.status, answer.code) == (400, "bad-request")
        assert "zstd" in answer.json["message"]
    assert send(bench, where, whole).status == 200
    assert nothing_is_left(turns)


def test_another_encoding_is_refused_and_none_is_none(bench: Bench, turns: Turns) -> None:
    where = f"writers/{Wire(bench, WHO).registered.writer}/events"
    for encoding in ("gzip", "br", "zstd, gzip"):
        answer = send(bench, where, pack(Batch([])), encoding)
        assert (answer.status, answer.code) == (415, "unknown-encoding")
        assert answer.json["message"]
    assert send(bench, where, pack(Batch([])), "identity").status == 200


def test_zstd_that_nobody_named_is_no_body(bench: Bench) -> None:
    """An older service's answer: what sends it again plain then relies on this status."""
    where = f"writers/{Wire(bench, WHO).registered.writer}/events"
    answer = bench.call("POST", where, WHO, raw=squeeze(pack(Batch([]))))
    assert (answer.status, answer.code) == (400, "bad-request")


def test_each_verbs_own_limit_holds_for_what_is_made_of_a_body(bench: Bench) -> None:
    where = f"writers/{Wire(bench, WHO).registered.writer}/events"
    for path, limit in (("writers", 1_000_000), (where, BATCH_BYTES)):
        answer = send(bench, path, squeeze(bytes(limit + 1)))
        assert (answer.status, answer.code) == (413, "too-large")
        assert f"{limit + 1} bytes; at most {limit}" in answer.json["message"]


def test_a_body_counts_as_what_it_holds(bench: Bench) -> None:
    wire = Wire(bench, WHO)
    bench.parts.quota = Quota(events=1_000, size=150_000)
    try:
        gap = Gap(space=wire.registered.mounts[0].space, at=1, reason="x" * 100_000, since=1)
        body = squeeze(pack(Batch([Sealed(1, gap)])))
        assert len(body) < 1_000
        where = f"writers/{wire.registered.writer}/events"
        statuses = [send(bench, where, body).status for _ in range(3)]
        assert statuses == [200, 200, 429]
    finally:
        bench.parts.quota = None


def test_what_an_owner_has_there_counts_as_what_it_holds(bench: Bench, turns: Turns) -> None:
    wire = Wire(bench, WHO)
    [owner] = turns._owners
    where = f"writers/{wire.registered.writer}/events"
    large = squeeze(pack({"events": [], "payloads": {}, "more": bytes(MOST_BYTES)}))
    assert len(large) < 10_000
    assert send(bench, where, large).status == 200  # alone it may be of any size
    assert nothing_is_left(turns)
    turns.admit(owner, 1_000)
    answer = send(bench, where, large)
    assert (answer.status, answer.code) == (429, "out-of-turn")
    turns.leave(owner, 1_000)
    assert nothing_is_left(turns)
    assert send(bench, where, large).status == 200
