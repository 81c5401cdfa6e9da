"""How far a long command is, on a terminal."""

import sys
import time
from typing import TextIO

_PAUSE_S = 0.1


class Progress:
    """One line that is written over; nothing where standard error is no terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._since = self._last = time.monotonic()

    def say(self, text: str) -> None:
        """Show this instead of what was there."""
        if self._shown:
            self._stream.write(f"\r{text}\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int) -> None:
        """Show how much is done."""
        now = time.monotonic()
        if now - self._last >= _PAUSE_S or done >= total:
            self._last = now
            self.say(progress_line(done, total, now - self._since))

    def start(self) -> None:
        """What is counted begins now."""
        self._since = time.monotonic()

    def end(self) -> None:
        """Leave no trace on the terminal."""
        self.say("")


def progress_line(done: int, total: int, seconds: float) -> str:
    """Done and to do, how fast, and how long it will take."""
    share = f"{done:,} of {total:,} versions, {100 * done // max(1, total)} %"
    rate = done / seconds if seconds > 0 else 0
    if not rate or done >= total:
        return share
    left = round((total - done) / rate)
    hours, minutes = divmod(left // 60, 60)
    clock = f"{hours}:{minutes:02}:{left % 60:02}" if hours else f"{minutes}:{left % 60:02}"
    return f"{share}, {rate:.0f} a second, {clock} left"
