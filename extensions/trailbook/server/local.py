"""What a server itself knows, beside the API: whether it records, and pausing that."""

from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError, authenticated

from .. import frame
from .host import Trail
from .people import current_author
from .recorder import mount_of


class LocalHandler(APIHandler):
    """A handler of the recorder's own."""

    auth_resource = "trailbook"

    def initialize(self, trail: Trail) -> None:
        """Take what the extension lends."""
        self.trail = trail

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A code and a sentence, as the API answers them."""
        error = kwargs.get("exc_info", (None, None))[1]
        sentence = getattr(error, "log_message", None) or self._reason
        self.finish(
            {"code": self._reason if " " not in self._reason else "error", "message": sentence}
        )


class StatusHandler(LocalHandler):
    """`status`: is this being recorded?"""

    @authenticated
    @authorized
    async def get(self) -> None:
        """The state of the recorder, for the notebook `path` if one is named."""
        path = self.get_query_argument("path", None)
        self.finish(self.trail.status(None if path is None else path.strip("/")))


class PauseHandler(LocalHandler):
    """`pause`: stop and go on recording."""

    @authenticated
    @authorized
    async def put(self) -> None:
        """Pause or resume one notebook, or with path null the whole server."""
        body = self.get_json_body() or {}
        path, paused = body.get("path"), body.get("paused")
        if not isinstance(paused, bool) or not (path is None or isinstance(path, str)):
            raise HTTPError(400, "Expected {path, paused}.", reason="bad-request")
        path = None if path is None else path.strip("/")
        self.trail.recorder.pause(path, paused, current_author())
        self.finish(self.trail.status(path))


class NotebookHandler(LocalHandler):
    """`notebook`: where the history of an open notebook is."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """The space of a path on this server, and the path inside that space."""
        path = self.get_query_argument("path").strip("/")
        mount = mount_of(self.trail.recorder.mounts, path)
        if mount is None:
            raise HTTPError(503, "The service has not been reached yet.", reason="not-registered")
        inside = path[len(mount.prefix) :].strip("/") if mount.prefix else path
        self.finish({"space": mount.space, "path": inside, "project": mount.project})


class FrameHandler(JupyterHandler):
    """`frame.html`: the frame for other people's active output, closed by its own headers."""

    auth_resource = "trailbook"

    @authenticated
    @authorized
    async def get(self) -> None:
        """The frame's document, the same for everybody."""
        for name, value in frame.HEADERS.items():
            self.set_header(name, value)
        self.finish(frame.page())
