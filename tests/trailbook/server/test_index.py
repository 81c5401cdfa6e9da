"""What was recorded last is known again after a restart, also of a server that was killed."""

import pytest

from trailbook.server.files import Content
from trailbook.server.index import Index


def seen(text):
    return Content(text.encode(), 1).seen


@pytest.fixture
def begin(tmp_path):
    """The index of a server that starts; nothing ends it."""
    return lambda: Index(tmp_path, "/root")


def test_what_was_not_written_in_full_is_known_after_a_kill(begin):
    before = begin()
    before.put("a.ipynb", seen("1"))
    before.save()
    before.put("a.ipynb", seen("2"))
    before.put("b/c.ipynb", seen("3"))
    assert dict(begin().items()) == {"a.ipynb": seen("2"), "b/c.ipynb": seen("3")}


def test_moves_and_deletions_are_known_after_a_kill(begin):
    before = begin()
    for path in ("old/a.ipynb", "old/b.ipynb", "c.ipynb"):
        before.put(path, seen(path))
    before.save()
    before.move("old", "new")
    before.delete("c.ipynb")
    assert dict(begin().items()) == {
        "new/a.ipynb": seen("old/a.ipynb"),
        "new/b.ipynb": seen("old/b.ipynb"),
    }


def test_a_line_that_was_torn_costs_nothing_else(begin, tmp_path):
    begin().put("a.ipynb", seen("1"))
    begin().put("b.ipynb", seen("2"))
    (log,) = tmp_path.glob("*.log")
    log.write_bytes(log.read_bytes()[:-10])
    assert dict(begin().items()) == {"a.ipynb": seen("1")}


def test_what_is_written_in_full_needs_no_log(begin, tmp_path):
    before = begin()
    before.put("a.ipynb", seen("1"))
    begin().save()  # a server that took the line over
    (log,) = tmp_path.glob("*.log")
    assert log.read_bytes() == b""
    assert dict(begin().items()) == {"a.ipynb": seen("1")}


def test_a_name_that_is_no_unicode_stops_nothing(begin):
    index = begin()
    index.put("a.ipynb", seen("1"))
    index.put("\udcff.ipynb", seen("2"))
    index.move("a.ipynb", "\udcfe.ipynb")
    index.save()
    assert begin().items() == []
