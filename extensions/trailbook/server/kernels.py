"""The server's kernels: each start, restart, interrupt and end, told to the tap.

The class of the kernel managers is extended where it is used, so that whatever class a user has
configured goes on working.
"""

import functools
import logging
import sys
from collections.abc import Callable
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from .lookout import Lookout
from .orders import Orders
from .packages import Interpreter
from .recorder import Recorder
from .requests import Requests
from .runs import Kernel, KernelLife
from .tap import Address, Tap
from .witness import Witness

HOST = "_trailbook_kernels"
PYTHONS = {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)}

log = logging.getLogger("trailbook.kernels")


class Kernels:
    """Attaches the recorder to every kernel of a server."""

    def __init__(
        self,
        recorder: Recorder,
        requests: Requests,
        path_of: Callable[[str], str | None],
        output_limit: int,
        lookout: Lookout,
        witness: Witness,
        orders: Orders | None = None,
    ) -> None:
        """`orders` are told what the server's own clients of kernels run."""
        self.tap = Tap()
        self.lookout = lookout
        self.witness = witness
        self._recorder = recorder
        self._requests = requests
        self._path_of = path_of
        self._output_limit = output_limit
        self._orders = orders

    def watch(self, manager: Any) -> None:
        """Record the kernels that this mapping kernel manager starts from now on."""
        make = manager.kernel_manager_factory

        @functools.wraps(make)
        def make_watched(*args: Any, **kwargs: Any) -> Any:
            kernel: Any = make(*args, **kwargs)
            if not isinstance(kernel, AsyncKernelManager):
                log.warning("Runs are not recorded with the blocking class %s", type(kernel))
                return kernel
            try:
                self.adopt(kernel)
            except Exception:
                log.exception("A kernel of class %s is not recorded", type(kernel))
            return kernel

        manager.kernel_manager_factory = make_watched
        for kernel_id in list(getattr(manager, "_kernels", {})):
            self.started(manager.get_kernel(kernel_id), "adopted")

    def adopt(self, kernel: Any) -> None:
        """Record what this kernel does, from its start on."""
        base: Any = type(kernel)
        kernel.__class__ = watched(base)
        setattr(kernel, HOST, self)

    def started(self, kernel: Any, reason: str) -> None:
        """A kernel has started; `reason` as in `KernelStarted`."""
        spec = kernel.kernel_spec
        about = Kernel(
            kernel_id=kernel.kernel_id,
            spec=kernel.kernel_name,
            language=spec.language if spec is not None else "",
            interpreter=interpreter_of(spec),
            pid=getattr(kernel.provisioner, "pid", None),
        )
        life = KernelLife(
            self._recorder,
            self._requests,
            about,
            self._path_of,
            reason=reason,
            output_limit=self._output_limit,
            lookout=self.lookout,
            witness=self.witness,
        )
        self.tap.attach(kernel.kernel_id, Address.of(kernel), life)
        if reason != "restart" and getattr(kernel, "_restarter", None) is not None:
            kernel.add_restart_callback(functools.partial(self.given_up, kernel), "dead")

    def lent(self, kernel: Any, client: Any) -> None:
        """Somebody on the server gets a client of the kernel."""
        if self._orders is not None:
            self._orders.lend(kernel.kernel_id, client)

    def interrupted(self, kernel: Any) -> None:
        """A person interrupts the kernel."""
        self.tap.interrupt(kernel.kernel_id)

    def waiting(self, kernel: Any) -> list[str]:
        """The requests that a kernel has not begun; to be asked before anybody ends it."""
        return self._requests.waiting(kernel.kernel_id)

    def ended(self, kernel: Any, reason: str, waited: Any, *, for_good: bool) -> None:
        """The kernel is gone; `reason` as in `KernelEnded`."""
        self.tap.end(kernel.kernel_id, reason, waited or (), for_good=for_good)

    def given_up(self, kernel: Any) -> None:
        """It has died again and again, and is not started any more unless somebody asks."""
        self.ended(kernel, "died", self.waiting(kernel), for_good=False)


def interpreter_of(spec: Any) -> Interpreter:
    """What starts kernels of this specification."""
    if spec is None or not spec.argv:
        return Interpreter("", "")
    program = spec.argv[0]
    if spec.language == "python" and program in PYTHONS:
        program = sys.executable  # as Jupyter itself understands it
    return Interpreter(spec.language, program, tuple(sorted(spec.env.items())))


class Telling:
    """The part of a kernel manager that tells the recorder."""

    def client(self, **kwargs: Any) -> Any:
        """A client of the kernel, for somebody on the server."""
        made = super().client(**kwargs)  # type: ignore[misc] # it stands before a kernel manager
        self._tell("lent", made)
        return made

    def _tell(self, what: str, *args: Any, **kwargs: bool) -> Any:
        try:
            return getattr(getattr(self, HOST), what)(self, *args, **kwargs)
        except Exception:  # recording never gets in the way of a kernel
            log.exception("What happened to a kernel was not recorded: %s", what)
            return None


@functools.cache
def watched(base: type[Any]) -> type[Any]:
    """A kernel manager class that also tells the recorder what happens to its kernel."""

    class WatchedKernelManager(Telling, base):  # type: ignore[misc]
        async def start_kernel(self, *args: Any, **kwargs: Any) -> Any:
            result = await super().start_kernel(*args, **kwargs)
            self._tell("started", "start")
            return result

        async def restart_kernel(self, *args: Any, **kwargs: Any) -> Any:
            died, waited = not await self.is_alive(), self._tell("waiting")
            result = await super().restart_kernel(*args, **kwargs)
            self._tell("ended", "died" if died else "restart", waited, for_good=False)
            self._tell("started", "restart")
            return result

        async def shutdown_kernel(self, *args: Any, **kwargs: Any) -> Any:
            restart = kwargs.get("restart", len(args) > 1 and args[1])
            died = not restart and not await self.is_alive()
            waited = self._tell("waiting")
            result = await super().shutdown_kernel(*args, **kwargs)
            if not restart:
                self._tell("ended", "died" if died else "shutdown", waited, for_good=True)
            return result

        async def interrupt_kernel(self, *args: Any, **kwargs: Any) -> Any:
            self._tell("interrupted")
            return await super().interrupt_kernel(*args, **kwargs)

    WatchedKernelManager.__name__ = base.__name__
    WatchedKernelManager.__qualname__ = base.__qualname__
    return WatchedKernelManager
