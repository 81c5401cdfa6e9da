"""What recorders send takes its turn, whatever becomes of the request."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from trailbook.errors import HubAway
from trailbook.store.records import Batch, Gap, Registered, Registration, Sealed
from trailbook.store.tables.aside import aside
from trailbook.turns import IN_ADVANCE, Turns

from .bench import ACTOR, Answer, Bench, BenchHandler

WHO = "alice's server"


@pytest.fixture
def turns(bench: Bench) -> Iterator[Turns]:
    bench.parts.turns = Turns()
    yield bench.parts.turns
    bench.parts.turns = None


def send(bench: Bench, path: str, body: object) -> Answer:
    return bench.call("POST", path, WHO, raw=msgspec.msgpack.encode(body))


def test_what_is_known_before_the_body_is_said_as_always(
    bench: Bench, turns: Turns, monkeypatch: Any
) -> None:
    async def away(_: object) -> None:
        raise HubAway

    monkeypatch.setattr(BenchHandler, "owner", away)
    answer = send(bench, "writers", Registration())
    assert (answer.status, answer.code) == (502, "hub-away")
    monkeypatch.undo()
    assert send(bench, "writers", Registration()).status == 201


def test_who_goes_while_it_is_worked_on_leaves_the_turn_to_the_next(
    bench: Bench, turns: Turns, monkeypatch: Any
) -> None:
    body = send(bench, "writers", Registration()).body
    registered = msgspec.msgpack.decode(body, type=Registered)
    ingest, begun, go_on = bench.store.ingest, threading.Event(), threading.Event()

    def slow(*arguments: Any, **named: Any) -> Any:
        begun.set()
        go_on.wait(10)
        return ingest(*arguments, **named)

    gap = Gap(space=registered.mounts[0].space, at=1, reason="x", since=1)
    batch = msgspec.msgpack.encode(Batch([Sealed(1, gap)]))
    address = f"writers/{registered.writer}/events"
    monkeypatch.setattr(bench.store, "ingest", slow)
    for _ in range(40):  # more than one may have there at once
        begun.clear()
        go_on.clear()
        one = socket.create_connection(("127.0.0.1", bench.port))
        head = f"POST /api/{address} HTTP/1.1\r\nHost: x\r\n{ACTOR}: {WHO}\r\n"
        one.sendall(f"{head}Content-Length: {len(batch)}\r\n\r\n".encode() + batch)
        assert begun.wait(10)
        one.close()
        go_on.set()
    assert bench.call("POST", address, WHO, raw=batch).status == 200


def test_what_waited_behind_everybody_else_is_not_counted(
    bench: Bench, turns: Turns, monkeypatch: Any
) -> None:
    body = send(bench, "writers", Registration()).body
    registered = msgspec.msgpack.decode(body, type=Registered)
    ingest = bench.store.ingest

    def aside_first(*arguments: Any, **named: Any) -> Any:
        aside(time.sleep, 1.0)
        return ingest(*arguments, **named)

    monkeypatch.setattr(bench.store, "ingest", aside_first)
    gap = Gap(space=registered.mounts[0].space, at=1, reason="x", since=1)
    answer = send(bench, f"writers/{registered.writer}/events", Batch([Sealed(1, gap)]))
    assert answer.status == 200
    [one] = turns._owners.values()
    assert one.left > IN_ADVANCE - 0.7
