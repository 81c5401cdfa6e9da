"""Cutting a notebook's raw bytes into payloads, without parsing what is inside them.

The bytes are only located: at each level a decoder checks the JSON and answers undecoded pieces in
the order of the document, and a cursor walks over the keys between them. What is not understood
stays in the layout, so nothing here can lose a byte.
"""

import re
from collections.abc import Iterator

import msgspec

from ..records import SavedCell, SavedOutput
from .encode import Encoding, Found, is_base64_mime, is_json_mime, read_json, read_text

Span = tuple[int, int]

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


class NotCut(Exception):
    """These bytes are no notebook that can be cut; they are kept whole."""


class Reference(msgspec.Struct, frozen=True):
    """A payload in its place in the file."""

    span: Span
    found: Found


class Cutter:
    """One notebook's bytes on the way into pieces; references come in document order."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.located = raw
        self.references: list[Reference] = []
        self.pieces = 0

    def cells(self) -> list[SavedCell]:
        """The manifest; fills `references`."""
        if b"\x00" in self.raw or len(self.raw) > MOST_BYTES:
            raise NotCut("a zero byte, or too many others")
        self.raw.decode("utf-8")
        try:
            top = self._object((0, len(self.raw)))
        except msgspec.DecodeError:
            # Python writes NaN and Infinity, which JSON has not: locate over numbers instead.
            self.located = _NO_NUMBER.sub(_as_number, self.raw)
            top = self._object((0, len(self.raw)))
        if "cells" in top:
            return [self._cell(span) for span in self._list(top["cells"])]
        return [self._cell(span) for span in self._worksheets(top)]

    def _worksheets(self, top: dict[str, Span]) -> Iterator[Span]:
        if "worksheets" not in top:
            raise NotCut("no cells")
        for sheet in self._list(top["worksheets"]):
            cells = self._object(sheet).get("cells")
            if cells is not None:
                yield from self._list(cells)

    def _cell(self, span: Span) -> SavedCell:
        members = self._object(span)
        source: int | None = None
        outputs: list[SavedOutput] = []
        attachments: dict[str, dict[str, int]] = {}
        for name, value in members.items():
            if name in ("source", "input"):
                source = self._source(value)
            elif name == "outputs":
                outputs = [self._output(item) for item in self._list(value)]
            elif name == "attachments":
                attachments = {n: self._parts(v) for n, v in self._object(value).items()}
        if source is None:
            source = self._add((span[1] - 1, span[1] - 1), Found(b""))
        return SavedCell(
            id=self._text(members["id"]) if "id" in members else None,
            type=self._text(members["cell_type"]) if "cell_type" in members else "code",
            source=source,
            outputs=outputs,
            attachments=attachments,
        )

    def _source(self, span: Span) -> int:
        found = read_text(self.raw[slice(*span)])
        if found is None:
            raise NotCut("a source that is no text")
        return self._add(span, found)

    def _output(self, span: Span) -> SavedOutput:
        members = self._object(span)
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
        return SavedOutput(type=kind, name=name, parts=parts)

    def _text_part(self, mime: str, span: Span, parts: dict[str, int], joiner: str = "") -> None:
        found = read_text(self.raw[slice(*span)], joiner=joiner)
        if found is not None:
            parts[mime] = self._add(span, found)

    def _parts(self, span: Span) -> dict[str, int]:
        parts: dict[str, int] = {}
        for mime, value in self._object(span).items():
            self._part(mime, value, parts)
        return parts

    def _part(self, mime: str, span: Span, parts: dict[str, int]) -> None:
        piece = self.raw[slice(*span)]
        found = None
        if not is_json_mime(mime):
            found = read_text(piece, base64_too=is_base64_mime(mime))
        parts[mime] = self._add(span, found if found is not None else read_json(piece))

    def _add(self, span: Span, found: Found) -> int:
        self.references.append(Reference(span, found))
        return len(self.references) - 1

    def _text(self, span: Span) -> str:
        return _string.decode(self.raw[slice(*span)])

    def _object(self, span: Span) -> dict[str, Span]:
        start, end = span
        pieces = _members.decode(memoryview(self.located)[start:end])
        spans: dict[str, Span] = {}
        cursor, before = start, _FIRST_KEY
        for name, piece in pieces.items():
            begin, cursor = self._locate(before, cursor, piece)
            spans[name] = (begin, cursor)
            before = _NEXT_KEY
        if pieces and self.located[cursor:end].strip() != b"}":
            raise NotCut("the same key twice")
        return spans

    def _list(self, span: Span) -> list[Span]:
        start, end = span
        spans: list[Span] = []
        cursor, before = start, _FIRST_ITEM
        pieces = _items.decode(memoryview(self.located)[start:end])
        self.pieces += len(pieces)
        if self.pieces > MOST_PIECES:
            raise NotCut("too many pieces")
        for piece in pieces:
            begin, cursor = self._locate(before, cursor, piece)
            spans.append((begin, cursor))
            before = _NEXT_ITEM
        return spans

    def _locate(self, before: re.Pattern[bytes], cursor: int, piece: msgspec.Raw) -> Span:
        """Where the piece stands that follows `before` at the cursor."""
        found = before.match(self.located, cursor)
        begin = found.end() if found else cursor
        after = begin + len(memoryview(piece))
        if found is None or self.located[begin:after] != bytes(piece):
            raise NotCut("the same key twice")
        return begin, after


def _as_number(match: re.Match[bytes]) -> bytes:
    token = match.group()
    return token if token.startswith(b'"') else b"0".ljust(len(token))


def encodings_of(references: list[Reference]) -> list[Encoding]:
    """The different encodings in use, in the order of their first use."""
    return list(dict.fromkeys(r.found.encoding for r in references if r.found.encoding is not None))
