"""How a payload stands in a notebook's file: its encodings, each checked by encoding again.

A payload's content is what a person means (text, the bytes of an image, canonical JSON). The file
holds it as a JSON string, a list of lines, base64 … An `Encoding` says which, so that the same
content gives the same bytes of the file again.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

import msgspec

from ..records import canonical

COMPACT = {-1: (", ", ": "), -2: (",", ":")}
_SPACE = re.compile(r"[ \t\r\n]*")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\n]*")


class Encoding(msgspec.Struct, frozen=True, array_like=True):
    """The way from a payload's content to its bytes in the file."""

    kind: str  # "string" · "lines" · "json"
    ascii: bool = False
    armour: int = -1  # base64: -1 none, 0 in one line, n broken after every n characters
    tail: bool = False  # base64 that ends with a newline
    cut: str = ""  # lines: "python" (str.splitlines), "newline", "lengths" (given by reference)
    joiner: str = ""
    open: str = ""
    between: str = ""
    close: str = ""
    step: int = 0  # json: the indent, or one of COMPACT


class Found(msgspec.Struct, frozen=True):
    """A piece of the file understood: its content, and how to write it again (None: it cannot)."""

    content: bytes
    encoding: Encoding | None = None
    lengths: tuple[int, ...] = ()


def is_json_mime(mime: str) -> bool:
    """Whether a part of this type holds a JSON value instead of text."""
    return mime == "application/json" or (
        mime.startswith("application/") and mime.endswith("+json")
    )


def is_base64_mime(mime: str) -> bool:
    """Whether a part of this type is an image in base64."""
    return mime.startswith("image/") and mime != "image/svg+xml"


def text_content(text: str) -> bytes:
    """The payload of a text; half of a surrogate pair, which no file can hold, becomes `?`."""
    return text.encode("utf-8", "replace")


def part_content(mime: str, value: Any) -> bytes:
    """The payload of one MIME part as a kernel sends it or a notebook holds it."""
    joined = "".join(value) if _is_lines(value) else value
    if is_json_mime(mime) or not isinstance(joined, str):
        try:
            return canonical(value)
        except (UnicodeError, ValueError, TypeError, OverflowError, RecursionError):
            return text_content(repr(value))
    if is_base64_mime(mime):
        image, _, _ = unarmour(joined)
        if image is not None:
            return image
    return text_content(joined)


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def unarmour(text: str) -> tuple[bytes | None, int, bool]:
    """The bytes behind base64, how it is broken into lines, and whether a newline ends it."""
    try:
        raw = text.encode("ascii")
        if not raw or not _BASE64.fullmatch(raw):
            return None, -1, False
        content = base64.b64decode(raw, validate=False)
    except (UnicodeError, binascii.Error):
        return None, -1, False
    tail = raw.endswith(b"\n")
    first = raw.find(b"\n")
    width = 0 if first < 0 or first == len(raw) - 1 else first
    if armour(content, width, tail) != text:
        return None, -1, False
    return content, width, tail


def armour(content: bytes, width: int, tail: bool) -> str:
    """Base64, broken after every `width` characters unless that is 0."""
    text = base64.b64encode(content).decode("ascii")
    if width:
        text = "\n".join(text[i : i + width] for i in range(0, len(text), width))
    return text + "\n" if tail else text


def write(encoding: Encoding, content: bytes, lengths: Sequence[int] = ()) -> bytes:
    """The bytes of the file for this content."""
    if encoding.kind == "json":
        return _write_json(encoding, content)
    if encoding.armour >= 0:
        text = armour(content, encoding.armour, encoding.tail)
    else:
        text = content.decode("utf-8")
    quote = encode_basestring_ascii if encoding.ascii else encode_basestring
    if encoding.kind == "string":
        return quote(text).encode("utf-8")
    lines = _cut(text, encoding, lengths)
    if not lines:
        return b"[]"
    inner = encoding.between.join([quote(line) for line in lines])
    return f"[{encoding.open}{inner}{encoding.close}]".encode()


