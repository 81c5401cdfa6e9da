"""Which version of each notebook was recorded last, kept beside the spool.

So identical saves are not recorded twice, and what changed while nobody recorded is noticed.
Written down is only what is durable in the spool: a version that a killed server took with it is
found again by the next one.

    index-<root>        everything, written now and then
    index-<root>.log    what has changed since, a line each: a server may be killed at any moment
"""

import contextlib
import hashlib
import logging
import os
import threading
from pathlib import Path

import msgspec

from .files import Seen

MOST = 20_000
_decoder = msgspec.msgpack.Decoder(dict[str, Seen])
_lines = msgspec.json.Decoder(tuple[str, Seen | None])

log = logging.getLogger("trailbook.index")


class Index:
    """Path -> what was recorded of it last. Safe to use from several threads."""

    def __init__(self, folder: Path, root: str) -> None:
        """`root` is the server's root folder: its paths are relative to it."""
        name = hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._path = folder / f"index-{name}"
        self._log = folder / f"index-{name}.log"
        self._handle = -1  # of the log: a save waits for its line
        self._lock = threading.Lock()
        self._kept = self._load()
        self._changed = self._replay()
        self._seen = dict(self._kept)

    def get(self, path: str) -> Seen | None:
        """What was recorded last of this notebook, or was to be."""
        return self._seen.get(path)

    def put(self, path: str, seen: Seen) -> None:
        """This is what is recorded of it now, as far as this server knows."""
        if not _is_unicode(path):
            return  # its events cannot be written down either
        with self._lock:
            self._seen.pop(path, None)
            self._seen[path] = seen
            if len(self._seen) > MOST:
                oldest = next(iter(self._seen))
                del self._seen[oldest]
                self._kept.pop(oldest, None)

    def keep(self, path: str, seen: Seen) -> None:
        """It is durable, so the next server may know it; unless something newer is there."""
        with self._lock:
            if self._seen.get(path) == seen:
                self._kept[path] = seen
                self._note([(path, seen)])

    def drop(self, path: str, seen: Seen) -> None:
        """It could not be recorded: the same bytes are recorded when they are saved again."""
        with self._lock:
            if self._seen.get(path) == seen:
                self._seen[path] = msgspec.structs.replace(seen, recorded=False)

    def under(self, folder: str) -> list[str]:
        """The known notebooks in a folder."""
        return [path for path in list(self._seen) if path.startswith(folder + "/")]

    def items(self) -> list[tuple[str, Seen]]:
        """Everything that is known."""
        return list(self._seen.items())

    def move(self, path: str, to_path: str) -> None:
        """A notebook or a folder has another path now."""
        with self._lock:
            for old in [path, *self.under(path)]:
                seen, kept = self._seen.pop(old, None), self._kept.pop(old, None)
                if kept is not None:
                    self._note([(old, None)])
                new = to_path + old[len(path) :]
                if seen is not None and _is_unicode(new):
                    self._seen[new] = seen
                    if kept is not None:
                        self._kept[new] = kept
                        self._note([(new, kept)])

    def delete(self, path: str) -> None:
        """A notebook or a folder is gone."""
        with self._lock:
            for old in [path, *self.under(path)]:
                self._seen.pop(old, None)
                if self._kept.pop(old, None) is not None:
                    self._note([(old, None)])

    def save(self) -> None:
        """Write it down if it has changed; losing it costs a duplicate at worst."""
        with self._lock:
            if not self._changed:
                return
            self._changed = False
            content = msgspec.msgpack.encode(self._kept)
        partial = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(partial, self._path)
            with self._lock, contextlib.suppress(FileNotFoundError):
                if not self._changed:  # else a line has come since, and the next time is soon
                    os.truncate(self._log, 0)
        except OSError as error:
            log.warning("The index of recorded notebooks was not written: %s", error)
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _load(self) -> dict[str, Seen]:
        try:
            return _decoder.decode(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("The index of recorded notebooks is begun anew: %s", error)
            return {}

    def close(self) -> None:
        """Write it down and let go of the log."""
        self.save()
        with self._lock:
            self._let_go()

    def _note(self, changes: list[tuple[str, Seen | None]]) -> None:
        self._changed = True
        lines = b"".join(msgspec.json.encode(change) + b"\n" for change in changes)
        try:
            if self._handle < 0:
                flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
                self._handle = os.open(self._log, flags, 0o600)
            os.write(self._handle, lines)
        except OSError:  # no folder yet, no space, a folder on a network that went
            self._let_go()

    def _let_go(self) -> None:
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = -1

    def _replay(self) -> bool:
        """Take over what a server noted that had no time to write everything."""
        try:
            lines = self._log.read_bytes().splitlines()
        except OSError:
            return False
        for line in lines:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):  # torn
                path, seen = _lines.decode(line)
                self._kept.pop(path, None)
                if seen is not None:
                    self._kept[path] = seen
        return bool(lines)


def _is_unicode(path: str) -> bool:
    """Whether a name can be written down; one of a file may be any bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
