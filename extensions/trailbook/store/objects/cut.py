"""Cutting a notebook's raw bytes into cells and payloads, without parsing what is inside them.

The bytes are only located: at each level a decoder checks the JSON and answers undecoded pieces in
the order of the document, and a cursor walks over the keys between them. What is not understood
stays in the layout, so nothing here can lose a byte.
"""

import re
from collections.abc import Mapping

import msgspec

from ..forms import CellForm, Frame, SavedCell, SavedOutput
from . import layout
from .encode import Found, is_base64_mime, is_json_mime, read_json, read_text
from .layout import Reference, Span

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_FIRST_KEY = re.compile(rb"\s*\{\s*" + _STRING + rb"\s*:\s*", re.DOTALL)
_NEXT_KEY = re.compile(rb"\s*,\s*" + _STRING + rb"\s*:\s*", re.DOTALL)
_FIRST_ITEM = re.compile(rb"\s*\[\s*")
_NEXT_ITEM = re.compile(rb"\s*,\s*")
_NO_NUMBER = re.compile(_STRING + rb"|-?Infinity|NaN", re.DOTALL)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_string = msgspec.json.Decoder(str)

MOST_PIECES = 200_000
MOST_BYTES = 256_000_000
"""A notebook beyond these limits is kept whole: cutting it would take more than it gives."""

VERSION_3_PARTS = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
    "pdf": "application/pdf",
}
EXCEPTION = "text/x-exception"
"""Stands for the message of an error beside its traceback."""
VERSION_3_TYPES = {"pyout": "execute_result", "pyerr": "error"}
COUNTS = ("execution_count", "prompt_number")


class NotCut(Exception):
    """These bytes are no notebook that can be cut; they are kept whole."""


UNREADABLE = (NotCut, msgspec.MsgspecError, ValueError, RecursionError)
"""What cutting bytes that are no notebook ends with."""


class CutCell(msgspec.Struct, frozen=True):
    """A cell's bytes, understood; `around` are the bytes around its execution counts."""

    form: CellForm
    contents: list[bytes]
    pieces: int
    counts: list[int | None]
    around: list[bytes]

    def run_again(self, raw: bytes, place: int = 0) -> "tuple[CutCell, int] | None":
        """The cell that stands at a place of these bytes, and where it ends.

        Only if it differs from this one in execution counts alone.
        """
        if not self.counts or not raw.startswith(self.around[0], place):
            return None
        cursor = place + len(self.around[0])
        counts: list[int | None] = []
        for behind in self.around[1:]:
            found = layout.COUNT.match(raw, cursor)
            if found is None or not raw.startswith(behind, found.end()):
                return None
            counts.append(_count(found.group()))
            cursor = found.end() + len(behind)
        return CutCell(self.form, self.contents, self.pieces, counts, self.around), cursor


def _count(text: bytes) -> int | None:
    return None if text == b"null" else int(text)


class CutNotebook(msgspec.Struct, frozen=True):
    """A notebook's bytes, understood: each cell by its own bytes, too."""

    frame: Frame
    raws: list[bytes]
    cells: list[CutCell]

    @property
    def counts(self) -> list[int | None]:
        """The execution counts of all cells, in order."""
        return [count for cell in self.cells for count in cell.counts]


