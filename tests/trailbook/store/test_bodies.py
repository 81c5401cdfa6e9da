"""How bodies travel: small, as what they are, and never as more than they say."""

import os

import pytest
import zstandard

from trailbook.errors import BadRequest, TooLarge, UnknownEncoding
from trailbook.store import bodies
from trailbook.store.bodies import MOST, WIDEST, WORTH_IT, ZSTD, compressed, frame

LIMIT = 1_000_000
TEXT = b"".join(b"line %d of a notebook\n" % n for n in range(5_000))


def packed(content: bytes, **parameters: int) -> bytes:
    made = zstandard.ZstdCompressionParameters(write_content_size=True, **parameters)
    return zstandard.ZstdCompressor(compression_params=made).compress(content)


def test_what_was_compressed_is_read_as_what_it_was() -> None:
    small = compressed(TEXT, [ZSTD])
    assert small is not None
    assert len(small) < len(TEXT) / 2
    read = frame(ZSTD, small, LIMIT)
    assert read is not None
    assert (read.size, read.content()) == (len(TEXT), TEXT)


def test_what_gains_nothing_or_is_not_offered_travels_as_it_is() -> None:
    assert compressed(TEXT, []) is None
    assert compressed(TEXT, ["gzip"]) is None
    assert compressed(TEXT[: WORTH_IT - 1], [ZSTD]) is None
    assert compressed(TEXT[:WORTH_IT], ["br", ZSTD]) is not None
    assert compressed(os.urandom(100_000), [ZSTD]) is None
    assert compressed(bytes(MOST + 1), [ZSTD]) is None


@pytest.mark.parametrize("encoding", ["", "identity", " Identity"])
def test_what_says_nothing_is_read_as_it_is(encoding: str) -> None:
    assert frame(encoding, TEXT, LIMIT) is None


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd, gzip", "zstd;q=1", "x"])
def test_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        frame(encoding, TEXT, LIMIT)


def test_what_says_that_it_is_too_large_is_refused_at_the_byte() -> None:
    at_limit = frame(ZSTD, packed(bytes(LIMIT)), LIMIT)
    assert at_limit is not None
    assert at_limit.content() == bytes(LIMIT)
    with pytest.raises(TooLarge, match="1000001 bytes; at most 1000000"):
        frame(ZSTD, packed(bytes(LIMIT + 1)), LIMIT)


def test_what_lies_about_its_size_makes_no_more_than_it_said() -> None:
    """A frame whose header says 500 bytes, and whose one block makes 100,000."""
    small, large = packed(b"x" * 500), packed(b"x" * 100_000)
    assert small[4] == 0x60  # one segment, two bytes of size
    assert large[4] == 0xA0  # the same, four bytes of size
    lying = frame(ZSTD, small[:7] + large[9:], LIMIT)
    assert lying is not None
    assert lying.size == 500
    with pytest.raises(BadRequest):
        lying.content()


def test_an_unknown_size_and_a_wide_window_are_refused() -> None:
    stream = zstandard.ZstdCompressor().compressobj()
    with pytest.raises(BadRequest, match="does not say how many"):
        frame(ZSTD, stream.compress(TEXT) + stream.flush(), LIMIT)
    within = packed(bytes(2 * WIDEST), window_log=23)
    assert frame(ZSTD, within, 4 * WIDEST) is not None
    with pytest.raises(BadRequest, match="window"):
        frame(ZSTD, packed(bytes(2 * WIDEST + 1), window_log=24), 4 * WIDEST)


def broken() -> dict[str, bytes]:
    whole = packed(TEXT)
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    return {
        "nothing": b"",
        "a word": whole[:4],
        "truncated": whole[:-3],
        "half": whole[: len(whole) // 2],
        "more behind it": whole + b"\0",
        "two frames": whole + whole,
        "not zstd": TEXT,
        "a skipped frame": skipped,
        "a frame behind a skipped one": skipped + whole,
        "noise in it": whole[:40] + bytes(40) + whole[80:],
    }


@pytest.mark.parametrize("name", broken())
def test_what_is_not_one_whole_frame_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="not the zstd"):
        read(broken()[name])


def read(data: bytes) -> bytes:
    found = bodies.frame(ZSTD, data, LIMIT)
    assert found is not None
    return found.content()
