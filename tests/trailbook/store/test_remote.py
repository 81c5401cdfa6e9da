"""The service as a sink: what a recorder asks over HTTP, and what it makes of the answers."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
import zstandard

from trailbook import errors
from trailbook.store import remote
from trailbook.store.records import Batch, Gap, Receipt, Registered, Registration, Sealed, Wanted
from trailbook.store.remote import RemoteSink, Unreachable


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body, self.client_address))
        status, answer, close = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.close_connection = close

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    running.asked, running.answers = [], []
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def sink(server):
    made = RemoteSink(f"http://127.0.0.1:{server.server_port}/services/trailbook/", "secret")
    yield made
    made.close()


def packed(value, status=200, close=False):
    return status, msgspec.msgpack.encode(value), close


REGISTERED = Registered(writer="w", acknowledged=0, owner="alice", shared=False, mounts=[])


def test_the_three_questions_go_to_their_addresses_on_one_connection(server, sink):
    server.answers = [packed(REGISTERED, 201), packed([b"2"]), packed(Receipt(7))]
    assert sink.register(Registration(server="s")) == REGISTERED
    assert sink.missing("w", "space", [b"1", b"2"]) == [b"2"]
    assert sink.ingest("w", Batch([])) == Receipt(7)
    paths = [path.removeprefix("/services/trailbook/api/") for path, *_ in server.asked]
    assert paths == ["writers", "writers/w/missing", "writers/w/events"]
    assert len({address for *_, address in server.asked}) == 1
    _, headers, body, _ = server.asked[1]
    assert headers["Authorization"] == "token secret"
    assert headers["Content-Type"] == "application/msgpack"
    assert msgspec.msgpack.decode(body, type=Wanted) == Wanted("space", [b"1", b"2"])


def test_a_connection_that_was_closed_meanwhile_is_made_again(server, sink):
    server.answers = [packed([], close=True), packed([])]
    sink.missing("w", "s", [])
    sink.missing("w", "s", [])
    assert len(server.asked) == 2


def test_a_refusal_keeps_its_code_and_its_words(server, sink):
    server.answers = [(409, b'{"code": "writer-forked", "message": "Twice."}', False)]
    with pytest.raises(errors.TrailbookError, match=r"^Twice\.$") as refused:
        sink.ingest("w", Batch([]))
    assert (refused.value.code, refused.value.status) == ("writer-forked", 409)


def test_a_proxys_page_is_an_error_without_its_words(server, sink):
    server.answers = [(502, b"<html>secret</html>", False), packed([])]
    with pytest.raises(errors.TrailbookError, match="status 502") as refused:
        sink.missing("w", "s", [])
    assert "secret" not in str(refused.value)
    assert sink.missing("w", "s", []) == []


def test_an_answer_of_something_else_is_no_answer(server, sink):
    server.answers = [(200, b"<html>a login page</html>", False)]
    with pytest.raises(Unreachable, match="no Trailbook"):
        sink.register(Registration())


def test_nobody_there_and_nobody_answering_are_unreachable(monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(Unreachable, match="no answer"):
            RemoteSink(f"http://127.0.0.1:{port}/", "t").register(Registration())
        silent.listen()
        monkeypatch.setattr(remote, "ANSWER_SECONDS", 0.2)
        slow = RemoteSink(f"http://127.0.0.1:{port}/", "t")
        with pytest.raises(Unreachable, match="no answer in time"):
            slow.register(Registration())


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "trailbook", "ftp://host/"])
def test_what_is_no_address_is_refused_at_once(url):
    with pytest.raises(errors.BadRequest):
        RemoteSink(url, "t")


OFFERED = msgspec.structs.replace(REGISTERED, encodings=["zstd"])
LARGE = Batch([Sealed(1, Gap(space="s", at=1, reason="x" * 5_000, since=1))])
PLAIN = msgspec.msgpack.encode(LARGE)


def sent(server):
    """Each body as it came, and in which encoding."""
    return [(headers.get("Content-Encoding"), body) for _, headers, body, _ in server.asked]


def test_what_is_large_is_sent_compressed_where_that_is_offered(server, sink):
    server.answers = [packed(OFFERED, 201), packed(Receipt(1)), packed(Receipt(1))]
    sink.register(Registration())
    sink.ingest("w", LARGE)
    sink.ingest("w", Batch([]))
    _, (encoding, body), small = sent(server)
    assert encoding == "zstd"
    assert len(body) < len(PLAIN) / 10
    assert zstandard.decompress(body) == PLAIN
    assert small == (None, msgspec.msgpack.encode(Batch([])))


def test_nothing_is_compressed_for_a_service_that_does_not_say_what_it_reads(server, sink):
    older = {"writer": "w", "acknowledged": 0, "owner": "a", "shared": False, "mounts": []}
    server.answers = [packed(OFFERED, 201), packed(older, 201), packed(Receipt(1))]
    sink.register(Registration())
    sink.register(Registration())
    sink.ingest("w", LARGE)
    assert sent(server)[2] == (None, PLAIN)


@pytest.mark.parametrize("status", [400, 415])
def test_what_is_not_understood_is_sent_again_plain_and_so_is_all_that_follows(
    server, sink, status
):
    no = (status, b'{"code": "bad-request", "message": "What is this?"}', False)
    server.answers = [packed(OFFERED, 201), no, packed(Receipt(1)), packed(Receipt(1))]
    sink.register(Registration())
    assert sink.ingest("w", LARGE) == Receipt(1)
    assert sink.ingest("w", LARGE) == Receipt(1)
    assert [encoding for encoding, _ in sent(server)] == [None, "zstd", None, None]
    assert sent(server)[2] == sent(server)[3] == (None, PLAIN)
    server.answers = [packed(OFFERED, 201), packed(Receipt(1))]
    sink.register(Registration())
    sink.ingest("w", LARGE)
    assert sent(server)[5][0] == "zstd"


def test_what_is_wrong_in_itself_is_sent_twice_and_no_more(server, sink):
    no = (400, b'{"code": "bad-request", "message": "What is this?"}', False)
    server.answers = [packed(OFFERED, 201), no, no]
    sink.register(Registration())
    with pytest.raises(errors.TrailbookError, match=r"^What is this\?$"):
        sink.ingest("w", LARGE)
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [409, 413, 429, 503])
def test_what_is_refused_for_another_reason_is_not_sent_again(server, sink, status):
    no = (status, b'{"code": "x", "message": "No."}', False)
    server.answers = [packed(OFFERED, 201), no, packed(Receipt(1))]
    sink.register(Registration())
    with pytest.raises(errors.TrailbookError, match=r"^No\.$"):
        sink.ingest("w", LARGE)
    assert len(server.asked) == 2
    assert sink.ingest("w", LARGE) == Receipt(1)
    assert sent(server)[2][0] == "zstd"
