"""A way to the service that can be cut, slow, silent, or full of errors."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable

PACKET, LOSS = 1460, 0.2
ERROR = b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"


class Way:
    """Listens, and passes on to a port, as its `mode` says:

    open · closed (connections are refused at once) · silent (nothing ever comes back) · error
    (every answer is a 500) · slow (each answer waits) · deaf (the request arrives, its answer is
    cut) · half (the request is cut) · lossy (both stop for as long as lost packets take)
    """

    def __init__(self, port: int) -> None:
        self.to = port
        self.mode: str | Callable[[], str] = "open"
        self.passed = 0
        self._chance = random.Random(port)  # noqa: S311
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._server.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def now(self) -> str:
        return self.mode if isinstance(self.mode, str) else self.mode()

    def close(self) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """End everything that is connected."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with client, contextlib.suppress(OSError):
            while request := self._read(client):
                mode = self.now()
                if mode == "closed":
                    break
                if mode == "silent":
                    time.sleep(30)
                    break
                if mode == "error":
                    client.sendall(ERROR)
                    break
                if not self._pass(client, request, mode):
                    break
        self._open.discard(client)

    def _pass(self, client: socket.socket, request: bytes, mode: str) -> bool:
        with socket.create_connection(("127.0.0.1", self.to)) as service:
            if mode == "half":
                service.sendall(request[: len(request) // 2])
                return False
            self._send(service, request, mode)
            answer = self._read(service)
            self.passed += 1
            if mode == "deaf":
                return False
            if mode == "slow":
                time.sleep(0.3)
            self._send(client, answer, mode)
        return True

    def _send(self, to: socket.socket, message: bytes, mode: str) -> None:
        """Send it; TCP waits 0.2 s for a lost packet, twice as long when that is lost too."""
        if mode != "lossy":
            to.sendall(message)
            return
        for start in range(0, len(message), PACKET):
            for lost in range(3):
                if self._chance.random() > LOSS:
                    break
                time.sleep(0.2 * 2**lost)
            to.sendall(message[start : start + PACKET])

    def _read(self, of: socket.socket) -> bytes:
        """One message: its head, and as much as the head says."""
        found = b""
        while b"\r\n\r\n" not in found:
            piece = of.recv(65536)
            if not piece:
                return b""
            found += piece
        head, _, body = found.partition(b"\r\n\r\n")
        size = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        while len(body) < size:
            piece = of.recv(1 << 20)
            if not piece:
                return b""
            body += piece
        return head + b"\r\n\r\n" + body
