"""Who asked a kernel to run which cell: seen on the kernel's websocket, joined by message id.

The kernel's own messages say neither who nor which cell; the request does, and the websocket's
handler knows the person.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from jupyter_server.services.kernels.connection import base as wire

MOST = 10_000
WANTED = b'"execute_request"'
V1 = "v1.kernel.websocket.jupyter.org"

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


class Requests:
    """The requests that kernels have not finished yet, by message id."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Request] = OrderedDict()

    def add(self, msg_id: str, request: Request) -> None:
        """Remember a request; the oldest go when kernels never answer."""
        self._known[msg_id] = request
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def get(self, msg_id: str) -> Request | None:
        """The request with this id."""
        return self._known.get(msg_id)

    def done(self, msg_id: str) -> None:
        """The kernel has answered."""
        self._known.pop(msg_id, None)

    def forget(self, kernel_id: str) -> None:
        """The kernel is gone, and with it what it had not begun."""
        for msg_id, request in list(self._known.items()):
            if request.kernel_id == kernel_id:
                self._known.pop(msg_id, None)


def watching(base: type[Any], requests: Requests) -> type[Any]:
    """The websocket connection class, also telling `requests` of every `execute_request`."""

    class WatchedConnection(base):  # type: ignore[misc]
        def handle_incoming_message(self, incoming_msg: Any) -> Any:
            try:
                _remember(self, incoming_msg, requests)
            except Exception:  # recording never gets in the way of a run
                log.exception("A request to a kernel was not understood")
            return super().handle_incoming_message(incoming_msg)

    WatchedConnection.__name__ = base.__name__
    WatchedConnection.__qualname__ = base.__qualname__
    return WatchedConnection


def _remember(connection: Any, raw: Any, requests: Requests) -> None:
    header, metadata, content = _parts(connection, raw)
    if not header or header.get("msg_type") != "execute_request":
        return
    user = connection.websocket_handler.current_user
    cell_id = metadata.get("cellId")
    silent = content.get("silent", False)
    request = Request(
        kernel_id=connection.kernel_id,
        author=getattr(user, "username", None),
        cell_id=cell_id if isinstance(cell_id, str) else None,
        code=str(content.get("code", "")),
        recorded=not silent and content.get("store_history", True) is not False,
    )
    requests.add(str(header["msg_id"]), request)


def _parts(connection: Any, raw: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    nothing: tuple[dict[str, Any], ...] = ({}, {}, {})
    if getattr(connection, "subprotocol", None) == V1:
        channel, pieces = from_v1(raw)
        if channel != "shell" or WANTED not in pieces[0]:
            return nothing  # type: ignore[return-value]
        header, _, metadata, content = (json.loads(piece) for piece in pieces[:4])
        return header, metadata, content
    wanted = WANTED if isinstance(raw, bytes) else WANTED.decode()
    if wanted not in raw:
        return nothing  # type: ignore[return-value]
    message = from_binary(raw) if isinstance(raw, bytes) else json.loads(raw)
    return message["header"], message.get("metadata") or {}, message.get("content") or {}