class Locator:
    """Where the members of objects and the items of lists stand in some bytes."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.located = raw
        self.pieces = 0

    def top(self) -> dict[str, Span]:
        """The members of the object that the bytes are."""
        try:
            return self.object((0, len(self.raw)))
        except msgspec.DecodeError:
            # Python writes NaN and Infinity, which JSON has not: locate over numbers instead.
            self.located = _NO_NUMBER.sub(_as_number, self.raw)
            return self.object((0, len(self.raw)))

    def object(self, span: Span) -> dict[str, Span]:
        """The members of an object."""
        start, end = span
        pieces = _members.decode(memoryview(self.located)[start:end])
        spans: dict[str, Span] = {}
        cursor, before = start, _FIRST_KEY
        for name, piece in pieces.items():
            begin, cursor = self._locate(before, cursor, bytes(piece))
            spans[name] = (begin, cursor)
            before = _NEXT_KEY
        if pieces and self.located[cursor:end].strip() != b"}":
            raise NotCut("the same key twice")
        return spans

    def list(self, span: Span) -> list[Span]:
        """The items of a list."""
        start, end = span
        spans: list[Span] = []
        cursor, before = start, _FIRST_ITEM
        pieces = _items.decode(memoryview(self.located)[start:end])
        self.pieces += len(pieces)
        if self.pieces > MOST_PIECES:
            raise NotCut("too many pieces")
        for piece in pieces:
            begin, cursor = self._locate(before, cursor, bytes(piece))
            spans.append((begin, cursor))
            before = _NEXT_ITEM
        return spans

    def _locate(self, before: re.Pattern[bytes], cursor: int, piece: bytes) -> Span:
        """Where the piece stands that follows `before` at the cursor."""
        found = before.match(self.located, cursor)
        if found is None or not self.located.startswith(piece, found.end()):
            raise NotCut("the same key twice")
        begin = found.end()
        return begin, begin + len(piece)


def _as_number(match: re.Match[bytes]) -> bytes:
    token = match.group()
    return token if token.startswith(b'"') else b"0".ljust(len(token))


def cut_notebook(raw: bytes, known: Mapping[bytes, CutCell] | None = None) -> CutNotebook:
    """The cells of a notebook's bytes; those `known` by their bytes are not cut once more.

    Raises one of `UNREADABLE` where the bytes are no notebook.
    """
    if b"\x00" in raw or len(raw) > MOST_BYTES:
        raise NotCut("a zero byte, or too many others")
    raw.decode("utf-8")
    locator = Locator(raw)
    spans = _cells(locator)
    raws = [raw[start:end] for start, end in spans]
    cells = cut_cells(raws, known or {}, locator.pieces)
    return CutNotebook(_frame(raw, spans), raws, cells)


def cut_cells(raws: list[bytes], known: Mapping[bytes, CutCell], pieces: int = 0) -> list[CutCell]:
    """Each cell, understood; one that is there twice is cut once."""
    cells: list[CutCell] = []
    fresh: dict[bytes, CutCell] = {}
    for raw in raws:
        found = known.get(raw) or fresh.get(raw)
        if found is None:
            found = fresh[raw] = CellCutter(raw).cut()
        pieces += found.pieces
        if pieces > MOST_PIECES:
            raise NotCut("too many pieces")
        cells.append(found)
    return cells


def _cells(locator: Locator) -> list[Span]:
    top = locator.top()
    if "cells" in top:
        return locator.list(top["cells"])
    if "worksheets" not in top:
        raise NotCut("no cells")
    spans: list[Span] = []
    for sheet in locator.list(top["worksheets"]):
        cells = locator.object(sheet).get("cells")
        if cells is not None:
            spans += locator.list(cells)
    return spans


def _frame(raw: bytes, spans: list[Span]) -> Frame:
    if not spans:
        return Frame(raw, [], b"")
    ends = [end for _, end in spans]
    between = [raw[end:start] for end, (start, _) in zip(ends, spans[1:], strict=False)]
    if between and between.count(between[0]) == len(between):
        between = between[:1]
    return Frame(raw[: spans[0][0]], between, raw[ends[-1] :])


class CellCutter:
    """One cell's bytes on the way into pieces; references come in document order."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.locator = Locator(raw)
        self._references: list[Reference] = []
        self._counts: list[Span] = []

    def cut(self) -> CutCell:
        """The form of the cell; each of its contents was checked by writing it again."""
        cell, blank = self._cell()
        marks = [span for span in self._counts if layout.COUNT.fullmatch(self.raw, *span)]
        encodings, text = layout.lay_out(self.raw, self._references, marks)
        contents = [reference.found.content for reference in self._references]
        form = CellForm(cell, encodings, text, len(contents), blank)
        marks.sort()
        ends = [0, *(end for _, end in marks)]
        starts = [*(start for start, _ in marks), len(self.raw)]
        return CutCell(
            form,
            contents,
            self.locator.pieces,
            [_count(self.raw[start:end]) for start, end in marks],
            [self.raw[end:start] for end, start in zip(ends, starts, strict=True)],
        )

    def _cell(self) -> tuple[SavedCell, bool]:
        members = self.locator.top()
        source: int | None = None
        outputs: list[SavedOutput] = []
        attachments: dict[str, dict[str, int]] = {}
        for name, value in members.items():
            if name in ("source", "input"):
                source = self._source(value)
            elif name == "outputs":
                outputs = [self._output(item) for item in self.locator.list(value)]
            elif name == "attachments":
                named = self.locator.object(value).items()
                attachments = {name: self._parts(part) for name, part in named}
            elif name in COUNTS:
                self._counts.append(value)
        if source is None:
            end = len(self.raw.rstrip()) - 1
            source = self._add((end, end), Found(b""))
        cell = SavedCell(
            id=self._text(members["id"]) if "id" in members else None,
            type=self._text(members["cell_type"]) if "cell_type" in members else "code",
            source=source,
            outputs=outputs,
            attachments=attachments,
        )
        return cell, not self._references[source].found.content

    def _source(self, span: Span) -> int:
        found = read_text(self.raw[slice(*span)])
        if found is None:
            raise NotCut("a source that is no text")
        return self._add(span, found)

    def _output(self, span: Span) -> SavedOutput:
        members = self.locator.object(span)
        kind = self._text(members["output_type"]) if "output_type" in members else ""
        kind = VERSION_3_TYPES.get(kind, kind)
        name = None
        parts: dict[str, int] = {}
        for key, value in members.items():
            if key in ("name", "ename", "stream") and kind in ("stream", "error"):
                name = self._text(value)
            elif key == "data":
                parts.update(self._parts(value))
            elif key == "traceback" and kind == "error":
                self._text_part("text/plain", value, parts, joiner="\n")
            elif key == "evalue" and kind == "error":
                self._text_part(EXCEPTION, value, parts)
            elif key in VERSION_3_PARTS and kind != "error":
                self._part(VERSION_3_PARTS[key], value, parts)
            elif key in COUNTS:
                self._counts.append(value)
        return SavedOutput(type=kind, name=name, parts=parts)

    def _text_part(self, mime: str, span: Span, parts: dict[str, int], joiner: str = "") -> None:
        found = read_text(self.raw[slice(*span)], joiner=joiner)
        if found is not None:
            parts[mime] = self._add(span, found)

    def _parts(self, span: Span) -> dict[str, int]:
        parts: dict[str, int] = {}
        for mime, value in self.locator.object(span).items():
            self._part(mime, value, parts)
        return parts

    def _part(self, mime: str, span: Span, parts: dict[str, int]) -> None:
        piece = self.raw[slice(*span)]
        found = None
        if not is_json_mime(mime):
            found = read_text(piece, base64_too=is_base64_mime(mime))
        parts[mime] = self._add(span, found if found is not None else read_json(piece))

    def _add(self, span: Span, found: Found) -> int:
        self._references.append(Reference(span, found))
        return len(self._references) - 1

    def _text(self, span: Span) -> str:
        return _string.decode(self.raw[slice(*span)])
