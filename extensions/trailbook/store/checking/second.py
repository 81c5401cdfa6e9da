"""A second process that takes over a part of a long reading, where that is safe.

It is forked before anything of the database is open, for nothing of SQLite may be carried over,
and only where no other thread runs. What it does not answer, for whatever reason, is done here: it
can make things faster, and never wrong.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

_LENGTH = 8  # bytes that say how long a message is


class Second:
    """The other process, as this one sees it: asked for one thing at a time."""

    def __init__(self, asking: BinaryIO, answers: BinaryIO) -> None:
        self._asking = asking
        self._answers = answers

    def ask(self, question: bytes) -> None:
        """Let it begin; `answer` waits for what it finds."""
        try:
            _send(self._asking, question)
        except OSError:  # it is not there any more, and so it will have no answer
            return

    def answer(self) -> bytes | None:
        """What it found, or None if it cannot say."""
        try:
            return _receive(self._answers)
        except OSError:
            return None


@contextmanager
def second(work: Callable[[bytes], bytes]) -> Iterator[Second | None]:
    """A process that answers questions with `work`, while the context lasts; None without one."""
    if not _is_safe():
        yield None
        return
    questions, answers = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(questions[1])
        os.close(answers[0])
        os._exit(_serve(questions[0], answers[1], work))
    os.close(questions[0])
    os.close(answers[1])
    asking, answered = os.fdopen(questions[1], "wb"), os.fdopen(answers[0], "rb")
    try:
        yield Second(asking, answered)
    finally:
        os.kill(pid, signal.SIGKILL)  # it holds nothing, and may be amid what nobody wants now
        os.waitpid(pid, 0)
        answered.close()
        with suppress(OSError):  # what it did not take any more
            asking.close()


def _is_safe() -> bool:
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and len(os.sched_getaffinity(0)) > 1
    )


def _serve(questions: int, answers: int, work: Callable[[bytes], bytes]) -> int:
    """Answer until nobody asks; whatever goes wrong is for the other process to find again."""
    try:
        with os.fdopen(questions, "rb") as asked, os.fdopen(answers, "wb") as answering:
            while (question := _receive(asked)) is not None:
                _send(answering, work(question))
    except BaseException:
        return 1
    return 0


def _send(stream: BinaryIO, message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "little") + message)
    stream.flush()


def _receive(stream: BinaryIO) -> bytes | None:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    message = stream.read(int.from_bytes(length, "little"))
    return message if len(message) == int.from_bytes(length, "little") else None
