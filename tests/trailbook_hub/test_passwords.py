"""Passwords and one-time links."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbook_hub.passwords import LONGEST, Passwords, complaint


class Clock:
    """A time of our own."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def passwords(tmp_path: Path, clock: Clock) -> Iterator[Passwords]:
    opened = Passwords(tmp_path / "passwords.sqlite", now=clock)
    yield opened
    opened.close()


def test_only_the_right_password_is_right(passwords: Passwords) -> None:
    passwords.set("alice", "seven wet otters")
    assert passwords.verify("alice", "seven wet otters") == "right"
    assert passwords.verify("alice", "seven wet otter") == "wrong"
    assert passwords.verify("bob", "seven wet otters") == "wrong"
    assert passwords.verify("bob", "") == "wrong"


def test_nobody_else_can_read_the_file_and_no_password_is_in_it(
    passwords: Passwords, tmp_path: Path
) -> None:
    passwords.set("alice", "seven wet otters")
    token = passwords.invite("bob", seconds=60)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"otters" not in file.read_bytes()
        assert token.encode() not in file.read_bytes()


def test_a_one_time_password_says_so(passwords: Passwords) -> None:
    passwords.set("admin", "once only please", one_time=True)
    assert passwords.verify("admin", "once only please") == "one-time"
    assert passwords.is_one_time("admin")
    token = passwords.invite("admin", seconds=60, admin=True)
    link = passwords.redeem(token, "seven wet otters")
    assert link is not None
    assert link.admin
    assert passwords.verify("admin", "once only please") == "wrong"
    assert passwords.verify("admin", "seven wet otters") == "right"


def test_a_link_works_once(passwords: Passwords) -> None:
    token = passwords.invite("bob", seconds=60)
    assert passwords.link(token) is not None
    assert passwords.redeem(token, "seven wet otters") is not None
    assert passwords.link(token) is None
    assert passwords.redeem(token, "eight dry otters") is None
    assert passwords.verify("bob", "seven wet otters") == "right"


def test_a_link_ages(passwords: Passwords, clock: Clock) -> None:
    token = passwords.invite("bob", seconds=60)
    clock.now += 61
    assert passwords.link(token) is None
    assert passwords.redeem(token, "seven wet otters") is None
    assert passwords.waiting() == {}


def test_a_newer_link_replaces_the_older(passwords: Passwords) -> None:
    older = passwords.invite("bob", seconds=60)
    newer = passwords.invite("bob", seconds=60)
    assert passwords.link(older) is None
    assert passwords.link(newer) is not None


def test_setting_a_password_ends_the_links_to_it(passwords: Passwords) -> None:
    token = passwords.invite("bob", seconds=60)
    passwords.set("bob", "seven wet otters")
    assert passwords.redeem(token, "eight dry otters") is None


def test_whoever_is_forgotten_has_neither_password_nor_link(passwords: Passwords) -> None:
    passwords.set("bob", "seven wet otters")
    token = passwords.invite("bob", seconds=60)
    passwords.forget("bob")
    assert passwords.verify("bob", "seven wet otters") == "wrong"
    assert passwords.link(token) is None
    assert passwords.is_empty()


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("seven wet otters", "seven wet otter", "differ"),
        ("short", "short", "at least 10"),
        ("a" * (LONGEST + 1), "a" * (LONGEST + 1), "at most"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "easy to guess"),
        ("Alice.Anderson", "Alice.Anderson", "easy to guess"),
    ],
)
def test_a_poor_password_is_refused_with_a_sentence(
    password: str, again: str, sentence: str
) -> None:
    assert sentence in (complaint(password, again, "alice.anderson") or "")


def test_a_good_password_is_taken() -> None:
    assert complaint("sieben nasse Ötter", "sieben nasse Ötter", "alice") is None
