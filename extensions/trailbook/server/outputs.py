"""What one run prints and shows, on its way into the spool.

Streams are coalesced and carriage returns folded, so that a progress bar is one line. A run that
prints without end keeps its head and its tail; what lies between is counted.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from ..store.objects.encode import part_content, text_content
from ..store.records import canonical

FLUSH_BYTES = 256 << 10
VALUE_CHARACTERS = 1000
TEXT = "text/plain"


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One output, with the contents of its parts."""

    type: str
    name: str | None = None
    value: str | None = None
    display_id: str | None = None
    wait: bool = False
    parts: dict[str, bytes] = {}
    metadata: bytes | None = None
    dropped_bytes: int = 0

    @property
    def size(self) -> int:
        """Bytes of content."""
        return sum(map(len, self.parts.values())) + len(self.metadata or b"")


class Outputs:
    """The outputs of one run in order. `emit` gets each as soon as it is complete."""

    def __init__(self, limit: int, emit: Callable[[Output], None]) -> None:
        self._emit = emit
        self._head_left = limit - limit // 2
        self._tail_limit = limit // 2
        self._tail: deque[Output] = deque()
        self._tail_bytes = 0
        self._dropped = 0
        self._stream = ""
        self._text: list[str] = []
        self._text_size = 0
        self._line_open: dict[str, bool] = {}

    def message(self, kind: str, content: dict[str, Any]) -> None:
        """Take one IOPub message."""
        if kind == "stream":
            self._print(str(content.get("name", "stdout")), str(content.get("text", "")))
            return
        self.flush()
        self._put(read(kind, content))

    def flush(self) -> None:
        """Pass on what streams have printed so far."""
        if not self._text:
            return
        text = "".join(self._text)
        name = self._stream
        self._text, self._text_size = [], 0
        folded = fold(text, at_line_start=not self._line_open.get(name, False))
        self._line_open[name] = not text.endswith("\n")
        self._put(Output(type="stream", name=name, parts={TEXT: text_content(folded)}))

    def finish(self) -> None:
        """The run is over: pass on the rest, and the tail that was held back."""
        self.flush()
        for output in self._tail:
            if self._dropped:
                dropped = output.dropped_bytes + self._dropped
                output = msgspec.structs.replace(output, dropped_bytes=dropped)
                self._dropped = 0
            self._emit(output)
        self._tail.clear()
        self._tail_bytes = 0

    def _print(self, name: str, text: str) -> None:
        if name != self._stream:
            self.flush()
            self._stream = name
        self._text.append(text)
        self._text_size += len(text)
        if self._text_size >= FLUSH_BYTES:
            self.flush()

    def _put(self, output: Output) -> None:
        if not self._tail and output.size <= self._head_left:
            self._head_left -= output.size
            self._emit(output)
            return
        if not self._tail and self._head_left and output.type == "stream":
            head, output = _split(output, self._head_left)
            self._emit(head)
        self._head_left = 0
        if output.size > self._tail_limit and output.type != "stream":
            output = shorten(output, self._tail_limit)
        self._tail.append(output)
        self._tail_bytes += output.size
        self._trim()

    def _trim(self) -> None:
        while self._tail_bytes > self._tail_limit:
            first = self._tail.popleft()
            excess = self._tail_bytes - self._tail_limit
            self._tail_bytes -= first.size
            if first.type != "stream" or first.size <= excess:
                self._dropped += first.size + first.dropped_bytes
                continue
            cut, rest = _split(first, excess, after=True)
            self._dropped += cut.size + first.dropped_bytes
            self._tail.appendleft(rest)
            self._tail_bytes += rest.size


def read(kind: str, content: dict[str, Any]) -> Output:
    """An IOPub message as an output."""
    if kind == "error":
        traceback = content.get("traceback") or []
        return Output(
            type=kind,
            name=clean(content.get("ename", "")),
            value=clean(content.get("evalue", ""))[:VALUE_CHARACTERS],
            parts={TEXT: text_content("\n".join(map(str, traceback)))},
        )
    if kind == "clear_output":
        return Output(type=kind, wait=bool(content.get("wait", False)))
    data = content.get("data") or {}
    metadata = content.get("metadata") or None
    transient = content.get("transient") or {}
    display_id = transient.get("display_id")
    return Output(
        type=kind,
        display_id=None if display_id is None else clean(display_id),
        parts={clean(mime): part_content(mime, value) for mime, value in data.items()},
        metadata=canonical(metadata) if metadata else None,
    )


def clean(text: Any) -> str:
    """Text that every encoding can hold."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def shorten(output: Output, limit: int) -> Output:
    """A huge output: its text with head and tail, nothing of what cannot be cut."""
    text = output.parts.get(TEXT)
    parts = {}
    if text is not None:
        half = limit // 2
        parts[TEXT] = text if len(text) <= limit else _text(text[:half]) + _text(text[-half:])
    kept = sum(map(len, parts.values()))
    return msgspec.structs.replace(
        output, parts=parts, metadata=None, dropped_bytes=output.size - kept
    )


def fold(text: str, *, at_line_start: bool = True) -> str:
    """Text as a terminal would leave it: what follows a carriage return overwrites the line.

    Of a line that began in earlier text only what comes behind the first carriage return can be
    folded; that carriage return stays.
    """
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    first = lines[0]
    if not at_line_start and "\r" in first:
        before, _, behind = first.partition("\r")
        lines[0] = f"{before}\r{_overwrite(behind)}"
    elif at_line_start:
        lines[0] = _overwrite(first)
    return "\n".join([lines[0], *map(_overwrite, lines[1:])])


def _overwrite(line: str) -> str:
    if "\r" not in line:
        return line
    *earlier, shown = line.split("\r")
    # a bare carriage return at the end only moves the cursor: the next text overwrites the line
    end = "" if shown else "\r"
    for piece in reversed(earlier):
        shown += piece[len(shown) :]
    return shown + end


def _split(output: Output, size: int, *, after: bool = False) -> tuple[Output, Output]:
    """A stream's output cut at `size` bytes, before or after the character that lies there."""
    text = output.parts[TEXT]
    while 0 < size < len(text) and text[size] & 0xC0 == 0x80:
        size += 1 if after else -1
    head = msgspec.structs.replace(output, parts={TEXT: text[:size]}, dropped_bytes=0)
    return head, msgspec.structs.replace(output, parts={TEXT: text[size:]})


def _text(piece: bytes) -> bytes:
    return piece.decode("utf-8", "ignore").encode("utf-8")
