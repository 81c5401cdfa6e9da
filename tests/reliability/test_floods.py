"""S7, S18: one person's recorders send all they can; nobody else is held up, nothing is lost."""

import http.client
import socket
import statistics
import threading
import time

import msgspec

from services import PREFIX
from trailbook.store.records import Batch, Gap, Receipt, Registered, Registration, Sealed
from trailbook.store.sql import SqlStore

AT_ONCE = 500
RECORDERS = 8


class Recorder:
    """One connection and one writer, which sends gaps."""

    def __init__(self, service, name):
        self.service, self.name, self.sequence = service, name, 0
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        status, answer = self.post("writers", Registration())
        assert status == 201, answer
        registered = msgspec.msgpack.decode(answer, type=Registered)
        self.writer, self.space = registered.writer, registered.mounts[0].space

    def post(self, path, body):
        headers = {"Authorization": f"token {self.name}"}
        address = f"{PREFIX}api/{path}"
        self.connection.request("POST", address, msgspec.msgpack.encode(body), headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def send(self, count):
        """Send so many events; its status and how long it took."""
        gap = Gap(space=self.space, at=1, reason="x", since=1)
        sealed = [Sealed(self.sequence + n, gap) for n in range(1, 1 + count)]
        before = time.monotonic()
        status, answer = self.post(f"writers/{self.writer}/events", Batch(sealed))
        if status == 200:
            self.sequence = msgspec.msgpack.decode(answer, type=Receipt).acknowledged
        return status, time.monotonic() - before


def test_a_flood_of_one_person_loses_nothing_and_holds_nobody_up(service, rounds):
    service.start()
    ada = Recorder(service, "ada")
    flooding = [Recorder(service, "bob") for _ in range(RECORDERS)]
    statuses = []
    over = threading.Event()

    def flood(recorder):
        while not over.is_set():
            statuses.append(recorder.send(AT_ONCE)[0])

    threads = [threading.Thread(target=flood, args=(one,)) for one in flooding]
    for thread in threads:
        thread.start()
    taken = []
    for _ in range(rounds(100)):
        status, seconds = ada.send(3)
        assert status == 200
        taken.append(seconds)
        time.sleep(0.02)
    over.set()
    for thread in threads:
        thread.join()
    for one in [ada, *flooding]:
        one.connection.close()
    assert set(statuses) <= {200, 429}
    assert statistics.median(taken) < 0.5  # it was seconds while everybody came at once
    service.stop()
    store = SqlStore.open(service.file)
    assert store.check() == []
    with store.db.statements() as connection:
        rows = connection.exec_driver_sql(
            "SELECT w.id, count(*), max(e.sequence) FROM event e JOIN writer w ON w.row = e.writer"
            " GROUP BY w.id"
        ).all()
    store.close()
    kept = {writer: (count, last) for writer, count, last in rows}
    for one in [ada, *flooding]:
        assert kept.get(one.writer, (0, 0)) == (one.sequence, one.sequence)


def test_requests_that_never_end_take_no_place(service):
    """More than one person may have at once are begun and dropped; then all is as before."""
    service.start()
    bob = Recorder(service, "bob")
    head = (
        f"POST {PREFIX}api/writers/{bob.writer}/events HTTP/1.1\r\nHost: x\r\n"
        "Authorization: token bob\r\nContent-Length: 1000\r\n\r\nabc"
    )
    begun = []
    for _ in range(40):
        one = socket.create_connection(("127.0.0.1", service.port))
        one.sendall(head.encode())
        begun.append(one)
    time.sleep(1)
    assert bob.send(1)[0] == 429
    for one in begun:
        one.close()
    time.sleep(1)
    assert bob.send(1)[0] == 200
    bob.connection.close()
