"""What the server's contents manager does, told to the recorder and held against the disk.

Two servers can hold the same file. A save is refused when somebody else has changed the notebook
on disk since this server last read or wrote it; nothing else here ever fails a save.
"""

import hashlib
import inspect
import logging
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.handlers import ContentsHandler
from tornado.web import HTTPError

from ..ids import is_id
from .files import LARGEST_OPENED, Content, Seen, TooLargeToRecord, is_notebook, os_path_of, read
from .people import current_author, current_handler, live_author
from .rooms import Rooms
from .saves import Saves

ROOM_EVENTS = "https://schema.jupyter.org/jupyter_collaboration/session/v1"
OVERWRITE = "X-Trailbook-Overwrite"
RESTORES = "trailbook_restores"
"""In a model that is saved: the version of a deleted notebook that comes back by it."""
NEWER_ON_DISK = (
    "This notebook was changed on disk by another server or program since you opened it; "
    "nothing was overwritten."
)
TOO_LARGE = (
    "This notebook has more than 1 GB, which no browser can show; it was not opened, and stays "
    "as it is. Outputs can be cleared in a terminal (`jupyter nbconvert --clear-output`)."
)

log = logging.getLogger("trailbook.contents")


class Contents:
    """The hooks and listeners around one contents manager."""

    def __init__(self, manager: Any, saves: Saves, rooms: Rooms) -> None:
        self._manager = manager
        self._saves = saves
        self._rooms = rooms
        self._seen: dict[str, Seen] = {}
        self._uploads: set[str] = set()
        self._restores: dict[str, str] = {}

    def watch(self, events: Any) -> None:
        """Register everything that the contents manager offers."""
        self._manager.register_pre_save_hook(self.before_save)
        self._manager.register_post_save_hook(self.after_save)
        self._watch_reads()
        self._watch_checkpoints()
        events.add_listener(schema_id=self._manager.event_schema_id, listener=self.on_event)

    def watch_rooms(self, events: Any) -> None:
        """Listen to shared documents, where real-time collaboration is installed."""
        if ROOM_EVENTS in events.schemas:
            events.add_listener(schema_id=ROOM_EVENTS, listener=self.on_room_event)

    def locate(self, path: str) -> Path:
        """Where a notebook lies on disk."""
        os_path = os_path_of(self._manager, path)
        if os_path is None:
            raise FileNotFoundError(path)
        return Path(os_path)

    # -- saves -------------------------------------------------------------------------------

    def before_save(self, path: str, model: dict[str, Any] | None = None, **_: Any) -> None:
        """The pre-save hook: refuse to overwrite what somebody else has written meanwhile."""
        handler = current_handler()
        path = path.strip("/")
        (self._uploads.add if is_upload(model or {}) else self._uploads.discard)(path)
        self._restores.pop(path, None)
        version = (model or {}).get(RESTORES)
        if isinstance(version, str) and is_id(version):
            self._restores[path] = version
        if not isinstance(handler, ContentsHandler):
            self._rooms.saving(path)
        seen = self._seen.get(path)
        if seen is None or not isinstance(handler, ContentsHandler):
            return  # never read here; or a shared document, whose room looks after it
        try:
            content = self._changed(path, seen)
        except TooLargeToRecord as error:
            self._saves.left_out(path, error.seen, None)
            return
        except OSError:
            return
        if content is None:
            return
        if handler.request.headers.get(OVERWRITE) != hashlib.sha256(content.raw).hexdigest():
            raise HTTPError(409, NEWER_ON_DISK, reason="newer-on-disk")
        self._saves.opened(path, content)

    def after_save(self, os_path: str, model: dict[str, Any], **_: Any) -> None:
        """The post-save hook: the file is written, the answer not yet sent."""
        try:
            path = str(model["path"]).strip("/")
            if not is_notebook(path):
                return
            self._seen.pop(path, None)  # not known any more, should what follows fail
            content = read(os_path)
            restores = self._restores.pop(path, None)
            cause = "upload" if path in self._uploads else "save"
            self._uploads.discard(path)
            is_room = not isinstance(current_handler(), ContentsHandler)
            editors = self._rooms.editors if is_room else None
            cause = cause if restores is None else "restore"
            self._saves.saved(path, content, live_author(), cause, editors, restores)
            self._seen[path] = content.seen
        except TooLargeToRecord as error:
            self._saves.left_out(path, error.seen, current_author())
        except Exception:  # the notebook is saved: nothing here may tell the person otherwise
            log.exception("A saved version was not recorded")

    def _changed(self, path: str, seen: Seen) -> Content | None:
        """The notebook on disk, if it is another one than this server knows."""
        os_path = self.locate(path)
        status = os_path.stat()
        if seen.is_at(status.st_mtime_ns, status.st_size):
            return None
        content = read(str(os_path))
        return None if content.is_as(seen) else content

    # -- reads -------------------------------------------------------------------------------

    def _watch_reads(self) -> None:
        """The contents manager's events do not tell a read from a listing: extend `get`."""
        get = self._manager.get

        def note(path: str, before: Content | None) -> None:
            if before is not None:
                self._seen[path] = before.seen
                self._saves.opened(path, before)

        if inspect.iscoroutinefunction(get):

            async def get_async(path: str, *args: Any, **kwargs: Any) -> Any:
                before = self._read(path, args, kwargs)
                model = await get(path, *args, **kwargs)
                note(path.strip("/"), before)
                return model

            self._manager.get = get_async
            return

        def get_sync(path: str, *args: Any, **kwargs: Any) -> Any:
            before = self._read(path, args, kwargs)
            model = get(path, *args, **kwargs)
            note(path.strip("/"), before)
            return model

        self._manager.get = get_sync

    def _read(self, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Content | None:
        """The notebook's bytes if this read is one of its content.

        Raises HTTPError for a notebook that would take the server with it.
        """
        content, type_ = (*args, *(None, None))[:2]
        try:
            path = path.strip("/")
            wanted = content if args else kwargs.get("content", True)
            return read(str(self.locate(path))) if wanted and is_notebook(path) else None
        except TooLargeToRecord as error:
            self._saves.left_out(path, error.seen, None)
            as_file = (type_ or kwargs.get("type")) == "file"
            if error.seen.size > LARGEST_OPENED and not as_file:
                raise HTTPError(413, TOO_LARGE, reason="too-large") from None
            return None
        except Exception:  # not there, or no file: the contents manager has its own words
            return None

    # -- checkpoints -------------------------------------------------------------------------

    def _watch_checkpoints(self) -> None:
        """A checkpoint that comes back is a copied file: no hook and no event tells of it."""
        restore = self._manager.restore_checkpoint

        if inspect.iscoroutinefunction(restore):

            async def restore_async(checkpoint_id: str, path: str) -> Any:
                result = await restore(checkpoint_id, path)
                self._restored(path)
                return result

            self._manager.restore_checkpoint = restore_async
            return

        def restore_sync(checkpoint_id: str, path: str) -> Any:
            result = restore(checkpoint_id, path)
            self._restored(path)
            return result

        self._manager.restore_checkpoint = restore_sync

    def _restored(self, path: str) -> None:
        try:
            path = path.strip("/")
            if is_notebook(path):
                content = read(str(self.locate(path)))
                self._saves.saved(path, content, current_author(), "restore")
                self._seen[path] = content.seen
        except TooLargeToRecord as error:
            self._saves.left_out(path, error.seen, current_author())
        except Exception:
            log.exception("A restored checkpoint was not recorded")

    # -- events ------------------------------------------------------------------------------

    async def on_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """A rename, a copy or a deletion; saves and reads have hooks of their own."""
        try:
            path, source = (str(data.get(key) or "").strip("/") for key in ("path", "source_path"))
            author = current_author()
            if data["action"] == "rename":
                self._rename(source, path, author)
            elif data["action"] == "copy":
                self._saves.copied(source, path, author)
            elif data["action"] == "delete":
                self._forget(path)
                self._saves.deleted(path, author)
        except Exception:
            log.exception("What happened to a file was not recorded")

    async def on_room_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """A shared document took over what something else wrote to the disk."""
        try:
            path = str(data.get("path") or "").strip("/")
            if data.get("action") == "overwrite" and is_notebook(path):
                self._saves.opened(path, read(str(self.locate(path))))
        except TooLargeToRecord as error:
            self._saves.left_out(path, error.seen, None)
        except Exception:
            log.exception("A notebook that changed on disk was not recorded")

    def _rename(self, path: str, to_path: str, author: str | None) -> None:
        for old in [path, *self._under(path)]:
            seen = self._seen.pop(old, None)
            if seen is not None:
                self._seen[to_path + old[len(path) :]] = seen
        is_folder = self.locate(to_path).is_dir()
        self._saves.moved(path, to_path, author, is_folder=is_folder)

    def _forget(self, path: str) -> None:
        for old in [path, *self._under(path)]:
            self._seen.pop(old, None)

    def _under(self, folder: str) -> list[str]:
        return [path for path in self._seen if path.startswith(folder + "/")]


def is_upload(model: dict[str, Any]) -> bool:
    """Whether a file is brought along: its bytes, perhaps in pieces, and not an open document."""
    return bool(model.get("chunk")) or (
        model.get("type") == "file" and model.get("format") == "base64"
    )
