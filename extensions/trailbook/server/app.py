"""The extension of Jupyter Server: settings, and the parts put together."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from traitlets import Bool, Float, Integer, Unicode, default

from ..ids import new_id
from ..store.base import Sink
from ..store.records import Registration
from ..store.spool import Spool
from .activity import Activity
from .contents import Contents
from .drain import Drain
from .failed_writes import keep_while_reverting, put_back, spare_saves
from .forward import LARGEST_ANSWER, ForwardHandler
from .host import HUB, LAPTOP, Trail
from .index import Index
from .kernels import Kernels
from .local import FrameHandler, NotebookHandler, PauseHandler, StatusHandler
from .lookout import Lookout
from .orders import Orders
from .quick_stop import guard_the_end
from .recorder import Recorder
from .requests import Conversation, Requests, watching
from .rooms import Rooms
from .saves import Saves
from .sessions import Sessions
from .walk import Limits
from .witness import Witness

if TYPE_CHECKING:
    from .laptop import Laptop


WITNESS_SECONDS = 1.0
"""At the server's end so long is waited for what the last runs depended on."""


class TrailbookApp(ExtensionApp):
    """Records saved notebooks and runs, and serves their history."""

    name = "trailbook"
    extension_url = "/trailbook"

    store_path = Unicode(
        help="""
        File that holds the history when there is no hub. The default is `trailbook/store.sqlite`
        in Jupyter's data folder.
        """
    ).tag(config=True)
    record = Bool(
        True,
        help="Record saved notebooks and runs. False leaves the history readable and adds nothing.",
    ).tag(config=True)
    service_url = Unicode(
        help="""
        Address of Trailbook's service behind a hub, for example
        `http://127.0.0.1:10333/services/trailbook/`. Without one (the default outside hubs) this
        server keeps its own history. The environment variable TRAILBOOK_SERVICE_URL sets it.
        """
    ).tag(config=True)
    spool_path = Unicode(
        help="""
        Folder for what the history has not taken yet. It may lie on NFS. The default is
        `trailbook/spool` in Jupyter's data folder; the environment variable TRAILBOOK_SPOOL
        sets it.
        """
    ).tag(config=True)
    spool_limit = Integer(
        2 << 30,
        help="Largest size of the spool in bytes; what comes after that is counted, not kept.",
    ).tag(config=True)
    memory_limit = Integer(
        64 << 20,
        help="Bytes of events that wait in memory at most while the spool cannot be written.",
    ).tag(config=True)
    run_output_limit = Integer(
        10 << 20,
        help="Bytes of output kept of one run: half from its beginning, half from its end.",
    ).tag(config=True)
    start_delay = Float(
        2.0,
        help="Seconds after the server's start at which the recorder first calls the service.",
    ).tag(config=True)
    look_delay = Float(
        20.0,
        help="""
        Seconds after the server's start at which notebooks that changed while nobody recorded are
        looked for. A negative number switches that off.
        """,
    ).tag(config=True)
    watched_files = Integer(
        2_000,
        help="""
        Text files (code, queries, settings) that are kept beside notebooks at most; of a place
        with more, only the notebook's own folder is looked at. 0 keeps none.
        """,
    ).tag(config=True)
    watched_file_limit = Integer(
        1 << 20,
        help="Largest size in bytes of a text file beside notebooks that is kept with its content.",
    ).tag(config=True)
    fingerprint_limit = Integer(
        256 << 20,
        help="""
        Largest size in bytes of a data file that is read in full for its fingerprint; of a larger
        one the beginning, the end and the size count. 0 leaves data files alone.
        """,
    ).tag(config=True)
    quick_stop = Bool(
        True,
        help="End the process one second after the server has stopped, whatever threads remain.",
    ).tag(config=True)

    trail: Trail
    _opened: "Laptop | None" = None

    @default("service_url")
    def _default_service_url(self) -> str:
        return os.environ.get("TRAILBOOK_SERVICE_URL", "")

    @default("spool_path")
    def _default_spool_path(self) -> str:
        folder = Path(jupyter_data_dir()) / "trailbook" / "spool"
        return os.environ.get("TRAILBOOK_SPOOL") or str(folder)

    @default("store_path")
    def _default_store_path(self) -> str:
        return str(Path(jupyter_data_dir()) / "trailbook" / "store.sqlite")

    @property
    def mode(self) -> str:
        """Behind a hub, or on a laptop."""
        return HUB if self.service_url else LAPTOP

    # -- what Jupyter Server calls -------------------------------------------------------------

    def initialize_settings(self) -> None:
        """Put the recorder together and hook it in; nothing here may stop the server's start."""
        server = cast(Any, self.serverapp)
        logging.getLogger("trailbook").parent = self.log
        folder = Path(self.spool_path)
        spool = Spool(folder / new_id(), limit=self.spool_limit, memory_limit=self.memory_limit)
        recorder = Recorder(spool)
        self._index = Index(folder, str(server.root_dir))
        self._drain = Drain(
            recorder,
            folder,
            self.connection(),
            Registration(server=os.environ.get("JUPYTERHUB_SERVER_NAME", "")),
            delay=self.start_delay,
            every_while=self._index.save,
            one_person=self.mode == LAPTOP,
        )
        self.trail = Trail(recorder, self._drain, self.mode, self.record)
        self._sessions = Sessions()
        self._saves = Saves(recorder, self._index)
        recorder.follow(self._sessions.moved)
        self._rooms = Rooms()
        recorder.follow(self._rooms.moved)
        self._contents = Contents(server.contents_manager, self._saves, self._rooms)
        self._kernels: Kernels | None = None
        if self.record:
            self._hook_in(server, recorder)
        self._activity = Activity(
            server.kernel_manager, server.web_app.settings["last_activity_times"], self._is_running
        )
        server.io_loop.add_callback(self._after_start)

    def initialize_handlers(self) -> None:
        """Mount what this server itself knows, and the API."""
        lent = {"trail": self.trail}
        self.handlers.extend(
            [
                (r"/trailbook/status", StatusHandler, lent),
                (r"/trailbook/pause", PauseHandler, lent),
                (r"/trailbook/notebook", NotebookHandler, lent),
                (r"/trailbook/frame.html", FrameHandler),
            ]
        )
        if self.mode == HUB:
            client = SimpleAsyncHTTPClient(
                force_instance=True, max_clients=20, max_body_size=LARGEST_ANSWER
            )
            lent_on = {"url": self.service_url, "token": _token(), "client": client}
            self.handlers.append((r"/trailbook/api/(.*)", ForwardHandler, lent_on))
        else:
            from ..api import routes
            from .laptop import handler_for

            self.handlers.extend(routes("/trailbook/api/", handler_for(self._laptop())))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """The server is up for real, not only inside a test: see to it that it can stop."""
        if self.quick_stop:
            guard_the_end()

    async def stop_extension(self) -> None:
        """Write what is under way, send what can be sent, let go of the spool."""
        self._activity.stop()
        if self._kernels is not None:
            self._kernels.tap.stop()
            self._kernels.witness.finish(WITNESS_SECONDS)
        spool = self.trail.recorder.spool
        spool.flush()
        self._drain.stop()
        self._index.close()
        spool.close()
        if self.mode == LAPTOP:
            self._laptop().close()

    # -- parts -----------------------------------------------------------------------------------

    def _hook_in(self, server: Any, recorder: Recorder) -> None:
        requests = Requests()
        self._orders = Orders(requests)
        lookout = Lookout(recorder, self._contents.locate)
        witness = Witness(
            recorder,
            self._contents.locate,
            Limits(files=self.watched_files, file_bytes=self.watched_file_limit),
            self.fingerprint_limit,
        )
        kernels = Kernels(
            recorder,
            requests,
            self._sessions.path_of,
            self.run_output_limit,
            lookout,
            witness,
            self._orders,
        )
        self._kernels = kernels
        conversation = Conversation(requests, kernels.tap)
        settings = self.settings  # Jupyter Server takes over what stands there after this
        name = "kernel_websocket_connection_class"
        hooks: list[Callable[[], None]] = [
            lambda: self._contents.watch(server.event_logger),
            lambda: put_back(server.contents_manager),
            lambda: spare_saves(server.contents_manager),
            lambda: keep_while_reverting(server.contents_manager),
            lambda: self._sessions.watch(server.session_manager),
            lambda: kernels.watch(server.kernel_manager),
            lambda: settings.update({name: watching(settings[name], conversation)}),
        ]
        for hook in hooks:
            try:
                hook()
            except Exception:  # another kind of manager: the server works all the same
                self.log.exception("A part of this server is not recorded")

    def _is_running(self) -> bool:
        return self._kernels is not None and self._kernels.tap.busy

    def _after_start(self) -> None:
        self._activity.start()
        self._drain.start()  # also without recording: what waits is sent, and pages ask for spaces
        if not self.record:
            return
        server = cast(Any, self.serverapp)
        self._contents.watch_rooms(server.event_logger)
        for extension in server.extension_manager.extension_apps.get("jupyter_server_ydoc", ()):
            self._rooms.watch(extension, server.event_logger)
        self._orders.watch(server.web_app)
        if self.look_delay >= 0:
            timer = threading.Timer(self.look_delay, self._look_for_changes)
            timer.daemon = True
            timer.start()

    def _look_for_changes(self) -> None:
        try:
            self._saves.look_for_changes(self._contents.locate)
        except Exception:
            self.log.exception("Notebooks that changed outside were not looked for")

    def connection(self) -> Callable[[], Sink]:
        """What connects to where the spool is emptied to."""
        if self.mode == HUB:
            return self._connect_to_service
        return self._connect_to_laptop

    def close_store(self) -> None:
        """Let go of the embedded store, if it was opened."""
        if self._opened is not None:
            self._opened.close()

    def _connect_to_service(self) -> Sink:
        from ..store.remote import RemoteSink  # on the drain's thread, not at the start

        return RemoteSink(self.service_url, _token())

    def _connect_to_laptop(self) -> Sink:
        from .laptop import LaptopSink

        return LaptopSink(self._laptop())

    def _laptop(self) -> "Laptop":
        from .laptop import Laptop  # a recorder behind a hub never imports the store

        if self._opened is None:
            self._opened = Laptop(Path(self.store_path))
        return self._opened


def _token() -> str:
    return os.environ.get("JUPYTERHUB_API_TOKEN", "")
