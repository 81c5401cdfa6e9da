"""Content made small, and back."""

import random

import pytest

from trailbook.errors import StoreDamaged
from trailbook.store.tables.compression import (
    MOST_STEPS,
    PLAIN,
    SPLICE,
    WHOLE,
    Basis,
    compress,
    expand,
    steps,
)
from trailbook.store.tables.splice import splice, unsplice

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
    several = TEXT.replace(b"value_7", b"other_7").replace(b"(100)", b"(101)")
    assert back(b"short", None) == (PLAIN, 5)
    assert back(NOISE, None) == (PLAIN, len(NOISE))
    assert back(TEXT, None)[0] == WHOLE
    assert back(TEXT + b"\nprint(1)", basis) == (SPLICE + 2, 12)
    assert back(several, basis)[0] == 2
    assert back(NOISE, basis) == (PLAIN, len(NOISE))
    assert back(b"", basis) == (PLAIN, 0)


def test_a_chain_ends_where_it_is_long_enough() -> None:
    changed = TEXT + b"!"
    assert steps(compress(changed, Basis(TEXT, MOST_STEPS)).encoding) == MOST_STEPS
    assert steps(compress(changed, Basis(TEXT, MOST_STEPS + 1)).encoding) == 0
    assert steps(compress(changed, Basis(TEXT, SPLICE + MOST_STEPS + 1)).encoding) == 0


def test_any_two_contents_can_be_spliced() -> None:
    pick = random.Random(3)  # noqa: S311
    for _ in range(3000):
        base = bytes(pick.choices(b"ab", k=pick.randrange(200)))
        content = bytes(pick.choices(b"ab", k=pick.randrange(200)))
        if pick.random() < 0.5:
            cut = pick.randrange(len(base) + 1)
            content = base[:cut] + content[:5] + base[cut + pick.randrange(5) :]
        assert unsplice(base, splice(base, content)) == content


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 12, b"\x01", b"\x7f\x7fx"])
def test_what_nobody_spliced_is_damage(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        expand(SPLICE + 2, data, 1, b"short", "x")


def test_content_without_its_base_is_damage() -> None:
    stored = compress(TEXT + b"!", Basis(TEXT, WHOLE))
    with pytest.raises(StoreDamaged):
        expand(stored.encoding, stored.data, len(TEXT) + 1, None, "x")
