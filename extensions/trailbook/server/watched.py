"""The text files in the places that are watched, as they were told last."""

import time
from collections.abc import Iterator

from .ignore import default_rules
from .textfiles import FOLDER, GONE, NO_TEXT, UNWATCHED, Change, opened
from .walk import Known, Limits, Memory, Walk

DEFAULT_RULES = default_rules()


class Watched:
    """Looks at places again and again, and says what is new in them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._memory = Memory()

    def scan(
        self, root: str, os_root: str, *, apart: frozenset[str] = frozenset(), deep: bool = True
    ) -> list[Change]:
        """What has changed in this folder and, if `deep`, in those below it but not `apart`.

        `root` is its path on the server, `os_root` the one on disk. Raises TooMuch.
        """
        walk = Walk(self._memory, self._limits, apart, deep=deep)
        with opened(os_root, FOLDER) as folder:
            walk.folder(root, folder, DEFAULT_RULES)
        return [*walk.changes, *self._lost(root, walk)]

    def told(self, change: Change) -> None:
        """This change is in the spool: it is not told again."""
        if change.reason in {GONE, UNWATCHED}:
            self._memory.files.pop(change.path, None)
        else:
            self._memory.files[change.path] = Known.of(change)

    def _lost(self, root: str, walk: Walk) -> Iterator[Change]:
        """Files that were told of and were not met."""
        now = time.time_ns()
        for path, known in list(self._memory.files.items()):
            folder, _, name = path.rpartition("/")
            within = not root or folder == root or folder.startswith(root + "/")
            if not within or path in walk.met:
                continue
            if known.reason == NO_TEXT:
                self._memory.files.pop(path)
            elif (not walk.deep and folder != root) or walk.is_passed(path):
                yield Change(folder, name, now // 1000, reason=UNWATCHED)
            else:
                yield Change(folder, name, walk.folders.get(folder, now) // 1000, reason=GONE)
