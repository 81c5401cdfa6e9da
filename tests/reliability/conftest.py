"""How often each fault is injected: a few times by default, and thousands of times on demand.

`make reliability` sets TRAILBOOK_RELIABILITY to a factor; a test asks `rounds` for its number.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import services

from .outside import Outside

FACTOR = int(os.environ.get("TRAILBOOK_RELIABILITY", "1"))
SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.reliability)
            item.add_marker(pytest.mark.timeout(SECONDS * FACTOR))


@pytest.fixture
def rounds() -> Callable[[int], int]:
    """As often as the short form says, or as many times as often."""
    return lambda short: short * FACTOR


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with Outside(tmp_path / "outside.jsonl") as made:
        yield made


@pytest.fixture(scope="session")
def small_hub() -> Iterator[services.SmallHub]:
    hub = services.SmallHub()
    yield hub
    hub.close()


@pytest.fixture
def service(tmp_path: Path, small_hub: services.SmallHub) -> Iterator[services.ServiceProcess]:
    made = services.ServiceProcess(tmp_path / "service", small_hub).welcome("ada", "bob")
    yield made
    made.stop()
