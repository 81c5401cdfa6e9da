"""Other people's Markdown: rendered, then reduced to text, tables, links and raster images.

A few lines must not make gigabytes. A tag like `<b>` that nobody closes is opened again in each
paragraph that follows, so those keep no attributes: of the same ones a parser opens three again.
And an attachment is put in once for each image that shows it, never into another attachment.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.common import html_re
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
"""No form, no frame, no style: what a page of ours is made of cannot be imitated."""

ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
DROPPED = {"script", "style", "title", "template", "textarea", "svg", "math", "iframe", "object"}
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
LONGEST = 100_000
"""Characters, images within the text apart; what is longer is shown as it was written."""
ATTACHED = 20_000_000
"""Characters of attachments that one text can show."""

_IMAGES = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")
_OPENED_AGAIN = frozenset(
    {"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_TAG = re.compile(
    rf"(?P<tag>{html_re.close_tag}|{html_re.open_tag})|<!--.*?(?:-->|\Z)|<", re.DOTALL
)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_note = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
for _parser in (_markdown, _note):
    for _kind in ("html_block", "html_inline"):
        _parser.add_render_rule(_kind, lambda _, tokens, at, *__: _html(tokens[at].content))
    _parser.validateLink = lambda url: True  # type: ignore[method-assign]  # nh3 decides, below


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("img", "src"):
        return value if IMAGE.fullmatch(value) else None
    if attribute == "href":
        return value if LINK.match(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES,
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel="noopener noreferrer nofollow",
)


def to_html(text: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> Markup:
    """Safe HTML. An `attachment:` image shows the notebook's own; no image comes from elsewhere."""
    return _rendered(_markdown, text, attachments or {})


def note_to_html(text: str) -> Markup:
    """What somebody wrote beside a step: Markdown without HTML of its own."""
    return _rendered(_note, text, {})


def _rendered(
    parser: MarkdownIt, text: str, attachments: Mapping[str, Mapping[str, str]]
) -> Markup:
    if len(text) > LONGEST and len(_IMAGES.sub("", text)) > LONGEST:
        return Markup("<pre>{}</pre>").format(text)
    environment: dict[str, Any] = {}
    tokens = parser.parse(text, environment)
    _attach(tokens, attachments)
    html = parser.renderer.render(tokens, parser.options, environment)
    return Markup(_cleaner.clean(html))  # noqa: S704 - cleaned just here


def _attach(tokens: Sequence[Token], attachments: Mapping[str, Mapping[str, str]]) -> None:
    """Put the notebook's own images into the places that name them."""
    room = ATTACHED
    for token in tokens if attachments else ():
        for image in (child for child in token.children or () if child.type == "image"):
            scheme, _, name = str(image.attrs["src"]).partition(":")
            for mime, data in attachments.get(unquote(name), {}).items():
                if scheme == "attachment" and len(data) <= room:
                    room -= len(data)
                    image.attrs["src"] = f"data:{mime};base64,{''.join(data.split())}"


def _html(text: str) -> str:
    """Somebody's own HTML, as far as it is tags."""
    return _TAG.sub(_tag, text)


def _tag(found: re.Match[str]) -> str:
    whole = found["tag"]
    if whole is None:
        return "&lt;" if found[0] == "<" else ""
    name = _NAME.match(whole)
    if name is not None and name[1].lower() in _OPENED_AGAIN:
        return f"{name[0]}>"
    return str(whole)
