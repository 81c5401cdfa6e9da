"""The spool empties into the service, exactly once, whatever the service does meanwhile."""

import threading
import time

import pytest

from trailbook.server import drain as drains
from trailbook.server.drain import Drain
from trailbook.server.recorder import Recorder, place
from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    Gap,
    KernelEnded,
    KernelStarted,
    Mount,
    NotebookSaved,
    Registration,
)
from trailbook.store.remote import RemoteSink
from trailbook.store.spool import Spool

from .conftest import KEY


def until(condition, timeout=10.0):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.02)


@pytest.fixture
def server(service, spool_folder, monkeypatch):
    """Servers of one person, one after the other or side by side, without Jupyter around them."""
    monkeypatch.setattr(drains, "LONGEST_BACKOFF", 0.2)
    monkeypatch.setattr(drains, "FIRST_BACKOFF", 0.05)
    running = []

    def connect():
        return RemoteSink(service.url, "token")

    class Server:
        def __init__(self, name):
            self.spool = Spool(spool_folder / name)
            self.recorder = Recorder(self.spool)
            self.drain = Drain(
                self.recorder,
                spool_folder,
                lambda: RemoteSink(service.url, "token"),
                Registration(),
            )
            running.append(self)

        def start(self):
            self.drain.start()
            return self

        def save(self, n, path="a.ipynb"):
            event = NotebookSaved(
                space=place(path), at=n, snapshot=f"{n:032x}", path=path, author="alice"
            )
            self.recorder.emit(event, [b'{"cells": [], "n": %d}' % n], urgent=True).result(5)

        def stop(self):
            self.drain.stop()
            self.spool.close()

        def die(self):
            """As with kill -9: nothing more is written, the lock stays, the process is gone."""
            self.drain._feed = self.drain._housekeep = lambda: None
            self.drain.stop()
            self.spool._closing = True
            lock = self.spool._lock
            dead = lock.path.read_text().replace('"started":"', '"started":"0')
            lock.path.write_text(dead)
            self.spool._owned = False

    yield lambda name="1" * 32: Server(name)
    for each in running:
        each.stop()


def eventually(condition, timeout=15.0):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def numbers(service):
    return [event.at for event in service.of(NotebookSaved)]


def test_events_arrive_in_order_with_verified_authors(server, service):
    here = server().start()
    for n in range(20):
        here.save(n)
    service.wait_for(NotebookSaved, 20)
    assert numbers(service) == list(range(20))
    assert {event.author_basis for event in service.events} == {"verified"}
    assert service.notebook(service.events[3]) == b'{"cells": [], "n": 3}'
    eventually(lambda: here.spool.state().pending_events == 0)
    eventually(lambda: here.drain.status.reached)


def test_who_waits_for_something_to_send_stops_at_once(server, monkeypatch):
    monkeypatch.setattr(drains, "IDLE_SECONDS", 60.0)
    here = server().start()
    eventually(lambda: here.drain.status.reached)
    here.drain.stop()
    assert not here.drain._thread.is_alive()


def test_on_a_projects_server_people_are_reported(server, service):
    service.shared, service.owner = True, "p-churn"
    here = server().start()
    here.save(1)
    (saved,) = service.wait_for(NotebookSaved)
    assert (saved.author, saved.author_basis) == ("alice", "reported")


def test_a_service_that_is_away_is_waited_for(server, service):
    service.stop()
    here = server().start()
    for n in range(5):
        here.save(n)
    eventually(lambda: here.drain.status.error is not None)
    assert here.spool.state().pending_events == 5
    service.start()
    service.wait_for(NotebookSaved, 5)
    assert numbers(service) == list(range(5))
    eventually(lambda: here.drain.status.error is None)


@pytest.mark.parametrize("status", [500, 502, 401, 403, 429])
def test_a_service_that_says_no_for_now_is_asked_again(server, service, status):
    service.status = status
    here = server().start()
    here.save(1)
    eventually(lambda: here.drain.status.error is not None)
    service.status = 200
    service.wait_for(NotebookSaved)


def test_an_answer_that_is_lost_does_not_send_anything_twice(server, service):
    service.lose_answers = 3
    here = server().start()
    for n in range(10):
        here.save(n)
    eventually(lambda: here.spool.state().pending_events == 0)
    assert numbers(service) == list(range(10))


def test_a_service_restored_from_a_backup_is_told_what_follows(server, service):
    here = server().start()
    for n in range(4):
        here.save(n)
    eventually(lambda: len(numbers(service)) == 4 and here.spool.state().pending_events == 0)
    (writer,) = service.writers
    del service.writers[writer][2:]
    for n in range(4, 6):
        here.save(n)
    eventually(lambda: here.spool.state().pending_events == 0)
    assert [sealed.event.at for sealed in service.writers[writer]] == [0, 1, 4, 5]


def test_a_forked_writer_begins_anew_with_everything_unacknowledged(server, service):
    here = server().start()
    here.save(0)
    eventually(lambda: here.spool.state().pending_events == 0 and numbers(service) == [0])
    (writer,) = service.writers
    service.refuse = lambda event: "writer-forked" if len(service.writers) == 1 else None
    here.save(1)
    here.save(2)
    eventually(lambda: len(service.writers) == 2 and here.spool.state().pending_events == 0)
    assert numbers(service) == [0, 1, 2]
    assert len(service.writers[writer]) == 1


