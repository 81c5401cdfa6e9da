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

from ..access import Actor, Via
from ..errors import BadRequest, TrailbookError
from ..store.base import Store
from ..store.remote import Unreachable, refusal
from ..store.review_views import ReviewsPage, ReviewView, ThreadWritten
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
MOST_REVIEWS = 200
UNDER_WAY = ("draft", "open", "changes-requested", "approved")


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

    def reviews(self, project: str | None, *, waiting: bool, ended: bool) -> ReviewsPage:
        """The reviews of a project, or of all."""
        from ..api import review_lists as lists

        states = None if ended else ",".join(UNDER_WAY)
        chosen = self.store.projects() if project is None else [self.store.project(project)]
        spaces = [it.space for it in chosen]
        actor = self._actor()
        if project is None and actor.person is not None:
            spaces.append(self.store.personal_space(actor.person))
        ask = lists.wanted(states, int(waiting), 0, None, MOST_REVIEWS)
        return lists.page(self.store, actor, spaces, ask)

    def review(self, review: str) -> ReviewView:
        """One review."""
        from ..api.review_showing import Shown

        place = self.store.place_of_review(review)
        self.store.roll(review)
        return Shown(self.store, self.store.review(review), self._actor(), place).review()

    def comment(self, review: str, thread: str | None, text: str) -> ThreadWritten:
        """Comments of this machine are written in JupyterLab, where the cells are."""
        raise BadRequest("Name a hub with --url: on this machine one comments in JupyterLab.")

    def _actor(self) -> Actor:
        person = self.store.find_person(user())
        id_ = None if person is None else person.id
        return Actor(person=id_, name=user(), via=Via.LAPTOP)


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

    def reviews(self, project: str | None, *, waiting: bool, ended: bool) -> ReviewsPage:
        """The reviews of a project, or of all that one is a member of."""
        query: dict[str, int | str] = {"waiting": int(waiting), "limit": MOST_REVIEWS}
        if project is not None:
            query["project"] = project
        if not ended:
            query["state"] = ",".join(UNDER_WAY)
        return self._read(ReviewsPage, "reviews", **query)

    def review(self, review: str) -> ReviewView:
        """One review."""
        return self._read(ReviewView, f"reviews/{review}")

    def comment(self, review: str, thread: str | None, text: str) -> ThreadWritten:
        """A comment on the whole review, or an answer in a thread of it."""
        comment = {"text": text, "draft": False}
        if thread is not None:
            return self._write(ThreadWritten, f"threads/{thread}/comments", comment)
        body = {"anchor": {}, "comment": comment}
        return self._write(ThreadWritten, f"reviews/{review}/threads", body)

    def _read(self, of: type[T], path: str, **query: int | str) -> T:
        return self._decoded(of, self._fetch(path + (f"?{urlencode(query)}" if query else "")))

    def _write(self, of: type[T], path: str, body: object) -> T:
        return self._decoded(of, self._fetch(path, msgspec.json.encode(body)))

    def _decoded(self, of: type[T], body: bytes) -> T:
        try:
            return msgspec.json.decode(body, type=of)
        except msgspec.MsgspecError:
            raise Unreachable(f"What answers at {self._url} is no Trailbook.") from None

    def _fetch(self, path: str, sent: bytes | None = None) -> bytes:
        headers = {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310 - http(s)
            self._url + path, data=sent, headers=headers
        )
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
