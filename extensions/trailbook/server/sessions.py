"""Which notebook a kernel belongs to: the server's sessions, kept at hand.

The session manager answers only asynchronously; runs are recorded in a thread. So what is saved,
changed and deleted there is noted here.
"""

import logging
from typing import Any

log = logging.getLogger("trailbook.sessions")


class Sessions:
    """Notebook paths by kernel id; the session that was touched last counts."""

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[str | None, str | None]] = {}  # id -> kernel id, path

    def path_of(self, kernel_id: str) -> str | None:
        """The notebook of this kernel, None for a console or a kernel without a session."""
        for kernel, path in reversed(list(self._sessions.values())):
            if kernel == kernel_id and path is not None and path.endswith(".ipynb"):
                return path
        return None

    def moved(self, path: str, to_path: str) -> bool:
        """A notebook or a folder has another path now; whether a session lies there."""
        known = False
        for session, (kernel, old) in list(self._sessions.items()):
            if old is not None and (old == path or old.startswith(path + "/")):
                self._sessions[session] = (kernel, to_path + old[len(path) :])
                known = True
        return known

    def watch(self, manager: Any) -> None:
        """Note what this session manager does from now on."""
        save, update, delete = (
            manager.save_session,
            manager.update_session,
            manager.delete_session,
        )

        async def save_session(session_id: str, *args: Any, **kwargs: Any) -> Any:
            names = ("path", "name", "type", "kernel_id")
            self.note(session_id, **{**dict(zip(names, args, strict=False)), **kwargs})
            return await save(session_id, *args, **kwargs)

        async def update_session(session_id: str, **kwargs: Any) -> Any:
            result = await update(session_id, **kwargs)
            self.note(session_id, **kwargs)
            return result

        async def delete_session(session_id: str, *args: Any, **kwargs: Any) -> Any:
            result = await delete(session_id, *args, **kwargs)
            self._sessions.pop(session_id, None)
            return result

        manager.save_session = save_session
        manager.update_session = update_session
        manager.delete_session = delete_session

    def note(self, session_id: str, **changed: Any) -> None:
        """A session is new, or this of it has changed."""
        kernel, path = self._sessions.pop(session_id, (None, None))
        self._sessions[session_id] = (
            changed.get("kernel_id") or kernel,
            _plain(changed.get("path")) or path,
        )


def _plain(path: Any) -> str | None:
    """A path as the contents API has it; some clients mark a shared document's drive."""
    return None if path is None else str(path).removeprefix("RTC:").strip("/")
