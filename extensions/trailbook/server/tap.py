"""An IOPub subscription of our own for every kernel, read in one thread.

It has no high-water mark and needs no browser: what a kernel says is recorded whoever listens.
The same thread asks each kernel once for its interpreter's version.
"""

import contextlib
import hmac
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import zmq

from .messages import DELIMITER, Message, decode, head_of, message_of
from .runs import KernelLife

FLUSH_MS = 1000
RECONNECT_MS = 20
LINGER_MS = 50
MESSAGES_AT_ONCE = 500
READS_AT_ONCE = 20

log = logging.getLogger("trailbook.tap")


class Address(NamedTuple):
    """Where a kernel's channels are, and how its messages are signed."""

    iopub: str
    shell: str
    key: bytes
    scheme: str
    curve: tuple[bytes, bytes] | None  # secret and public key

    @classmethod
    def of(cls, kernel: Any) -> "Address":
        """The address of a kernel manager's kernel."""
        info = kernel.get_connection_info()
        separator = "-" if info["transport"] == "ipc" else ":"
        base = f"{info['transport']}://{info['ip']}{separator}"
        secret = getattr(kernel, "curve_secretkey", None)
        public = getattr(kernel, "curve_publickey", None)
        return cls(
            iopub=f"{base}{info['iopub_port']}",
            shell=f"{base}{info['shell_port']}",
            key=info["key"],
            scheme=info["signature_scheme"].partition("-")[2],
            curve=(secret, public) if secret and public else None,
        )

    def sign(self, pieces: list[bytes]) -> bytes:
        """The signature of a message's pieces, empty where kernels do not sign."""
        if not self.key:
            return b""
        digest = hmac.new(self.key, digestmod=self.scheme)
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest().encode()


class Line:
    """The sockets to one kernel, and the life that it is in."""

    def __init__(self, context: "zmq.Context[Any]", address: Address, life: KernelLife) -> None:
        self.address = address
        self.life = life
        self.iopub = self._connect(context, zmq.SUB, address.iopub)
        self.iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self.shell = self._connect(context, zmq.DEALER, address.shell)
        self.ask()

    def ask(self) -> None:
        """Ask the kernel what it is; the answer comes when it is up."""
        header = (
            b'{"msg_id":"trailbook-%s","msg_type":"kernel_info_request","username":"",'
            b'"session":"trailbook","date":"2000-01-01T00:00:00Z","version":"5.3"}'
        ) % os.urandom(8).hex().encode()
        pieces = [header, b"{}", b"{}", b"{}"]
        with contextlib.suppress(zmq.ZMQError):
            frames = [DELIMITER, self.address.sign(pieces), *pieces]
            self.shell.send_multipart(frames, zmq.NOBLOCK)

    def read(self) -> bool:
        """Take what has arrived, at most so much at once; False when nothing has."""
        for _ in range(MESSAGES_AT_ONCE):
            try:
                frames = self.iopub.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return False
            try:
                message = self._message(frames)
                if message is not None:
                    self.life.handle(message)
            except Exception:
                log.exception("A message of a kernel was not recorded")
        return True

    def read_on(self) -> bool:
        """Take what has arrived, also when that is much; False when nothing is left."""
        return all(self.read() for _ in range(READS_AT_ONCE))

    def read_answer(self) -> None:
        """Take the kernel's answer to what it is."""
        try:
            frames = self.shell.recv_multipart(zmq.NOBLOCK)
            content = decode(frames[frames.index(DELIMITER) + 5])
        except (zmq.Again, ValueError, IndexError):
            return
        language = content.get("language_info") or {}
        named = {
            "language_version": language.get("version"),
            "kernel": content.get("implementation"),
            "kernel_version": content.get("implementation_version"),
        }
        known = {key: str(value) for key, value in named.items() if value}
        self.life.environment = {**self.life.environment, **known}

    def close(self) -> None:
        """Let go of the sockets."""
        self.iopub.close(0)
        self.shell.close(0)

    def _connect(self, context: "zmq.Context[Any]", kind: int, url: str) -> "zmq.Socket[Any]":
        socket: zmq.Socket[Any] = context.socket(kind)
        socket.linger = 0
        socket.set_hwm(0)
        socket.reconnect_ivl = RECONNECT_MS
        if self.address.curve is not None:
            socket.curve_secretkey, socket.curve_publickey = self.address.curve
            socket.curve_serverkey = self.address.curve[1]
        socket.connect(url)
        return socket

    def _message(self, frames: list[bytes]) -> Message | None:
        if DELIMITER not in frames:
            return None  # an `iopub_welcome` without content
        start = frames.index(DELIMITER) + 1
        signature, pieces = frames[start], frames[start + 1 : start + 5]
        head = head_of(pieces)
        self.life.numbers.hear(head.msg_id, ends_a_request=head.ends_a_request)
        message = message_of(head, pieces)
        if message is None or not hmac.compare_digest(signature, self.address.sign(pieces)):
            return None
        return message


