"""A server with a busy kernel is not idle, also with no output and no browser.

Whoever stops idle servers asks for the last activity; a run that prints nothing leaves none.
The idle clock starts when the run ends.
"""

from collections.abc import Callable
from typing import Any

from jupyter_server._tz import utcnow
from tornado.ioloop import PeriodicCallback

SECONDS = 20.0
SETTING = "trailbook_busy"


class Activity:
    """Keeps the server's last activity at now while something runs."""

    def __init__(self, manager: Any, times: dict[str, Any], recording: Callable[[], bool]) -> None:
        self._manager = manager
        self._times = times
        self._recording = recording
        self._callback = PeriodicCallback(self.note, SECONDS * 1000)

    def start(self) -> None:
        """Begin to look."""
        self._callback.start()

    def stop(self) -> None:
        """Stop looking."""
        self._callback.stop()

    def note(self) -> None:
        """Note the time if a kernel is busy now."""
        if self.is_busy():
            self._times[SETTING] = utcnow()

    def is_busy(self) -> bool:
        """Whether any kernel runs something."""
        if self._recording():
            return True
        return any(
            getattr(self._manager.get_kernel(kernel_id), "execution_state", None) == "busy"
            for kernel_id in list(self._manager.list_kernel_ids())
        )
