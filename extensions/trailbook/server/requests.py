"""Who asked a kernel to run which cell: seen on the kernel's websocket, joined by message id.

The kernel's own messages say neither who nor which cell; the request does, and the websocket's
handler knows the person. The same for what a run asks its person to type.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from jupyter_server.services.kernels.connection import base as wire
from tornado.ioloop import IOLoop

from .dialogue import Dialogues
from .messages import DELIMITER, decode, microseconds

MOST = 10_000
V1 = "v1.kernel.websocket.jupyter.org"
HIDDEN = "········"
"""What stands for a line that was typed unseen; the line itself is never kept."""

GRACE_SECONDS = 10.0
"""So long after its answer a kernel may take to say that a run is over."""

# upstream's functions have no types
from_v1: Callable[[bytes], tuple[str, list[bytes]]] = wire.deserialize_msg_from_ws_v1
from_binary: Callable[[bytes], dict[str, Any]] = wire.deserialize_binary_message

log = logging.getLogger("trailbook.requests")


class Request(NamedTuple):
    """One `execute_request`, as it came from a person."""

    kernel_id: str
    author: str | None
    cell_id: str | None
    code: str
    recorded: bool  # neither silent nor kept out of the history on purpose
    given_up: bool = False  # its kernel went before it had begun, and the history says so
    reached: bool = True  # a kernel that lived; else it waits for the next one
    ordered: bool = False  # of the server, which has not asked the kernel yet


class Requests:
    """The requests that kernels have not begun yet, by kernel and message id."""

    def __init__(self) -> None:
        self.dialogues = Dialogues()
        self._known: OrderedDict[tuple[str, str], Request] = OrderedDict()

    def add(self, msg_id: str, request: Request) -> None:
        """Remember a request; the oldest go when kernels never answer."""
        self._known[request.kernel_id, msg_id] = request
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def take(self, kernel_id: str, msg_id: str) -> Request | None:
        """The request with this id, which the kernel begins, or has refused to begin."""
        return self._known.pop((kernel_id, msg_id), None)

    def waiting(self, kernel_id: str) -> list[str]:
        """What this kernel has not begun, as far as is known; message ids."""
        known = list(self._known.items())
        return [key[1] for key, request in known if key[0] == kernel_id and not request.given_up]

    def ordered(self, kernel_id: str, code: str) -> Request | None:
        """The first order of this kernel that is for this code: it is carried out now."""
        for (kernel, msg_id), request in list(self._known.items()):
            if kernel == kernel_id and request.ordered and request.code == code:
                return self._known.pop((kernel, msg_id), None)
        return None

    def give_up(self, kernel_id: str, msg_id: str) -> Request | None:
        """A request that its kernel had not begun when it went.

        It stays known: what had not even reached that kernel may reach the next one.
        """
        request = self._known.get((kernel_id, msg_id))
        if request is not None:
            self._known[kernel_id, msg_id] = request._replace(given_up=True)
        return request

    def forget(self, kernel_id: str) -> None:
        """There is no next kernel."""
        self.dialogues.forget(kernel_id)
        for key in list(self._known):
            if key[0] == kernel_id:
                self._known.pop(key, None)


class Listener(Protocol):
    """Who wants to know what a websocket tells of a run that is under way."""

    def spoken(self) -> None:
        """A run has asked its person for a line, or been given one."""

    def answered(self, kernel_id: str, msg_id: str, status: str, answer: str) -> None:
        """The kernel has answered this request some time ago."""


class Conversation:
    """What one server hears on the websockets of its kernels."""

    def __init__(self, requests: Requests, listener: Listener) -> None:
        self._requests = requests
        self._listener = listener
        self._asked: dict[str, tuple[str, bool]] = {}  # kernel -> request, whether it is hidden

    def incoming(self, connection: Any, raw: Any) -> None:
        """A message from a browser."""
        message = _read(connection, raw)
        if message is None:
            return
        header, metadata, content = message
        if header.get("msg_type") == "execute_request":
            self._requests.add(str(header["msg_id"]), _request(connection, metadata, content))
        elif header.get("msg_type") == "input_reply":
            question = self._asked.pop(connection.kernel_id, None)
            if question is None:
                return
            msg_id, hidden = question
            text = HIDDEN if hidden else str(content.get("value", ""))
            self._requests.dialogues.open(connection.kernel_id, msg_id).typed(text + "\n")
            self._listener.spoken()

    def outgoing(self, connection: Any, stream: Any, frames: list[Any]) -> None:
        """A message to a browser: a question to the person, or the answer to a request."""
        channel = stream if isinstance(stream, str) else getattr(stream, "channel", None)
        if channel not in {"stdin", "shell"}:
            return
        raw = [bytes(frame) for frame in frames]
        header, parent, _, content = raw[raw.index(DELIMITER) + 2 :][:4]
        if b"input_request" in header:
            asked = decode(content)
            msg_id = str(decode(parent).get("msg_id"))
            self._asked[connection.kernel_id] = (msg_id, bool(asked.get("password")))
            at = microseconds(str(decode(header).get("date", "")))
            dialogue = self._requests.dialogues.open(connection.kernel_id, msg_id)
            dialogue.asked(at, str(asked.get("prompt", "")))
            self._listener.spoken()
        elif b"execute_reply" in header:
            IOLoop.current().call_later(
                GRACE_SECONDS,
                self._listener.answered,
                connection.kernel_id,
                str(decode(parent).get("msg_id")),
                str(decode(content).get("status")),
                str(decode(header).get("msg_id")),
            )


def watching(base: type[Any], conversation: Conversation) -> type[Any]:
    """The websocket connection class, also telling of what passes through it."""

    class WatchedConnection(base):  # type: ignore[misc]
        def handle_incoming_message(self, incoming_msg: Any) -> Any:
            try:
                conversation.incoming(self, incoming_msg)
            except Exception:  # recording never gets in the way of a run
                log.exception("A request to a kernel was not understood")
            return super().handle_incoming_message(incoming_msg)

        def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> Any:
            try:
                conversation.outgoing(self, stream, outgoing_msg)
            except Exception:
                log.exception("A message of a kernel was not understood")
            return super().handle_outgoing_message(stream, outgoing_msg)

    WatchedConnection.__name__ = base.__name__
    WatchedConnection.__qualname__ = base.__qualname__
    return WatchedConnection


def _request(connection: Any, metadata: dict[str, Any], content: dict[str, Any]) -> Request:
    user = connection.websocket_handler.current_user
    silent = content.get("silent", False)
    return Request(
        kernel_id=connection.kernel_id,
        author=getattr(user, "username", None),
        cell_id=_cell_id(metadata),
        code=str(content.get("code", "")),
        recorded=not silent and content.get("store_history", True) is not False,
        reached=not _has_ended(connection.kernel_manager),
    )


def _has_ended(kernel: Any) -> bool:
    """Whether the kernel's process is known to be gone; its server notices that only later."""
    process = getattr(getattr(kernel, "provisioner", None), "process", None)
    return process is not None and process.poll() is not None


def _cell_id(metadata: dict[str, Any]) -> str | None:
    """The notebook's cell. JupyterLab's consoles have ids of their own, which are in no notebook;
    what only a notebook sends with a request is the list of cells that were deleted in it."""
    cell_id = metadata.get("cellId")
    return cell_id if isinstance(cell_id, str) and "deletedCells" in metadata else None


def _read(
    connection: Any, raw: Any
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None:
    """Header, metadata and content of a message that is wanted."""
    if getattr(connection, "subprotocol", None) == V1:
        _, pieces = from_v1(raw)
        if not _is_wanted(pieces[0]):
            return None
        header, _, metadata, content = (json.loads(piece) for piece in pieces[:4])
        return header, metadata, content
    if not _is_wanted(raw):
        return None
    message = from_binary(raw) if isinstance(raw, bytes) else json.loads(raw)
    return message["header"], message.get("metadata") or {}, message.get("content") or {}


def _is_wanted(raw: bytes | str) -> bool:
    if isinstance(raw, str):
        return '"execute_request"' in raw or '"input_reply"' in raw
    return b'"execute_request"' in raw or b'"input_reply"' in raw
