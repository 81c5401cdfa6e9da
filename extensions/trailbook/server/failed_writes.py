"""A file that could not be written stays as it was.

Jupyter copies a file before it writes into it, and puts the copy back should the writing fail. But
where the disk has no room, closing the file fails too, or nothing fails before the last flush, and
then it does not: what stays is the beginning of a file, and the copy beside it.

Without that copy (`use_atomic_writing` is off, or the folder cannot be written) nothing here can
help.
"""

import inspect
import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, cast

from jupyter_server.services.contents import fileio
from jupyter_server.services.contents.handlers import CheckpointsHandler

from .people import current_handler

log = logging.getLogger("trailbook.failed_writes")

path_to_intermediate = cast(Callable[[str], str], fileio.path_to_intermediate)
"""Where Jupyter's copy of a file lies while it writes the file."""


def put_back(manager: Any) -> None:
    """Let a contents manager that writes files put back what it could not write."""
    writing: Callable[..., AbstractContextManager[Any]] | None
    writing = getattr(manager, "atomic_writing", None)
    if writing is None:
        return  # it writes no files

    @contextmanager
    def atomic_writing(os_path: str, *args: Any, **kwargs: Any) -> Iterator[Any]:
        # Of a link to a link, Jupyter would put the copy in the second one's place
        path = os.path.realpath(os_path) if os.path.islink(os_path) else os_path
        attempt = _Attempt(path)
        cause: BaseException | None = None
        try:
            with writing(path, *args, **kwargs) as file:
                attempt.begin(file)
                try:
                    yield file
                except BaseException as error:
                    cause = error
                    raise
        except BaseException as error:
            attempt.undo()
            if cause is not None and isinstance(error, FileNotFoundError):
                raise cause from None  # a new file has no copy, which is no reason to tell anybody
            raise

    manager.atomic_writing = atomic_writing


def spare_saves(manager: Any) -> None:
    """Let no save fail for the first checkpoint that Jupyter makes behind it.

    The notebook is written by then. Half a checkpoint is removed: it would come back as one.
    """
    create = getattr(manager, "create_checkpoint", None)
    if create is None:
        return

    if inspect.iscoroutinefunction(create):

        async def create_async(path: str) -> Any:
            with _sparing(manager, path):
                return await create(path)

        manager.create_checkpoint = create_async
        return

    def create_sync(path: str) -> Any:
        with _sparing(manager, path):
            return create(path)

    manager.create_checkpoint = create_sync


def keep_while_reverting(manager: Any) -> None:
    """Let what a checkpoint is copied over come back should the copying fail."""
    checkpoints: Any = getattr(manager, "checkpoints", None)
    if not hasattr(checkpoints, "checkpoint_path"):
        return  # its checkpoints lie on no disk
    restore = checkpoints.restore_checkpoint

    if inspect.iscoroutinefunction(restore):

        async def restore_async(contents_mgr: Any, checkpoint_id: str, path: str) -> Any:
            with _copied(contents_mgr._get_os_path(path)):
                return await restore(contents_mgr, checkpoint_id, path)

        checkpoints.restore_checkpoint = restore_async
        return

    def restore_sync(contents_mgr: Any, checkpoint_id: str, path: str) -> Any:
        with _copied(contents_mgr._get_os_path(path)):
            return restore(contents_mgr, checkpoint_id, path)

    checkpoints.restore_checkpoint = restore_sync


@contextmanager
def _copied(os_path: str) -> Iterator[None]:
    """A copy beside the file meanwhile, as Jupyter makes it for a save."""
    path = os.path.realpath(os_path)
    if not os.path.isfile(path):
        yield
        return
    copy = path_to_intermediate(path)
    try:
        shutil.copy2(path, copy)
    except OSError:
        with suppress(OSError):
            os.remove(copy)
        raise
    try:
        yield
    except BaseException:
        os.replace(copy, path)
        raise
    with suppress(OSError):
        os.remove(copy)


@contextmanager
def _sparing(manager: Any, path: str) -> Iterator[None]:
    checkpoint = _checkpoint_of(manager, path)
    before = checkpoint and _state(checkpoint)
    try:
        yield
    except OSError as error:
        if checkpoint and _state(checkpoint) != before:
            with suppress(OSError):
                os.remove(checkpoint)
        if isinstance(current_handler(), CheckpointsHandler):
            raise  # somebody asked for this one
        log.warning("A saved notebook has no checkpoint: %s", error)


def _checkpoint_of(manager: Any, path: str) -> str | None:
    """Where the checkpoint of a file lies, None where it lies on no disk."""
    locate = getattr(manager.checkpoints, "checkpoint_path", None)
    try:
        return None if locate is None else str(locate("checkpoint", path))
    except OSError:  # it makes the folder, too
        return None


_State = tuple[int, int, int, int]


class _Attempt:
    """One writing of a file, and what there was before it. Nothing here raises an OSError."""

    def __init__(self, path: str) -> None:
        self._path, self._copy = path, path_to_intermediate(path)
        self._before, self._old_copy = _state(self._path), _state(self._copy)
        self._file: Any = None
        self._own_copy: _State | None = None
        self._made: int | None = None

    def begin(self, file: Any) -> None:
        """The file is open, and empty now; a copy that was not there before is of this attempt."""
        self._file = file
        copy = _state(self._copy)
        self._own_copy = copy if copy != self._old_copy else None
        if self._before is None:
            self._made = _inode(self._path)

    def undo(self) -> None:
        """Leave file and folder as they were before."""
        try:
            if self._file is None:
                self._remove_half_a_copy()
                return
            with suppress(OSError):
                self._file.close()  # else it would hold the room that it took
            if self._own_copy is not None:
                # Where Jupyter has put it back, or somebody else saves, this copy is not there
                if _state(self._copy) == self._own_copy:
                    os.replace(self._copy, self._path)
            elif self._before is None:
                self._leave_no_file()
        except FileNotFoundError:
            pass  # nothing is left of it
        except OSError as error:
            log.warning("What was written of a file could not be taken back: %s", error)

    def _leave_no_file(self) -> None:
        found = _inode(self._path)
        if found is not None and found == self._made:
            os.remove(self._path)
        elif self._old_copy is not None and found == self._old_copy[0]:
            os.replace(self._path, self._copy)  # Jupyter took it for a copy of this file

    def _remove_half_a_copy(self) -> None:
        """There was no room for the copy: the file was not touched."""
        copy = _state(self._copy)
        if copy is not None and copy != self._old_copy and _state(self._path) == self._before:
            os.remove(self._copy)


def _inode(path: str) -> int | None:
    state = _state(path)
    return None if state is None else state[0]


def _state(path: str) -> _State | None:
    """What tells one file, and one writing of it, from another; None if there is no file."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
