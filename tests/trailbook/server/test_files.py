"""What a server remembers of a file tells whether it has changed."""

import msgspec
import pytest
from blake3 import blake3

from trailbook.server.files import Content, Seen


def remembered(seen):
    """What comes back when it was written down and read by a server that starts."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(seen), type=Seen)


@pytest.mark.parametrize(("now", "same"), [(b"{}", True), (b"[]", False), (b"{ }", False)])
def test_a_file_is_known_again_by_its_bytes(now, same):
    assert Content(now, 2).is_as(remembered(Content(b"{}", 1).seen)) is same


@pytest.mark.parametrize(("now", "same"), [(b"{}", True), (b"[]", False)])
def test_what_an_earlier_release_has_remembered_still_tells(now, same):
    seen = msgspec.convert([1, 2, blake3(b"{}").digest(16)], Seen)
    assert Content(now, 1).is_as(seen) is same


def test_what_a_later_release_has_remembered_tells_nothing():
    seen = msgspec.convert([1, 2, b"", "another"], Seen)
    assert not Content(b"{}", 1).is_as(seen)
