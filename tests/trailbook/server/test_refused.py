"""What the store refuses of a spool is kept aside, and everything around it arrives."""

import time
from types import SimpleNamespace

import msgspec
import pytest

from trailbook.clock import now_us
from trailbook.errors import QuotaExceeded
from trailbook.ids import new_id
from trailbook.server.drain import Drain
from trailbook.server.feeder import Feeder
from trailbook.server.recorder import Recorder, place
from trailbook.store.forms import Frame
from trailbook.store.objects import sealing
from trailbook.store.records import Gap, NotebookSaved, Registration
from trailbook.store.spool import Spool
from trailbook.store.sql import SqlStore

TOO_LONG = "x" * 70_000


class StoreSink:
    """The real store, as a recorder reaches it; answers can get lost on the way."""

    def __init__(self, store):
        self.store = store
        person = store.person("ada", "2024-01-01T00:00:00Z", "Ada")
        self.owner = SimpleNamespace(person=person.id, project=None, name="ada")
        self.lose_answers = 0
        self.over_quota = False

    def register(self, registration):
        return self.store.register_writer(self.owner, registration)

    def missing(self, writer, space, ids):
        return self.store.missing(writer, space, ids)

    def ingest(self, writer, batch):
        if self.over_quota:
            raise QuotaExceeded("events", 60)
        receipt = self.store.ingest(self.owner, writer, batch)
        if self.lose_answers:
            self.lose_answers -= 1
            raise ConnectionResetError
        return receipt


@pytest.fixture
def sink(tmp_path):
    store = SqlStore.open(tmp_path / "store.sqlite")
    yield StoreSink(store)
    store.close()


@pytest.fixture
def spool(tmp_path):
    made = Spool(tmp_path / "spools" / "1")
    yield made
    made.close()


def save(spool, n, path="a.ipynb"):
    event = NotebookSaved(
        space=place("a.ipynb"), at=now_us(), author="ada", snapshot=new_id(), path=path
    )
    raw = b'{"cells": [], "n": %d}' % n
    assert spool.append(event, [raw]).result(5)
    return event.snapshot, raw


def gap(spool, reason):
    spool.append(Gap(space="@", at=now_us(), reason=reason, since=1)).result(5)


def drained(feeder):
    while True:
        try:
            if not feeder.feed():
                return
        except ConnectionResetError:
            feeder.register()


@pytest.mark.parametrize("lost", [0, 1])
def test_a_wrong_record_is_kept_aside_and_the_others_arrive(sink, spool, tmp_path, lost):
    sink.lose_answers = lost
    feeder = Feeder(spool, sink, Registration(), tmp_path / "refused")
    saved = [save(spool, 1)]
    gap(spool, TOO_LONG)
    lost_path, _ = save(spool, 2, "../outside.ipynb")
    saved.append(save(spool, 3))
    drained(feeder)
    assert spool.state().pending_events == 0
    for snapshot, raw in saved:
        assert sink.store.snapshot_bytes(snapshot) == raw
    kept = sorted((tmp_path / "refused").iterdir())
    assert [path.name.rpartition("-")[2] for path in kept] == ["2.seg", "3.seg"]
    assert lost_path.encode() in kept[1].read_bytes()
    assert b'"n": 2' in kept[1].read_bytes()
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert sink.store.check() == []


def test_beyond_the_quota_records_wait_in_the_spool_and_the_recorder_says_so(
    sink, spool, tmp_path, monkeypatch
):
    monkeypatch.setattr("trailbook.server.drain.LONGEST_BACKOFF", 0.1)
    sink.over_quota = True
    drain = Drain(Recorder(spool), tmp_path / "spools", lambda: sink, Registration())
    saved = [save(spool, n) for n in range(3)]
    drain.start()
    try:
        until(lambda: drain.status.error)
        assert "taken in a day" in drain.status.error
        assert spool.state().pending_events == 3
        assert not (tmp_path / "spools" / "refused").exists()
        sink.over_quota = False
        until(lambda: spool.state().pending_events == 0)
        until(lambda: drain.status.error is None)
    finally:
        drain.stop()
    for snapshot, raw in saved:
        assert sink.store.snapshot_bytes(snapshot) == raw


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_version_that_was_told_wrongly_arrives_in_whole(sink, spool, tmp_path, monkeypatch):
    """A mistake of ours in telling a notebook must not cost anybody a version."""
    cut = sealing.cut_notebook

    def wrongly(raw, known=None):
        found = cut(raw, known)
        return msgspec.structs.replace(found, frame=Frame(b"wrong", [], b""))

    monkeypatch.setattr(sealing, "cut_notebook", wrongly)
    feeder = Feeder(spool, sink, Registration(), tmp_path / "refused")
    snapshot, raw = save(spool, 1)
    drained(feeder)
    monkeypatch.undo()
    later, other = save(spool, 2)
    drained(feeder)
    assert sink.store.snapshot_bytes(snapshot) == raw
    assert not sink.store.snapshot(snapshot).readable
    assert sink.store.snapshot_bytes(later) == other
    assert sink.store.snapshot(later).readable
    assert not (tmp_path / "refused").exists()
    assert sink.store.check() == []
