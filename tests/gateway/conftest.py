"""A log on chain for the stages' tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.devnet import Devnet
from indexer.chain.deployment import Deployment
from tests.contracts.world import World as Register
from tests.gateway.chain import World, contracts
from tests.gateway.office import Office


@pytest.fixture(scope="module")
def deployment(devnet: Devnet) -> Deployment:
    """Both contracts, once for a file; each test opens a log of its own."""
    return contracts(devnet)


@pytest.fixture
def world(devnet: Devnet, deployment: Deployment, database: Any, tmp_path: Path) -> Iterator[World]:
    """A log of its own on the chain all tests share."""
    made = World(devnet, deployment, database, tmp_path / "log")
    yield made
    made.close()


@pytest.fixture
def own_world(tmp_path: Path, database: Any) -> Iterator[World]:
    """A log on a chain of its own, for those who rewind or stop it."""
    with Devnet.start(tmp_path) as net:
        made = World(net, contracts(net), database, tmp_path / "log")
        yield made
        made.close()


@pytest.fixture(scope="module")
def register(devnet: Devnet) -> Register:
    """A file's own register with every role's key, on the chain all tests share."""
    return Register.on(devnet)


@pytest.fixture
def office(database: Any, register: Register) -> Iterator[Office]:
    """The operator's desk over a store of its own."""
    made = Office(database, register)
    yield made
    made.close()
