"""The contracts on the shared chain."""

import pytest

from gateway.devnet import Devnet
from tests.contracts.world import World


@pytest.fixture(scope="session")
def world(devnet: Devnet) -> World:
    return World.on(devnet)
