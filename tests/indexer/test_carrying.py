"""A node goes along to a new chain, and not with less than it saw."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from indexer import carrying
from indexer.chain.deployment import Deployment
from indexer.core import merkle
from indexer.settings import load
from indexer.store import former
from tests.contracts.world import LOG_KEY, World
from tests.indexer.book import Book

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def new(devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def told(book, world, follow, tmp_path, monkeypatch):
    """A node that follows a log of three leaves."""
    book.grow(1, 2)
    follow()
    file = tmp_path / "deployment.json"
    file.write_bytes(world.deployment.to_json())
    monkeypatch.setenv("SUYUAN_DEPLOYMENT", str(file))
    monkeypatch.setenv("SUYUAN_LOG_ORIGIN", book.origin)
    return load()


def open_there(new: World, book: Book, size: int, root: bytes) -> None:
    parties = (new.address("operator"), LOG_KEY, new.address("stranger"))
    new.hands["admin"].open_log(book.origin, *parties, size=size, root=root, predecessor=book.log)


def go(owner, client, new: World, told, tmp_path):
    file = tmp_path / "new.json"
    file.write_bytes(new.deployment.to_json())
    return carrying.carry_on(owner, client, file, told, NOW)


def newest(owner, book: Book):
    query = text("select size, root from ledger.anchor where log = :log order by size desc limit 1")
    with owner.connect() as connection:
        return connection.execute(query, {"log": book.log}).one()


def test_it_follows_a_log_that_goes_on_with_all_it_saw(owner, client, new, told, book, tmp_path):
    size, root = newest(owner, book)
    open_there(new, book, size, root)
    old = Deployment.load(told.deployment)
    done = go(owner, client, new, told, tmp_path)
    assert (done.size, done.root) == (size, root)
    assert Deployment.load(told.deployment) == new.deployment
    assert Deployment.load(done.kept) == old
    with owner.connect() as connection:
        assert former.anchors(connection, book.log, 0, 2**53, 9)[-1].root == root


@pytest.mark.parametrize("what", ["less", "other"])
def test_it_does_not_follow_a_log_that_forgets(owner, client, new, told, book, tmp_path, what):
    size, root = newest(owner, book)
    open_there(new, book, size - (what == "less"), merkle.leaf_hash(root))
    with pytest.raises(former.CarriedShortError):
        go(owner, client, new, told, tmp_path)
    assert newest(owner, book).size == size
    assert Deployment.load(told.deployment) != new.deployment


def test_a_chain_without_the_log_is_told(owner, client, new, told, tmp_path):
    with pytest.raises(carrying.NotCarriedError):
        go(owner, client, new, told, tmp_path)
