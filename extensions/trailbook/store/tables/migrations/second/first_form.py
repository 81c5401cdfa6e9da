"""The first form of a version, as far as it is needed to put its bytes together."""

import msgspec
import zstandard

from trailbook.store.forms import Encoding
from trailbook.store.objects.encode import write


class FirstForm(msgspec.Struct):
    """A layout among the contents, or for what is no notebook its only content."""

    layout: int
    readable: bool = True


class FirstManifest(msgspec.Struct, array_like=True):
    """The form, and the payload rows of its contents."""

    form: FirstForm
    rows: list[int]


class FirstLayout(msgspec.Struct, array_like=True):
    """The file with references: a zero byte, a code, and for some codes numbers and a colon."""

    version: int
    encodings: list[Encoding]
    text: bytes


_KEPT = 1
_FIRST = 2


def unpack(data: bytes) -> FirstManifest:
    """A manifest as the first schema stored it."""
    packed = zstandard.ZstdDecompressor().decompress(data)
    return msgspec.msgpack.decode(packed, type=FirstManifest)


def put_together(form: FirstForm, contents: list[bytes]) -> bytes:
    """The file's bytes."""
    if not form.readable:
        return contents[form.layout]
    layout = msgspec.msgpack.decode(contents[form.layout], type=FirstLayout)
    first, *rest = layout.text.split(b"\x00")
    pieces = [first]
    for index, piece in enumerate(rest):
        if piece[0] == _KEPT:
            _, _, text = piece[1:].partition(b":")
            pieces.append(text)  # the kept bytes, and what follows them
            continue
        encoding = layout.encodings[piece[0] - _FIRST]
        lengths: list[int] = []
        text = piece[1:]
        if encoding.cut == "lengths":
            numbers, _, text = text.partition(b":")
            lengths = [int(n) for n in numbers.split(b",")]
        pieces += [write(encoding, contents[index], lengths), text]
    return b"".join(pieces)
