"""Idle servers stop, busy ones do not, whoever looks at them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import hubs

pytestmark = pytest.mark.hub

IDLE = 24


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[hubs.RunningHub]:
    running = hubs.start_hub(tmp_path, options=["--no-demo", "--idle-timeout", str(IDLE)])
    yield running
    running.stop()


@pytest.mark.timeout(400)
def test_a_silent_busy_kernel_survives_and_its_idle_time_begins_when_it_ends(
    hub: hubs.RunningHub,
) -> None:
    hub.sign_in("alice")
    hub.start_server("alice")
    busy = 3 * IDLE
    kernel = hub.kernel("alice")
    kernel.start(f"import time; time.sleep({busy})")
    kernel.close()
    ends = time.monotonic() + busy
    while time.monotonic() < ends - 2:
        assert hub.server("alice"), "culled while its kernel was busy"
        time.sleep(2)
    time.sleep(IDLE / 2)
    assert hub.server("alice"), "culled as soon as its kernel ended"
    hubs.until(lambda: hub.server("alice") is None, 4 * IDLE, 1)
