"""A verb of the API is a plain method: its signature says what it reads and what it answers.

Positional arguments are parts of the path, `body` is the decoded body, other keyword arguments
are the query. `openapi.py` describes the API from the same signatures, so neither can drift.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NoReturn, cast

import msgspec
from tornado.web import HTTPError, RequestHandler, authenticated

from ..errors import BadRequest, NotFound, TooLarge, TrailbookError

JSON_BYTES = 1_000_000
"""The largest JSON body, unless a verb says otherwise."""

Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", description="An identity.")]
Slug = Annotated[str, msgspec.Meta(max_length=64, description="A project's name in links.")]
Name = Annotated[str, msgspec.Meta(max_length=255, description="A hub user's name.")]
Number = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Space = Annotated[str, msgspec.Meta(max_length=64, description="A project's space, or one's own.")]
Path = Annotated[str, msgspec.Meta(max_length=4096, description="A path in its space.")]
Flag = Annotated[int, msgspec.Meta(ge=0, le=1, description="1 for yes, 0 for no.")]


class Content(msgspec.Struct, kw_only=True):
    """Bytes as they are, with how a browser may use them."""

    body: bytes
    mime: str = "application/octet-stream"
    filename: str | None = None


class Verb(msgspec.Struct, frozen=True):
    """What one verb of one route reads and answers."""

    says: str
    path: tuple[tuple[str, Any], ...]
    query: type[msgspec.Struct] | None
    body: Any
    answers: Any
    status: int
    limit: int
    packed: bool

    def read(
        self, handler: RequestHandler, path: tuple[str, ...]
    ) -> tuple[list[Any], dict[str, Any]]:
        """The method's arguments from a request."""
        arguments = [self._part(value, of) for value, (_, of) in zip(path, self.path, strict=True)]
        named: dict[str, Any] = {}
        if self.query is not None:
            named.update(msgspec.structs.asdict(read_query(handler, self.query)))
        if self.body is not None:
            named["body"] = self._body(handler.request.body)
        return arguments, named

    def _part(self, value: str, of: Any) -> Any:
        try:
            return msgspec.convert(value, of, strict=False)
        except msgspec.ValidationError:
            raise NotFound from None  # a malformed id names nothing, and looks like it

    def _body(self, body: bytes) -> Any:
        if len(body) > self.limit:
            raise TooLarge(f"The request has {len(body)} bytes; at most {self.limit} are read.")
        codec = msgspec.msgpack if self.packed else msgspec.json
        try:
            return codec.decode(body, type=self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRequest(f"The body cannot be read: {error}") from None


def read_query(handler: RequestHandler, query: type[msgspec.Struct]) -> msgspec.Struct:
    """The query's arguments; names that the verb does not know are refused."""
    given = {
        name: handler.get_query_argument(name, strip=False)
        for name in handler.request.query_arguments
        if name != "_xsrf"
    }
    try:
        return msgspec.convert(given, query, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The query cannot be read: {error}") from None


def refuse(error: TrailbookError) -> NoReturn:
    """Leave a verb through the one door, `Resource.write_error`."""
    raise HTTPError(error.status) from error


def describe(method: Callable[..., Any], status: int, limit: int, packed: bool) -> Verb:
    """Read a verb's signature."""
    signature = inspect.signature(method)
    path: list[tuple[str, Any]] = []
    query: list[Any] = []
    body = None
    for parameter in list(signature.parameters.values())[1:]:
        of = parameter.annotation
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            path.append((parameter.name, of))
        elif parameter.name == "body":
            body = of
        elif parameter.default is inspect.Parameter.empty:
            query.append((parameter.name, of))
        else:
            query.append((parameter.name, of, parameter.default))
    return Verb(
        says=inspect.getdoc(method) or "",
        path=tuple(path),
        query=msgspec.defstruct("Query", query, forbid_unknown_fields=True, kw_only=True),
        body=body,
        answers=signature.return_annotation,
        status=204 if signature.return_annotation is None else status,
        limit=limit,
        packed=packed,
    )


def verb(
    *, status: int = 200, limit: int = JSON_BYTES, packed: bool = False
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[None]]]:
    """Make a method a verb: closed to anonymous requests, read and answered by its signature."""

    def decorate(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        described = describe(method, status, limit, packed)

        @functools.wraps(method)
        async def run(self: Any, *path: str) -> None:
            try:
                await self.begin(described)
                arguments, named = described.read(self, path)
                answer = await method(self, *arguments, **named)
            except TrailbookError as error:
                refuse(error)
            self.answer(answer, described)

        run.__dict__["verb"] = described
        return cast(Callable[..., Awaitable[None]], authenticated(run))

    return decorate
