"""A recorder without a server: for one notebook that a program runs."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from ..ids import new_id
from ..store.records import Registration
from ..store.spool import Spool
from .app import TrailbookApp
from .drain import Drain
from .files import Content, read
from .host import HUB, LAPTOP
from .index import Index
from .kernels import Kernels
from .laptop import user
from .lookout import Lookout
from .recorder import Recorder
from .requests import Request, Requests
from .saves import Saves
from .walk import Limits
from .witness import Witness

LOOK_SECONDS = 20.0
"""At the end so long is waited for packages and files, "unknown" after that."""
SEND_SECONDS = 20.0
"""And so long for the history to take what was recorded; the next recorder sends the rest."""

log = logging.getLogger("trailbook.batch")


class Batch:
    """Records the runs and versions of one notebook, as a server would; use it in a `with`."""

    def __init__(self, app: TrailbookApp, root: Path, path: str) -> None:
        """`root` is the folder that paths count from, `path` the notebook's."""
        self.path = path
        self.author = os.environ.get("JUPYTERHUB_USER") if app.mode == HUB else user()
        self._root = root
        self._folder = Path(app.spool_path)
        spool = Spool(self._folder / new_id(), limit=app.spool_limit, memory_limit=app.memory_limit)
        self._recorder = Recorder(spool)
        self._index = Index(self._folder, str(root))
        self._saves = Saves(self._recorder, self._index)
        self._requests = Requests()
        self._app = app
        self.kernels = Kernels(
            self._recorder,
            self._requests,
            lambda _: self.path,
            app.run_output_limit,
            Lookout(self._recorder, self._locate),
            Witness(
                self._recorder,
                self._locate,
                Limits(files=app.watched_files, file_bytes=app.watched_file_limit),
                app.fingerprint_limit,
            ),
        )
        self._drain = Drain(
            self._recorder,
            self._folder,
            app.connection(),
            Registration(server=os.environ.get("JUPYTERHUB_SERVER_NAME", "")),
            every_while=self._index.save,
            one_person=app.mode == LAPTOP,
        )

    @property
    def waiting(self) -> int:
        """How many events the history has not taken yet."""
        return self._recorder.spool.state().pending_events

    def __enter__(self) -> "Batch":
        if self._app.record:
            self._drain.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kernels.tap.stop()
        self.kernels.witness.finish(LOOK_SECONDS)
        self.kernels.lookout.finish(LOOK_SECONDS)
        self._recorder.spool.flush()
        self._drain.stop(SEND_SECONDS)
        self._index.close()
        self._recorder.spool.close()
        self._app.close_store()

    def found(self, origin: str | None) -> None:
        """The notebook is about to run: its version is recorded if nobody has yet.

        `origin` is the path of the notebook that it was copied from.
        """
        if origin is not None and self._app.record:
            self._saves.copied(origin, self.path, self.author)
        self._each(self._saves.opened)

    def saved(self) -> None:
        """The notebook was written."""
        self._each(lambda path, content: self._saves.saved(path, content, self.author))

    def asked(self, kernel_id: str, msg_id: str, cell_id: str | None, code: str) -> None:
        """A cell is about to be sent to the kernel."""
        request = Request(kernel_id, self.author, cell_id, code, recorded=True)
        self._requests.add(msg_id, request)

    def adopt(self, kernel: Any) -> None:
        """A kernel manager whose kernel has not started yet."""
        if self._app.record:
            self.kernels.adopt(kernel)

    def _each(self, record: Callable[[str, Content], None]) -> None:
        if not self._app.record:
            return
        try:
            record(self.path, read(str(self._locate(self.path))))
        except FileNotFoundError:
            pass
        except Exception:  # the notebook is there all the same
            log.exception("A version was not recorded")

    def _locate(self, path: str) -> Path:
        return self._root / path
