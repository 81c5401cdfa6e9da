"""One life of a kernel, told in events: its start, every run in it, its end.

Takes IOPub messages in the order in which the kernel sent them and joins them with the requests
by message id. Knows no sockets.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..clock import now_us
from ..ids import new_id
from ..store.objects.encode import text_content
from ..store.records import ExecutionStarted, KernelEnded, KernelStarted
from .datalook import Ran
from .environment import of_the_server
from .lookout import Lookout, Session
from .messages import OUTPUTS, Message, microseconds
from .numbers import Numbers
from .packages import Interpreter
from .recorder import Recorder, place
from .requests import Request, Requests
from .run import NO_END, OVERFLOW, Run
from .witness import Witness

LATE_RUNS = 1000
"""So many finished runs may still print, from threads that they left behind; those that have been
silent for longest are let go."""

DISPLAYS = 10_000
"""So many displays may be updated from elsewhere than a recorded run, from a widget's callback."""


class Kernel(NamedTuple):
    """What is known of a kernel before it says anything."""

    kernel_id: str
    spec: str
    language: str
    interpreter: Interpreter = Interpreter("", "")
    pid: int | None = None


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
        lookout: Lookout | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.recorder = recorder
        self.kernel = kernel
        self.environment = of_the_server()
        self.numbers = Numbers()
        self._requests = requests
        self._path_of = path_of
        self._reason = reason
        self._limit = output_limit
        self._lookout = lookout
        self._witness = witness
        self._around: Session | None = None
        self._session = new_id()
        self._space = place(None)
        self._started_at = now_us()
        self._announced = False
        self._position = 0
        self._running: dict[str, Run] = {}
        self._late: OrderedDict[str, Run] = OrderedDict()
        self._displays: OrderedDict[str, Run] = OrderedDict()

    @property
    def busy(self) -> bool:
        """Whether a recorded run is under way."""
        return bool(self._running)

    def is_running(self, msg_id: str) -> bool:
        """Whether the run of this request is under way."""
        return msg_id in self._running

    def handle(self, message: Message) -> None:
        """Take one message that speaks of a run, or updates what one has shown."""
        run = self._running.get(message.parent)
        if message.type == "execute_input":
            if run is None:
                self._start(message, self._requests.take(self.kernel.kernel_id, message.parent))
        elif message.type == "status":
            if message.content.get("execution_state") == "idle":
                self._idle(message, run)
        elif message.type in OUTPUTS:
            self._output(run or self._finished(message) or self._overheard(message), message)

    def flush(self) -> None:
        """Put what streams have printed into the spool."""
        for run in [*self._running.values(), *self._late.values()]:
            run.flush()

    def interrupt(self) -> None:
        """A person interrupts the kernel."""
        for run in self._running.values():
            run.interrupted = True

    def overdue(self, msg_id: str, status: str, answer: str) -> None:
        """The kernel answered this request long ago and has never said that the run is over."""
        run = self._running.get(msg_id)
        if run is not None:
            self.numbers.elsewhere(answer)
            run.gap(NO_END, self._missing(run))
            self._finish(run, status, now_us())

    def end(self, reason: str, waited: Sequence[str]) -> None:
        """The kernel is gone; what still ran ends with it, what waited for it never begins."""
        status = {"died": "died", "unknown": "unknown"}.get(reason, "interrupted")
        deadly = reason == "died" and not self._running
        for run in list(self._running.values()):
            self._finish(run, status, now_us())
        for msg_id in waited:
            deadly = self._give_up(msg_id, deadly=deadly)
        for run in self._late.values():
            run.outputs.finish()
        self._late.clear()
        self._displays.clear()
        if self._announced:
            self._announced = False
            event = KernelEnded(
                space=self._space, at=now_us(), kernel_session=self._session, reason=reason
            )
            self.recorder.emit(event)

    def _give_up(self, msg_id: str, *, deadly: bool) -> bool:
        """A request that the kernel has not answered; whether the next one may be `deadly` still.

        A kernel that dies by itself dies in the first request that had reached it, though it may
        have had no time to say that it begins.
        """
        request = self._requests.give_up(self.kernel.kernel_id, msg_id)
        if request is None:
            return deadly  # it had begun after all
        died = deadly and request.reached
        run = self._start(Message("", "", msg_id, {"code": request.code}), request)
        if run is not None:
            self._finish(run, "died" if died else "aborted", now_us())
        return deadly and not died

    def forget(self) -> None:
        """The kernel does not come back."""
        self._requests.forget(self.kernel.kernel_id)

    def _start(self, message: Message, request: Request | None) -> Run | None:
        if request is not None and not request.recorded:
            return None
        self._end_what_never_ended(message.subshell)
        source = text_content(str(message.content.get("code", "")))
        with self.recorder.naming:
            path = self._path_of(self.kernel.kernel_id)
            if not self.recorder.is_recording(path):
                return None
            run = Run(
                self.recorder, message, path, request, self._limit,
                self._requests.dialogues, self.kernel.kernel_id,
            )  # fmt: skip
            run.mark = self.numbers.mark()
            self._announce(path)
            started_at = microseconds(message.date)
            started = run.event(
                ExecutionStarted,
                execution=run.execution,
                kernel_session=self._session,
                position=self._position,
                source=0,
                path=path,
                cell_id=request.cell_id if request else None,
                started_at=started_at,
            )
            self.recorder.emit(started, [source])
            if self._witness is not None:
                run.seen = self._seen(run, source, started_at)
                self._witness.began(run.seen)
        self._position += 1
        if self._around is not None:
            self._around.starts.append(started_at)
        self._running[message.parent] = run
        return run

    def _seen(self, run: Run, source: bytes, started_at: int) -> Ran:
        return Ran(
            execution=run.execution,
            path=run.path,
            author=run.author,
            source=source.decode("utf-8", "replace"),
            language=self.kernel.language,
            started_at=started_at,
            pid=self.kernel.pid,
        )

    def _end_what_never_ended(self, subshell: str | None) -> None:
        """A kernel runs one cell after the other: whatever has not ended has not been told."""
        for run in list(self._running.values()):
            if run.subshell == subshell:
                run.gap(NO_END, self._missing(run))
                self._finish(run, "unknown", now_us())

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
        self._around = Session(self._session, self._space, path, self.kernel.interpreter)
        self._look_around()

    def _look_around(self) -> None:
        if self._lookout is not None and self._around is not None:
            self._lookout.look(self._around)

    def _finished(self, message: Message) -> Run | None:
        """A run that is over and still says something, or whose display something else updates."""
        run = self._late.get(message.parent)
        if run is not None:
            self._late.move_to_end(message.parent)
        elif message.type == "update_display_data":
            run = self._displays.get(_display_of(message))
        return run

    def _overheard(self, message: Message) -> Run | None:
        """A run whose beginning has not arrived: what was asked for is known all the same."""
        request = self._requests.take(self.kernel.kernel_id, message.parent)
        if request is None:
            return None
        run = self._start(message._replace(content={"code": request.code}), request)
        if run is not None:
            run.gap(OVERFLOW, 1)
        return run

    def _output(self, run: Run | None, message: Message) -> None:
        if run is None:
            return
        run.output(message)
        display = _display_of(message)
        if display and message.type != "update_display_data":
            self._displays[display] = run
            self._displays.move_to_end(display)
            while len(self._displays) > DISPLAYS:
                self._displays.popitem(last=False)

    def _idle(self, message: Message, run: Run | None) -> None:
        request = self._requests.take(self.kernel.kernel_id, message.parent)
        status = None
        if run is None and request is not None and not request.given_up and request.code.strip():
            # the kernel refused to begin: an earlier cell of the same batch had failed
            content = {"code": request.code}
            run = self._start(message._replace(content=content), request)
            status = "aborted"
        if run is not None:
            if run.status == "ok" and run.interrupted and self.kernel.language != "python":
                status = "interrupted"
            if missing := self._missing(run):
                run.gap(OVERFLOW, missing)
            self._finish(run, status or run.status, microseconds(message.date))
            self._look_around()
        else:
            self._requests.dialogues.close(self.kernel.kernel_id, message.parent)

    def _missing(self, run: Run) -> int:
        return self.numbers.missing_since(run.mark, run.questions)

    def _finish(self, run: Run, status: str, finished_at: int) -> None:
        run.finish(status, finished_at)
        if self._witness is not None and run.seen is not None:
            self._witness.ended(run.seen)
        self._running.pop(run.msg_id, None)
        self._late[run.msg_id] = run
        while len(self._late) > LATE_RUNS:
            _, old = self._late.popitem(last=False)
            old.outputs.finish()


def _display_of(message: Message) -> str:
    transient = message.content.get("transient") or {}
    return str(transient.get("display_id") or "")
