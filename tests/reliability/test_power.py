"""R3: the power fails after any change, and what was not synced is there, not there, or half."""

import os
import random
from pathlib import Path

from . import faults, power
from .test_spool_faults import CODE
from .test_spool_faults import hold as hold_spool
from .test_store_faults import hold as hold_store
from .writer import work

SHORT = 12


def log_of(code: str, folder: Path) -> list[power.Change]:
    folder.mkdir()
    log = folder.with_suffix(".log")
    done = faults.run(code, folder, log=log)
    assert done.returncode == 0, done.stderr
    changes = power.read(log)
    assert {"A", "S", "W", "C"} <= {change.what for change in changes}
    return changes


def failures(changes, folder: Path, many: int):
    """Folders as they were left, each with what had been answered."""
    chance = random.Random(len(changes))  # noqa: S311
    for n in range(many):
        after = chance.randint(1, len(changes))
        files, said = power.fail(changes, after, chance)
        left = folder.with_name(f"left-{n}")
        left.mkdir()
        for path, content in files.items():
            place = left / Path(path).relative_to(folder)
            if not place.name.endswith("-shm"):  # it is memory, not a file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                os.utime(place, (0, 0))  # the power was away for a while
        yield left, said, after


def test_a_store_has_what_it_answered_before_the_power_failed(tmp_path, rounds):
    folder = tmp_path / "store"
    checked = 0
    for left, said, _ in failures(log_of(work(6), folder), folder, rounds(SHORT)):
        if said:
            hold_store(left, said)
            checked += 1
    assert checked


def test_a_spool_has_what_it_answered_before_the_power_failed(tmp_path, rounds):
    folder = tmp_path / "server"
    code = CODE.replace("{wait}", "5")
    for left, said, _ in failures(log_of(code, folder), folder, rounds(SHORT)):
        hold_spool(left, said)


def test_the_disk_that_is_made_forgets_what_was_not_synced():
    """The tool itself: without a sync anything may be lost, with one nothing is."""
    change = power.Change
    made = [change("C", 0, "/d/a", b""), change("W", 0, "/d/a", b"x" * 1024)]
    seen = {
        files.get("/d/a")
        for n in range(100)
        for files, _ in [power.fail(made, 2, random.Random(n))]  # noqa: S311
    }
    assert seen == {None, b"", b"x" * 512, b"x" * 1024}
    synced = [*made, change("S", 0, "/d/a", b""), change("S", 0, "/d", b"")]
    renamed = [*synced, change("R", 0, "/d/a", b"/d/b"), change("A", 0, "", b"said\nha")]
    for n in range(100):
        files, said = power.fail(renamed, 6, random.Random(n))  # noqa: S311
        assert list(files.values()) == [b"x" * 1024]
        assert said == "said\n"
