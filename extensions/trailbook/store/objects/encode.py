"""How a payload stands in a notebook's file: its encodings, each checked by encoding again.

A payload's content is what a person means (text, the bytes of an image, canonical JSON). The file
holds it as a JSON string, a list of lines, base64 … An `Encoding` says which, so that the same
content gives the same bytes of the file again.
"""

import binascii
import json
import re
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

import msgspec

from ..forms import Encoding
from ..records import canonical

COMPACT = {-1: (", ", ": "), -2: (",", ":")}
_SPACE = re.compile(r"[ \t\r\n]*")
_OTHER_ESCAPE = re.compile(rb"\\[^nt\"]")
_encoder = msgspec.json.Encoder()
_quote = _encoder.encode
"""Escapes the same characters in the same way as Python's `json` without `ensure_ascii`."""


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
        content = binascii.a2b_base64(raw) if raw else b""
    except (UnicodeError, binascii.Error):
        return None, -1, False
    tail = raw.endswith(b"\n")
    first = raw.find(b"\n")
    width = 0 if first < 0 or first == len(raw) - 1 else first
    if not raw or armour(content, width, tail) != raw:
        return None, -1, False
    return content, width, tail


def armour(content: bytes, width: int, tail: bool) -> bytes:
    """Base64, broken after every `width` characters unless that is 0."""
    raw = binascii.b2a_base64(content, newline=tail and not width)
    if width:
        raw = b"\n".join([raw[i : i + width] for i in range(0, len(raw), width)])
        return raw + b"\n" if tail else raw
    return raw


def write(
    encoding: Encoding, content: bytes, lengths: Sequence[int] = (), most: int | None = None
) -> bytes:
    """The bytes of the file for this content.

    Raises ValueError, before memory is spent, where what stands between its parts alone would be
    longer than `most`: an encoding may come from somebody who means harm.
    """
    if encoding.kind == "json":
        return _write_json(encoding, content, most)
    if most is not None and encoding.kind == "lines":
        _hold_between(encoding, content, lengths, most)
    if encoding.armour < 0:
        return _write_text(encoding, content.decode("utf-8"), lengths)
    raw = armour(content, encoding.armour, encoding.tail)
    if encoding.kind == "string":  # base64 holds nothing else that is escaped
        return b'"' + raw.replace(b"\n", b"\\n") + b'"'
    return _write_text(encoding, raw.decode("ascii"), lengths)


