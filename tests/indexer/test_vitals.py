import pytest

from indexer import vitals
from indexer.chain.client import Client
from indexer.store.engine import engine
from indexer.vitals import Watch


@pytest.fixture
def watch(client, node, world, book):
    return Watch(client, node, world.deployment, book.origin)


def test_before_anything_was_followed_the_store_says_so(watch, book):
    assert watch.store() == {
        "size": 0,
        "anchored": 0,
        "following": False,
        "trouble": "NOT_FOLLOWED",
    }
    assert watch.chain()["log"]["anchors"] == 0
    assert vitals.lag(watch.chain(), watch.store()) is None


def test_the_lag_is_what_the_chain_has_and_the_store_has_not(watch, book, follow, world):
    book.grow(1)
    follow()
    assert vitals.lag(watch.chain(), watch.store()) == 0
    book.grow(1)
    assert vitals.lag(watch.chain(), watch.store()) == 1
    assert watch.store()["anchored"] == 2
    assert watch.store()["size"] == 4


def test_a_log_that_was_never_opened_is_told(client, node, world):
    told = Watch(client, node, world.deployment, "never.example/log").chain()
    assert told["trouble"] == "LOG_UNKNOWN"
    assert told["chainId"] == world.deployment.chain_id


def test_what_is_away_is_told_and_the_rest_stays(world, node, book):
    with Client(["http://127.0.0.1:9"]) as nobody:
        told = Watch(nobody, node, world.deployment, book.origin)
        assert told.chain()["trouble"] == "CHAIN_UNREACHABLE"
        assert told.store()["trouble"] == "NOT_FOLLOWED"
    away = engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with Client(["http://127.0.0.1:9"]) as nobody:
        try:
            told = Watch(nobody, away, world.deployment, book.origin)
            assert told.store()["trouble"] == "DATABASE"
            assert told.findings() is None
        finally:
            away.dispose()


def test_having_no_findings_means_something_only_while_somebody_looks(
    watch, book, follow, database
):
    book.grow(1)
    follow()
    assert not vitals.sure(watch.chain(), watch.store())
    running = engine(database.url("node"), application=vitals.FOLLOWER)
    with running.connect():
        assert vitals.sure(watch.chain(), watch.store())
        for _ in range(vitals.LAG + 1):
            book.world.net.call("evm_mine")
        assert not vitals.sure(watch.chain(), watch.store())
    running.dispose()
    assert not vitals.sure({"trouble": "X"}, watch.store())
