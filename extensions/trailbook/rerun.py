"""How a notebook that ran again, clean, compares with itself as it was saved.

Only code cells with a source count. Each of them is

- `failed`: it ended with an error, whatever the version shows, unless its tag
  `raises-exception` expects one;
- `not-run`: the run ended before it, by a failed cell or by a person;
- `same`: it gave what the version shows;
- `changed`: it gave something else, also where the version shows nothing.

What a cell gives is: all that it printed to stdout, all that it printed to stderr (which of the
two comes first depends on the kernel's buffers), and its other outputs in their order, each with
its types and their contents; of an error its name and its message. These do not count:

- execution counts, metadata, timing, and in how many messages a text came;
- what carriage returns and backspaces have overwritten, as progress bars do, and white space at
  the ends of texts;
- addresses in memory (`<Axes at 0x7f…>`), UUIDs, the element ids of pandas' styled tables, the
  names of the kernel's temporary files in warnings;
- which model a widget is, for that is another one in each kernel.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from .store.outputs import overwritten

SAME, CHANGED, FAILED, NOT_RUN = "same", "changed", "failed", "not-run"

RAISES = "raises-exception"
"""The tag of a cell whose error is what it is there for."""

_VARYING = [
    (re.compile(r"\bat 0x[0-9A-Fa-f]+"), "at 0x…"),
    (re.compile(r"(<[^<>\n]{0,200}?)\b0x[0-9A-Fa-f]{6,16}"), r"\1 0x…"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "a-uuid"),
    (re.compile(r"\bT_[0-9a-f]{5}"), "T_…"),
    (re.compile(r"/ipykernel_\d+/\d+\.py"), "/ipykernel/.py"),
]
_WIDGET = "application/vnd.jupyter.widget-view+json"
_TEXTS = ("text/", "image/svg")


class CellOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one code cell."""

    place: int  # in the notebook, from 0
    cell_id: str | None
    state: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many cells there are of each kind."""

    same: int = 0
    changed: int = 0
    failed: int = 0
    not_run: int = 0


def outcomes(
    saved: Sequence[Mapping[str, Any]], ran: Sequence[Mapping[str, Any]], reached: int
) -> list[CellOutcome]:
    """What became of each code cell; `ran` are the same cells after the run.

    `reached` is the place of the first cell that was not run.
    """
    return [
        CellOutcome(
            place=place,
            cell_id=before.get("id"),
            state=_state(before, after) if place < reached else NOT_RUN,
        )
        for place, (before, after) in enumerate(zip(saved, ran, strict=True))
        if before["cell_type"] == "code" and _text(before["source"]).strip()
    ]


def counted(cells: Sequence[CellOutcome]) -> Counts:
    """The outcomes in figures."""
    of = Counter(cell.state for cell in cells)
    return Counts(same=of[SAME], changed=of[CHANGED], failed=of[FAILED], not_run=of[NOT_RUN])


def _state(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    failed = any(output["output_type"] == "error" for output in after["outputs"])
    if failed and RAISES not in after.get("metadata", {}).get("tags", []):
        return FAILED
    return SAME if given(before["outputs"]) == given(after["outputs"]) else CHANGED


def given(outputs: Sequence[Mapping[str, Any]]) -> tuple[str, str, list[Any]]:
    """What a cell gave, without what does not count."""
    printed = {"stdout": "", "stderr": ""}
    others = []
    for output in outputs:
        if output["output_type"] == "stream":
            printed[output["name"]] = printed.get(output["name"], "") + _text(output["text"])
        else:
            others.append(_other(output))
    return _settled(printed["stdout"]), _settled(printed["stderr"]), others


def _other(output: Mapping[str, Any]) -> tuple[str, Any]:
    kind = output["output_type"]
    if kind == "error":
        return kind, (output["ename"], _settled(output["evalue"]))
    return kind, {mime: _content(mime, value) for mime, value in output["data"].items()}


def _content(mime: str, value: Any) -> Any:
    if mime == _WIDGET:
        return None
    if mime.startswith(_TEXTS):
        return _settled(_text(value))
    if isinstance(value, str | list) and mime.startswith(("image/", "application/pdf")):
        return "".join(_text(value).split())  # base64, with or without line breaks
    return value


def _text(value: Any) -> str:
    """A multi-line text of a notebook, in either of its two forms."""
    return "".join(value) if isinstance(value, list) else str(value)


def _settled(text: str) -> str:
    text = overwritten(text.replace("\r\n", "\n"))
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text.strip()
