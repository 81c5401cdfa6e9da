"""A hub in this process, from its first check to its clean end."""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyterhub.app import JupyterHub
from tornado.ioloop import PeriodicCallback
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from trailbook.errors import CannotStart

from . import authorize, leftovers, ports
from .configure import configure
from .folders import prepare
from .settings import Settings

Say = Callable[[str], None]


class Workspace(JupyterHub):  # type: ignore[misc]  # JupyterHub has no types
    """JupyterHub that notes its children, tells when it is ready, and stops servers first."""

    name = "jupyterhub"
    noted: Path
    ready: Callable[[], None]
    stopping = False

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the configuration is complete, whatever lies in the working folder."""

    def init_handlers(self) -> None:
        """Whichever authenticator is used, our way into a server comes before the hub's."""
        super().init_handlers()
        self.handlers[:0] = self.add_url_prefix(self.hub_prefix, authorize.HANDLERS)

    def children(self) -> list[int]:
        """The processes that end with the hub, as far as it has started: proxy and services."""
        proxy = getattr(getattr(self, "proxy", None), "traefik_process", None)
        services = [s.spawner.pid for s in self._service_map.values() if s.spawner]
        return [pid for pid in ([proxy.pid] if proxy else []) + services if pid]

    def note_children(self) -> None:
        """Keep the note up to date: a service that died is started again."""
        leftovers.note(self.noted, self.children())

    async def start(self) -> None:
        """Start everything and say so."""
        await super().start()
        self.note_children()
        PeriodicCallback(self.note_children, 5000).start()
        self.ready()

    def init_signal(self) -> None:
        """A closed terminal stops the hub as Ctrl-C does."""
        super().init_signal()
        hang_up = signal.SIGHUP
        stop = self.shutdown_cancel_tasks
        asyncio.get_event_loop().add_signal_handler(
            hang_up, lambda: asyncio.ensure_future(stop(hang_up))
        )

    async def shutdown_cancel_tasks(self, sig: Any = None) -> None:
        """Stop once, however often Ctrl-C is pressed."""
        if self.stopping:
            return
        self.stopping = True
        await super().shutdown_cancel_tasks(sig)

    async def cleanup(self) -> None:
        """Servers first, while the service still takes what they have to record."""
        if self.cleanup_servers:
            active = [
                user.stop(name)
                for user in self.users.values()
                for name, spawner in list(user.spawners.items())
                if spawner.active
            ]
            await asyncio.gather(*active, return_exceptions=True)
        for service in self._service_map.values():
            if service.spawner:
                # JupyterHub would wait half a minute for each that does not hear.
                service.spawner.interrupt_timeout = 5
                service.spawner.term_timeout = 3
        try:
            await super().cleanup()
        except Exception:  # a full disk keeps nobody from stopping
            self.log.exception("The hub could not end in good order; what still runs is ended")


def run(settings: Settings, *, config_file: Path | None, say: Say, verbose: bool) -> int:
    """Run a workspace until it is stopped; answer the exit code."""
    try:
        listen()
        say("Starting…")
        is_well = ran(settings, config_file=config_file, say=say, verbose=verbose)
    except KeyboardInterrupt:
        is_well = True
    if is_well:
        say(f"Stopped. Everything is kept in {settings.data}.")
    return 0 if is_well else 1


def ran(settings: Settings, *, config_file: Path | None, say: Say, verbose: bool) -> bool:
    """Run it; whether it ended because somebody wanted it to."""
    begun = time.monotonic()
    settings = prepare(settings)
    hub = settings.data / "hub"
    with only_hub(hub):
        if ended := leftovers.end(hub / "children.json"):
            say(f"The last hub did not stop cleanly; ended {ended} of its processes.")
        settings = ports.choose(settings)
        c = read_config(config_file)
        chosen = {"authenticator": None} if "authenticator_class" in c.JupyterHub else {}
        configure(c, settings, **chosen)
        app = Workspace.instance(config=c)
        app.noted = hub / "children.json"
        app.ready = lambda: greet(settings, say, time.monotonic() - begun)
        with quiet(None if verbose else hub / "hub.log"):
            return ran_until_stopped(app, say, settings)


def ran_until_stopped(app: Workspace, say: Say, settings: Settings) -> bool:
    """Run the hub; whatever happens, none of its children stay."""
    try:
        type(app).launch_instance([])
    except KeyboardInterrupt:
        app.stopping = True
    except SystemExit:
        pass  # it did not start, or was stopped before it was up
    finally:
        leftovers.end_own(app.noted, app.children())
    if not app.stopping:  # else a start that was broken off may fail as it likes
        log = settings.data / "hub" / "hub.log"
        say(f"The hub did not start or ended by itself. Its log says why: {log}")
        say(tail(log))
    return app.stopping


def listen() -> None:
    """Stop when asked to, until the hub listens itself."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A shell that starts us in the background ignores Ctrl-C, and our children would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def tail(log: Path) -> str:
    """The last lines of a log that say something went wrong."""
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-200:]
    marks = ("[E ", "[C ", "Error", "ERR")
    bad = [line for line in lines if any(mark in line for mark in marks)]
    return "\n".join(f"  {line}" for line in (bad or lines)[-5:])


def read_config(path: Path | None) -> Any:
    """An administrator's own configuration file, as JupyterHub reads it."""
    if path is None:
        return Config()
    if not path.is_file():
        raise CannotStart(f"There is no configuration file {path}.")
    return PyFileConfigLoader(path.name, path=str(path.parent.resolve())).load_config()


def greet(settings: Settings, say: Say, seconds: float) -> None:
    """Where it is, and how to get in."""
    say(f"Ready after {seconds:.0f} s:  http://{settings.ip}:{settings.port}")
    initial = settings.data / "initial-password"
    if initial.exists():
        say(f"  name      {settings.admin}")
        say(f"  password  {initial.read_text().strip()}  (works once; also in {initial})")
    say("Ctrl-C stops it with all its servers; the data folder keeps everything.")


@contextmanager
def only_hub(hub: Path) -> Iterator[None]:
    """One hub at a time on a data folder."""
    lock = os.open(hub / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"A hub runs already on {hub.parent}. Stop it first.") from None
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def quiet(log: Path | None) -> Iterator[None]:
    """Send what the hub and its children print to a log; `say` still reaches the terminal."""
    if log is None:
        yield
        return
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for handle in kept:
            os.close(handle)
