"""A frame of zstd that was made against other content, read as one that needs no other.

A dictionary wants a context of its own, and making one takes longer than reading a short text with
it. But one without tables is nothing but the bytes that come before: a frame with these bytes in a
block as they are, and the same blocks behind it, gives both. So one context reads everything.
"""

_OWN = b"\x00"  # a descriptor that says: no size, no checksum; a byte for the window follows
_SIZED = b"\xa0"  # one that says: all in one window, whose size follows in four bytes
_MOST = 1 << 17  # bytes of a block
_LARGEST = 1 << 26


def behind(base: bytes, frame: bytes, size: int) -> bytes | None:
    """The frame of the base and, behind it, of the content; None where this is not so simple."""
    total = len(base) + size
    if frame[:1] != _OWN or not 0 < len(base) <= _MOST or not len(base) <= total <= _LARGEST:
        return None
    stored = (len(base) << 3).to_bytes(3, "little")  # not the last block, of the kind 0
    return b"".join((_SIZED, total.to_bytes(4, "little"), stored, base, frame[2:]))
