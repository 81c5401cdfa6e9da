"""R3, R4, R5, R8: each write, sync, rename and creation of a spool fails once, or from then on."""

import errno
import random
import signal
from pathlib import Path

import pytest

from trailbook.store.records import Gap
from trailbook.store.spool import Spool, SpoolTaken

from . import faults

# Prints what was answered as durable; waits for each at most as long as a save does.
CODE = """
import sys, pathlib
from trailbook.store import spool as spools
from trailbook.store.spool import Spool, segments
from trailbook.store.records import KernelEnded
spools.RETRY_SECONDS = 0.02
segments.SEGMENT_SIZE = 2000
spool = Spool(pathlib.Path(sys.argv[1]) / "spool")
for n in range(6):
    event = KernelEnded(space="@", at=n, kernel_session=str(n))
    done = spool.append(event, [bytes([65 + n]) * 700])
    try:
        print(n, done.result({wait}), flush=True)
    except TimeoutError:
        print(n, "waits", flush=True)
    if n == 2:
        spool.acknowledge(spool.acknowledged + 1, b"note")
print("failing", spool.failing, flush=True)
spool.close(0.5)
"""
SHORT = 12


def places(count: int, rounds: int) -> list[int]:
    """All places where it can fail, or some of them in the short form."""
    every = list(range(1, count + 1))
    if count <= rounds:
        return every
    return sorted(random.Random(count).sample(every, rounds))  # noqa: S311


def answered(output: str) -> dict[int, str]:
    lines = [line.split() for line in output.splitlines() if line[:1].isdigit()]
    return {int(n): said for n, said in lines}


def kept(folder: Path) -> list[int]:
    """What the next server finds, in order, each with its content."""
    spool = Spool(folder / "spool")
    try:
        spool.open()
    except SpoolTaken:  # killed while it wrote down whose it is: there is no record yet
        assert not list((folder / "spool").glob("*.seg"))
        spool.close()
        return []
    found = []
    try:
        first = spool.acknowledged
        for place, record in enumerate(spool.read(100, 1 << 30), first + 1):
            assert record.sequence == place
            if isinstance(record.event, Gap):
                assert record.event.reason in {"disk-full", "stalled"}
                continue
            n = record.event.at
            assert record.contents == [bytes([65 + n]) * 700]
            found.append(n)
    finally:
        spool.close()
    return list(range(first)) + found


def hold(folder: Path, output: str) -> None:
    said = answered(output)
    durable = [n for n, place in said.items() if place not in {"waits", "None"}]
    there = kept(folder)
    assert set(durable) <= set(there), (output, there)
    assert there == sorted(set(there)), "twice, or not in order"


@pytest.mark.parametrize("how", ["kill", "half"])
def test_killed_at_each_call_a_record_is_there_or_not_and_never_half(tmp_path, rounds, how):
    code = CODE.replace("{wait}", "5")
    (tmp_path / "count" / "x").mkdir(parents=True)
    calls = faults.ALL if how == "kill" else "write"
    for at in places(faults.count(code, tmp_path / "count" / "x", calls), rounds(SHORT)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(code, folder, calls=calls, at=at, how=how)
        if done.returncode != -signal.SIGKILL:
            assert done.returncode == 0, done.stderr
        hold(folder, done.stdout)


@pytest.mark.parametrize(
    "how", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EROFS, "short"]
)
def test_a_call_that_fails_once_costs_nothing(tmp_path, rounds, how):
    code = CODE.replace("{wait}", "5")
    (tmp_path / "count" / "x").mkdir(parents=True)
    calls = "write" if how == "short" else faults.ALL
    for at in places(faults.count(code, tmp_path / "count" / "x", calls), rounds(SHORT // 3)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(code, folder, calls=calls, at=at, how=how)
        assert done.returncode == 0, (at, done.stderr)
        assert not {"waits", "None"} & set(answered(done.stdout).values()), (at, done.stdout)
        hold(folder, done.stdout)


@pytest.mark.parametrize("calls", ["sync", "write", "create"])
@pytest.mark.parametrize("how", [errno.EIO, errno.ENOSPC, errno.ESTALE])
def test_on_a_disk_that_fails_from_then_on_nothing_is_answered_as_durable(
    tmp_path, rounds, calls, how
):
    code = CODE.replace("{wait}", "0.1")
    (tmp_path / "count" / "x").mkdir(parents=True)
    for at in places(faults.count(code, tmp_path / "count" / "x", calls), rounds(2)):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        done = faults.run(code, folder, calls=calls, at=at, how=how, sticky=True)
        assert done.returncode == 0, (at, done.stderr)
        hold(folder, done.stdout)
        durable = set(answered(done.stdout).values()) - {"waits", "None"}
        if calls == "sync":  # each record needs a sync of its own that did not fail
            assert len(durable) < at
            assert "failing True" in done.stdout
