"""Real parts, started once for all tests: PostgreSQL and an EVM node; each test has a database of its own."""

from collections.abc import Iterator

import pytest

from gateway.devnet import Devnet


@pytest.fixture(scope="session")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devnet]:
    """One local chain for the whole run. Who rewinds or stops a chain starts its own."""
    with Devnet.start(tmp_path_factory.mktemp("devnet"), accounts=20) as net:
        yield net
