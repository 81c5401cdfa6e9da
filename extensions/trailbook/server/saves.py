"""Saved notebooks: each version's bytes go into the spool before the save is answered."""

import functools
import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path

from ..clock import now_us
from ..ids import new_id
from ..store.records import Gap, NotebookCopied, NotebookDeleted, NotebookMoved, NotebookSaved
from .files import Content, Seen, TooLargeToRecord, is_notebook, read
from .index import Index
from .recorder import Recorder, place

WAIT_SECONDS = 0.1
"""A save waits at most so long for its version to be durable in the spool."""

log = logging.getLogger("trailbook.saves")


class Saves:
    """Versions, moves, copies and deletions of notebooks, as events."""

    def __init__(self, recorder: Recorder, index: Index) -> None:
        self._recorder = recorder
        self._index = index

    def saved(
        self,
        path: str,
        content: Content,
        author: str | None,
        cause: str = "save",
        editors_of: Callable[[str], list[str | None]] | None = None,
        restores: str | None = None,
    ) -> None:
        """Put a version into the spool, unless it is the one that was recorded last.

        `editors_of` answers who has changed the document at a path since it was asked last,
        `restores` is the version of a deleted notebook that this one brings back.
        """
        if not is_notebook(path) or not self._recorder.is_recording(path):
            return
        editors = [] if editors_of is None else editors_of(path)
        before = self._index.get(path)
        if before is not None and before.recorded and content.is_as(before):
            self._index.put(path, content.seen)
            return
        event = NotebookSaved(
            space=place(path),
            at=now_us(),
            author=editors[-1] if editors else author,
            snapshot=new_id(),
            path=path,
            cause=cause,
            size=len(content.raw),
            editors=editors,
            restores=restores,
        )
        digests = content.known
        done = self._recorder.emit(event, [content.raw], digests, urgent=True)
        self._wait(done)
        content.know(digests)
        self._index.put(path, content.seen)
        done.add_done_callback(functools.partial(self._settled, path, content.seen))

    def left_out(self, path: str, seen: Seen, author: str | None) -> None:
        """A version that is larger than what is recorded: the history says once what it lacks."""
        before = self._index.get(path)
        if before is not None and before.is_at(seen.mtime_ns, seen.size):
            return  # was said already
        if is_notebook(path) and self._recorder.is_recording(path):
            now = now_us()
            event = Gap(
                space=place(path),
                at=now,
                author=author,
                reason="too-large",
                path=path,
                since=now,
                until=now,
                dropped_events=1,
                dropped_bytes=seen.size,
            )
            self._index.put(path, seen)
            done = self._recorder.emit(event)
            done.add_done_callback(functools.partial(self._settled, path, seen))

    def opened(self, path: str, content: Content) -> None:
        """A notebook that was read: what nobody has recorded yet is recorded now."""
        before = self._index.get(path)
        cause = "changed-outside"
        if before is not None:
            if content.is_as(before):
                cause = "save"  # which had no room in the spool; else it is recorded already
            else:
                self._changed_outside(path, before.mtime_ns // 1000)
        self.saved(path, content, None, cause)

    def look_for_changes(self, locate: Callable[[str], Path]) -> int:
        """Record the known notebooks that changed while nobody recorded; how many there were."""
        changed = 0
        for path, seen in self._index.items():
            try:
                os_path = locate(path)
                status = os_path.stat()
                if seen.is_at(status.st_mtime_ns, status.st_size):
                    continue
                content = read(str(os_path))
            except TooLargeToRecord as error:
                self.left_out(path, error.seen, None)
                changed += 1
                continue
            except OSError:
                continue  # gone or not readable: nothing to record
            if not content.is_as(seen):
                self.opened(path, content)
                changed += 1
        return changed

    def moved(self, path: str, to_path: str, author: str | None, *, is_folder: bool) -> None:
        """A notebook or a folder has another path now."""
        with self._recorder.naming:
            recording = self._recorder.is_recording(path) or self._recorder.is_recording(to_path)
            in_use = self._recorder.moved(path, to_path)  # has runs, though perhaps no version
            known = in_use or bool(self._index.under(path)) if is_folder else is_notebook(path)
            self._index.move(path, to_path)
            if recording and known:
                self._recorder.emit(_move(path, to_path, author, is_folder=is_folder))

    def copied(self, path: str, to_path: str, author: str | None) -> None:
        """A notebook was copied."""
        if not (is_notebook(path) and is_notebook(to_path)):
            return
        if not self._recorder.is_recording(to_path):
            return
        event = NotebookCopied(
            space=place(path),
            at=now_us(),
            author=author,
            path=path,
            to_space=place(to_path),
            to_path=to_path,
        )
        self._recorder.emit(event)

    def deleted(self, path: str, author: str | None) -> None:
        """A file or a folder is gone."""
        is_folder = bool(self._index.under(path))
        self._index.delete(path)
        if (is_folder or is_notebook(path)) and self._recorder.is_recording(path):
            event = NotebookDeleted(
                space=place(path), at=now_us(), author=author, path=path, is_folder=is_folder
            )
            self._recorder.emit(event)

    def _changed_outside(self, path: str, since: int) -> None:
        if self._recorder.is_recording(path):
            now = now_us()
            event = Gap(
                space=place(path),
                at=now,
                reason="changed-outside",
                path=path,
                since=min(since, now),
                until=now,
            )
            self._recorder.emit(event)

    def _settled(self, path: str, seen: Seen, done: "Future[int | None]") -> None:
        if done.result() is not None:
            self._index.keep(path, seen)
        else:
            self._index.drop(path, seen)

    def _wait(self, done: "Future[int | None]") -> None:
        timeout = 0.0 if self._recorder.spool.failing else WAIT_SECONDS
        try:
            done.result(timeout)
        except NotInTime:
            done.add_done_callback(self._recorder.was_late)


def _move(
    path: str, to_path: str, author: str | None, *, is_folder: bool
) -> NotebookMoved | NotebookDeleted:
    space, now = place(path), now_us()
    if not is_folder and not is_notebook(to_path):
        return NotebookDeleted(space=space, at=now, author=author, path=path)
    return NotebookMoved(
        space=space,
        at=now,
        author=author,
        path=path,
        to_space=place(to_path),
        to_path=to_path,
        is_folder=is_folder,
    )
