"""What all pages share: sign-in, one door for errors, the policy of the browser, templates."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from markupsafe import Markup
from tornado.web import HTTPError, authenticated

from trailbook.access import Actor
from trailbook.api.base import Resource
from trailbook.api.me import CONSENT
from trailbook.api.review_lists import spaces_of
from trailbook.errors import BadRequest, NotFound, TrailbookError
from trailbook.store.views import NotebookView, ProjectView

from . import templates

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])
Form = TypeVar("Form", bound=msgspec.Struct)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
)
STANDARD = {
    400: "This request cannot be understood.",
    403: "Nobody is signed in, or the form was open for too long. Nothing was changed.",
    404: str(NotFound()),
    405: "This address does not know what was asked of it.",
    413: "That is more than this page takes. Nothing was changed.",
    502: "The hub gives no answer. Nothing was changed; trying again can help.",
    503: "The service cannot answer now. Nothing was changed; trying again can help.",
}
OURS = "Something failed on our side; it is in the log. What is recorded is not touched by it."


def page(method: Method) -> Method:
    """A verb of a page: closed to anonymous requests, with our errors by the one door."""

    @functools.wraps(method)
    async def run(self: Any, *path: str) -> None:
        try:
            await method(self, *path)
        except TrailbookError as error:
            raise HTTPError(error.status) from error

    return authenticated(run)  # type: ignore[return-value]


def read_form(form: type[Form], **values: Any) -> Form:
    """What a form says, as the API would read it."""
    try:
        return msgspec.convert(values, form)
    except msgspec.ValidationError as error:
        raise BadRequest(f"This cannot be kept: {error}. Nothing was changed.") from None


class Page(Resource):
    """A page of the reader; `routes` joins it with the host's own class."""

    SUPPORTED_METHODS = ("GET", "POST")  # a page also holds verbs of the API, for its own use
    prefix = "/"  # where the pages are mounted, set by `routes`
    hub = "/"  # where the hub is, with a host if it has one
    admins_stay_out = False  # whether the hub keeps administrators from projects' servers
    removal_warning = 60.0  # seconds between a member's removal and the server's restart
    forms = False  # whether the page holds a form

    def set_default_headers(self) -> None:
        """The policy that keeps other people's content from acting here."""
        super().set_default_headers()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        forms = "'self'" if self.forms else "'none'"
        self.set_header("Content-Security-Policy", POLICY.format(forms=forms))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cache-Control", "private, no-store")

    def url(self, *parts: str | int, **query: str | int | None) -> str:
        """An address of the reader."""
        return templates.url(self.prefix, parts, query)

    async def render_page(self, template: str, **values: Any) -> None:
        """Finish with a template; it runs on a thread, for colours and Markdown take time."""
        actor = await self.actor()
        who = await self.display_name()
        unseen = await self.unseen(actor)
        token = Markup(self.xsrf_form_html())  # noqa: S704 - the host's own
        html = await self.blocking(
            templates.render,
            template,
            self.url,
            actor=actor,
            who=who,
            unseen=unseen,
            recording=self.store.recording,
            sign_out=f"{self.hub}hub/logout",
            token=token,
            forms=token if self.forms else "",
            alone=self.work_alone,
            restore_alone=self.restore_alone,
            together=functools.partial(self.work_together, actor.name),
            stays_out=self.admins_stay_out and actor.admin,
            **values,
        )
        self.send(html.encode(), "text/html; charset=utf-8")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page with a sentence; never a trace."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        cause = error.__cause__ if isinstance(error, HTTPError) else None
        sentence = (
            str(cause) if isinstance(cause, TrailbookError) else STANDARD.get(status_code, OURS)
        )
        self.set_default_headers()
        html = templates.render(
            "error.html",
            self.url,
            actor=None,
            who="",
            unseen=0,
            token="",
            forms="",
            status=status_code,
            sentence=sentence,
        )
        self.finish(html)

    def compute_etag(self) -> str | None:
        """Pages are made anew for each reader."""
        return None

    async def ask(self, verb: Callable[..., Awaitable[Any]], *path: Any, **named: Any) -> Any:
        """Do what a verb of the API does, under the same rules, for this page."""
        return await inspect.unwrap(verb)(self, *path, **named)

    async def unseen(self, actor: Actor) -> int:
        """How many notifications the reader has not seen, for the top of every page."""
        if actor.person is None:
            return 0
        spaces = await spaces_of(self, actor)
        _, unseen = await self.blocking(
            self.store.notifications, actor.person, spaces, after=None, limit=1
        )
        return unseen

    async def has_consented(self, actor: Actor) -> bool:
        """Whether this person has seen the screen on what is recorded; servers need not."""
        if actor.person is None:
            return True
        return await self.blocking(self.store.has_consented, actor.person, CONSENT)

    async def accounts(self, projects: list[ProjectView]) -> dict[str, str]:
        """The hub account of each project that the reader may work in."""
        return {
            project.id: await self.blocking(self.store.project_account, project.id)
            for project in projects
        }

    def work_alone(self, project: ProjectView | None = None) -> str:
        """The reader's own server, at the project's folder; the hub starts it if need be."""
        folder = f"/tree/projects/{quote(project.slug)}" if project else ""
        return f"{self.hub}hub/user-redirect/lab{folder}"

    def restore_alone(self, notebook: NotebookView) -> str:
        """The reader's own server, which asks there whether to write a deleted notebook back."""
        asked = urlencode({"trailbook-restore": notebook.id})
        return f"{self.hub}hub/user-redirect/lab?{asked}"

    def work_together(self, name: str, account: str) -> str:
        """The project's server, started if need be.

        A workspace of the reader's own keeps the layouts of people apart.
        """
        base = urlsplit(self.hub).path
        lab = f"{base}user/{quote(account)}/lab/workspaces/{quote(name, safe='')}"
        return f"{self.hub}hub/spawn/{quote(account)}?{urlencode({'next': lab})}"

    async def project_of(self, notebook: NotebookView) -> ProjectView | None:
        """The project that a readable notebook belongs to."""
        if notebook.project is None:
            return None
        project: ProjectView = await self.blocking(self.store.project, notebook.project)
        return project

    def own_address(self, address: str) -> str:
        """An address out of a form, if it is one of ours; else the home page."""
        inside = address.startswith(self.url()) and "\\" not in address and "//" not in address
        return address if inside else self.url()
