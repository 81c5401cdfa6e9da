"""How the body of a recorder's request travels: compressed, where that makes it smaller.

The service offers it when a recorder registers; what it is sent, it believes in nothing. A body is
one frame of zstd that says how large its content is, as RFC 8878 has it for `Content-Encoding`.
"""

from collections.abc import Collection
from typing import NamedTuple

from ..errors import BadRequest, TooLarge, UnknownEncoding

ZSTD = "zstd"
PLAIN = ("", "identity")
WORTH_IT = 300
"""Bytes below which it is not tried: little is gained, and both sides have work of it."""

MOST = 32 << 20
"""Bytes above which it is not tried: a user's server would hold as much once more meanwhile."""

LEVEL = 1
"""Half of the time of level 3, for bodies that are a hundredth larger."""

WIDEST = 8 << 20
"""Bytes of window that HTTP lets a frame ask for (RFC 9659)."""


def compressed(body: bytes, offered: Collection[str]) -> bytes | None:
    """The body as zstd, if the service takes that and it is smaller; else it travels as it is."""
    if ZSTD not in offered or not WORTH_IT <= len(body) <= MOST:
        return None
    import zstandard  # only for a recorder that is offered it, on the drain's thread

    small = zstandard.ZstdCompressor(level=LEVEL).compress(body)
    return small if len(small) < len(body) else None


class Frame(NamedTuple):
    """A body that came as zstd, of which only the beginning was looked at yet."""

    data: bytes | bytearray
    size: int  # bytes of its content; not believed before it is there

    def content(self) -> bytes:
        """The body; raises BadRequest where the frame is not whole, or not all that came.

        It lets go of Python's lock, and never makes more than the frame said.
        """
        import zstandard

        try:
            return zstandard.ZstdDecompressor(max_window_size=WIDEST).decompress(
                self.data, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise BadRequest(f"The body is not the zstd that it should be: {error}.") from None


def frame(encoding: str, data: bytes | bytearray, limit: int) -> Frame | None:
    """What came in this `Content-Encoding`, None where it came as it is.

    Raises UnknownEncoding, TooLarge beyond `limit` bytes of content, or BadRequest. The size is
    looked at here because zstandard makes room for whatever a frame says, whatever it is told.
    """
    name = encoding.strip().lower()
    if name in PLAIN:
        return None
    if name != ZSTD:
        raise UnknownEncoding
    import zstandard

    try:
        said = zstandard.get_frame_parameters(data)
    except zstandard.ZstdError as error:
        raise BadRequest(f"The body is not the zstd that it should be: {error}.") from None
    if said.content_size == zstandard.CONTENTSIZE_UNKNOWN:
        raise BadRequest("The body's zstd does not say how many bytes it makes.")
    if said.content_size > limit:
        raise TooLarge(f"The request has {said.content_size} bytes; at most {limit} are read.")
    if said.window_size > WIDEST:
        raise BadRequest(f"The body's zstd has a window of more than {WIDEST} bytes.")
    return Frame(data, said.content_size)
