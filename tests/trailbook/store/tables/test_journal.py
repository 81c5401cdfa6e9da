"""Where a store has a log, and where it cannot have one."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from trailbook.store.sql import SqlStore
from trailbook.store.tables import journal
from trailbook.store.tables.journal import network_of, type_at

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/fast ext4 rw 0 0
server:/old /mnt/two\\040words nfs rw 0 0
me@there: /home/fast/there fuse.sshfs rw 0 0
server:/x /srv nfs4 rw 0 0
/dev/sdc1 /srv ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/lib/x", "ext4"),
        ("/home", "nfs4"),
        ("/home/ada/x", "nfs4"),
        ("/homeless/x", "ext4"),
        ("/home/fast/x", "ext4"),
        ("/home/fast/there/x", "fuse.sshfs"),
        ("/mnt/two words/x", "nfs"),
        ("/srv/x", "ext4"),
    ],
)
def test_the_innermost_and_last_mounted_file_system_counts(place: str, kind: str) -> None:
    assert type_at(MOUNTS, place) == kind


def test_a_disk_is_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert network_of(tmp_path) is None
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sdd1 / fuseblk rw 0 0\n")  # NTFS on a disk of this machine
    monkeypatch.setattr(journal, "_MOUNTS", mounts)
    assert network_of(tmp_path) is None


def mode(file: Path) -> str:
    connection = sqlite3.connect(file)
    found: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    return found


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.rclone"])
def test_a_store_on_a_network_has_no_log_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    monkeypatch.setattr(journal, "_MOUNTS", mounts)
    file = tmp_path / "store.sqlite"
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            store = SqlStore.open(file)
            store.person("ada", "2026-01-01")
            assert store.check() == []
            store.close()
    assert mode(file) != "wal"
    assert not file.with_name("store.sqlite-wal").exists()
    [said] = [r.getMessage() for r in caplog.records if "rollback journal" in r.getMessage()]
    assert kind in said


def test_a_store_on_a_disk_has_a_log(tmp_path: Path, caplog: Any) -> None:
    SqlStore.open(tmp_path / "store.sqlite").close()
    assert mode(tmp_path / "store.sqlite") == "wal"
    assert "rollback journal" not in caplog.text
