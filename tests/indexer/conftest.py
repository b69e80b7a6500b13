"""A deployment on the shared chain, a ledger written by hand, and the logins that look at it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from gateway.devnet import Devnet
from indexer.chain.client import Client
from indexer.follower import Follower
from indexer.store.engine import engine
from tests.contracts.world import World
from tests.indexer.book import Book


@pytest.fixture(scope="module")
def world(devnet: Devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def client(world) -> Iterator[Client]:
    with Client([world.net.url]) as made:
        yield made


@pytest.fixture
def node(database) -> Iterator[Engine]:
    """The database as the node's login sees it."""
    made = engine(database.url("node"))
    yield made
    made.dispose()


@pytest.fixture
def owner(database) -> Iterator[Engine]:
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


@pytest.fixture
def book(owner, world) -> Book:
    return Book(owner, world)


@pytest.fixture
def follow(node, client, world) -> Callable[[], None]:
    """Follow the chain to its end."""

    def steps() -> None:
        follower = Follower(node, client, world.deployment)
        while follower.step() not in ("idle", "behind"):
            pass

    return steps
