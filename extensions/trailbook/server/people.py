"""The person behind what the server is doing now."""

from typing import Any

from jupyter_server.base.call_context import CallContext


def current_handler() -> Any:
    """The request handler on whose behalf this code runs, if any."""
    return CallContext.get(CallContext.JUPYTER_HANDLER)


def current_author() -> str | None:
    """The name of the signed-in person on whose behalf this code runs."""
    user = getattr(current_handler(), "current_user", None)
    return getattr(user, "username", None)
