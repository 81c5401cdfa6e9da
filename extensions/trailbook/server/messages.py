"""A kernel's messages, as far as the recorder reads them. Knows no sockets."""

import json
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ..clock import now_us

DELIMITER = b"<IDS|MSG>"

OUTPUTS = frozenset(
    {"stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"}
)


class Message(NamedTuple):
    """What the recorder needs of an IOPub message."""

    type: str
    date: str
    parent: str
    content: dict[str, Any]
    subshell: str | None = None  # runs of one subshell come one after the other


class Head(NamedTuple):
    """What every message tells."""

    msg_id: str
    type: str
    date: str
    ends_a_request: bool  # which is then answered as well


def head_of(pieces: list[bytes]) -> Head:
    """Header, parent, metadata and content: what the first says."""
    said = decode(pieces[0])
    kind = str(said.get("msg_type"))
    is_idle = kind == "status" and b'"idle"' in pieces[3] and b'"comm_' not in pieces[1]
    return Head(
        str(said.get("msg_id")), kind, str(said.get("date", "")), is_idle and len(pieces[1]) > 2
    )


def message_of(head: Head, pieces: list[bytes]) -> Message | None:
    """The message of these pieces, if it speaks of a run."""
    is_update = head.type == "update_display_data"
    if b"execute_request" not in pieces[1] and not is_update:
        return None
    asked = decode(pieces[1])
    if asked.get("msg_type") != "execute_request" and not is_update:
        return None
    return Message(
        type=head.type,
        date=head.date,
        parent=str(asked.get("msg_id")),
        content=decode(pieces[3]),
        subshell=asked.get("subshell_id"),
    )


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
