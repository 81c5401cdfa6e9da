"""What a recorder sends compressed arrives as it was, also where a service has become an older one.

A way that takes the header from a request makes of any service one that has never heard of it.
"""

import msgspec
import pytest
import zstandard

from trailbook.server import drain as drains
from trailbook.store.records import Batch

from .proxy import Way
from .test_service_away import Server

MARK = b"\r\nContent-Encoding: zstd"


class Listening(Way):
    """Keeps what passes; when it is `old`, nobody behind it learns of an encoding."""

    old = False

    def __init__(self, port):
        self.heard = []
        super().__init__(port)

    def _pass(self, client, request, mode):
        head, _, body = request.partition(b"\r\n\r\n")
        self.heard.append((MARK in head, head, body))
        passed = request.replace(MARK, b"", 1) if self.old else request
        return super()._pass(client, passed, mode)

    def batches(self):
        return [(small, body) for small, head, body in self.heard if b"/events " in head]


@pytest.fixture
def way(service):
    service.start()
    made = Listening(service.port)
    yield made
    made.close()


@pytest.fixture
def server(way, outside, tmp_path, monkeypatch):
    monkeypatch.setattr(drains, "FIRST_BACKOFF", 0.02)
    made = Server(tmp_path / "spools", way.port, outside)
    yield made
    made.close()


def test_what_arrives_is_what_was_saved_and_it_was_compressed_on_its_way(
    way, server, service, outside, rounds
):
    server.drain.start()
    for n in range(rounds(10)):
        server.save(n)
        server.run(f"x = {n}")
        server.drained()
    service.stop()
    outside.hold(service.file)
    small = [body for compressed, body in way.batches() if compressed]
    assert small
    for body in small:
        plain = zstandard.decompress(body)
        assert len(body) < len(plain)
        assert msgspec.msgpack.decode(plain, type=Batch).events


def test_an_older_service_sets_nothing_aside_and_loses_nothing(
    way, server, service, outside, tmp_path, rounds
):
    server.drain.start()
    server.save(0)
    server.drained()
    assert [compressed for compressed, _ in way.batches()] == [True]
    way.old = True
    for n in range(1, 1 + rounds(5)):
        server.save(n, f"{n}.ipynb")
        server.drained()
    batches = [compressed for compressed, _ in way.batches()[1:]]
    assert batches == [True, *[False] * rounds(5)]
    assert not (tmp_path / "spools" / "refused").exists()
    service.stop()
    outside.hold(service.file)
