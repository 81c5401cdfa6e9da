"""A cell's bytes with each payload replaced by a reference, and back.

A payload whose encoding cannot be reproduced leaves its own bytes in the layout behind its
reference; writing therefore always gives the bytes back, and everything that can be read is still
named.

A reference is a zero byte, a code byte (`_KEPT`, or 2 + the index of an encoding), and for some
codes numbers ended by a colon: how many bytes are kept, or the lengths of the lines. A zero byte
with the code `_COUNT` is the place of an execution count.
"""

import re
from collections.abc import Collection, Sequence

import msgspec

from ..forms import CellForm, Encoding, SavedOutput
from .encode import Found, write

Span = tuple[int, int]

MARK = b"\x00"
COUNT = re.compile(rb"null|0|[1-9][0-9]{0,17}")
_ENAME = re.compile(rb'("ename"\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*")', re.DOTALL)
_COUNT = 1
_KEPT = 2
_FIRST = 3
_LAST = 255


class Reference(msgspec.Struct, frozen=True):
    """A payload in its place in the cell's bytes."""

    span: Span
    found: Found


def lay_out(
    raw: bytes, references: Sequence[Reference], counts: Sequence[Span]
) -> tuple[list[Encoding], bytes]:
    """The encodings in use, and the text with references and marks; both come in order."""
    used = (r.found.encoding for r in references if r.found.encoding is not None)
    encodings = list(dict.fromkeys(used))[: _LAST - _FIRST]
    codes = {encoding: _FIRST + n for n, encoding in enumerate(encodings)}
    places: list[tuple[Span, Found | None]] = [(r.span, r.found) for r in references]
    places = sorted(places + [(span, None) for span in counts], key=lambda place: place[0])
    pieces: list[bytes] = []
    cursor = 0
    for (start, end), found in places:
        pieces.append(raw[cursor:start])
        if found is None:
            pieces.append(MARK + bytes([_COUNT]))
        else:
            pieces += _reference(raw[start:end], found, codes)
        cursor = end
    pieces.append(raw[cursor:])
    return encodings, b"".join(pieces)


def _reference(piece: bytes, found: Found, codes: dict[Encoding, int]) -> list[bytes]:
    code = codes.get(found.encoding, _KEPT) if found.encoding is not None else _KEPT
    if code == _KEPT or found.encoding is None:
        return [MARK + bytes([_KEPT]), b"%d:" % len(piece), piece]
    if found.encoding.cut == "lengths":
        return [MARK + bytes([code]), b",".join(b"%d" % n for n in found.lengths) + b":"]
    return [MARK + bytes([code])]


def write_cell(
    form: CellForm,
    contents: Sequence[bytes],
    withheld: Collection[int] = (),
    most: int | None = None,
) -> list[bytes]:
    """The cell's bytes, cut where an execution count stands: counts + 1 pieces.

    The payloads at the `withheld` indexes are left empty. Raises ValueError or IndexError for a
    form that nobody cut, and as soon as there are more than `most` bytes.
    """
    if form.contents != len(contents):
        raise ValueError("a form for another number of contents")
    first, *rest = form.text.split(MARK)
    pieces = [first]
    written: list[bytes] = []
    index = 0
    for piece in rest:
        if piece[0] == _COUNT:
            written.append(b"".join(pieces))
            pieces = [piece[1:]]
            continue
        new = _piece(form.encodings, piece, contents[index], index in withheld, most)
        if most is not None:
            most -= sum(map(len, new))
            if most < 0:
                raise ValueError("longer than its file")
        pieces += new
        index += 1
    if index != len(contents):
        raise ValueError("a layout for another number of contents")
    return [*written, b"".join(pieces)]


def _piece(
    encodings: list[Encoding], piece: bytes, content: bytes, withheld: bool, most: int | None
) -> list[bytes]:
    """One reference written out, and the text up to the next."""
    code = piece[0]
    if code == _KEPT:
        length, _, text = piece[1:].partition(b":")
        return [b'""' if withheld and int(length) else text[: int(length)], text[int(length) :]]
    encoding = encodings[code - _FIRST]
    if encoding.cut == "lengths":
        numbers, _, text = piece[1:].partition(b":")
        lengths = [] if withheld else [int(n) for n in numbers.split(b",") if n]
        return [write(encoding, b"" if withheld else content, lengths, most), text]
    if withheld:
        content = b"{}" if encoding.kind == "json" else b""
    return [write(encoding, content, (), most), piece[1:]]


def emptied(form: CellForm, withheld: Collection[int]) -> CellForm:
    """The form without what it tells by itself of the payloads at the `withheld` indexes.

    These are their kept bytes, the lengths of their lines, and the name of an exception of which
    nothing else is left. It can be written only with the same payloads withheld.
    """
    first, *rest = form.text.split(MARK)
    pieces = [first]
    index = 0
    for piece in rest:
        if piece[0] != _COUNT:
            if index in withheld:
                piece = _forget(form.encodings, piece)
            index += 1
        pieces.append(piece)
    outputs = [_nameless(output, withheld) for output in form.cell.outputs]
    text = MARK.join(pieces)
    for before, after in zip(form.cell.outputs, outputs, strict=True):
        if after is not before:
            text = _without_name(text, before.name or "")
    cell = msgspec.structs.replace(form.cell, outputs=outputs)
    return msgspec.structs.replace(form, cell=cell, text=text)


def _nameless(output: SavedOutput, withheld: Collection[int]) -> SavedOutput:
    if output.type != "error" or not output.name or not set(output.parts.values()) <= set(withheld):
        return output
    return msgspec.structs.replace(output, name="")


def _without_name(text: bytes, name: str) -> bytes:
    """The text with this exception's name left empty, however it is escaped."""

    def shortened(found: re.Match[bytes]) -> bytes:
        try:
            same = msgspec.json.decode(found[2], type=str) == name
        except msgspec.DecodeError:  # no name that a cell could have
            same = False
        return found[1] + (b'""' if same else found[2])

    return _ENAME.sub(shortened, text)


def _forget(encodings: list[Encoding], piece: bytes) -> bytes:
    code = piece[0]
    if code == _KEPT:
        length, _, text = piece[1:].partition(b":")
        kept = b'""' if int(length) else b""
        return bytes([code]) + b"%d:" % len(kept) + kept + text[int(length) :]
    if encodings[code - _FIRST].cut == "lengths":
        _, _, text = piece[1:].partition(b":")
        return bytes([code]) + b":" + text
    return piece
