"""A backup is one moment of a store in use, and comes back as it was, whatever happens."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner

from trailbook.cli import main
from trailbook.errors import BackupDamaged, Busy, Conflict, NoBackup
from trailbook.store.backup.folder import Folder
from trailbook.store.backup.making import make
from trailbook.store.backup.restoring import restore
from trailbook.store.sql import SqlStore

SECRET = b"c4nary-in-a-backup"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def backup(store: Any, folder: Path, **options: Any) -> Any:
    return make(store.db.path, folder, **{"keep": 5, **options})


def restored(folder: Path, place: Path, name: str | None = None) -> SqlStore:
    view = restore(folder, place, name)
    assert view.damages == []
    return SqlStore.open(place)


class Savers:
    """People who save all the time, and what was answered to them."""

    def __init__(self, recorders: list[Any], notebook_bytes: Any) -> None:
        self.answered: list[tuple[str, bytes, float]] = []
        self.slowest = 0.0
        self._stop = threading.Event()
        self._notebook_bytes = notebook_bytes
        self._threads = [threading.Thread(target=self._save, args=(one,)) for one in recorders]
        for thread in self._threads:
            thread.start()

    def _save(self, recorder: Any) -> None:
        for n in itertools.count():
            if self._stop.is_set():
                return
            raw = self._notebook_bytes(*(f"{n} + {i}\n" + "x = 1\n" * 200 for i in range(5)))
            before = time.monotonic()
            version = recorder.save(raw)
            now = time.monotonic()
            self.slowest = max(self.slowest, now - before)
            self.answered.append((version, raw, now))

    def wait(self, count: int) -> None:
        while len(self.answered) < count:
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_writers_go_on_and_nothing_that_was_answered_is_missing(
    store: Any, recorder: Any, owner_of: Any, notebook_bytes: Any, folder: Path, tmp_path: Path
) -> None:
    people = [recorder(store, owner_of(name)) for name in ("ada", "bob")]
    savers = Savers(people, notebook_bytes)
    found = []
    for n in range(5):
        savers.wait(20 * (n + 1))
        begun = time.monotonic()
        found.append((backup(store, folder), begun))
    savers.stop()
    for n, (view, begun) in enumerate(found):
        again = restored(folder, tmp_path / f"{n}.sqlite", view.name)
        before = [one for one in savers.answered if one[2] < begun]
        assert [again.snapshot_bytes(version) for version, _, _ in before] == [
            raw for _, raw, _ in before
        ]
        assert again.check() == []
        again.close()
    assert savers.slowest < 10


def test_only_what_is_new_is_copied(store: Any, ada: Any, folder: Path, tmp_path: Path) -> None:
    kept = [ada.save(os.urandom(20_000)) for _ in range(100)]
    first = backup(store, folder)
    second = backup(store, folder)
    assert second.new_chunks <= 1  # what a checkpoint of the log touches
    ada.save(b'{"cells": []}')
    third = backup(store, folder)
    assert 0 < third.new_chunks < first.new_chunks / 5
    assert third.written < first.written / 5
    assert third.kept == [first.name, second.name, third.name]
    for n, name in enumerate(third.kept):
        again = restored(folder, tmp_path / f"{n}.sqlite", name)
        assert again.snapshot(kept[0]).id == kept[0]
        again.close()


def test_old_backups_go_and_take_with_them_what_nobody_needs(
    store: Any, ada: Any, folder: Path, tmp_path: Path
) -> None:
    names = []
    for n in range(6):
        for _ in range(20):
            ada.save(json.dumps({"cells": [], "n": [n] * 5000}).encode())
        names.append(backup(store, folder, keep=2).name)
    assert Folder(folder).names() == names[-2:]
    used = {place.segment for state in Folder(folder).states().values() for place in state.chunks}
    assert Folder(folder).segments() == sorted(used)
    restored(folder, tmp_path / "again.sqlite").close()
    restored(folder, tmp_path / "before.sqlite", names[-2]).close()


def test_nothing_is_replaced_and_nothing_wrong_is_restored(
    store: Any, ada: Any, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoBackup):
        restore(folder, tmp_path / "a.sqlite")
    ada.save(b'{"cells": []}')
    name = backup(store, folder).name
    with pytest.raises(Conflict):
        restore(folder, store.db.path)
    with pytest.raises(NoBackup):
        restore(folder, tmp_path / "a.sqlite", "yesterday")
    for file in [*folder.glob("*.segment"), *folder.glob("*.state")]:
        whole = file.read_bytes()
        flipped = whole[:50] + bytes([whole[50] ^ 1]) + whole[51:]
        for wrong in (whole[: len(whole) // 2], flipped, b""):
            file.write_bytes(wrong)
            with pytest.raises(BackupDamaged):
                restore(folder, tmp_path / "a.sqlite", name)
            assert sorted(tmp_path.glob("*a.sqlite*")) == []
        file.unlink()
        with pytest.raises((BackupDamaged, NoBackup)):
            restore(folder, tmp_path / "a.sqlite", name)
        file.write_bytes(whole)
    restored(folder, tmp_path / "a.sqlite").close()


def test_a_purge_makes_earlier_backups_stale(
    store: Any, ada: Any, notebook_bytes: Any, folder: Path, tmp_path: Path
) -> None:
    version = ada.save(notebook_bytes(SECRET.decode(), "other"))
    old = backup(store, folder)
    assert old.stale == []
    store.purge(version, 0)
    after = backup(store, folder)
    assert after.stale == [old.name]
    assert restore(folder, tmp_path / "old.sqlite", old.name).newer_purges
    assert SECRET in (tmp_path / "old.sqlite").read_bytes()
    assert not restore(folder, tmp_path / "after.sqlite", after.name).newer_purges
    assert SECRET not in (tmp_path / "after.sqlite").read_bytes()
    last = backup(store, folder, drop_stale=True)
    assert last.stale == []
    assert old.name not in last.kept
    for name, state in Folder(folder).states().items():
        assert all(SECRET not in chunk for chunk in Folder(folder).read(state, name))
    everything = b"".join(unpacked(file) for file in folder.glob("*.segment"))
    assert SECRET not in everything


def unpacked(segment: Path) -> bytes:
    """All chunks of a segment, also such as no backup names any more."""
    left, found = segment.read_bytes(), b""
    while left:
        unpack = zstandard.ZstdDecompressor().decompressobj()
        found += unpack.decompress(left)
        left = unpack.unused_data
    return found


# A process that dies in the middle of what is named.
DYING = """
import os, signal, sys
from pathlib import Path
from trailbook.store.backup import folder, making, restoring

