"""The service as a sink: a recorder's events over HTTP, MessagePack in and out.

Little but the standard library, because every server of every person imports it.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Collection
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from .. import errors
from .bodies import ZSTD, compressed
from .records import Batch, Receipt, Registered, Registration, Wanted, wire_encoder

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
MOST_OF_AN_ERROR = 64 << 10
NOT_UNDERSTOOD = {400, 415}
"""Of a service that does not know a body's encoding; a 400 may as well be about its content."""

T = TypeVar("T")


class Unreachable(errors.TrailbookError):
    """The service gives no answer, or none that a service of this kind gives."""

    code, status = "unreachable", 503


class Refusal(msgspec.Struct):
    """What an error answer says."""

    code: str = "error"
    message: str = ""


class Refused(errors.TrailbookError):
    """The service said no, with a code and a sentence of its own."""

    code = "refused"

    def __init__(self, status: int, refusal: Refusal) -> None:
        super().__init__(refusal.message or f"The service answered with status {status}.")
        self.status = status
        self.code = refusal.code


class RemoteSink:
    """A sink behind the service's API; one connection, kept open. One thread uses it."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise errors.BadRequest(f"The service's address is no URL: {url}")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/") + "/api/"
        self._headers = {
            "Authorization": f"token {token}",
            "Content-Type": "application/msgpack",
            "Accept": "application/msgpack",
        }
        self._offered: list[str] = []  # encodings of bodies, by the last registration
        self._connection: http.client.HTTPConnection | None = None

    def register(self, registration: Registration) -> Registered:
        """Register as a writer, or take up the writer that one was before."""
        registered = self._ask("writers", registration, Registered)
        self._offered = registered.encodings
        return registered

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """Which of these payload ids the space lacks."""
        return self._ask(f"writers/{writer}/missing", Wanted(space, list(ids)), list[bytes])

    def ingest(self, writer: str, batch: Batch) -> Receipt:
        """Send a batch; the receipt says what is durable."""
        return self._ask(f"writers/{writer}/events", batch, Receipt)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _ask(self, path: str, body: Any, kind: type[T]) -> T:
        content = wire_encoder.encode(body)
        small = compressed(content, self._offered)
        if small is None:
            status, answer = self._post(path, content)
        else:
            status, answer = self._post(path, small, ZSTD)
            if status in NOT_UNDERSTOOD:  # an older service by now: what is right stays so
                self._offered = []
                status, answer = self._post(path, content)
        if status >= 400 or status < 200:
            raise refusal(status, answer)
        return _decode(lambda: msgspec.msgpack.decode(answer, type=kind))

    def _post(self, path: str, content: bytes, encoding: str | None = None) -> tuple[int, bytes]:
        headers = self._headers | ({"Content-Encoding": encoding} if encoding else {})
        fresh = self._connection is None
        try:
            try:
                return self._exchange(path, content, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:
                    raise
                self.close()  # a kept connection that the other side has closed meanwhile
                return self._exchange(path, content, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"The service gives no answer ({_short(error)}).") from error

    def _exchange(self, path: str, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = self._connection or self._connect()
        connection.request("POST", self._prefix + path, content, headers)
        response = connection.getresponse()
        answer = response.read() if response.status < 400 else response.read(MOST_OF_AN_ERROR)
        if response.will_close or response.status >= 400:
            self.close()
        return response.status, answer

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT_SECONDS, context=context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(ANSWER_SECONDS)
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        return connection


def refusal(status: int, answer: bytes) -> errors.TrailbookError:
    """An error answer as the error that it was made from."""
    try:
        said = msgspec.json.decode(answer, type=Refusal)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        said = Refusal()  # a proxy's page
    return Refused(status, said)


def _decode(decode: Callable[[], T]) -> T:
    try:
        return decode()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreachable("What answers at the service's address is no Trailbook.") from error


def _short(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or type(error).__name__
