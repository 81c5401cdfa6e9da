"""Where the commands read: the store of this machine, or a hub's service."""

import getpass
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from ..errors import BadRequest, TrailbookError
from ..store.base import Store
from ..store.remote import Unreachable, refusal
from ..store.views import (
    ActivityView,
    NotebookView,
    ProjectView,
    SnapshotView,
    StepsPage,
    StepView,
)
from .stores import opened_store

T = TypeVar("T")

TOKEN = "TRAILBOOK_TOKEN"  # noqa: S105 - the name of a variable
PAGE = 200


class NoToken(TrailbookError):
    """A hub asks who one is."""

    code, status = "no-token", 401

    def __init__(self) -> None:
        super().__init__(
            f"Put a token into the variable {TOKEN}: your hub makes one on its page “Token”, "
            "with the scope access:services."
        )


class LocalSource:
    """The store in a file of this machine; whoever may read the file may read it all."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def projects(self) -> list[ProjectView]:
        """All projects."""
        return self.store.projects()

    def activity(self, project: str, limit: int) -> list[ActivityView]:
        """What happened in a project."""
        return self.store.activity(self.store.project(project).id, limit=limit)

    def notebooks(self, project: str | None) -> list[NotebookView]:
        """A project's notebooks, or those of the person at this machine outside projects."""
        if project is not None:
            return self.store.notebooks(self.store.project(project).space)
        person = self.store.find_person(user())
        return self.store.notebooks(self.store.personal_space(person.id)) if person else []

    def notebook(self, notebook: str) -> NotebookView:
        """One notebook."""
        return self.store.notebook(notebook)

    def steps(self, notebook: str, limit: int) -> StepsPage:
        """The newest steps of a notebook."""
        return self.store.steps(notebook, newest=True, limit=limit)

    def step(self, step: str) -> StepView:
        """One step."""
        return self.store.step(step)

    def snapshot(self, snapshot: str) -> SnapshotView:
        """One version."""
        return self.store.snapshot(snapshot)

    def snapshot_at(self, step: str) -> SnapshotView:
        """The notebook as it was at a step."""
        return self.store.snapshot_at_step(step)

    def snapshot_bytes(self, snapshot: str) -> bytes:
        """A version's bytes."""
        return self.store.snapshot_bytes(snapshot)


class HubSource:
    """A hub's service, with a token of one's own."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadRequest(f"This is no address of a hub: {url}")
        path = parts.path.rstrip("/")
        if "/services/" not in path:
            path += "/services/trailbook"
        self._url = f"{parts.scheme}://{parts.netloc}{path}/api/"
        self._token = token

    def projects(self) -> list[ProjectView]:
        """The projects that one is a member of."""
        return self._read(list[ProjectView], "projects")

    def activity(self, project: str, limit: int) -> list[ActivityView]:
        """What happened in a project."""
        return self._read(
            list[ActivityView], f"projects/{quote(project, safe='')}/activity", limit=limit
        )

    def notebooks(self, project: str | None) -> list[NotebookView]:
        """A project's notebooks, or one's own outside projects."""
        if project is None:
            return self._read(list[NotebookView], "notebooks", mine=1)
        return self._read(list[NotebookView], f"projects/{quote(project, safe='')}/notebooks")

    def notebook(self, notebook: str) -> NotebookView:
        """One notebook."""
        return self._read(NotebookView, f"notebooks/{notebook}")

    def steps(self, notebook: str, limit: int) -> StepsPage:
        """The newest steps of a notebook."""
        return self._read(StepsPage, f"notebooks/{notebook}/steps", newest=1, limit=min(limit, 500))

    def step(self, step: str) -> StepView:
        """One step."""
        return self._read(StepView, f"steps/{step}")

    def snapshot(self, snapshot: str) -> SnapshotView:
        """One version."""
        return self._read(SnapshotView, f"snapshots/{snapshot}")

    def snapshot_at(self, step: str) -> SnapshotView:
        """The notebook as it was at a step."""
        return self._read(SnapshotView, f"steps/{step}/snapshot")

    def snapshot_bytes(self, snapshot: str) -> bytes:
        """A version's bytes."""
        return self._fetch(f"snapshots/{snapshot}/file")

    def _read(self, of: type[T], path: str, **query: int) -> T:
        body = self._fetch(path + (f"?{urlencode(query)}" if query else ""))
        try:
            return msgspec.json.decode(body, type=of)
        except msgspec.MsgspecError:
            raise Unreachable(f"What answers at {self._url} is no Trailbook.") from None

    def _fetch(self, path: str) -> bytes:
        headers = {"Authorization": f"token {self._token}"}
        request = urllib.request.Request(self._url + path, headers=headers)  # noqa: S310 - http(s)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
                body: bytes = response.read()
                return body
        except urllib.error.HTTPError as error:
            with error:
                raise refusal(error.code, error.read(100_000)) from None
        except OSError as error:
            why = getattr(error, "reason", error)
            raise Unreachable(f"{self._url} gives no answer: {why}") from None


Source = LocalSource | HubSource


def user() -> str:
    """The name under which a laptop's history is kept."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "me"


@contextmanager
def opened(path: Path | None, url: str | None) -> Iterator[Source]:
    """The source that the options name."""
    if url is None:
        with opened_store(path) as store:
            yield LocalSource(store)
        return
    token = os.environ.get(TOKEN, "")
    if not token:
        raise NoToken
    yield HubSource(url, token)
