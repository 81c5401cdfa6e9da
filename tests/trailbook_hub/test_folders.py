"""The data folder: what is where, and who may read it."""

import stat
from pathlib import Path

import pytest

from trailbook.errors import CannotStart
from trailbook_hub import Settings, prepare


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_look_into_a_trusted_workspace(tmp_path: Path) -> None:
    prepare(Settings(data=tmp_path / "data"))
    assert mode(tmp_path / "data") == 0o700
    for part in ("hub", "service", "homes", "projects"):
        assert mode(tmp_path / "data" / part) == 0o700


def test_secrets_are_made_once_and_for_the_hub_alone(tmp_path: Path) -> None:
    first = prepare(Settings(data=tmp_path / "data"))
    again = prepare(Settings(data=tmp_path / "data"))
    assert first.secrets == again.secrets
    assert len(set(first.secrets.values())) == 2
    for name, value in first.secrets.items():
        file = tmp_path / "data" / "hub" / name
        assert mode(file) == 0o600
        assert file.read_text() == value
        assert len(value) == 64
    assert next(iter(first.secrets.values())) not in repr(first)


def test_a_data_folder_does_not_change_its_mode(tmp_path: Path) -> None:
    prepare(Settings(data=tmp_path / "data"))
    with pytest.raises(CannotStart, match="was made in trusted mode"):
        prepare(Settings(data=tmp_path / "data", isolated=True))
