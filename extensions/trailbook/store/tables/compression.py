"""How content is made small: zstd, alone or against an earlier piece of content.

`encoding` says how: 0 as it is, 1 zstd alone, n > 1 zstd against the content of `base`, which is
n - 1 steps away from one that needs no other. A chain is never longer than `MOST_STEPS`.
"""

import functools
from typing import NamedTuple

import zstandard

from ...errors import StoreDamaged

PLAIN, WHOLE = 0, 1
MOST_STEPS = 40
LEVEL = 6
_WORTH_IT = 24  # bytes below which compressing gains nothing
_POINTER = 4  # bytes that naming a base costs
_LARGEST_BASIS = 8 << 20  # beyond, a dictionary costs more memory than it is worth


class Basis(NamedTuple):
    """What other content can be told against."""

    content: bytes
    encoding: int

    @property
    def usable(self) -> bool:
        """Whether a chain may go on here."""
        return self.encoding < MOST_STEPS and 0 < len(self.content) <= _LARGEST_BASIS


class Compressed(NamedTuple):
    """How content is stored."""

    encoding: int
    data: bytes

    @property
    def needs_basis(self) -> bool:
        """Whether it cannot be read without its base."""
        return self.encoding > WHOLE


def compress(content: bytes, basis: Basis | None = None, level: int = LEVEL) -> Compressed:
    """The smallest of: as it is, compressed alone, compressed against the basis."""
    best = Compressed(PLAIN, content)
    if len(content) < _WORTH_IT:
        return best
    if basis is not None and basis.usable:
        data = _compressor(level, len(content) + len(basis.content), basis.content).compress(
            content
        )
        if len(data) + _POINTER < len(content) // 2:
            return Compressed(max(basis.encoding, WHOLE) + 1, data)
        best = Compressed(max(basis.encoding, WHOLE) + 1, data)
        if len(data) + _POINTER >= len(content):
            best = Compressed(PLAIN, content)
    alone = _compressor(level, len(content), None).compress(content)
    cost = len(best.data) + (_POINTER if best.needs_basis else 0)
    return Compressed(WHOLE, alone) if len(alone) < cost else best


def expand(encoding: int, data: object, size: int, base: bytes | None, what: str) -> bytes:
    """The content; StoreDamaged names `what` where it cannot be had."""
    if not isinstance(data, bytes) or (encoding > WHOLE and base is None):
        raise StoreDamaged(what)
    if encoding == PLAIN:
        return data
    try:
        return _decompressor(base if encoding > WHOLE else None).decompress(
            data, max_output_size=max(size, 1)
        )
    except zstandard.ZstdError as error:
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


def _compressor(level: int, size: int, base: bytes | None) -> zstandard.ZstdCompressor:
    parameters = _parameters(level, max(size, 1).bit_length())
    if base is None:
        return zstandard.ZstdCompressor(compression_params=parameters)
    return zstandard.ZstdCompressor(dict_data=_dictionary(base), compression_params=parameters)


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
        return zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    return zstandard.ZstdDecompressor(
        dict_data=_dictionary(base), format=zstandard.FORMAT_ZSTD1_MAGICLESS
    )
