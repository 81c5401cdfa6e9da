"""R3, R4, R5: each write, sync and truncation of the store's files fails, or is the last thing."""

import errno
import random
import subprocess

import pytest

from . import faults
from .outside import Outside
from .writer import work

CALLS = "write,sync,truncate,unlink,create"
SHORT = 3


def places(count: int, rounds: int) -> list[int]:
    if count <= rounds:
        return list(range(1, count + 1))
    return sorted(random.Random(count).sample(range(1, count + 1), rounds))  # noqa: S311


def hold(folder, output: str) -> Outside:
    file = folder.with_name(folder.name + ".jsonl")
    file.write_text("".join(line for line in output.splitlines(True) if line.endswith("]\n")))
    with Outside(file) as outside:
        outside.hold(folder / "trailbook.sqlite")
        return outside


@pytest.fixture
def counted(tmp_path):
    """How many calls there are in a whole life of a store."""
    folder = tmp_path / "count" / "x"
    folder.mkdir(parents=True)
    return lambda calls: faults.count(work(6), folder, calls)


@pytest.mark.parametrize("how", ["kill", "half"])
def test_killed_at_each_call_an_event_is_there_or_not_and_never_half(
    tmp_path, rounds, counted, how
):
    calls = CALLS if how == "kill" else "write"
    for at in places(counted(calls), rounds(SHORT)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(work(6), folder, calls=calls, at=at, how=how)
        hold(folder, done.stdout)


@pytest.mark.parametrize("sticky", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("how", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_what_a_failing_disk_takes_is_never_answered(tmp_path, rounds, counted, how, sticky):
    for at in places(counted(CALLS), rounds(SHORT // 2)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(work(6), folder, calls=CALLS, at=at, how=how, sticky=sticky)
        if sticky and not done.stdout:
            continue  # it failed before there was a store
        hold(folder, done.stdout)


@pytest.mark.parametrize("sticky", [False, True], ids=["once", "for ever"])
def test_after_a_failed_sync_nothing_is_acknowledged_that_was_not_synced(
    tmp_path, rounds, counted, sticky
):
    """The batch whose sync failed is answered with an error, and is whole or absent afterwards."""
    for at in places(counted("sync"), rounds(SHORT // 2)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(work(6), folder, calls="sync", at=at, how=errno.EIO, sticky=sticky)
        answers = len(done.stdout.splitlines())
        assert answers < 12 or not done.stderr
        if sticky:  # each answer needs a sync of its own that did not fail
            assert answers < at
            assert done.stderr
        if answers:
            hold(folder, done.stdout)


def test_a_full_disk_at_every_size(tmp_path, rounds):
    """A disk of every size in steps of 4 kB: what fits is stored, and it goes on with more room."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    try:
        sizes = range(300, 1500, 4)
        for size in random.Random(1).sample(sizes, min(len(sizes), rounds(SHORT))):  # noqa: S311
            subprocess.run(["mount", "-o", f"remount,size={size}k", small], check=True)
            folder = small / "store"
            folder.mkdir()
            full = faults.run(work(6), folder, at=0)
            subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
            more = faults.run(work(2, start=100), folder, at=0)
            assert len(more.stdout.splitlines()) == 4, more.stderr
            hold(folder, full.stdout + more.stdout)
            subprocess.run(["rm", "-rf", folder, folder.with_suffix(".jsonl")], check=True)
    finally:
        subprocess.run(["umount", "-l", small], check=True)