class Tap:
    """The thread, and what the server's own thread may ask of it."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._stopping = False
        self._unflushed = False
        self._context: zmq.Context[Any] | None = None
        self._linger = zmq.Poller()  # a command ends it: it may stand before what comes next
        self._linger.register(self._wake_read, zmq.POLLIN)
        self._thread = threading.Thread(target=self._run, name="trailbook-tap", daemon=True)

    @property
    def busy(self) -> bool:
        """Whether a recorded run is under way in any kernel."""
        return any(line.life.busy for line in list(self._lines.values()))

    def attach(self, kernel_id: str, address: Address, life: KernelLife) -> None:
        """Listen to a kernel from now on."""
        if not self._thread.is_alive() and not self._stopping:
            self._thread.start()
        self._do(lambda: self._attach(kernel_id, address, life))

    def interrupt(self, kernel_id: str) -> None:
        """A person interrupts this kernel."""
        self._do(lambda: self._with(kernel_id, lambda line: line.life.interrupt()))

    def spoken(self) -> None:
        """A run has asked its person for a line, or been given one: it wants to be passed on."""
        self._do(self._leave_unflushed)

    def answered(self, kernel_id: str, msg_id: str, status: str, answer: str) -> None:
        """The kernel has answered this request some time ago, with the message `answer`."""

        def judge(line: Line) -> None:
            if line.read_on():  # what has arrived has not all been read: later
                self._do(lambda: self._with(kernel_id, judge))
            else:
                line.life.overdue(msg_id, status, answer)

        known = self._lines.get(kernel_id)
        if known is not None and known.life.is_running(msg_id):
            self._do(lambda: self._with(kernel_id, judge))

    def end(
        self, kernel_id: str, reason: str, waited: Sequence[str] = (), *, for_good: bool
    ) -> None:
        """This life of the kernel is over, and no other begins if it is so for good.

        `waited` are requests that were with it then: later ones reach the next life.
        """
        self._do(lambda: self._end(kernel_id, reason, waited, for_good=for_good))

    def stop(self, timeout: float = 5.0) -> None:
        """Take what has arrived, end every life, and stop."""
        self._stopping = True
        if self._thread.is_alive():
            self._do(lambda: None)
            self._thread.join(timeout)
        for end in (self._wake_read, self._wake_write):
            with contextlib.suppress(OSError):
                os.close(end)

    def _do(self, command: Callable[[], None]) -> None:
        self._commands.put(command)
        with contextlib.suppress(OSError):  # full: the thread is awake anyhow
            os.write(self._wake_write, b"!")

    def _run(self) -> None:
        self._context = zmq.Context()
        flushed = time.monotonic()
        try:
            while not self._stopping:
                ready = self._wait()
                for _ in range(self._commands.qsize()):
                    self._commands.get()()
                self._read(ready)
                now = time.monotonic()
                if self._unflushed and now - flushed >= FLUSH_MS / 1000:
                    flushed, self._unflushed = now, False
                    for line in self._lines.values():
                        line.read_on()  # before what waits for it
                        line.life.flush()
            for kernel_id in list(self._lines):
                self._end(kernel_id, "unknown", for_good=True)
        except Exception:
            log.exception("Recording of runs has stopped")
        finally:
            self._context.destroy(linger=0)

    def _wait(self) -> dict[Any, int]:
        """Wait for messages, and then a moment more: the browser gets them first."""
        poller = zmq.Poller()
        poller.register(self._wake_read, zmq.POLLIN)
        for line in self._lines.values():
            poller.register(line.iopub, zmq.POLLIN)
            poller.register(line.shell, zmq.POLLIN)
        ready = dict(poller.poll(FLUSH_MS if self._unflushed else None))
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        elif ready and not self._stopping:
            self._linger.poll(LINGER_MS)
        return ready

    def _read(self, ready: dict[Any, int]) -> None:
        for line in list(self._lines.values()):
            if line.shell in ready or line.iopub in ready:
                line.read_answer()  # it came before anything that was run
            if line.iopub in ready:
                self._unflushed = True
                line.read()

    def _leave_unflushed(self) -> None:
        self._unflushed = True

    def _attach(self, kernel_id: str, address: Address, life: KernelLife) -> None:
        if self._context is None:
            return
        old = self._lines.pop(kernel_id, None)
        if old is not None and old.address == address:
            old.life = life  # a restart on the same ports: nothing that it says gets lost
            old.ask()
            self._lines[kernel_id] = old
            return
        if old is not None:
            old.close()
        self._lines[kernel_id] = Line(self._context, address, life)

    def _end(
        self, kernel_id: str, reason: str, waited: Sequence[str] = (), *, for_good: bool
    ) -> None:
        line = self._lines.get(kernel_id)
        if line is None:
            return
        while line.read():
            pass
        line.life.end(reason, waited)
        if for_good:
            line.life.forget()
            line.close()
            self._lines.pop(kernel_id, None)

    def _with(self, kernel_id: str, act: Callable[[Line], None]) -> None:
        line = self._lines.get(kernel_id)
        if line is not None:
            act(line)
