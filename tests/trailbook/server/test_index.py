"""What was recorded last is known again after a restart, also of a server that was killed."""

import threading
import time

import pytest

from trailbook.server.files import Content
from trailbook.server.index import Index
from trailbook.server.recorder import Recorder
from trailbook.server.saves import Saves
from trailbook.store.records import NotebookSaved
from trailbook.store.spool import Spool, segments


def seen(text):
    return Content(text.encode(), 1).seen


@pytest.fixture
def begin(tmp_path):
    """The index of a server that starts; nothing ends it."""
    return lambda: Index(tmp_path, "/root")


def record(index, path, text):
    """A version of a notebook is durable in the spool."""
    index.put(path, seen(text))
    index.keep(path, seen(text))


def test_what_was_not_written_in_full_is_known_after_a_kill(begin):
    before = begin()
    record(before, "a.ipynb", "1")
    before.save()
    record(before, "a.ipynb", "2")
    record(before, "b/c.ipynb", "3")
    assert dict(begin().items()) == {"a.ipynb": seen("2"), "b/c.ipynb": seen("3")}


def test_moves_and_deletions_are_known_after_a_kill(begin):
    before = begin()
    for path in ("old/a.ipynb", "old/b.ipynb", "c.ipynb"):
        record(before, path, path)
    before.save()
    before.move("old", "new")
    before.delete("c.ipynb")
    assert dict(begin().items()) == {
        "new/a.ipynb": seen("old/a.ipynb"),
        "new/b.ipynb": seen("old/b.ipynb"),
    }


def test_a_line_that_was_torn_costs_nothing_else(begin, tmp_path):
    record(begin(), "a.ipynb", "1")
    record(begin(), "b.ipynb", "2")
    (log,) = tmp_path.glob("*.log")
    log.write_bytes(log.read_bytes()[:-10])
    assert dict(begin().items()) == {"a.ipynb": seen("1")}


def test_what_is_written_in_full_needs_no_log(begin, tmp_path):
    before = begin()
    record(before, "a.ipynb", "1")
    begin().save()  # a server that took the line over
    (log,) = tmp_path.glob("*.log")
    assert log.read_bytes() == b""
    assert dict(begin().items()) == {"a.ipynb": seen("1")}


def test_a_name_that_is_no_unicode_stops_nothing(begin):
    index = begin()
    record(index, "a.ipynb", "1")
    record(index, "\udcff.ipynb", "2")
    index.move("a.ipynb", "\udcfe.ipynb")
    index.save()
    assert begin().items() == []


def test_what_may_have_gone_with_a_killed_server_is_not_known_to_the_next(begin):
    index = begin()
    record(index, "old/a.ipynb", "1")
    index.put("old/a.ipynb", seen("2"))
    index.put("b.ipynb", seen("3"))
    index.move("old", "new")
    index.save()
    assert index.get("new/a.ipynb") == seen("2")
    assert dict(begin().items()) == {"new/a.ipynb": seen("1")}


def test_what_is_durable_late_does_not_hide_what_is_newer(begin):
    index = begin()
    index.put("a.ipynb", seen("1"))
    index.put("a.ipynb", seen("2"))
    index.keep("a.ipynb", seen("1"))
    assert begin().items() == []
    index.keep("a.ipynb", seen("2"))
    assert begin().items() == [("a.ipynb", seen("2"))]


def test_a_save_that_did_not_wait_for_a_slow_disk_is_known_once_it_is_durable(
    begin, tmp_path, monkeypatch
):
    sync, disk = segments._sync_data, threading.Event()
    monkeypatch.setattr(segments, "_sync_data", lambda file: (disk.wait(30), sync(file)))
    spool, index = Spool(tmp_path / "spool"), begin()
    Saves(Recorder(spool), index).saved("a.ipynb", Content(b"1", 1), "ada")
    assert index.get("a.ipynb") == seen("1")
    assert begin().items() == []
    disk.set()
    assert spool.flush()
    spool.close()
    assert begin().items() == [("a.ipynb", seen("1"))]


def test_a_version_without_room_is_recorded_when_it_is_saved_again(begin, tmp_path, monkeypatch):
    spool, index = Spool(tmp_path / "spool", memory_limit=5000), begin()
    saves = Saves(Recorder(spool), index)
    write, full = segments.os.write, threading.Event()

    def writes(*args):
        if full.is_set():
            raise OSError(28, "No space left on device")
        return write(*args)

    monkeypatch.setattr(segments.os, "write", writes)
    monkeypatch.setattr("trailbook.store.spool.RETRY_SECONDS", 0.05)
    saves.saved("a.ipynb", Content(b"1", 1), "ada")
    full.set()
    large = Content(b"2" * 6000, 2)
    for path in ("b.ipynb", "a.ipynb", "a.ipynb"):  # the first of them waits in memory
        saves.saved(path, large, "ada")
    assert index.get("a.ipynb").recorded is False
    full.clear()
    until(lambda: not spool.failing)
    saves.opened("a.ipynb", large)
    saves.saved("a.ipynb", large, "ada")
    assert spool.flush()
    events = [sealed.event for sealed in spool.read(10, 1 << 20)]
    spool.close()
    saved = [(it.path, it.size, it.cause) for it in events if isinstance(it, NotebookSaved)]
    assert saved == [
        ("a.ipynb", 1, "save"),
        ("b.ipynb", 6000, "save"),
        ("a.ipynb", 6000, "save"),
    ]
    assert begin().get("a.ipynb") == large.seen


def until(holds):
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
