"""The thread that empties the spool into the store, whenever the store can be reached.

Nothing that happens here is felt by a save or a run: when the service is away, slow or says no,
the spool grows and is tried again, later each time.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from ..errors import TrailbookError
from ..store.base import Sink
from ..store.records import Registered, Registration
from ..store.spool import Spool, SpoolTaken
from .feeder import Feeder
from .recorder import Recorder

FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0
REGISTER_EVERY = 300.0
ASK_AGAIN = 10.0
ASK_WHILE_OFF = 60.0
"""Where recording is off, nobody should wait long for it to be on again."""

IDLE_SECONDS = 1.0
LINGER_SECONDS = 0.2
"""Events seldom come alone: one batch costs the server less than several."""

TOUCH_EVERY = 30.0
ADOPT_EVERY = 600.0

log = logging.getLogger("trailbook.drain")


class Draining(msgspec.Struct, frozen=True):
    """How the way to the store is."""

    reached: bool = False
    trying: bool = True
    error: str | None = None
    consented: bool = True


class Drain:
    """Registers this server's spool and those of dead servers, and feeds them to the store."""

    def __init__(
        self,
        recorder: Recorder,
        folder: Path,
        connect: Callable[[], Sink],
        about: Registration,
        *,
        delay: float = 0.0,
        every_while: Callable[[], None] = lambda: None,
        one_person: bool = False,
    ) -> None:
        """`folder` holds the spools of all servers; `delay` keeps a server's start free."""
        self.status = Draining()
        self._recorder = recorder
        self._folder = folder
        self._connect = connect
        self._about = about
        self._delay = delay
        self._every_while = every_while
        self._one_person = one_person
        self._sink: Sink | None = None
        self._own: Feeder | None = None
        self._orphans: list[Feeder] = []
        self._stop = threading.Event()
        self._due = dict.fromkeys(("touch", "adopt", "register"), 0.0)
        self._thread = threading.Thread(target=self._run, name="trailbook-drain", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 3.0) -> None:
        """Send what can be sent at once, and stop."""
        self._stop.set()
        self._recorder.spool.wake()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._go_on()
        finally:
            close = getattr(self._sink, "close", None)
            if close is not None:  # a connection; the embedded store is others' too
                close()

    def _go_on(self) -> None:
        self._stop.wait(self._delay)
        backoff = FIRST_BACKOFF
        while True:
            last_round = self._stop.is_set()
            try:
                self._housekeep()
                self._feed()
                self.status = msgspec.structs.replace(self.status, reached=True, error=None)
                backoff = FIRST_BACKOFF
            except Exception as error:
                self._failed(error)
                self._stop.wait(backoff * random.uniform(0.5, 1.0))  # noqa: S311
                backoff = min(2 * backoff, LONGEST_BACKOFF)
            else:
                self._pause()
            if last_round:
                return

    def _pause(self) -> None:
        if not self.status.consented:
            self._stop.wait(IDLE_SECONDS)
        elif self._recorder.spool.wait(IDLE_SECONDS, self._stop):
            self._stop.wait(LINGER_SECONDS)

    def _failed(self, error: Exception) -> None:
        self._due["register"] = 0.0
        sentence = str(error) if isinstance(error, TrailbookError) else type(error).__name__
        if self.status.error != sentence:
            log.warning("Records wait in the spool: %s", sentence)
            log.debug("The store was not reached", exc_info=error)
        self.status = msgspec.structs.replace(self.status, reached=False, error=sentence)

    def _is_due(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + seconds
        return True

    # -- what is done now and then -------------------------------------------------------------

    def _housekeep(self) -> None:
        if self._is_due("touch", TOUCH_EVERY):
            self._every_while()
            for spool in [self._recorder.spool, *(feeder.spool for feeder in self._orphans)]:
                if not spool.touch():
                    log.error("Another server has taken over the spool %s", spool.folder)
        if self._sink is None:
            self._sink = self._connect()
        if self._is_due("adopt", ADOPT_EVERY):
            self._adopt(self._sink)
        if self._own is None:
            self._own = self._feeder(self._recorder.spool, self._sink)
        if self._is_due("register", REGISTER_EVERY):
            self._due["register"] = 0.0  # until it has worked
            registered = self._own.register(self._recorder.late)
            self._due["register"] = time.monotonic() + REGISTER_EVERY
            self._registered(registered)

    def _registered(self, registered: Registered) -> None:
        self._recorder.mounts = registered.mounts
        self.status = msgspec.structs.replace(self.status, consented=registered.consented)
        if not registered.consented:
            self._due["register"] = time.monotonic() + ASK_AGAIN
        elif not all(mount.recording for mount in registered.mounts):
            self._due["register"] = time.monotonic() + ASK_WHILE_OFF

    def _adopt(self, sink: Sink) -> None:
        """Take over the spools that dead servers have left."""
        taken = {self._recorder.spool.folder, *(feeder.spool.folder for feeder in self._orphans)}
        for folder in sorted(self._folder.glob("[0-9a-f]*")):
            if folder in taken or not folder.is_dir():
                continue
            spool = Spool(folder)
            try:
                spool.open()
            except SpoolTaken:
                continue  # its server lives
            except OSError as error:
                log.warning("The spool %s cannot be opened: %s", folder, error)
                continue
            log.info("The spool of an earlier server is sent: %s", folder)
            self._orphans.append(self._feeder(spool, sink))

    def _feeder(self, spool: Spool, sink: Sink) -> Feeder:
        feeder = Feeder(spool, sink, self._about, self._folder / "refused")
        feeder.one_person = self._one_person
        return feeder

    # -- sending -------------------------------------------------------------------------------

    def _feed(self) -> None:
        if not self.status.consented:
            return  # what is recorded waits here until its owner has been told
        while self._orphans:
            orphan = self._orphans[0]
            while orphan.feed():
                if self._stop.is_set():
                    return
            if not orphan.is_over():
                continue
            self._orphans.pop(0).spool.close()
        while self._own is not None and self._own.feed():
            if self._own.must_ask:
                self._due["register"] = 0.0
                return
