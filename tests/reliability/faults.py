"""Processes whose files fail: the file layer of `faults.c` between them and the system."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("faults.c")
ALL = "write,sync,truncate,rename,unlink,create"


@functools.cache
def layer() -> str:
    """The compiled file layer."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("a C compiler is needed for the file layer with faults")
    made = Path(tempfile.mkdtemp()) / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(made), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return str(made)


def environment(
    under: Path,
    *,
    calls: str = ALL,
    at: int = 1,
    how: str | int = "kill",
    sticky: bool = False,
    during: Path | None = None,
) -> dict[str, str]:
    """What a process is started with so that files in the folder `under` fail.

    With `during`, they fail only while that file is there.
    """
    return {
        "LD_PRELOAD": layer(),
        "FAULT_UNDER": str(under),
        "FAULT_CALLS": calls,
        "FAULT_AT": str(at),
        "FAULT_HOW": str(how),
        **({"FAULT_STICKY": "1"} if sticky else {}),
        **({"FAULT_WHILE": str(during)} if during else {}),
    }


def run(
    code: str,
    under: Path,
    *,
    calls: str = ALL,
    at: int = 0,
    how: str | int = "kill",
    sticky: bool = False,
    count: Path | None = None,
    log: Path | None = None,
    seconds: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run Python code with the folder `under` as its first argument, and a fault in there."""
    faulty = environment(under, calls=calls, at=at, how=how, sticky=sticky)
    faulty |= {"FAULT_COUNT": str(count)} if count else {}
    faulty |= {"FAULT_LOG": str(log)} if log else {}
    return subprocess.run(
        [sys.executable, "-c", code, str(under)],
        env={**os.environ, **faulty, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def count(code: str, under: Path, calls: str = ALL) -> int:
    """How many calls there are where a fault can happen."""
    file = under.parent / "count"
    done = run(code, under, calls=calls, count=file)
    assert done.returncode == 0, done.stderr
    return int(file.read_text())
