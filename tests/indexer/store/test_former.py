"""What was read of a chain that is gone stays as it was, and makes room for another."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from indexer.chain.deployment import Deployment
from indexer.core.submission import log_id
from indexer.store import blocks, former
from indexer.store.engine import engine

LOG = log_id("former.example/log")
OLD = Deployment(31337, b"\1" * 32, b"\2" * 20, b"\3" * 20, 1)
NEW = replace(OLD, genesis=b"\4" * 32)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


@pytest.fixture
def followed(owner):
    """Anchors for 3, 5 and 9 leaves in blocks 1 to 3, of which the third is not final, and one registration."""
    with owner.begin() as connection:
        for number in range(4):
            connection.execute(
                text("insert into ledger.block values (:n, :hash, :parent, :time)"),
                {
                    "n": number,
                    "hash": hashed(number),
                    "parent": hashed(number - 1),
                    "time": 1000 + number,
                },
            )
        for number, (old, size) in enumerate([(0, 3), (3, 5), (5, 9)], start=1):
            connection.execute(
                text("insert into ledger.anchor values (:log, :n, :old, :size, :root, :n, 0, :tx)"),
                {
                    "log": LOG,
                    "n": number,
                    "old": old,
                    "size": size,
                    "root": hashed(size),
                    "tx": hashed(100 + number),
                },
            )
        connection.execute(
            text(
                "insert into ledger.tx (signer, nonce, hash, raw, created) values (:signer, 0, :hash, 'raw', :now)"
            ),
            {"signer": b"\5" * 20, "hash": hashed(101), "now": NOW},
        )
        connection.execute(
            text(
                "insert into ledger.registration (block_number, log_index, event, participant)"
                " values (1, 1, 'Suspended', gen_random_uuid())"
            )
        )
        connection.execute(
            text(
                "insert into ledger.cursor values (:log, :reg, 31337, :genesis, 3, :tip, 2, :final, 7)"
            ),
            {
                "log": OLD.trace_log,
                "reg": OLD.participants,
                "genesis": OLD.genesis,
                "tip": hashed(3),
                "final": hashed(2),
            },
        )
    return owner


def hashed(number: int) -> bytes:
    return (number % 2**32).to_bytes(32, "big")


def test_what_was_final_is_kept_and_the_follower_begins_anew(followed):
    with followed.begin() as connection:
        left = former.set_aside(connection, NEW, NOW)
        assert (left.genesis, left.trace_log) == (OLD.genesis, OLD.trace_log)
        assert blocks.position(connection, NEW) is None
        for table in ("block", "anchor", "registration", "administration", "tx", "cursor"):
            assert connection.execute(text(f"select count(*) from ledger.{table}")).scalar() == 0
        kept = former.anchors(connection, LOG, 0, 100, 10)
        raw = connection.scalars(text("select raw from ledger.former_anchor order by number")).all()
        events = connection.scalars(text("select facts->>'event' from ledger.former_event")).all()
    assert [(one.size, one.root, one.time) for one in kept] == [
        (3, hashed(3), 1001),
        (5, hashed(5), 1002),
    ]
    assert raw == [b"raw", None]
    assert events == ["Suspended"]


def test_anchors_are_read_between_sizes(followed):
    with followed.begin() as connection:
        former.set_aside(connection, NEW, NOW)
        assert [one.size for one in former.anchors(connection, LOG, 3, 100, 10)] == [5]
        assert [one.size for one in former.anchors(connection, LOG, 0, 4, 10)] == [3]
        assert [one.size for one in former.anchors(connection, LOG, 0, 100, 1)] == [3]
        assert former.anchors(connection, log_id("other"), 0, 100, 10) == []


def test_the_deployment_that_is_followed_is_not_left_for_itself(followed):
    with pytest.raises(former.StillFollowedError), followed.begin() as connection:
        former.set_aside(connection, OLD, NOW)


def test_without_a_chain_there_is_nothing_to_leave(owner):
    with pytest.raises(former.NothingFollowedError), owner.begin() as connection:
        former.set_aside(connection, NEW, NOW)


@pytest.mark.parametrize(
    ("size", "root", "good"), [(5, 5, True), (7, 1, True), (5, 1, False), (3, 3, False)]
)
def test_an_opening_with_less_than_was_final_is_refused(followed, size, root, good):
    with followed.begin() as connection:
        if good:
            former.check_opening(connection, LOG, size, hashed(root))
            return
        with pytest.raises(former.CarriedShortError, match="5 leaves final"):
            former.check_opening(connection, LOG, size, hashed(root))


@pytest.mark.parametrize("table", ["former_deployment", "former_anchor", "former_event"])
def test_history_stays(followed, table):
    with followed.begin() as connection:
        former.set_aside(connection, NEW, NOW)
    with pytest.raises(DBAPIError, match="refused"), followed.begin() as connection:
        connection.execute(text(f"delete from ledger.{table}"))


def test_no_process_of_ours_sets_a_chain_aside(followed, database):
    for role in ("web", "loop", "node", "admin"):
        store = engine(database.url(role))
        with pytest.raises(DBAPIError, match="permission denied"), store.begin() as connection:
            former.set_aside(connection, NEW, NOW)
        store.dispose()
