"""A stopped cluster to copy, which is quicker than making one, and a server that runs on a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.store.server import Server
from tests.indexer.store.starter import copy_owned, tell


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose cluster has one row in it."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    with Server.start(data_dir) as server:
        tell(server, "CREATE TABLE kept AS SELECT 7 AS value")
    return data_dir


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A data directory to start from, this test's alone."""
    copy_owned(made, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def running(place: Path) -> Iterator[Server]:
    """A server on `place`."""
    with Server.start(place) as server:
        yield server