def _cut(text: str, encoding: Encoding, lengths: Sequence[int]) -> list[str]:
    if encoding.cut == "python":
        return text.splitlines(keepends=True)
    if encoding.cut == "newline":
        return newline_cut(text)
    lines, position = [], 0
    for length in lengths:
        lines.append(text[position : position + length])
        position += length + len(encoding.joiner)
    return lines


def newline_cut(text: str) -> list[str]:
    """The lines of a text, cut after each newline and nowhere else."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _write_json(encoding: Encoding, content: bytes) -> bytes:
    value = json.loads(content)
    if encoding.step in COMPACT:
        text = json.dumps(
            value,
            ensure_ascii=encoding.ascii,
            sort_keys=True,
            separators=COMPACT[encoding.step],
        )
    else:
        text = json.dumps(value, ensure_ascii=encoding.ascii, sort_keys=True, indent=encoding.step)
        text = text.replace("\n", encoding.close)
    return text.encode("utf-8")


def read_text(piece: bytes, *, base64_too: bool = False, joiner: str = "") -> Found | None:
    """The content of a JSON string or list of strings, or None for anything else."""
    if piece[:1] == b'"':
        text = msgspec.json.decode(piece, type=str)
        return _checked(piece, text, Encoding("string"), (), base64_too)
    if piece[:1] != b"[":
        return None
    try:
        lines = msgspec.json.decode(piece, type=list[str])
    except msgspec.ValidationError:
        return None
    text = joiner.join(lines)
    lengths: tuple[int, ...] = ()
    if joiner == "" and text.splitlines(keepends=True) == lines:
        cut = "python"
    elif joiner == "" and newline_cut(text) == lines:
        cut = "newline"
    else:
        cut, lengths = "lengths", tuple(len(line) for line in lines)
    opened, between, closed = _spaces(piece.decode("utf-8"))
    encoding = Encoding("lines", cut=cut, joiner=joiner, open=opened, between=between, close=closed)
    return _checked(piece, text, encoding, lengths, base64_too)


def _spaces(piece: str) -> tuple[str, str, str]:
    """The white space of a list as it is usually written: after `[`, between, before `]`."""
    opened = _SPACE.match(piece, 1)
    before = opened.group() if opened else ""
    closed = piece[:-1]
    after = closed[len(closed.rstrip(" \t\r\n")) :]
    return before, "," + (before or " "), after


def _checked(
    piece: bytes, text: str, encoding: Encoding, lengths: tuple[int, ...], base64_too: bool
) -> Found:
    content, width, tail = unarmour(text) if base64_too else (None, -1, False)
    if content is None:
        content = text.encode("utf-8")
    # A closing bracket of an empty list or a list of one line says nothing about the others.
    for ascii_only in (False, True):
        tried = msgspec.structs.replace(encoding, ascii=ascii_only, armour=width, tail=tail)
        for between in (encoding.between, ","):
            form = msgspec.structs.replace(tried, between=between if tried.between else "")
            if write(form, content, lengths) == piece:
                return Found(content, form, lengths)
            if not tried.between:
                break
    return Found(content)


def _parse(piece: bytes) -> Any:
    try:
        return msgspec.json.decode(piece)
    except msgspec.DecodeError:
        return json.loads(piece)  # it also knows the NaN that Python writes


def read_json(piece: bytes) -> Found:
    """The canonical content of a JSON value, or its own bytes where there is no canonical form."""
    try:
        content = canonical(_parse(piece))
        for encoding in _json_forms(piece):
            if _write_json(encoding, content) == piece:
                return Found(content, encoding)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError):
        return Found(piece)
    return Found(content)


def _json_forms(piece: bytes) -> list[Encoding]:
    text = piece.decode("utf-8")
    opened, _, closed = _spaces(text)
    steps = [-1, -2]
    if "\n" in opened:
        steps = [len(opened) - len(closed)] if len(opened) >= len(closed) else []
    return [
        Encoding("json", ascii=ascii_only, step=step, close=closed or "\n")
        for step in steps
        for ascii_only in (False, True)
    ]
