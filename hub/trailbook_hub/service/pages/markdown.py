"""Other people's Markdown: rendered, then reduced to text, tables, links and raster images."""

import re
from collections.abc import Mapping

import nh3
from markdown_it import MarkdownIt
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

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_note = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
for _parser in (_markdown, _note):
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
    for name, bundle in (attachments or {}).items():
        for mime, data in bundle.items():
            text = text.replace(f"attachment:{name}", f"data:{mime};base64,{''.join(data.split())}")
    return Markup(_cleaner.clean(_markdown.render(text)))  # noqa: S704 - cleaned just here


def note_to_html(text: str) -> Markup:
    """What somebody wrote beside a step: Markdown without HTML of its own."""
    return Markup(_cleaner.clean(_note.render(text)))  # noqa: S704 - cleaned just here
