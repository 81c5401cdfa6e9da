"""Outputs as a page shows them: text and raster images in the page, all else in the frame."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from trailbook.store.views import OutputView, PartView

from . import ansi, markdown, words

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
FRAMED = ("text/html", "image/svg+xml")
SCRIPTS = ("application/javascript", "text/javascript")
ORDER = (
    *FRAMED,
    *IMAGES,
    "text/markdown",
    "text/latex",
    *SCRIPTS,
    "application/json",
    "text/plain",
)
"""The richest form that a page can show comes first, as in JupyterLab."""

INTERACTIVE = ("application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json")
SHOWN_CHARACTERS = 100_000


class Shown(msgspec.Struct, kw_only=True):
    """One output, ready for the template `_output.html`."""

    kind: str  # text · error · image · frame · markdown · deleted
    index: int = 0
    html: Markup = Markup("")
    name: str = ""  # stdout or stderr; the exception's name
    value: str = ""
    mime: str = ""
    content: str | None = None  # of a frame, when it is in the page
    payload: int | None = None  # where the rest is, or the image
    source: str = ""  # a data: URL for an image that has no address
    remark: str = ""  # what is missing, in words


def show(output: OutputView) -> Shown:
    """A recorded output, with the best of its parts."""
    if output.deleted:
        return Shown(kind="deleted", index=output.index)
    parts = {part.mime: part for part in output.parts}
    best = next((mime for mime in ORDER if mime in parts), next(iter(parts), ""))
    shown = _show_part(parts[best]) if best else Shown(kind="text")
    shown.index = output.index
    shown.name, shown.value = output.name or "", output.value or ""
    if output.type == "error":
        shown.kind = "error"
    shown.remark = " ".join(_remarks(output, parts, shown))
    return shown


def _show_part(part: PartView) -> Shown:
    if part.mime in IMAGES:
        return Shown(kind="image", mime=part.mime, payload=part.payload)
    if part.mime in FRAMED or part.mime in SCRIPTS:
        content = None if part.cut else part.text
        return Shown(kind="frame", mime=part.mime, content=content, payload=part.payload)
    return _show_text(part.mime, part.text, part.payload if part.cut else None)


def _show_text(mime: str, text: str | None, payload: int | None) -> Shown:
    if text is None:
        return Shown(kind="text", mime=mime, payload=payload)
    if mime == "text/markdown":
        return Shown(kind="markdown", mime=mime, html=markdown.to_html(text), payload=payload)
    return Shown(kind="text", mime=mime, html=ansi.to_html(text), payload=payload)


def _remarks(output: OutputView, parts: Mapping[str, PartView], shown: Shown) -> list[str]:
    remarks = []
    if any(mime in parts for mime in INTERACTIVE) and shown.kind == "text":
        remarks.append("An interactive view: it works only in a notebook whose kernel runs.")
    if shown.payload is not None and shown.kind in {"text", "markdown", "error"}:
        remarks.append(f"Cut here; it has {words.size(parts[shown.mime].size)}.")
    if output.dropped_bytes:
        remarks.append(f"{words.size(output.dropped_bytes)} of it were too much to record.")
    return remarks


def show_saved(output: Mapping[str, Any], index: int) -> Shown:
    """An output out of a notebook's file, which anybody may have written."""
    kind = output.get("output_type")
    if kind == "stream":
        shown = _show_long("text/plain", joined(output.get("text")))
        shown.name = str(output.get("name", ""))
    elif kind == "error":
        trace = "\n".join(map(str, output.get("traceback") or []))
        shown = _show_long("text/plain", trace)
        shown.kind, shown.name = "error", str(output.get("ename", ""))
        shown.value = str(output.get("evalue", ""))
    else:
        shown = _show_saved_bundle(output.get("data"))
    shown.index = index
    return shown


def _show_saved_bundle(data: Any) -> Shown:
    bundle = data if isinstance(data, dict) else {}
    best = next((mime for mime in ORDER if mime in bundle), None)
    if best is None:
        return Shown(kind="text", remark=f"Not shown: {words.listing(bundle)}." if bundle else "")
    text = joined(bundle[best])
    if best in IMAGES:
        return _show_saved_image(best, text)
    if best in FRAMED or best in SCRIPTS:
        return Shown(kind="frame", mime=best, content=text)
    return _show_long(best, text)


def _show_saved_image(mime: str, text: str) -> Shown:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return Shown(kind="text", remark="This image is damaged in the file.")
    return Shown(
        kind="image", mime=mime, source=f"data:{mime};base64,{base64.b64encode(data).decode()}"
    )


def _show_long(mime: str, text: str) -> Shown:
    shown = _show_text(mime, text[:SHOWN_CHARACTERS], None)
    if len(text) > SHOWN_CHARACTERS:
        shown.remark = f"Cut here; it has {words.size(len(text))}. The file has all of it."
    return shown


def joined(text: Any) -> str:
    """A multi-line string of a notebook's file; JSON stays JSON."""
    if isinstance(text, list):
        return "".join(map(str, text))
    return text if isinstance(text, str) else msgspec.json.encode(text).decode()


def glimpse(outputs: list[OutputView]) -> str:
    """A result short enough for the run's line: its value, else its last printed line."""
    for kind in ("execute_result", "stream"):
        for output in reversed(outputs):
            only = output.parts[0] if len(output.parts) == 1 else None
            text = only.text if only and only.mime == "text/plain" and not only.cut else None
            if output.type != kind or output.deleted or output.name == "stderr" or not text:
                continue
            lines = ansi.plain(text).strip().splitlines()
            if lines and len(lines[-1]) <= 60 and (kind == "stream" or len(lines) == 1):
                return lines[-1].strip()
    return ""


def has_table(outputs: list[OutputView]) -> bool:
    """Whether a table was shown."""
    return any(
        part.mime == "text/html" and "<table" in (part.text or "")
        for output in outputs
        for part in output.parts
        if not output.deleted
    )


def has_plot(outputs: list[OutputView]) -> bool:
    """Whether something was drawn."""
    return any(
        part.mime.startswith("image/") or part.mime in INTERACTIVE[1:]
        for output in outputs
        for part in output.parts
        if not output.deleted
    )
