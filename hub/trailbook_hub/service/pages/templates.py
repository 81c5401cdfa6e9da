"""The templates and what they can call."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from . import markdown, outputs, source, words

_environment = Environment(
    loader=PackageLoader("trailbook_hub.service", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def url(prefix: str, parts: tuple[str | int, ...], query: Mapping[str, str | int | None]) -> str:
    """An address under `prefix`: every part is quoted, and what is None is left out."""
    path = "/".join(quote(str(part), safe="") for part in parts)
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    return prefix + path + ("?" + asked if asked else "")


def time(microseconds: int, form: str = "clock") -> Markup:
    """A time that reader.js puts into the reader's own zone; without it, UTC."""
    at = words.moment(microseconds)
    text = {
        "clock": f"{words.clock(microseconds)}",
        "day": words.day(microseconds),
        "moment": f"{words.day(microseconds)}, {words.clock(microseconds)} UTC",
        "ago": f"{words.day(microseconds)}, {words.clock(microseconds)} UTC",
    }[form]
    return Markup('<time datetime="{}" data-form="{}" title="{} UTC">{}</time>').format(
        at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        form,
        f"{words.day(microseconds)}, {at:%H:%M:%S}",
        text,
    )


def path(text: str) -> Markup:
    """A path whose parts keep their own direction of writing, and their order."""
    parts = [Markup("<bdi>{}</bdi>").format(part) for part in text.split("/")]
    return Markup("/<wbr>").join(parts)


def version() -> str:
    """Changes with the bundles, so that a browser never mixes two releases."""
    static = files("trailbook_hub.service").joinpath("static/version.txt")
    return static.read_text().strip() if static.is_file() else "0"


_environment.globals.update(
    time=time,
    words=words,
    highlight=source.highlight,
    show=outputs.show,
    path=path,
    note_html=markdown.note_to_html,
    version=version(),
)


def render(template: str, address: Callable[..., str], **values: Any) -> str:
    """A page as text; `address` makes the links of this host."""
    return _environment.get_template(template).render(url=address, **values)
