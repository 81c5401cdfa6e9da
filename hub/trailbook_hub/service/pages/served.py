"""What the pages are made with: the frame for outputs, scripts and styles."""

from importlib.resources import files

from tornado.web import HTTPError, authenticated

from trailbook import frame

from .base import Page

TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "woff": "font/woff",
    "ttf": "font/ttf",
    "png": "image/png",
}


class Frame(Page):
    """`frame.html`: closed by its own headers, whoever opens it."""

    def set_default_headers(self) -> None:
        """The frame's headers, and no others."""
        super().set_default_headers()
        for name, value in frame.HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "private, max-age=3600")

    @authenticated
    def get(self) -> None:
        """The same document for everybody."""
        self.send(frame.page(), frame.HEADERS["Content-Type"])


class Static(Page):
    """`static/{name}`: one folder, no paths."""

    def check_xsrf_cookie(self) -> None:
        """Let module scripts in: browsers ask for them in CORS mode, and cannot send a token."""

    def get_login_url(self) -> str:
        """A script cannot sign in; sending it to the hub would only change the page's cookies."""
        raise HTTPError(403)

    @authenticated
    async def get(self, name: str) -> None:
        """A bundle; its address changes with its content, so browsers keep it."""
        file = files("trailbook_hub.service").joinpath("static", name)
        kind = TYPES.get(name.rpartition(".")[2])
        if kind is None or not file.is_file():
            raise HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.send(await self.blocking(file.read_bytes), kind)
