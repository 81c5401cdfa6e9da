"""What a killed hub left running is ended, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbook_hub import leftovers

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(1, flush=True)
time.sleep(99)
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(99)"],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_a_noted_process_is_ended(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    leftovers.note(tmp_path / "note", [child.pid])
    assert leftovers.end(tmp_path / "note") == 1
    assert child.wait(5) != 0
    assert leftovers.end(tmp_path / "note") == 0, "the note is gone"


def test_another_process_with_the_same_id_is_left(
    tmp_path: Path, child: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "note").write_text(json.dumps({str(child.pid): "1"}))
    assert leftovers.end(tmp_path / "note") == 0
    assert child.poll() is None


def test_a_process_that_does_not_listen_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE", 0.5)
    stubborn = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    leftovers.note(tmp_path / "note", [stubborn.pid])
    assert leftovers.end(tmp_path / "note") == 1
    stubborn.communicate(timeout=5)
    assert stubborn.returncode == -9
