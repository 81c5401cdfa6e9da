"""`trailbook hub …` without a hub."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from trailbook_hub import cli
from trailbook_hub.passwords import Passwords


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.hub, arguments)
    return done.exit_code, done.output


def test_a_stranger_understands_the_help() -> None:
    code, words = run("up", "--help")
    assert code == 0
    for option in ("--data", "--port", "--ip", "--no-demo", "--isolated", "--idle-timeout"):
        assert option in words


def test_a_locked_out_administrator_gets_a_link(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    code, words = run("invite", "Ada", "--admin", "--data", str(tmp_path))
    assert code == 0
    token = words.strip().rpartition("token=")[2]
    passwords = Passwords(tmp_path / "hub" / "passwords.sqlite")
    link = passwords.link(token)
    passwords.close()
    assert link is not None
    assert (link.name, link.admin) == ("ada", True)


def test_a_link_needs_a_workspace(tmp_path: Path) -> None:
    code, words = run("invite", "ada", "--data", str(tmp_path / "nothing"))
    assert code == 1
    assert "There is no workspace in" in words
    assert not (tmp_path / "nothing").exists()


def test_listing_accounts_of_a_trusted_workspace_lists_none(tmp_path: Path) -> None:
    assert run("accounts", "list", "--data", str(tmp_path)) == (0, "")


def test_a_missing_configuration_file_is_a_sentence(tmp_path: Path) -> None:
    code, words = run(
        "up", "--trusted", "--data", str(tmp_path / "data"), "--config", str(tmp_path / "none.py")
    )
    assert code == 1
    assert "There is no configuration file" in words


def test_a_missing_part_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(cli.NEEDED, "there_is_no_such_package", "the thing")
    code, words = run("up", "--trusted", "--data", str(tmp_path / "data"))
    assert code == 1
    assert "Missing here: the thing. Install them with: pip install 'trailbook[hub]'" in words
    assert not (tmp_path / "data").exists()
