"""The API behind a hub: requests go on to the service with this server's own token.

So JupyterLab talks to its own server only, on every kind of hub, and no page needs another
origin. Answers are streamed; the token never leaves the server.
"""

from urllib.parse import quote, urljoin

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import HTTPError, authenticated

from .people import current_author

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
LARGEST_ANSWER = 1 << 30
REPORTED_USER = "X-Trailbook-User"
THERE = ("Accept", "Content-Type", "If-None-Match", "Range")
BACK = (
    "Cache-Control",
    "Content-Disposition",
    "Content-Security-Policy",
    "Content-Type",
    "Cross-Origin-Resource-Policy",
    "Etag",
    "Last-Modified",
    "X-Content-Type-Options",
)
NO_ANSWER = 599
AWAY = "The service gives no answer. What you do is recorded all the same; trying again can help."
NOT_FORWARDED = ("writers", "servers")
"""Only the recorder itself and the hub use these."""


class ForwardHandler(APIHandler):
    """Everything under `api/`."""

    auth_resource = "trailbook"

    def initialize(self, url: str, token: str, client: SimpleAsyncHTTPClient) -> None:
        """Take the service's address and this server's token."""
        self._url = urljoin(url.rstrip("/") + "/", "api/")
        self._token = token
        self._client = client
        self._answer = HTTPHeaders()

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Ask the service."""
        await self._forward(path)

    post = put = patch = delete = get

    async def _forward(self, path: str) -> None:
        if path.partition("/")[0] in NOT_FORWARDED or ".." in path.split("/"):
            raise HTTPError(404)
        query = f"?{self.request.query}" if self.request.query else ""
        request = HTTPRequest(
            self._url + quote(path, safe="/%") + query,
            method=self.request.method or "GET",
            headers=self._onward(),
            body=self._body(),
            allow_nonstandard_methods=True,
            follow_redirects=False,
            connect_timeout=CONNECT_SECONDS,
            request_timeout=ANSWER_SECONDS,
            header_callback=self._on_header,
            streaming_callback=self._on_chunk,
            decompress_response=True,
        )
        try:
            response = await self._client.fetch(request, raise_error=False)
        except OSError:
            self._unreachable()
        else:
            self._finish(response)

    def _onward(self) -> dict[str, str]:
        headers = {
            name: self.request.headers[name] for name in THERE if name in self.request.headers
        }
        headers["Authorization"] = f"token {self._token}"
        author = current_author() or ""
        if author.isascii() and author.isprintable():
            headers[REPORTED_USER] = author
        return headers

    def _body(self) -> bytes | None:
        return self.request.body if self.request.method in {"POST", "PUT", "PATCH"} else None

    def _on_header(self, line: str) -> None:
        line = line.rstrip("\r\n")
        if line.startswith("HTTP/"):
            self._answer = HTTPHeaders()
            self.set_status(parse_response_start_line(line).code)
        elif line:
            self._answer.parse_line(line)

    def _on_chunk(self, chunk: bytes) -> None:
        if not self._headers_written:
            self._copy_headers()
        self.write(chunk)
        self.flush()

    def _copy_headers(self) -> None:
        self.clear_header("Content-Security-Policy")
        for name in BACK:
            if name in self._answer:
                self.set_header(name, self._answer[name])

    def _finish(self, response: HTTPResponse) -> None:
        if response.code == NO_ANSWER:
            self._unreachable()
            return
        if not self._headers_written:
            self.set_status(response.code)
            self._copy_headers()
        self.finish(set_content_type=self._headers.get("Content-Type", "application/json"))

    def _unreachable(self) -> None:
        if self._headers_written:  # half an answer: only a broken connection says so
            self.detach().close()
            return
        self.set_status(503)
        self.finish({"code": "unreachable", "message": AWAY})
