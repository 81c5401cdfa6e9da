"""A hub that the tests of a module share."""

from collections.abc import Iterator

import pytest

import hubs


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    """A trusted hub with the real service."""
    running = hubs.start_hub(tmp_path_factory.mktemp("hub"))
    yield running
    assert running.stop() == 0, running.said()
