"""What all resources share: one door for errors, answers, and the guards before a thing."""

import math
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from tornado.web import HTTPError

from .. import access
from ..access import Actor, Place
from ..errors import NotAllowed, NotFound, SignInNeeded, TrailbookError
from ..store.views import NotebookView, ProjectView
from .host import Host
from .verbs import Content, Verb

STANDARD = {
    400: ("bad-request", "The request cannot be understood."),
    401: ("anonymous", "Nobody is signed in."),
    403: ("forbidden", "Nobody is signed in, or the request does not come from this site's pages."),
    404: ("not-found", "No such page here, or it is not shared with you."),
    405: ("bad-method", "This address does not know that verb."),
    413: ("too-large", "The request is too large."),
    502: ("hub-away", "The hub gives no answer. Nothing was changed; trying again can help."),
    503: ("busy", "The service cannot answer now. Nothing was changed; trying again can help."),
}
"""Code and sentence of errors that are not ours, by status."""

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show as what it is; everything else is text or a download."""

IMMUTABLE = "private, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"


class Resource(Host):
    """One resource of the API; `routes` joins it with the host's own class."""

    holds_it = False  # the browser has this content already

    def set_default_headers(self) -> None:
        """An answer of the API is data: no browser runs, frames or guesses anything of it."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "private, no-store")

    async def begin(self, verb: Verb) -> None:
        """Wait until the request may be worked on; nothing of its body was looked at yet."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Our own errors with their code and sentence; all others with their status' words."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        cause = error.__cause__ if isinstance(error, HTTPError) else None
        if isinstance(cause, TrailbookError):
            code, message = cause.code, str(cause)
            if cause.retry_after is not None:
                self.set_header("Retry-After", str(math.ceil(cause.retry_after)))
        else:
            code, message = STANDARD.get(status_code, ("error", f"{self._reason}."))
        self.send(msgspec.json.encode({"code": code, "message": message}), "application/json")

    def answer(self, answer: Any, verb: Verb) -> None:
        """Finish with what the verb returned."""
        self.set_status(304 if self.holds_it else verb.status)
        if self.holds_it:
            self.finish()
        elif isinstance(answer, Content):
            self._answer_content(answer)
        elif verb.status == 204:
            self.finish()
        elif verb.packed:
            self.send(msgspec.msgpack.encode(answer), "application/msgpack")
        else:
            self.send(msgspec.json.encode(answer), "application/json")

    def _answer_content(self, content: Content) -> None:
        if content.mime in IMAGES:
            mime = content.mime
        elif content.mime.startswith("text/") or content.mime == "application/json":
            mime = "text/plain; charset=utf-8"
        else:
            mime = "application/octet-stream"
        if content.filename is not None:
            name = quote(content.filename, safe="")
            self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        self.send(content.body, mime)

    def is_fresh(self, tag: str, *, caching: str = IMMUTABLE) -> bool:
        """Whether the browser holds this content; sets the headers that let it."""
        self.set_header("Cache-Control", caching)
        self.set_header("Etag", f'"{tag}"')
        self.holds_it = self.check_etag_header()
        return self.holds_it

    async def reader(
        self, place_of: Callable[[str], Place], thing: str, what: str
    ) -> tuple[Actor, Place]:
        """The asker and the place of a thing that they may read; else it looks absent."""
        actor = await self.actor()
        try:
            place = await self.blocking(place_of, thing)
        except NotFound:
            raise NotFound(what) from None
        if not access.may_read(actor, place):
            raise NotFound(what)
        return actor, place

    async def project(self, slug: str) -> tuple[Actor, ProjectView]:
        """The asker and a project that they may know of."""
        actor = await self.actor()
        try:
            project = await self.blocking(self.store.project, slug)
        except NotFound:
            raise NotFound("project") from None
        if not access.may_see_project(actor, project.id):
            raise NotFound("project")
        return actor, project

    async def walked(self, slug: str) -> tuple[Actor, ProjectView]:
        """The asker and a project whose history they may read."""
        actor, project = await self.project(slug)
        place = Place(space=project.space, project=project.id)
        sentence = "Administrators see a project's history as a viewer of it: switch that on first."
        require(access.may_read(actor, place), sentence)
        return actor, project

    async def without_hidden_origin(self, actor: Actor, view: NotebookView) -> NotebookView:
        """The notebook, with its origin only where the asker may see that too."""
        if view.copied_from is not None:
            place = await self.blocking(self.store.place_of_notebook, view.copied_from)
            if not access.may_read(actor, place):
                view.copied_from = None
        return view

    def role_of(self, actor: Actor, project: ProjectView) -> ProjectView:
        """The project with the asker's role in it."""
        role = access.role_in(actor, project.id)
        return msgspec.structs.replace(project, role=role.name.lower() if role else None)

    def compute_etag(self) -> str | None:
        """Only content that never changes carries a tag, and it is not made from its bytes."""
        return None


def require(allowed: bool, sentence: str, actor: Actor | None = None) -> None:
    """Refuse with a sentence, or by asking for the actor's own sign-in where that would help."""
    if allowed:
        return
    if actor is not None and not access.may_sign(actor):
        raise SignInNeeded
    raise NotAllowed(sentence)
