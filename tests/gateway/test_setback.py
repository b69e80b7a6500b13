import asyncio

import pytest
from sqlalchemy import text

from gateway import setback
from gateway.setback import StoreBehindError
from indexer.store.engine import async_engine, engine

LOG, OTHER = b"\1" * 32, b"\2" * 32


@pytest.fixture
def anchored(database):
    """Write down anchors as the follower does, and places as the sequencer does."""
    owner = engine(database.url("superuser"))

    def write(size, log=LOG, number=1, placed=()):
        with owner.begin() as connection:
            connection.execute(
                text(
                    "insert into ledger.block values (1, sha256('1'), sha256('0'), 1) on conflict do nothing"
                )
            )
            connection.execute(
                text(
                    "insert into ledger.anchor values (:log, :number, 0, :size, sha256('r'), 1, 0, sha256('t'))"
                ),
                {"log": log, "number": number, "size": size},
            )
            for first in placed:
                connection.execute(
                    text("insert into ledger.placement values (:first, gen_random_uuid(), 1)"),
                    {"first": first},
                )

    yield write
    owner.dispose()


def check(database):
    async def ask():
        web = async_engine(database.url("web"))
        try:
            async with web.begin() as connection:
                await setback.check(connection, LOG)
        finally:
            await web.dispose()

    asyncio.run(ask())


def test_a_log_without_anchors_is_behind_nothing(database):
    check(database)


def test_another_log_says_nothing_of_ours(database, anchored):
    anchored(9, OTHER)
    check(database)


def test_a_store_as_long_as_its_newest_anchor_takes_more(database, anchored):
    anchored(2, number=1, placed=(0,))
    anchored(4, number=2, placed=(2,))
    check(database)


def test_a_store_shorter_than_its_newest_anchor_takes_nothing(database, anchored):
    anchored(2, number=1, placed=(0,))
    anchored(4, number=2)
    with pytest.raises(StoreBehindError, match="4 leaves of this log and the store only 2"):
        check(database)


def test_an_empty_store_under_an_anchor_takes_nothing(database, anchored):
    anchored(2)
    with pytest.raises(StoreBehindError, match="2 leaves of this log and the store only 0"):
        check(database)
