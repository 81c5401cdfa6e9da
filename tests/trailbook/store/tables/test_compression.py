"""Content made small, and back."""

import random
import threading

import pytest

from trailbook.errors import StoreDamaged
from trailbook.store.tables import compression
from trailbook.store.tables.compression import (
    MOST_STEPS,
    PATCH,
    PLAIN,
    SPLICE,
    WHOLE,
    Basis,
    at_steps,
    compress,
    expand,
    steps,
)
from trailbook.store.tables.frame import behind
from trailbook.store.tables.splice import patch, splice, unpatch, unsplice

TEXT = "\n".join(f"value_{n} = compute({n * n})" for n in range(200)).encode()
NOISE = random.Random(1).randbytes(4000)  # noqa: S311


def back(content: bytes, basis: Basis | None) -> tuple[int, int]:
    """The encoding and the stored size, if the content comes back."""
    stored = compress(content, basis)
    base = basis.content if basis and stored.needs_basis else None
    assert expand(stored.encoding, stored.data, len(content), base, "x") == content
    return stored.encoding, len(stored.data)


def test_each_content_is_stored_in_the_way_that_suits_it() -> None:
    basis = Basis(TEXT, WHOLE)
    few = TEXT.replace(b"value_70 ", b"other ").replace(b"(100)", b"(101)")
    several = TEXT.replace(b"value_7", b"other_7").replace(b"(100)", b"(101)")
    assert back(b"short", None) == (PLAIN, 5)
    assert back(NOISE, None) == (PLAIN, len(NOISE))
    assert back(TEXT, None)[0] == WHOLE
    assert back(TEXT + b"\nprint(1)", basis) == (SPLICE + 2, 12)
    assert back(few, basis) == (PATCH + 2, 14)
    assert back(several, basis)[0] == 2
    assert back(NOISE, basis) == (PLAIN, len(NOISE))
    assert back(b"", basis) == (PLAIN, 0)


def test_a_chain_ends_where_it_is_long_enough() -> None:
    changed = TEXT + b"!"
    assert steps(compress(changed, Basis(TEXT, MOST_STEPS)).encoding) == MOST_STEPS
    assert steps(compress(changed, Basis(TEXT, MOST_STEPS + 1)).encoding) == 0
    assert steps(compress(changed, Basis(TEXT, SPLICE + MOST_STEPS + 1)).encoding) == 0


def test_content_stays_what_it_is_when_its_base_comes_nearer() -> None:
    for encoding in (2, 7, SPLICE + 2, SPLICE + 7, PATCH + 2, PATCH + 7):
        nearer = at_steps(encoding, 3)
        assert steps(nearer) == 3
        assert nearer // SPLICE == encoding // SPLICE


def test_any_two_contents_can_be_spliced_and_patched() -> None:
    pick = random.Random(3)  # noqa: S311
    for _ in range(3000):
        base = bytes(pick.choices(b"ab", k=pick.randrange(200)))
        content = bytes(pick.choices(b"ab", k=pick.randrange(200)))
        if pick.random() < 0.5:
            cut = pick.randrange(len(base) + 1)
            content = base[:cut] + content[:5] + base[cut + pick.randrange(5) :]
        assert unsplice(base, splice(base, content)) == content
        patched = patch(base, content, 10_000)
        assert patched is not None
        assert unpatch(base, patched) == content


def test_a_few_edits_are_a_short_patch() -> None:
    pick = random.Random(4)  # noqa: S311
    for _ in range(200):
        content = bytearray(TEXT)
        for place in sorted(pick.sample(range(0, len(TEXT), 100), 5), reverse=True):
            content[place : place + pick.randrange(4)] = pick.randbytes(pick.randrange(4))
        patched = patch(TEXT, bytes(content), 10_000)
        assert patched is not None
        assert len(patched) <= 5 * 8
        assert unpatch(TEXT, patched) == content
        assert len(patched) < 2 or patch(TEXT, bytes(content), len(patched) - 1) is None


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 12, b"\x01", b"\x7f\x7fx"])
def test_what_nobody_spliced_is_damage(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        expand(SPLICE + 2, data, 1, b"short", "x")


@pytest.mark.parametrize(
    "data", [b"\x80", b"\xff" * 12, b"\x01", b"\x7f\x7f\x01x", b"\x00\x00\x09x"]
)
def test_what_nobody_patched_is_damage(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        expand(PATCH + 2, data, 1, b"short", "x")


def test_threads_keep_no_contexts_that_take_megabytes() -> None:
    kept: list[int] = []

    def work() -> None:
        for size in (100, 10_000, 100_000, 1_000_000):
            compress(NOISE * (size // 4000 + 1))
        compressors = compression._contexts.compressors.values()
        kept.append(sum(compressor.memory_size() for compressor in compressors))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert 0 < kept[0] < 4_000_000


def test_content_without_its_base_is_damage() -> None:
    stored = compress(TEXT + b"!", Basis(TEXT, WHOLE))
    with pytest.raises(StoreDamaged):
        expand(stored.encoding, stored.data, len(TEXT) + 1, None, "x")


@pytest.mark.parametrize("size", [1, 60, 3_000, 131_072, 131_073, 400_000])
def test_what_is_told_against_other_content_is_read_with_and_without_a_context_of_its_own(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pick = random.Random(size)  # noqa: S311
    base = b"".join(b"%d " % pick.randrange(1000) for _ in range(size))[:size]
    for _ in range(10):
        content = bytearray(base * 2 + pick.randbytes(100))
        for _ in range(20):
            content[pick.randrange(len(content))] ^= 1
        stored = compress(bytes(content), Basis(base, WHOLE))
        if stored.needs_basis:
            joined = behind(base, stored.data, len(content))
            assert (joined is None) == (size > 131_072)
            found = expand(stored.encoding, stored.data, len(content), base, "x")
            with monkeypatch.context() as patched:
                patched.setattr("trailbook.store.tables.compression.behind", lambda *_: None)
                usual = expand(stored.encoding, stored.data, len(content), base, "x")
            assert found == usual == content


def test_a_wrong_size_or_base_is_no_reason_to_read_something_else() -> None:
    several = TEXT.replace(b"value_7", b"other_7").replace(b"(100)", b"(101)")
    stored = compress(several, Basis(TEXT, WHOLE))
    assert expand(stored.encoding, stored.data, len(several) + 1, TEXT, "x") == several
    for size in (len(several) - 1, 0, -1):
        with pytest.raises(StoreDamaged):
            expand(stored.encoding, stored.data, size, TEXT, "x")
    for data in (stored.data[:-1], stored.data[:2], stored.data[:1], b""):
        with pytest.raises(StoreDamaged):
            expand(stored.encoding, data, len(several), TEXT, "x")
