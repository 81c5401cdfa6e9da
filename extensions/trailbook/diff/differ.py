"""The differ: one warm worker process behind a time limit."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from typing import BinaryIO, ParamSpec, TypeVar, cast

import msgspec

from ..errors import Busy, NotReadable
from .options import Options
from .worker import Numbers, Reply, Request, read_frame, write_frame

P = ParamSpec("P")
T = TypeVar("T")

DIFFER_VERSION = f"nbdime-{version('nbdime')}/3"
"""Part of the key of every kept diff: with another differ they are made anew."""

WARM_SECONDS = 120.0
"""Starting takes a second on an idle machine; this is for a very busy one."""

WAITING = 50
"""How many requests may wait for the worker."""


TOO_LONG_TO_READ = "Reading this takes longer than the limit. The version is kept as it is."
TOO_LONG_TO_MERGE = (
    "Bringing these notebooks together takes longer than the limit. None of them was changed."
)


def worker_environment() -> dict[str, str]:
    """The environment without this server's own tokens and settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTERHUB_", "JPY_", "TRAILBOOK_"))
    }
    return {**kept, "PYTHONSAFEPATH": "1"}


class WorkerLost(Exception):
    """The worker took longer than its limit, or died."""


class Difference(msgspec.Struct, frozen=True):
    """`body` is JSON {base, diff, moves, coarse}; `diff` leads from the base to the target."""

    body: bytes
    coarse: bool


class Differ:
    """Compares notebooks and reads old ones, in a process that it starts when it is needed."""

    def __init__(self, seconds: float = 10.0, coarse_seconds: float = 30.0) -> None:
        self.seconds = seconds
        self.coarse_seconds = coarse_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._warm = False
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="differ")
        self._places = threading.BoundedSemaphore(WAITING)
        self._closed = False

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Do it on the differ's own thread, so that waiting for the worker holds up nothing."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many notebooks are being compared. Trying again can help.")
        future = self._queue.submit(call, *args, **kwargs)
        future.add_done_callback(lambda _: self._places.release())
        return future

    def warm(self) -> None:
        """Start the worker in the background, so that nobody waits for its imports."""
        self.submit(self._start_warm)

    def diff(
        self, base: bytes, target: bytes, options: Options, numbers: Numbers | None = None
    ) -> Difference:
        """What leads from one notebook to the other; whole cells where the exact way is long.

        `numbers` tell which cells are the same wherever they stand; without them their ids do.
        """
        with self._lock:
            exact = self._exact(Request("exact", base, target, options, numbers))
            if exact is not None:
                return exact
            request = Request("coarse", base, target, options)
            return Difference(self._asked(request), coarse=True)

    def notebook(self, content: bytes) -> bytes:
        """The notebook in these bytes, as JSON in version 4 of the format."""
        with self._lock:
            return self._asked(Request("read", content))

    def merge(self, base: bytes, ours: bytes, theirs: bytes) -> bytes:
        """Two notebooks that came from one, brought together: JSON {parts, around, conflicts}.

        A part is as `merge_parts` has it; `around` is the merged notebook without its cells.
        """
        with self._lock:
            return self._asked(Request("merge", base, ours, theirs=theirs), TOO_LONG_TO_MERGE)

    def mended(self, content: bytes) -> bytes:
        """The notebook as JSON, every cell with an id of its own; raises where it is not valid."""
        with self._lock:
            return self._asked(Request("mend", content))

    def close(self) -> None:
        """End the worker; what it was at ends as too long."""
        self._closed = True
        self._queue.shutdown(wait=False, cancel_futures=True)
        self._end()

    def _exact(self, request: Request) -> Difference | None:
        try:
            self._make_warm()
            reply = self._exchange(request, self.seconds)
        except WorkerLost:
            return None
        if reply.problem == "failed":
            return None
        return Difference(self._readable(reply).body, reply.coarse)

    def _asked(self, request: Request, too_long: str = TOO_LONG_TO_READ) -> bytes:
        try:
            reply = self._exchange(request, self.coarse_seconds)
        except WorkerLost:
            raise Busy(too_long) from None
        return self._readable(reply).body

    def _readable(self, reply: Reply) -> Reply:
        if reply.problem:
            why = reply.why if reply.problem == "unreadable" else "it is too large or malformed"
            raise NotReadable(why)
        return reply

    def _start_warm(self) -> None:
        with self._lock:
            self._make_warm()

    def _make_warm(self) -> None:
        if not self._warm:
            self._exchange(Request("warm"), WARM_SECONDS)
            self._warm = True

    def _exchange(self, request: Request, seconds: float) -> Reply:
        process = self._running()
        limit = threading.Timer(seconds, process.kill)
        limit.daemon = True
        limit.start()
        try:
            write_frame(cast(BinaryIO, process.stdin), request)
            frame = read_frame(cast(BinaryIO, process.stdout))
        except (OSError, ValueError):
            frame = None
        finally:
            limit.cancel()
        if frame is None:
            self._end()
            raise WorkerLost
        return msgspec.msgpack.decode(frame, type=Reply)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._closed:
            raise WorkerLost
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "trailbook.diff"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=os.path.abspath(os.sep),  # a module in the user's folder is not ours
                env=worker_environment(),
            )
        return self._process

    def _end(self) -> None:
        process, self._process, self._warm = self._process, None, False
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was not written yet has nobody to read it
                    continue
