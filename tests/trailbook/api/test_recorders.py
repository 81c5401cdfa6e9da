"""What recorders send, honest and hostile."""

import msgspec
import pytest

from trailbook.ids import new_id
from trailbook.store.records import Batch, NotebookSaved, Receipt, Registered, Registration, Wanted

from .bench import Answer, Bench
from .world import Recorder, World, notebook, run, save

pack = msgspec.msgpack.encode


def send(bench: Bench, path: str, who: str, body: object) -> Answer:
    return bench.call("POST", path, who, raw=body if isinstance(body, bytes) else pack(body))


def register(bench: Bench, who: str) -> Registered:
    answer = send(bench, "writers", who, Registration())
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/msgpack"
    return msgspec.msgpack.decode(answer.body, type=Registered)


class Wire(Recorder):
    """A recorder that speaks HTTP."""

    def __init__(self, bench: Bench, who: str) -> None:
        self.registered = register(bench, who)
        self.keys = {mount.space: mount.key for mount in self.registered.mounts}
        self.sequence = 0


def test_a_recorder_registers_asks_what_is_missing_and_sends_it(bench: Bench, world: World) -> None:
    wire = Wire(bench, "bob's server")
    space = world.ids["space"]
    assert wire.registered.owner == "bob"
    assert {mount.prefix for mount in wire.registered.mounts} == {"", "projects/churn"}
    batch = wire.batch(
        [
            *run(space, "bob", "wire.ipynb", "wired()", []),
            *save(space, "bob", "wire.ipynb", notebook("wired()")),
        ]
    )
    ids = [id_ for event in batch.events for id_ in event.contents]
    where = f"writers/{wire.registered.writer}"
    answer = send(bench, f"{where}/missing", "bob's server", Wanted(space, ids))
    assert msgspec.msgpack.decode(answer.body)
    answer = send(bench, f"{where}/events", "bob's server", batch)
    receipt = msgspec.msgpack.decode(answer.body, type=Receipt)
    assert receipt.acknowledged == wire.sequence
    again = send(bench, f"{where}/events", "bob's server", batch)
    assert msgspec.msgpack.decode(again.body, type=Receipt) == receipt
    [found] = bench.get("notebooks", "carol", space=space, path="wire.ipynb").json
    assert found["runs"] == 1
    answer = send(bench, f"{where}/missing", "bob's server", Wanted(space, ids))
    assert msgspec.msgpack.decode(answer.body) == []


def test_a_projects_server_records_into_its_project_alone(bench: Bench, world: World) -> None:
    registered = register(bench, "project server")
    assert registered.shared
    assert [mount.space for mount in registered.mounts] == [world.ids["space"]]


def test_a_viewers_server_records_nothing_into_the_project(bench: Bench, world: World) -> None:
    wire = Wire(bench, "carol's server")
    assert world.ids["space"] not in wire.keys
    wire.keys[world.ids["space"]] = b"k" * 32
    batch = wire.batch(run(world.ids["space"], "carol", "forged.ipynb", "x", []))
    answer = send(bench, f"writers/{wire.registered.writer}/events", "carol's server", batch)
    assert answer.status in {200, 403, 404, 409}
    space = world.ids["space"]
    assert bench.get("notebooks", "bob", space=space, path="forged.ipynb").json == []
    asked = Wanted(world.ids["space"], [b"0" * 32])
    answer = send(bench, f"writers/{wire.registered.writer}/missing", "carol's server", asked)
    assert answer.status == 403


def test_nobody_learns_what_another_space_holds(bench: Bench, world: World) -> None:
    wire = Wire(bench, "dave's server")
    asked = Wanted(world.ids["space"], [b"0" * 32])
    where = f"writers/{wire.registered.writer}/missing"
    there = send(bench, where, "dave's server", asked)
    nowhere = send(bench, where, "dave's server", Wanted("f" * 32, [b"0" * 32]))
    assert (there.status, there.body) == (nowhere.status, nowhere.body)
    assert there.status == 404


def test_nobody_writes_as_another_writer(bench: Bench, world: World) -> None:
    bobs = Wire(bench, "bob's server")
    batch = bobs.batch(run(world.ids["space"], "bob", "stolen.ipynb", "x", []))
    where = f"writers/{bobs.registered.writer}/events"
    for who in ("dave's server", "alice's server", "project server"):
        assert send(bench, where, who, batch).status in {403, 404}
    for who in ("bob", "hub"):
        assert send(bench, where, who, batch).status == 403


def test_a_version_that_does_not_match_its_checksum_is_refused(bench: Bench, world: World) -> None:
    wire = Wire(bench, "bob's server")
    batch = wire.batch(save(world.ids["space"], "bob", "forged.ipynb", notebook("x")))
    [sealed] = batch.events
    assert isinstance(sealed.event, NotebookSaved)
    forged = msgspec.structs.replace(sealed.event, sha256="0" * 64)
    bad = Batch([msgspec.structs.replace(sealed, event=forged)], batch.payloads)
    answer = send(bench, f"writers/{wire.registered.writer}/events", "bob's server", bad)
    receipt = msgspec.msgpack.decode(answer.body, type=Receipt)
    assert receipt == Receipt(1, refused={1: "not-exact"})
    space = world.ids["space"]
    assert bench.get("notebooks", "bob", space=space, path="forged.ipynb").json == []


HOSTILE = {
    "nothing": b"",
    "JSON": b'{"events": []}',
    "noise": b"\xc1" * 50,
    "a long list that is not there": b"\xdd\xff\xff\xff\xff",
    "a long map that is not there": b"\xdf\xff\xff\xff\xff",
    "deep": b"\x91" * 100_000,
    "another type": pack(5),
    "another shape": pack({"events": 5}),
    "no event": pack([[[1, {"kind": "nonsense"}, []]], {}]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_batch_is_refused(bench: Bench, name: str) -> None:
    wire = Wire(bench, "bob's server")
    for path in ("events", "missing"):
        where = f"writers/{wire.registered.writer}/{path}"
        answer = send(bench, where, "bob's server", HOSTILE[name])
        assert (answer.status, answer.code) == (400, "bad-request"), path


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "a/../../b.ipynb", "a\x00b", "", "x" * 5000, "\ud800"],
)
def test_a_path_that_leaves_its_space_is_refused_and_nothing_is_kept(
    bench: Bench, world: World, path: str
) -> None:
    wire = Wire(bench, "bob's server")
    space = world.ids["space"]
    before = len(bench.get("projects/churn/notebooks", "bob").json)
    try:
        batch = wire.batch(run(space, "bob", path, "x", []))
        body = pack(batch)
    except UnicodeEncodeError:
        body = pack(wire.batch(run(space, "bob", "SURROGATE", "x", []))).replace(
            b"SURROGATE", b"SURRO\xed\xa0\x80X"
        )
    answer = send(bench, f"writers/{wire.registered.writer}/events", "bob's server", body)
    assert answer.status in {400, 200}
    if answer.status == 200:
        views = bench.get("projects/churn/notebooks", "bob").json
        assert all(".." not in view["path"] and not view["path"].startswith("/") for view in views)
    else:
        assert len(bench.get("projects/churn/notebooks", "bob").json) == before


def test_an_unknown_writer_is_absent(bench: Bench, world: World) -> None:
    wire = Wire(bench, "bob's server")
    batch = wire.batch(run(world.ids["space"], "bob", "w.ipynb", "x", []))
    for writer in (new_id(), "nonsense"):
        assert send(bench, f"writers/{writer}/events", "bob's server", batch).status == 404
