"""Names that are derived once and never reused."""

from datetime import datetime

from trailbook_hub import names

FIRST = datetime(2026, 1, 2, 3, 4, 5, 678)
LATER = datetime(2026, 3, 2, 3, 4, 5)


def test_a_successor_of_the_same_name_gets_other_names() -> None:
    assert names.home_folder("alice", FIRST) != names.home_folder("alice", LATER)
    assert names.os_account("alice", FIRST) != names.os_account("alice", LATER)


def test_names_stay_the_same() -> None:
    assert names.home_folder("alice", FIRST) == names.home_folder("alice", FIRST)
    assert names.os_account("alice", FIRST) == "tb-" + names.stable_id("alice", FIRST)


def test_a_home_is_readable_and_safe_for_every_name() -> None:
    for name in ("Alice.Anderson@example.org", "../../etc/passwd", "名前", "-", "a" * 300):
        folder = names.home_folder(name, FIRST)
        assert folder.isascii()
        assert "/" not in folder
        assert not folder.startswith((".", "-"))
        assert len(folder) <= 41


def test_an_os_account_is_short_enough_for_linux() -> None:
    assert len(names.os_account("a" * 300, FIRST)) <= 32
    assert len(names.service_account("/a/very/long/path" * 20)) <= 32


def test_a_projects_folder_is_named_like_its_account_whoever_asks() -> None:
    assert names.home_folder("p-0a1b", FIRST) == names.home_folder("p-0a1b", None) == "p-0a1b"
    assert names.os_account("p-0a1b", FIRST) == names.os_account("p-0a1b", None)


def test_only_projects_have_a_projects_name() -> None:
    assert names.is_project("p-0a1b")
    assert not names.is_project("pete")
