"""One deployment for the journeys of a file that only add to it; a deployment of its own for those that break it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World.open(tmp_path_factory.mktemp("shared") / "world")
    yield world
    world.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World.open(tmp_path / "world")
    yield world
    world.close()
