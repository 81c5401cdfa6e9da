"""One life of a kernel, told in events: its start, every run in it, its end.

Takes IOPub messages in the order in which the kernel sent them and joins them with the requests
by message id. Knows no sockets.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ..clock import now_us
from ..ids import new_id
from ..store.objects.encode import text_content
from ..store.records import (
    Event,
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    KernelStarted,
    OutputRecorded,
)
from .outputs import Output, Outputs
from .recorder import Recorder, place
from .requests import Request, Requests

LATE_RUNS = 32
"""So many finished runs may still print, from threads that they left behind."""

OUTPUTS = frozenset(
    {"stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"}
)


class Message(NamedTuple):
    """What the recorder needs of an IOPub message."""

    type: str
    date: str
    parent: str
    content: dict[str, Any]


class Kernel(NamedTuple):
    """What is known of a kernel before it says anything."""

    kernel_id: str
    spec: str
    language: str


class Run:
    """One cell on its way through the kernel."""

    def __init__(self, life: "KernelLife", msg_id: str, path: str | None, limit: int) -> None:
        self.life = life
        self.msg_id = msg_id
        self.execution = new_id()
        self.path = path
        self.author: str | None = None
        self.count: int | None = None
        self.status = "ok"
        self.interrupted = False
        self.outputs = Outputs(limit, self._emit)
        self._index = 0

    def event(self, kind: type[Event], **fields: Any) -> Event:
        """An event of this run, in its space."""
        return kind(space=place(self.path), at=now_us(), author=self.author, **fields)

    def _emit(self, output: Output) -> None:
        contents = list(output.parts.values())
        parts = {mime: index for index, mime in enumerate(output.parts)}
        metadata = None
        if output.metadata is not None:
            metadata = len(contents)
            contents.append(output.metadata)
        event = self.event(
            OutputRecorded,
            execution=self.execution,
            index=self._index,
            type=output.type,
            name=output.name,
            value=output.value,
            display_id=output.display_id,
            wait=output.wait,
            parts=parts,
            metadata=metadata,
            dropped_bytes=output.dropped_bytes,
        )
        self._index += 1
        self.life.recorder.emit(event, contents)


class KernelLife:
    """From a kernel's start, or restart, to its end."""

    def __init__(
        self,
        recorder: Recorder,
        requests: Requests,
        kernel: Kernel,
        path_of: Callable[[str], str | None],
        *,
        reason: str = "start",
        output_limit: int = 10 << 20,
    ) -> None:
        self.recorder = recorder
        self.kernel = kernel
        self.environment = environment()
        self._requests = requests
        self._path_of = path_of
        self._reason = reason
        self._limit = output_limit
        self._session = new_id()
        self._space = place(None)
        self._started_at = now_us()
        self._announced = False
        self._position = 0
        self._running: dict[str, Run] = {}
        self._late: OrderedDict[str, Run] = OrderedDict()

    @property
    def busy(self) -> bool:
        """Whether a recorded run is under way."""
        return bool(self._running)

    def handle(self, message: Message) -> None:
        """Take one message whose parent is an `execute_request`."""
        run = self._running.get(message.parent)
        if message.type == "execute_input":
            if run is None:
                self._start(message, self._requests.get(message.parent))
        elif message.type == "status":
            if message.content.get("execution_state") == "idle":
                self._idle(message, run)
        elif message.type in OUTPUTS:
            run = run or self._late.get(message.parent)
            if run is not None:
                self._output(run, message)

    def flush(self) -> None:
        """Put what streams have printed into the spool."""
        for run in [*self._running.values(), *self._late.values()]:
            run.outputs.flush()

    def interrupt(self) -> None:
        """A person interrupts the kernel."""
        for run in self._running.values():
            run.interrupted = True

    def end(self, reason: str) -> None:
        """The kernel is gone; what still ran ends with it."""
        status = {"died": "died", "unknown": "unknown"}.get(reason, "interrupted")
        for run in list(self._running.values()):
            self._finish(run, status, now_us())
        for run in self._late.values():
            run.outputs.finish()
        self._late.clear()
        self._requests.forget(self.kernel.kernel_id)
        if self._announced:
            self._announced = False
            event = KernelEnded(
                space=self._space, at=now_us(), kernel_session=self._session, reason=reason
            )
            self.recorder.emit(event)

    def _start(self, message: Message, request: Request | None) -> Run | None:
        source = text_content(str(message.content.get("code", "")))
        with self.recorder.naming:
            path = self._path_of(self.kernel.kernel_id)
            if (request and not request.recorded) or not self.recorder.is_recording(path):
                return None
            run = Run(self, message.parent, path, self._limit)
            run.author = request.author if request else None
            run.count = message.content.get("execution_count")
            self._announce(path)
            started = run.event(
                ExecutionStarted,
                execution=run.execution,
                kernel_session=self._session,
                position=self._position,
                source=0,
                path=path,
                cell_id=request.cell_id if request else None,
                started_at=microseconds(message.date),
            )
            self.recorder.emit(started, [source])
        self._position += 1
        self._running[message.parent] = run
        return run

    def _announce(self, path: str | None) -> None:
        """A kernel is worth a record once somebody runs something in it."""
        if self._announced:
            return
        self._announced = True
        self._space = place(path)
        event = KernelStarted(
            space=self._space,
            at=self._started_at,
            kernel_session=self._session,
            path=path,
            spec=self.kernel.spec,
            language=self.kernel.language,
            reason=self._reason,
            environment=self.environment,
        )
        self.recorder.emit(event)

    def _output(self, run: Run, message: Message) -> None:
        run.outputs.message(message.type, message.content)
        if message.type == "error":
            by_person = run.interrupted or message.content.get("ename") == "KeyboardInterrupt"
            run.status = "interrupted" if by_person else "error"

    def _idle(self, message: Message, run: Run | None) -> None:
        request = self._requests.get(message.parent)
        self._requests.done(message.parent)
        status = None
        if run is None and request is not None and request.code.strip():
            # the kernel refused to begin: an earlier cell of the same batch had failed
            content = {"code": request.code}
            run = self._start(message._replace(content=content), request)
            status = "aborted"
        if run is not None:
            if run.status == "ok" and run.interrupted and self.kernel.language != "python":
                status = "interrupted"
            self._finish(run, status or run.status, microseconds(message.date))

    def _finish(self, run: Run, status: str, finished_at: int) -> None:
        run.outputs.finish()
        event = run.event(
            ExecutionFinished,
            execution=run.execution,
            status=status,
            execution_count=run.count,
            finished_at=finished_at,
        )
        self.recorder.emit(event)
        self._running.pop(run.msg_id, None)
        self._late[run.msg_id] = run
        while len(self._late) > LATE_RUNS:
            _, old = self._late.popitem(last=False)
            old.outputs.finish()


def environment() -> dict[str, str]:
    """What the spawner says of the place in which kernels run."""
    named = {"environment": "TRAILBOOK_ENVIRONMENT", "size": "TRAILBOOK_SIZE"}
    return {key: os.environ[name] for key, name in named.items() if os.environ.get(name)}


def microseconds(date: str) -> int:
    """The kernel's own time of a message, or now if it gives none that can be read."""
    try:
        time = datetime.fromisoformat(date.replace("Z", "+00:00"))
    except ValueError:
        return now_us()
    return now_us() if time.tzinfo is None else int(time.timestamp() * 1_000_000)


def decode(raw: bytes) -> dict[str, Any]:
    """A JSON object of a message; kernels may send what strict JSON does not know (NaN)."""
    try:
        return dict(msgspec.json.decode(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return dict(json.loads(raw.decode("utf-8", "replace")))