def test_what_the_store_never_takes_is_kept_aside_and_named(server, service, spool_folder):
    service.refuse = lambda event: "not-exact" if event.at == 3 and type(event) is not Gap else None
    here = server()
    for n in range(6):
        here.save(n)
    here.start()
    eventually(lambda: here.spool.state().pending_events == 0 and len(service.events) == 6)
    assert numbers(service) == [0, 1, 2, 4, 5]
    (gap,) = service.of(Gap)
    assert gap.reason == "refused"
    (kept,) = (spool_folder / "refused").iterdir()
    assert b'"n": 3' in kept.read_bytes()


def test_content_that_the_service_lost_is_sent_again(server, service):
    here = server().start()
    here.save(1)
    service.wait_for(NotebookSaved)
    claims = service.missing
    service.missing = lambda writer, space, ids: []  # it says that it has everything
    here.save(2)
    service.wait_for(NotebookSaved, 2)
    service.missing = claims
    assert service.notebook(service.of(NotebookSaved)[1]) == b'{"cells": [], "n": 2}'


def test_the_same_content_is_sent_once(server, service):
    here = server().start()
    here.save(1)
    service.wait_for(NotebookSaved)
    eventually(lambda: here.spool.state().pending_events == 0)
    sent = len(service.requests)
    here.save(1)
    service.wait_for(NotebookSaved, 2)
    bodies = [body for path, _, body in service.requests[sent:] if path.endswith("events")]
    assert all(b'"n": 1' not in body for body in bodies)


def test_nothing_is_sent_before_its_owner_has_been_told(server, service, monkeypatch):
    monkeypatch.setattr(drains, "ASK_AGAIN", 0.1)
    service.consented = False
    here = server().start()
    here.save(1)
    eventually(lambda: len(service.registrations) >= 2)
    assert not service.events
    service.consented = True
    service.wait_for(NotebookSaved)


def test_a_new_server_sends_what_a_dead_one_left(server, service):
    service.status = 500
    dead = server("1" * 32).start()
    for n in range(3):
        dead.save(n)
    dead.die()
    service.status = 200
    heir = server("2" * 32).start()
    heir.save(3)
    service.wait_for(NotebookSaved, 4)
    assert numbers(service) == [0, 1, 2, 3]
    assert len(service.writers) == 2
    eventually(lambda: not dead.spool.folder.exists())


def test_a_dead_server_keeps_its_identity_and_its_runs_are_closed(server, service):
    dead = server("1" * 32).start()
    run = {"space": "@a.ipynb", "at": 1}
    dead.recorder.emit(KernelStarted(**run, kernel_session="k"))
    started = ExecutionStarted(
        **run, execution="e", kernel_session="k", position=0, source=0, started_at=1
    )
    dead.recorder.emit(started, [b"while True: pass"])
    service.wait_for(ExecutionStarted)
    eventually(lambda: dead.spool.state().pending_events == 0)
    dead.die()
    server("2" * 32).start()
    (finished,) = service.wait_for(ExecutionFinished)
    (ended,) = service.wait_for(KernelEnded)
    assert (finished.execution, finished.status) == ("e", "unknown")
    assert ended.reason == "unknown"
    (writer,) = (w for w, events in service.writers.items() if events)
    assert [sealed.sequence for sealed in service.writers[writer]] == [1, 2, 3, 4]


def test_servers_side_by_side_do_not_touch_each_others_spools(server, service):
    first, second = server("1" * 32).start(), server("2" * 32).start()
    threads = [
        threading.Thread(target=lambda s=s, n=n: [s.save(n + i) for i in range(50)])
        for s, n in ((first, 0), (second, 1000))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.wait_for(NotebookSaved, 100)
    assert sorted(numbers(service)) == [*range(50), *range(1000, 1050)]


@pytest.mark.parametrize(
    "mounts",
    [
        [
            Mount(prefix="", space="home", key=KEY),
            Mount(prefix="projects/off", space="off", key=KEY, recording=False),
        ]
    ],
)
def test_what_was_recorded_before_recording_was_known_to_be_off_is_not_sent(server, service):
    here = server()
    here.save(1, "projects/off/a.ipynb")
    here.save(2, "b.ipynb")
    here.start()
    service.wait_for(NotebookSaved)
    assert numbers(service) == [2]
    (gap,) = service.of(Gap)
    assert (gap.reason, gap.space, gap.path) == ("recording-off", "home", None)


def test_what_was_recorded_before_recording_went_off_is_still_sent(server, service):
    service.mounts = [Mount(prefix="", space="home", key=KEY, recording=False, off_since=2)]
    here = server()
    here.save(1)
    here.save(2)
    here.start()
    service.wait_for(Gap)
    assert numbers(service) == [1]


def test_a_receipt_that_says_recording_is_off_makes_the_server_ask_where(server, service):
    here = server().start()
    here.save(1)
    service.wait_for(NotebookSaved)
    asked = len(service.registrations)
    service.mounts = [Mount(prefix="", space="home", key=KEY, recording=False)]
    service.recording_off = True
    here.save(2)
    until(lambda: here.recorder.is_off("a.ipynb"))
    assert len(service.registrations) == asked + 1


def test_where_recording_is_off_a_server_asks_often_whether_it_is_on_again(
    server, service, monkeypatch
):
    monkeypatch.setattr(drains, "ASK_WHILE_OFF", 0.1)
    service.mounts = [Mount(prefix="", space="home", key=KEY, recording=False)]
    here = server().start()
    until(lambda: here.recorder.is_off("a.ipynb"))
    service.mounts = [Mount(prefix="", space="home", key=KEY)]
    until(lambda: not here.recorder.is_off("a.ipynb"))
    here.save(1)
    service.wait_for(NotebookSaved)
