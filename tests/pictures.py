"""Images made of nothing but the standard library, as outputs of notebooks hold them."""

import base64
import struct
import zlib
from collections.abc import Callable

Paint = Callable[[int, int], tuple[int, int, int]]


def png(
    width: int,
    height: int,
    paint: Paint,
    claimed: tuple[int, int] | None = None,
    *,
    level: int = 6,
) -> str:
    """An image whose pixels `paint` gives, in base64; it may claim to have another size.

    `level` is zlib's: another one makes another file of the same image.
    """
    rows = b"".join(
        b"\0" + b"".join(bytes(paint(x, y)) for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", *(claimed or (width, height)), 8, 2, 0, 0, 0)
    chunks = (
        _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, level)) + _chunk(b"IEND", b"")
    )
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode()


def bars(width: int = 240, height: int = 120, *, level: int = 60) -> str:
    """A bar as high as `level` on white."""

    def paint(x: int, y: int) -> tuple[int, int, int]:
        within = 40 <= x < 80 and y >= height - level
        return (31, 119, 180) if within else (255, 255, 255)

    return png(width, height, paint)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
