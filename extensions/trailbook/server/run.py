"""One cell on its way through the kernel, told in events."""

from typing import Any

from ..clock import now_us
from ..ids import new_id
from ..store.records import Event, ExecutionFinished, Gap, OutputRecorded
from .datalook import Ran
from .dialogue import Dialogue, Dialogues
from .messages import Message, microseconds
from .numbers import Mark
from .outputs import Output, Outputs
from .recorder import Recorder, place
from .requests import Request

NO_END = "no-end"
"""Why a gap is there when the kernel never said that a run is over."""

OVERFLOW = "overflow"
"""Why a gap is there when a kernel has said more than its own queue holds."""

OVERTAKES_US = 500_000
"""So long a question waits for what was printed before it: the two come different ways."""


class Run:
    """What is known of one run while its kernel lives."""

    def __init__(
        self, recorder: Recorder, message: Message, path: str | None, request: Request | None,
        limit: int, dialogues: Dialogues, kernel_id: str,
    ) -> None:  # fmt: skip
        self.msg_id = message.parent
        self.subshell = message.subshell
        self.execution = new_id()
        self.path = path
        self.author = request.author if request else None
        self.count: int | None = message.content.get("execution_count")
        self.status = "ok"
        self.interrupted = False
        self.outputs = Outputs(limit, self._emit)
        self.mark = Mark("", 0, 0, 0)
        self.seen: Ran | None = None
        self._recorder = recorder
        self._began = now_us()
        self._index = 0
        self._dialogues = dialogues
        self._key = kernel_id, message.parent

    def event(self, kind: type[Event], **fields: Any) -> Event:
        """An event of this run, in its space."""
        return kind(space=place(self.path), at=now_us(), author=self.author, **fields)

    @property
    def questions(self) -> int:
        """How often the run has asked its person for something."""
        return self._dialogue.questions

    def flush(self) -> None:
        """Pass on what was said so far."""
        self._hear(now_us() - OVERTAKES_US)
        self.outputs.flush()

    def output(self, message: Message) -> None:
        """Take one message of output."""
        self._hear(microseconds(message.date))
        self.outputs.message(message.type, message.content)
        if message.type == "error":
            by_person = self.interrupted or message.content.get("ename") == "KeyboardInterrupt"
            self.status = "interrupted" if by_person else "error"

    def finish(self, status: str, finished_at: int) -> None:
        """The run is over; threads that it left behind may still print."""
        self._hear()
        self._dialogues.close(*self._key)
        self.outputs.finish()
        event = self.event(
            ExecutionFinished,
            execution=self.execution,
            status=status,
            execution_count=self.count,
            finished_at=finished_at,
        )
        self._recorder.emit(event)

    def gap(self, reason: str, dropped: int) -> None:
        """What this run said is not all here."""
        gap = self.event(
            Gap,
            reason=reason,
            path=self.path,
            execution=self.execution,
            since=self._began,
            until=now_us(),
            dropped_events=dropped,
        )
        self._recorder.emit(gap)

    @property
    def _dialogue(self) -> Dialogue:
        return self._dialogues.of(*self._key)

    def _hear(self, until: int | None = None) -> None:
        """Put what was asked before a kernel's time, and what was typed then, in its place."""
        if said := self._dialogue.take(until):
            self.outputs.message("stream", {"name": "stdin", "text": said})

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
        self._recorder.emit(event, contents)
