"""Which mode a workspace takes, and what it refuses."""

import os
from pathlib import Path

import pytest

from trailbook.errors import CannotStart
from trailbook_hub import accounts, modes

TRUSTED = modes.Mode(False, "")
ISOLATED = modes.Mode(True, "")


@pytest.mark.parametrize("ip", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_a_trusted_workspace_listens_on_this_machine(ip: str) -> None:
    modes.check_address(ip, TRUSTED, understood=False)


@pytest.mark.parametrize("ip", ["0.0.0.0", "192.168.1.2", "::", "", "example.org"])  # noqa: S104
def test_a_trusted_workspace_listens_nowhere_else_unless_the_risk_is_named(ip: str) -> None:
    with pytest.raises(CannotStart, match="everyone who can run code here"):
        modes.check_address(ip, TRUSTED, understood=False)
    modes.check_address(ip, TRUSTED, understood=True)
    modes.check_address(ip, ISOLATED, understood=False)


def test_without_root_the_mode_is_trusted_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    mode = modes.choose(None, tmp_path)
    assert mode.name == "trusted"
    assert "need root" in mode.reason
    with pytest.raises(CannotStart, match="need root"):
        modes.choose(True, tmp_path)
    assert modes.usual_data_folder().name == "trailbook"


def test_a_python_that_others_cannot_reach_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    closed.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("sys.prefix", str(closed))
    said = " ".join(accounts.obstacles(Path("/")))
    assert f"{closed} is closed to other accounts" in said


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nowhere")
    said = accounts.obstacles(Path("/"))
    for tool in accounts.TOOLS:
        assert f"The program {tool} is missing." in said
