"""Whom a text mentions."""

import pytest

from trailbook.review.mentions import names, reached

PEOPLE = {"bob": "1", "carol.b": "2", "dave@example.com": "3", "ünal": "4"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@bob, does it hold? (@carol.b) @bob.", ["bob", "carol.b"]),
        ("@bob@example.com and @dave@example.com.", ["bob@example.com", "dave@example.com"]),
        ("mail bob@example.com or see a/@bob", []),
        ("**@bob** _@carol.b_", ["bob", "carol.b_"]),
        ("`@property` and ``a ` @bob`` but @carol.b", ["carol.b"]),
        ("```python\n@cache\ndef f(): ...\n```\n@bob", ["bob"]),
        ("~~~\n@cache\n", []),
        ("code:\n\n    @cache\n    def f(): ...\n\n@bob", ["bob"]),
        ("@ünal @-x @", ["ünal"]),
        ("", []),
    ],
)
def test_names_are_found_outside_code(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_who_has_no_access_and_who_is_not_there_are_the_same() -> None:
    found, missed = reached(["@Bob _@eve_", "@bob @nobody _@dave@example.com_"], PEOPLE)
    assert (found, missed) == (["1", "3"], ["eve", "nobody"])


def test_a_text_of_mentions_is_bounded() -> None:
    assert len(names(" ".join(f"@n{n}" for n in range(1_000)))) == 50
