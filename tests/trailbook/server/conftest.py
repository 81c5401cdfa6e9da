"""A service that can be slow, dead or wrong, and servers that record into it."""

import hashlib
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from trailbook.store.objects import payload_id, rebuild
from trailbook.store.records import (
    Batch,
    Mount,
    NotebookSaved,
    Receipt,
    Registered,
    Registration,
    Wanted,
)

from .clients import Client

KEY = b"k" * 32


class Service:
    """What the real service promises a recorder, kept in memory, with faults to inject."""

    def __init__(self):
        self.mounts = []
        self.owner = "alice"
        self.shared = False
        self.consented = True
        self.status = 200
        self.code = "error"
        self.delay = 0.0
        self.lose_answers = 0
        self.refuse = lambda event: None
        self.recording_off = False  # what receipts say
        self.writers = defaultdict(list)  # writer -> sealed events
        self.payloads = defaultdict(dict)
        self.events = []  # in the order of arrival
        self.registrations = []
        self.requests = []
        self._lock = threading.Lock()

    # -- the sink ------------------------------------------------------------------------

    def register(self, registration: Registration) -> Registered:
        self.registrations.append(registration)
        if registration.writer and registration.writer not in self.writers:
            raise Refusal(404, "not-found")
        writer = registration.writer or f"{len(self.writers) + 1:032x}"
        return Registered(
            writer=writer,
            acknowledged=len(self.writers[writer]),
            owner=self.owner,
            shared=self.shared,
            mounts=self.mounts,
            consented=self.consented,
        )

    def missing(self, writer, space, ids):
        return [wanted for wanted in ids if wanted not in self.payloads[space]]

    def ingest(self, writer, batch: Batch) -> Receipt:
        with self._lock:
            known = self.writers[writer]
            new = [sealed for sealed in batch.events if self.is_new(sealed, known)]
            for expected, sealed in enumerate(new, len(known) + 1):
                if sealed.sequence != expected:
                    raise Refusal(409, "out-of-sequence")
            for space, contents in batch.payloads.items():
                self.payloads[space].update({payload_id(c, KEY): c for c in contents})
            for sealed in new:
                if any(
                    wanted not in self.payloads[sealed.event.space] for wanted in sealed.contents
                ):
                    raise Refusal(409, "content-missing")
            known.extend(new)
            self.events.extend(sealed.event for sealed in new)
            return Receipt(len(known), recording_off=self.recording_off)

    def is_new(self, sealed, known):
        if code := self.refuse(sealed.event):
            raise Refusal(409 if "writer" in code else 422, code)
        if sealed.sequence > len(known):
            return True
        if same(known[sealed.sequence - 1]) != same(sealed):
            raise Refusal(409, "writer-forked")
        return False

    # -- what tests look at --------------------------------------------------------------

    def of(self, kind):
        return [event for event in self.events if type(event) is kind]

    def contents(self, event):
        for events in self.writers.values():
            for sealed in events:
                if sealed.event == event:
                    return [self.payloads[event.space][wanted] for wanted in sealed.contents]
        raise AssertionError("no such event")

    def notebook(self, saved) -> bytes:
        if saved.form.readable:
            cells, frame = self.cells(saved)
            form = msgspec.structs.replace(
                saved.form, cells=[cell for cell, _ in cells], frame=frame, base=None
            )
            raw = rebuild(form, [content for _, its in cells for content in its])
        else:
            raw = rebuild(saved.form, self.contents(saved))
        assert hashlib.sha256(raw).hexdigest() == saved.sha256
        return raw

    def cells(self, saved):
        """The cells of a version with their contents, and its frame, which its base may have."""
        contents = iter(self.contents(saved))
        new = [(cell, [next(contents) for _ in range(cell.contents)]) for cell in saved.form.cells]
        if saved.form.base is None:
            return new, saved.form.frame
        base = next(e for e in self.of(NotebookSaved) if e.snapshot == saved.form.base)
        cells, frame = self.cells(base)
        return saved.form.arrange(new, cells), saved.form.frame or frame

    def text(self, event, mime="text/plain"):
        return self.contents(event)[event.parts[mime]].decode()

    def wait_for(self, kind, count=1, timeout=20.0):
        until = time.monotonic() + timeout
        while len(self.of(kind)) < count:
            assert time.monotonic() < until, (kind, self.events)
            time.sleep(0.02)
        return self.of(kind)


def same(sealed):
    """What must not change when an event is sent again: a version may be told in another way."""
    if not isinstance(sealed.event, NotebookSaved):
        return sealed
    return sealed.sequence, msgspec.structs.replace(sealed.event, form=None, durability="durable")


class Refusal(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.requests.append((self.path, dict(self.headers), body))
        time.sleep(self.service.delay)
        if self.service.status != 200:
            self.answer(
                self.service.status, json.dumps({"code": self.service.code, "message": "no"})
            )
            return
        *_, writer, last = self.path.split("/")
        try:
            if last == "writers":
                answer = self.service.register(msgspec.msgpack.decode(body, type=Registration))
            elif last == "missing":
                wanted = msgspec.msgpack.decode(body, type=Wanted)
                answer = self.service.missing(writer, wanted.space, wanted.ids)
            else:
                answer = self.service.ingest(writer, msgspec.msgpack.decode(body, type=Batch))
                if self.service.lose_answers:
                    self.service.lose_answers -= 1
                    self.close_connection = True
                    return
        except Refusal as error:
            self.answer(error.status, json.dumps({"code": error.code, "message": error.code}))
            return
        self.answer(200, msgspec.msgpack.encode(answer))

    def do_GET(self):
        self.service.requests.append((self.path, dict(self.headers), b""))
        is_big = "big" in self.path
        body = b"x" * 5_000_000 if is_big else json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/png" if is_big else "application/json")
        self.send_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_POST  # noqa: N815

    def answer(self, status, body):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class RunningService(Service):
    def __init__(self):
        super().__init__()
        self.port = 0
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/services/trailbook/"

    def start(self):
        handler = type("BoundHandler", (Handler,), {"service": self})
        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mounts():
    return [Mount(prefix="", space="home", key=KEY)]


@pytest.fixture
def service(mounts):
    running = RunningService()
    running.mounts = mounts
    yield running
    running.stop()


@pytest.fixture
def spool_folder(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def trailbook_config(service, spool_folder):
    return {
        "service_url": service.url,
        "spool_path": str(spool_folder),
        "start_delay": 0.0,
        "look_delay": -1.0,
    }


@pytest.fixture
def jp_server_config(trailbook_config):
    return {
        "ServerApp": {
            "jpserver_extensions": {"trailbook": True},
            "allow_unauthenticated_access": False,
        },
        "TrailbookApp": trailbook_config,
    }


@pytest.fixture
def trail(jp_serverapp):
    return jp_serverapp.web_app.settings["trailbook"].trail


@pytest.fixture
def client(jp_fetch, jp_ws_fetch):
    return Client(jp_fetch, jp_ws_fetch)