_ENDS = [end.encode() for end in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"]
"""Of lines, as `str.splitlines` cuts them."""


def _write_text(encoding: Encoding, text: str, lengths: Sequence[int]) -> bytes:
    quote = _quote_ascii if encoding.ascii else _quote
    if encoding.kind == "string":
        return quote(text)
    inner = _lines_at_once(encoding, text, quote(text)) if encoding.cut != "lengths" else None
    if inner is None:
        lines = _cut(text, encoding, lengths)
        if not lines:
            return b"[]"
        inner = _quote_lines(encoding, lines)
    return b"[" + encoding.open.encode() + inner + encoding.close.encode() + b"]"


def _lines_at_once(encoding: Encoding, text: str, quoted: bytes) -> bytes | None:
    """The lines of a text, cut where it is quoted already; None where that is not so simple.

    It is where each line ends with a newline: nothing else is escaped that could end a line, or
    look as if it did.
    """
    if (
        not text
        or _OTHER_ESCAPE.search(quoted)
        or (encoding.cut == "python" and not text.isascii())
    ):
        return None
    between = b'"' + encoding.between.encode() + b'"'
    inner = quoted.replace(b"\\n", b"\\n" + between)
    return inner[: -len(between)] if text.endswith("\n") else inner


def _quote_lines(encoding: Encoding, lines: list[str]) -> bytes:
    between = encoding.between.encode()
    if encoding.ascii:
        return between.join([_quote_ascii(line) for line in lines])
    return _encoder.encode_lines(lines)[:-1].replace(b"\n", between)  # all others are escaped


def _quote_ascii(text: str) -> bytes:
    return encode_basestring_ascii(text).encode("ascii")


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


def _hold_between(encoding: Encoding, content: bytes, lengths: Sequence[int], most: int) -> None:
    if encoding.cut == "lengths":
        lines = len(lengths)
    elif encoding.armour >= 0:
        lines = len(content) // encoding.armour if encoding.armour else 1
    elif encoding.cut == "newline":
        lines = content.count(b"\n")
    else:  # a carriage return with its newline is counted twice
        lines = sum(map(content.count, _ENDS)) // 2
    if (lines - 1) * (len(encoding.between) + 2) > most:
        raise ValueError("longer than its file")


def _hold_indents(length: int, most: int) -> None:
    if length > most:
        raise ValueError("longer than its file")


def _indented(value: Any, step: int, close: int, depth: int = 1) -> int:
    """How long what stands before the lines of a value is."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not inner:
        return 0
    own = len(inner) * (close + step * depth) + close + step * (depth - 1)
    return own + sum(_indented(each, step, close, depth + 1) for each in inner)


def _write_json(encoding: Encoding, content: bytes, most: int | None = None) -> bytes:
    value = json.loads(content)
    if most is not None and encoding.step not in COMPACT:
        _hold_indents(_indented(value, max(encoding.step, 0), len(encoding.close)), most)
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
        return _read_string(piece, msgspec.json.decode(piece, type=str), base64_too)
    if piece[:1] != b"[":
        return None
    try:
        lines = msgspec.json.decode(piece, type=list[str])
    except msgspec.ValidationError:
        return None
    return _read_lines(piece, lines, base64_too, joiner)


def _read_lines(piece: bytes, lines: list[str], base64_too: bool, joiner: str) -> Found:
    text = joiner.join(lines)
    cut, lengths = _how_cut(text, lines, joiner)
    opened, between, closed = _spaces(piece.decode("utf-8"))
    encoding = Encoding("lines", cut=cut, joiner=joiner, open=opened, between=between, close=closed)
    content, width, tail = _content(text, base64_too)
    # A closing bracket of an empty list or a list of one line says nothing about the others.
    for ascii_only in (False, True):
        for gap in dict.fromkeys((between, ",")):
            form = msgspec.structs.replace(
                encoding, ascii=ascii_only, between=gap, armour=width, tail=tail
            )
            if _write_text(form, text, lengths) == piece:
                return Found(content, form, lengths)
    return Found(content)


def _how_cut(text: str, lines: list[str], joiner: str) -> tuple[str, tuple[int, ...]]:
    if joiner == "" and text.splitlines(keepends=True) == lines:
        return "python", ()
    if joiner == "" and newline_cut(text) == lines:
        return "newline", ()
    return "lengths", tuple(len(line) for line in lines)


def _read_string(piece: bytes, text: str, base64_too: bool) -> Found:
    content, width, tail = _content(text, base64_too)
    for ascii_only, quote in ((False, _quote), (True, _quote_ascii)):
        if quote(text) == piece:
            return Found(content, Encoding("string", ascii_only, width, tail))
    return Found(content)


def _content(text: str, base64_too: bool) -> tuple[bytes, int, bool]:
    """What a text holds: itself, or the image that it is the base64 of, and how."""
    content, width, tail = unarmour(text) if base64_too else (None, -1, False)
    return text.encode("utf-8") if content is None else content, width, tail


def _spaces(piece: str) -> tuple[str, str, str]:
    """The white space of a list as it is usually written: after `[`, between, before `]`."""
    opened = _SPACE.match(piece, 1)
    before = opened.group() if opened else ""
    closed = piece[:-1]
    after = closed[len(closed.rstrip(" \t\r\n")) :]
    return before, "," + (before or " "), after


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