calls = 0
def die_at(what, at):
    def called(*words, **named):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return what(*words, **named)
    return called

verb, source, target, name, at = sys.argv[1:]
module, attribute = name.split(".")
module = {"folder": folder, "making": making, "restoring": restoring}[module]
owner = folder.Folder if hasattr(folder.Folder, attribute) else module
setattr(owner, attribute, die_at(getattr(owner, attribute), int(at)))
if verb == "backup":
    making.make(Path(source), Path(target), keep=5)
else:
    restoring.restore(Path(source), Path(target))
"""


def die(*words: str) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, *words], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("place", "at"),
    [("making.digest", 1), ("making.digest", 4), ("folder.put", 1), ("making.sync_folder", 1),
     ("folder.sync_folder", 1), ("folder.forget", 1)],
)  # fmt: skip
def test_a_killed_backup_leaves_the_earlier_one(
    store: Any, ada: Any, folder: Path, tmp_path: Path, place: str, at: int
) -> None:
    raw = json.dumps({"cells": [], "n": ["x"] * 50_000}).encode()
    version = ada.save(raw)
    first = backup(store, folder)
    later = ada.save(raw + b"\n")
    die("backup", str(store.db.path), str(folder), place, str(at))
    again = restored(folder, tmp_path / "first.sqlite", first.name)
    assert again.snapshot_bytes(version) == raw
    again.close()
    second = backup(store, folder)
    again = restored(folder, tmp_path / "second.sqlite", second.name)
    assert again.snapshot_bytes(later) == raw + b"\n"
    again.close()
    assert not list(folder.glob("*.part*"))


@pytest.mark.parametrize("place", ["restoring._checked", "restoring._put_in_place"])
def test_a_killed_restore_leaves_nothing_half(
    store: Any, ada: Any, folder: Path, tmp_path: Path, place: str
) -> None:
    ada.save(b'{"cells": []}')
    backup(store, folder)
    target = tmp_path / "again" / "store.sqlite"
    die("restore", str(folder), str(target), place, "1")
    assert not target.exists()
    restored(folder, target).close()
    assert [file.name for file in target.parent.iterdir()] == [target.name]


def test_two_backups_at_once_are_refused(store: Any, ada: Any, folder: Path) -> None:
    backup(store, folder)
    with Folder(folder).alone(), pytest.raises(Busy):
        backup(store, folder)


def test_the_commands_say_what_they_did(
    store: Any, ada: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, [*words])

    run_ = ada.run("1")
    made = run("backup", str(folder), "--store", str(store.db.path))
    assert made.exit_code == 0
    assert "1 backup in the folder" in made.stdout
    store.purge(run_)
    assert (
        "1 earlier backup still hold what was purged"
        in run("backup", str(folder), "--store", str(store.db.path)).stdout
    )
    names = run("restore", str(folder), "--list").stdout.split()
    assert names == Folder(folder).names()
    place = tmp_path / "place.sqlite"
    back = run("restore", str(folder), "--store", str(place), "--backup", names[0])
    assert back.exit_code == 0
    assert "is in it again" in back.stdout
    assert run("restore", str(folder), "--store", str(place)).exit_code == 6
    assert run("restore", str(folder)).exit_code == 2
    assert run("restore", str(tmp_path), "--store", str(tmp_path / "x")).exit_code == 3
    assert run("backup", str(folder), "--store", str(tmp_path / "x")).exit_code == 3
    assert run("check", "--store", str(place)).exit_code == 0


def test_only_the_owner_can_read_a_backup(store: Any, ada: Any, folder: Path) -> None:
    backup(store, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_damage_that_was_there_is_said_and_the_rest_comes_back(
    store: Any, ada: Any, folder: Path, tmp_path: Path
) -> None:
    good, bad = ada.run("good"), ada.run("bad")
    store.db.write(
        lambda c: c.exec_driver_sql(
            "UPDATE payload SET data = x'00'"
            " WHERE row = (SELECT source FROM execution WHERE id = ?)",
            (bad,),
        )
    )
    backup(store, folder)
    view = restore(folder, tmp_path / "a.sqlite")
    assert len(view.damages) == 1
    again = SqlStore.open(tmp_path / "a.sqlite")
    assert again.step(good).source == "good"
    again.close()
