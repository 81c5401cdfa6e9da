"""The person behind what the server is doing now."""

from typing import Any

from jupyter_server.base.call_context import CallContext
from tornado.websocket import WebSocketHandler


def current_handler() -> Any:
    """The request handler on whose behalf this code runs, if any."""
    return CallContext.get(CallContext.JUPYTER_HANDLER)


def current_author() -> str | None:
    """The name of the signed-in person on whose behalf this code runs."""
    user = getattr(current_handler(), "current_user", None)
    return getattr(user, "username", None)


def is_connected() -> bool:
    """Whether this code runs on behalf of an open websocket."""
    return isinstance(current_handler(), WebSocketHandler)


def live_author() -> str | None:
    """The same, unless they have been answered: what goes on after that is nobody's request."""
    answered = getattr(current_handler(), "_finished", False) and not is_connected()
    return None if answered else current_author()
