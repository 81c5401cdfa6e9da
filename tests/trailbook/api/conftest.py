"""One history and one host for the tests of a module, whichever module ran before."""

from collections.abc import Iterator

import pytest

from trailbook.store.sql import SqlStore

from .bench import Bench
from .reviewing import Reviewing
from .world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    store = SqlStore.open(tmp_path_factory.mktemp("api") / "trailbook.sqlite")
    yield World(store).build()
    store.close()


@pytest.fixture(scope="module")
def bench(world: World) -> Iterator[Bench]:
    bench = Bench(world.store, world.actors)
    yield bench
    bench.close()


@pytest.fixture
def reviewing(bench: Bench, world: World, request: pytest.FixtureRequest) -> Reviewing:
    return Reviewing(bench, world, f"{request.node.name[:100]}.ipynb")
