"""Payloads and their ids, and a notebook's bytes as layout and manifest, both ways.

The layout is the file with each payload replaced by a reference, so the k-th reference is the k-th
content of the record. A payload whose encoding cannot be reproduced leaves its own bytes in the
layout behind its reference; rebuilding therefore always gives the bytes back, and everything that
can be read is still named in the manifest.
"""

import hashlib
from collections.abc import Collection, Sequence

import blake3
import msgspec

from ..records import AnyEvent, NotebookSaved, Sealed, SnapshotForm
from .cut import Cutter, NotCut, Reference, encodings_of
from .encode import Encoding, part_content, text_content, write

__all__ = ["cut", "part_content", "payload_id", "rebuild", "seal", "sha256", "text_content"]

VERSION = 1
MARK = b"\x00"
_KEPT = 1  # the code of a reference whose bytes stay in the layout
_FIRST = 2
_LAST = 255


class Layout(msgspec.Struct, frozen=True, array_like=True):
    """The layout payload: its version, the encodings in use, the text with references.

    A reference is a zero byte, a code byte (`_KEPT`, or 2 + the index of an encoding), and for
    some codes numbers ended by a colon: how many bytes are kept, or the lengths of the lines.
    """

    version: int
    encodings: list[Encoding]
    text: bytes


_layout_encoder = msgspec.msgpack.Encoder()
_layout_decoder = msgspec.msgpack.Decoder(Layout)


def payload_id(content: bytes, key: bytes) -> bytes:
    """The id of a payload in the space that has this key."""
    return blake3.blake3(content, key=key).digest()


def sha256(raw: bytes) -> str:
    """The checksum of a file."""
    return hashlib.sha256(raw).hexdigest()


def cut(raw: bytes) -> tuple[SnapshotForm, list[bytes]]:
    """A notebook's bytes as a form and its contents; what is no notebook is one opaque payload."""
    cutter = Cutter(raw)
    try:
        cells = cutter.cells()
    except (NotCut, msgspec.MsgspecError, ValueError, RecursionError):
        return SnapshotForm(layout=0, cells=[], readable=False), [raw]
    contents = [reference.found.content for reference in cutter.references]
    layout = _lay_out(raw, cutter.references)
    form = SnapshotForm(layout=len(contents), cells=cells)
    contents.append(_layout_encoder.encode(layout))
    if rebuild(form, contents) != raw:
        return SnapshotForm(layout=0, cells=[], readable=False), [raw]
    return form, contents


def _lay_out(raw: bytes, references: list[Reference]) -> Layout:
    encodings = encodings_of(references)[: _LAST - _FIRST]
    codes = {encoding: _FIRST + n for n, encoding in enumerate(encodings)}
    pieces: list[bytes] = []
    cursor = 0
    for reference in references:
        start, end = reference.span
        pieces.append(raw[cursor:start])
        found = reference.found
        code = codes.get(found.encoding, _KEPT) if found.encoding is not None else _KEPT
        pieces.append(MARK + bytes([code]))
        if code == _KEPT:
            pieces += [b"%d:" % (end - start), raw[start:end]]
        elif found.encoding is not None and found.encoding.cut == "lengths":
            pieces.append(b",".join(b"%d" % n for n in found.lengths) + b":")
        cursor = end
    pieces.append(raw[cursor:])
    return Layout(VERSION, encodings, b"".join(pieces))


def rebuild(form: SnapshotForm, contents: Sequence[bytes], withheld: Collection[int] = ()) -> bytes:
    """The notebook's exact bytes, or with the payloads at the `withheld` indexes left empty."""
    if not form.readable:
        return contents[form.layout]
    layout = _layout_decoder.decode(contents[form.layout])
    if layout.version != VERSION:
        raise ValueError(f"a layout of version {layout.version}")
    first, *rest = layout.text.split(MARK)
    pieces = [first]
    for index, piece in enumerate(rest):
        pieces += _piece(layout, piece, contents[index], index in withheld)
    return b"".join(pieces)


def _piece(layout: Layout, piece: bytes, content: bytes, withheld: bool) -> list[bytes]:
    """One reference written out, and the text up to the next."""
    code = piece[0]
    if code == _KEPT:
        length, _, text = piece[1:].partition(b":")
        return [b'""' if withheld and int(length) else text[: int(length)], text[int(length) :]]
    encoding = layout.encodings[code - _FIRST]
    if encoding.cut == "lengths":
        numbers, _, text = piece[1:].partition(b":")
        lengths = [] if withheld else [int(n) for n in numbers.split(b",")]
        return [write(encoding, b"" if withheld else content, lengths), text]
    if withheld:
        content = b"{}" if encoding.kind == "json" else b""
    return [write(encoding, content), piece[1:]]


def seal(
    sequence: int, event: AnyEvent, contents: Sequence[bytes], key: bytes
) -> tuple[Sealed, dict[bytes, bytes]]:
    """A spool record as it goes on the wire, and the contents by their ids."""
    if isinstance(event, NotebookSaved) and event.form is None:
        raw = contents[0]
        form, contents = cut(raw)
        event = msgspec.structs.replace(event, form=form, sha256=sha256(raw), size=len(raw))
    ids = [payload_id(content, key) for content in contents]
    return Sealed(sequence, event, ids), dict(zip(ids, contents, strict=True))
