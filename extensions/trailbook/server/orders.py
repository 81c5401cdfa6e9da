"""Runs that people order of the server, which asks the kernel on their behalf.

No kernel's websocket sees such a run. Where the order comes in a request of its own, as with
server-side execution in JupyterLab, its person and cell are noted then, and joined with what is
sent to the kernel later: orders of one kernel are carried out one after the other. Code that a
server's extension runs while somebody waits for its answer is that person's. Else nobody is named.
"""

import functools
import inspect
import itertools
import logging
from collections.abc import Iterator
from typing import Any

from tornado.routing import PathMatches, Router, Rule, RuleRouter

from .people import is_connected, live_author
from .requests import Request, Requests

KERNELS, EXECUTE = "/api/kernels/", "/execute$"

log = logging.getLogger("trailbook.orders")


class Orders:
    """What has been ordered of one server and has not reached a kernel yet."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._numbers = itertools.count()

    def watch(self, application: Any) -> None:
        """Note what is ordered of handlers like JupyterLab's for server-side execution."""
        for rule in list(_rules(application.default_router)):
            if _takes_orders(rule):
                rule.target = watched(rule.target, self)

    def place(self, handler: Any, kernel_id: str) -> str | None:
        """A request has come that orders a run; the order's name."""
        body = handler.get_json_body()
        author = getattr(handler.current_user, "username", None)
        if author is None or not isinstance(body, dict) or body.get("server") is not None:
            return None  # of nobody, or of a kernel somewhere else
        metadata = body.get("metadata")
        cell_id = metadata.get("cell_id") if isinstance(metadata, dict) else None
        order = f"order-{next(self._numbers)}"
        request = Request(
            kernel_id=kernel_id,
            author=author,
            cell_id=cell_id if isinstance(cell_id, str) else None,
            code=str(body.get("code", "")),
            recorded=True,
            reached=False,
            ordered=True,
        )
        self._requests.add(order, request)
        return order

    def withdraw(self, kernel_id: str, order: str | None) -> None:
        """It was refused."""
        if order is not None:
            self._requests.take(kernel_id, order)

    def lend(self, kernel_id: str, client: Any) -> None:
        """Somebody on the server gets this client of a kernel: note what they let it run."""
        execute = client.execute

        @functools.wraps(execute)
        def execute_noted(code: str, silent: bool = False, *args: Any, **kwargs: Any) -> Any:
            msg_id = execute(code, silent, *args, **kwargs)
            try:
                store = args[0] if args else kwargs.get("store_history", True)
                recorded = not silent and store is not False
                self._requests.add(str(msg_id), self._sent(kernel_id, code, recorded=recorded))
            except Exception:  # recording never gets in the way of a run
                log.exception("What the server lets a kernel run was not understood")
            return msg_id

        client.execute = execute_noted

    def _sent(self, kernel_id: str, code: str, *, recorded: bool) -> Request:
        order = self._requests.ordered(kernel_id, code)
        if order is not None:
            return order._replace(ordered=False, reached=True)
        author = None if is_connected() else live_author()
        return Request(kernel_id, author, None, code, recorded)


def watched(base: type[Any], orders: Orders) -> type[Any]:
    """A handler that takes orders, also telling of them."""

    class WatchedHandler(base):  # type: ignore[misc]
        async def post(self, *args: Any, **kwargs: Any) -> None:
            kernel_id = str(kwargs.get("kernel_id") or next(iter(args), ""))
            order = None
            try:
                order = orders.place(self, kernel_id)
            except Exception:  # the handler has its own words for what is wrong
                log.debug("An order was not understood", exc_info=True)
            try:
                done = super().post(*args, **kwargs)
                if inspect.isawaitable(done):
                    await done
            except BaseException:
                orders.withdraw(kernel_id, order)
                raise

    WatchedHandler.__name__ = base.__name__
    WatchedHandler.__qualname__ = base.__qualname__
    return WatchedHandler


def _rules(router: Router) -> Iterator[Rule]:
    for rule in router.rules if isinstance(router, RuleRouter) else ():
        if isinstance(rule.target, Router):
            yield from _rules(rule.target)
        else:
            yield rule


def _takes_orders(rule: Rule) -> bool:
    if not isinstance(rule.matcher, PathMatches) or not inspect.isclass(rule.target):
        return False
    pattern = rule.matcher.regex.pattern
    return KERNELS in pattern and pattern.endswith(EXECUTE) and hasattr(rule.target, "post")
