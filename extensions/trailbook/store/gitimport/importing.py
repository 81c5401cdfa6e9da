"""`trailbook import`: a repository's notebooks, planned as a whole and then written.

The ledger itself says what is done: each imported event names its commit. So an import that was
killed goes on where it stopped, and one after new commits adds only those.
"""

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from ...errors import Busy, NotFound, TrailbookError
from ...ids import new_id
from ..records import AnyEvent, NotebookCopied, NotebookDeleted, NotebookMoved, NotebookSaved
from ..sql import SqlStore
from .authors import Author, person_of
from .changes import Commit
from .known import known
from .owners import Target
from .plan import COPIED, DELETED, MOVED, SAVED, Plan, Planned, Terms, plan
from .repository import Blobs, Repository
from .writing import Writing

LARGEST = 100_000_000
_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTER_BYTES = 1024

Progress = Callable[[int, int], None]


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants imported."""

    branch: str | None = None
    paths: Sequence[str] = ()
    into: str = ""
    since: int = 0  # microseconds
    authors: Sequence[Author] = ()


class Skipped(msgspec.Struct, frozen=True):
    """What is left out, and why."""

    path: str
    why: str
    versions: int = 0


class Summary(msgspec.Struct, kw_only=True):
    """What an import brings, or would bring."""

    notebooks: int = 0
    versions: int = 0
    moves: int = 0
    copies: int = 0
    deletions: int = 0
    bytes: int = 0
    imported_before: int = 0
    first_at: int | None = None
    last_at: int | None = None
    authors: dict[str, int] = {}  # versions by name, in the order of the names
    paths: dict[str, int] = {}  # versions by notebook, under the path that it has in the end
    skipped: list[Skipped] = []


class GitImport:
    """One repository on its way into one space."""

    def __init__(self, store: SqlStore, target: Target, repository: Repository, wish: Wish) -> None:
        self._store = store
        self._owner = target.owner
        self._space = target.space
        self._wish = wish
        self._blobs: Blobs = repository.blobs()
        self._faults: dict[str, str | None] = {}
        self._sizes: dict[str, int] = {}
        try:
            self._head = repository.head(wish.branch)
            self.plan = self._planned(repository)
            self.summary = self._summed(repository)
        except BaseException:
            self.close()
            raise

    def run(self, progress: Progress) -> Summary:
        """Write what is planned; what is written stays, whenever this ends."""
        events = self.plan.events
        if not events:
            return self.summary
        writing = Writing(self._store, self._owner, self._head, self._refused)
        versions = 0
        for event in events:
            content = [self._blobs.read(event.blob)] if event.kind == SAVED else []
            versions += event.kind == SAVED
            if writing.add(self._told(event), *content):
                progress(versions, self.summary.versions)
        writing.send()
        progress(versions, self.summary.versions)
        return self.summary

    def close(self) -> None:
        """Let go of git."""
        self._blobs.close()

    def _planned(self, repository: Repository) -> Plan:
        before = known(self._store, self._owner, self._space)
        heads = repository.present(before.heads)
        heads = list(dict.fromkeys([*heads, self._head]))
        commits: list[Commit] = []
        for number, head in enumerate(heads):  # the order of earlier imports stays as it was
            commits += repository.commits(head, heads[:number])
        into = "".join(f"{part}/" for part in self._wish.into.split("/") if part)
        terms = Terms(into, self._wish.since, self._is_wanted, self._fault)
        return plan(repository.changes(commits), commits, set(heads), before, terms)

    def _is_wanted(self, path: str) -> bool:
        return not self._wish.paths or any(_is_under(path, wish) for wish in self._wish.paths)

    def _fault(self, blob: str) -> str | None:
        """Why these bytes are not imported."""
        if blob not in self._faults:
            self._faults[blob] = self._looked_at(blob)
        return self._faults[blob]

    def _looked_at(self, blob: str) -> str | None:
        size = self._blobs.size(blob)
        if size is None:
            return "this clone lacks its content"
        self._sizes[blob] = size
        if size > LARGEST:
            return f"larger than {LARGEST // 1_000_000} MB"
        if size < _POINTER_BYTES and self._blobs.read(blob).startswith(_POINTER):
            return "kept in Git LFS, only a pointer is in the repository"
        return None

    def _summed(self, repository: Repository) -> Summary:
        events, skipped = self.plan.events, self.plan.skipped
        saved = [event for event in events if event.kind == SAVED]
        if self._wish.paths and not saved and not skipped and not self.plan.imported:
            raise NotFound(f"notebook under {', '.join(self._wish.paths)}")
        count = {kind: sum(e.kind == kind for e in events) for kind in (MOVED, COPIED, DELETED)}
        names = Counter(self._author(event.commit)[0] for event in saved)
        summary = Summary(
            notebooks=len({event.notebook for event in saved}),
            versions=len(saved),
            moves=count[MOVED],
            copies=count[COPIED],
            deletions=count[DELETED],
            bytes=sum(self._sizes[event.blob] for event in saved),
            imported_before=self.plan.imported,
            first_at=min((event.at for event in saved), default=None),
            last_at=max((event.at for event in saved), default=None),
            authors=dict(sorted(names.items())),
            paths=_by_path(events),
        )
        for path, reasons in sorted(skipped.items()):
            summary.skipped += [Skipped(path, why, count) for why, count in reasons.items()]
        for path in repository.submodules(self._head):
            why = "a submodule is a repository of its own: import it with --into"
            summary.skipped.append(Skipped(path, why))
        return summary

    def _author(self, commit: Commit) -> tuple[str, str]:
        """The name to keep and what it is worth."""
        person = person_of(commit, self._wish.authors)
        if person is not None:
            return person, "reported"
        return commit.name or "somebody without a name", "unknown"

    def _told(self, event: Planned) -> AnyEvent:
        author, basis = self._author(event.commit)
        about: dict[str, Any] = {
            "space": self._space,
            "at": event.at,
            "author": author,
            "author_basis": basis,
            "commit": event.commit.id,
            "path": event.path,
        }
        if event.kind == SAVED:
            return NotebookSaved(**about, snapshot=new_id(), cause="imported")
        if event.kind == DELETED:
            return NotebookDeleted(**about)
        kind = NotebookMoved if event.kind == MOVED else NotebookCopied
        return kind(**about, to_space=self._space, to_path=event.to_path)

    def _refused(self, event: AnyEvent, error: TrailbookError) -> None:
        self.summary.skipped.append(Skipped(getattr(event, "path", ""), str(error), 1))
        self.summary.versions -= isinstance(event, NotebookSaved)


@contextmanager
def only_one(store: SqlStore) -> Iterator[None]:
    """Two imports at once would both bring the same versions."""
    with store.db.path.with_name(f"{store.db.path.name}.import").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("Another import into this history is running; wait for its end.") from None
        yield


def _by_path(events: list[Planned]) -> dict[str, int]:
    last = {event.notebook: event.to_path or event.path for event in events}
    versions = Counter(last[event.notebook] for event in events if event.kind == SAVED)
    return dict(sorted(versions.items()))


def _is_under(path: str, wish: str) -> bool:
    wish = wish.removeprefix("./").rstrip("/")
    return wish in ("", ".", path) or path.startswith(f"{wish}/") or fnmatchcase(path, wish)
