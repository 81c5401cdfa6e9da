"""How content is made small: zstd, alone or against an earlier piece of content, splice or patch.

`encoding` says how: 0 as it is, 1 zstd alone; with a base, 1 + the steps to content that needs no
other for zstd, `SPLICE` more for a splice, `PATCH` more for a patch. A chain is never longer than
`MOST_STEPS`.
"""

import functools
import threading
from contextlib import suppress
from typing import NamedTuple

import zstandard

from ...errors import StoreDamaged
from .aside import aside
from .frame import behind
from .splice import patch, splice, unpatch, unsplice

PLAIN, WHOLE, SPLICE, PATCH = 0, 1, 64, 128
MOST_STEPS = 40
LEVEL = 8
THOROUGH = ((range(4 << 10, 128 << 10), 15), (range(128 << 10, 4 << 20), 17))
"""For new content of some size, which is what a store's bytes are: worth a few milliseconds.

Beyond 128 kB zstd's levels are others, and what is as large is seldom new.
"""
_WORTH_IT = 24  # bytes below which compressing gains nothing
_POINTER = 4  # bytes that naming a base costs
SHORT = 48  # bytes up to which a splice or a patch is not compared with what zstd makes
_KEPT_BITS = 15  # contexts for longer content take megabytes in each thread, and little of its time
_FELT = 128 << 10  # bytes from which compressing well takes tenths of a second
_LARGEST_BASIS = 8 << 20  # beyond, a dictionary costs more memory than it is worth


def steps(encoding: int) -> int:
    """How many other pieces of content have to be read first."""
    return max(encoding % SPLICE - 1, 0) if encoding > WHOLE else 0


def at_steps(encoding: int, to: int) -> int:
    """The encoding of what is stored in this way and against a base, so many steps from its end."""
    return encoding - encoding % SPLICE + to + 1


class Basis(NamedTuple):
    """What other content can be told against."""

    content: bytes
    encoding: int

    @property
    def usable(self) -> bool:
        """Whether a chain may go on here."""
        return steps(self.encoding) < MOST_STEPS and 0 < len(self.content) <= _LARGEST_BASIS


class Compressed(NamedTuple):
    """How content is stored."""

    encoding: int
    data: bytes

    @property
    def needs_basis(self) -> bool:
        """Whether it cannot be read without its base."""
        return self.encoding > WHOLE


def compress(
    content: bytes, basis: Basis | None = None, level: int = LEVEL, short: int = SHORT
) -> Compressed:
    """The smallest of: as it is, compressed alone, told against the basis.

    What can be told as a few edits in up to `short` bytes is.
    """
    if len(content) < _WORTH_IT:
        return Compressed(PLAIN, content)
    told = None if basis is None or not basis.usable else _against(content, basis, level, short)
    if told is not None and len(told.data) + _POINTER < len(content) // 2:
        return told
    if level == LEVEL:
        level = next((level for sizes, level in THOROUGH if len(content) in sizes), LEVEL)
    alone = Compressed(WHOLE, _alone(content, level))
    smallest = min(Compressed(PLAIN, content), alone, key=lambda one: len(one.data))
    if told is not None and len(told.data) + _POINTER < len(smallest.data):
        return told
    return smallest


def _alone(content: bytes, level: int) -> bytes:
    compressor = _compressor(level, len(content), None)
    if level > LEVEL and len(content) >= _FELT:
        return aside(compressor.compress, content)
    return compressor.compress(content)


def _against(content: bytes, basis: Basis, level: int, short: int) -> Compressed:
    encoding = steps(basis.encoding) + 2
    spliced = splice(basis.content, content)
    if len(spliced) <= SHORT:
        return Compressed(encoding + SPLICE, spliced)
    patched = patch(basis.content, content, short)
    if patched is not None:
        return Compressed(encoding + PATCH, patched)
    compressor = _compressor(level, len(content) + len(basis.content), basis.content)
    data = compressor.compress(content)
    if len(spliced) <= len(data):
        return Compressed(encoding + SPLICE, spliced)
    return Compressed(encoding, data)


def expand(encoding: int, data: object, size: int, base: bytes | None, what: str) -> bytes:
    """The content; StoreDamaged names `what` where it cannot be had."""
    if not isinstance(data, bytes) or (encoding > WHOLE and base is None):
        raise StoreDamaged(what)
    if encoding == PLAIN:
        return data
    try:
        if base is not None and encoding > SPLICE:
            return unpatch(base, data) if encoding > PATCH else unsplice(base, data)
        against = base if encoding > WHOLE else None
        joined = None if against is None else behind(against, data, size)
        if against is not None and joined is not None:
            with suppress(zstandard.ZstdError):  # the usual way says whether it is damaged
                return _contexts.decompressor.decompress(joined)[len(against) :]
        return _decompressor(against).decompress(data, max_output_size=max(size, 1))
    except (zstandard.ZstdError, ValueError) as error:
        raise StoreDamaged(what) from error


def head(encoding: int, data: object, limit: int, what: str) -> bytes:
    """The first bytes of content that needs no other."""
    if not isinstance(data, bytes) or encoding > WHOLE:
        raise StoreDamaged(what)
    if encoding == PLAIN:
        return data[:limit]
    try:
        with _decompressor(None).stream_reader(data) as reader:
            return reader.read(limit)
    except zstandard.ZstdError as error:
        raise StoreDamaged(what) from error


def _dictionary(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class _Contexts(threading.local):
    """zstd's contexts of one thread: making one takes longer than using it on a short text."""

    def __init__(self) -> None:
        self.compressors: dict[tuple[int, int], zstandard.ZstdCompressor] = {}
        self.decompressor = zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)


_contexts = _Contexts()


def _compressor(level: int, size: int, base: bytes | None) -> zstandard.ZstdCompressor:
    bits = max(size, 1).bit_length()
    if base is not None:
        return zstandard.ZstdCompressor(
            dict_data=_dictionary(base), compression_params=_parameters(level, bits)
        )
    if bits > _KEPT_BITS:
        return zstandard.ZstdCompressor(compression_params=_parameters(level, bits))
    known = _contexts.compressors
    if (level, bits) not in known:
        known[level, bits] = zstandard.ZstdCompressor(compression_params=_parameters(level, bits))
    return known[level, bits]


@functools.cache
def _parameters(level: int, bits: int) -> zstandard.ZstdCompressionParameters:
    """The best for content, with what it is told against, of less than 2 ** bits bytes."""
    return zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=1 << bits,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )


def _decompressor(base: bytes | None) -> zstandard.ZstdDecompressor:
    if base is None:
        return _contexts.decompressor
    return zstandard.ZstdDecompressor(
        dict_data=_dictionary(base), format=zstandard.FORMAT_ZSTD1_MAGICLESS
    )
