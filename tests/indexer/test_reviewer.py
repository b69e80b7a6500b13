"""Records that amend others, held to what they amend, over a ledger in which somebody let them all in."""

import pytest
from sqlalchemy import insert, text

from indexer.core import submission
from indexer.inspector import stand
from indexer.reviewer import review
from indexer.store import places, tables

ACCOUNT = b"\7" * 32


def put(book, kind, base, *, by=None, approved=False):
    """Log a record of a kind that amends another, whoever may."""
    return book.amend(kind, base, by=by, approval=ACCOUNT if approved else None)


@pytest.fixture
def operated(book):
    """Let the follower have read that the account operates the log."""
    with book.engine.begin() as connection:
        block = {"number": 1, "hash": bytes(32), "parent": bytes(32), "timestamp": 1}
        connection.execute(insert(tables.block), block)
        facts = {"log": book.log.hex(), "operator": submission.address(ACCOUNT).hex()}
        row = {"block_number": 1, "log_index": 0, "contract": "TraceLog", "event": "Opened"}
        connection.execute(insert(tables.administration), row | {"facts": facts})


def reasons(book, node):
    with node.connect() as connection:
        return [
            (one.kind, one.facts["reason"])
            for place in places.placed(connection, 0, 10_000)
            for one in review(connection, stand(place), book.log)
        ]


def test_what_may_amend_is_no_finding(book, node, operated):
    base = book.state()
    put(book, 3, base, approved=True)
    put(book, 4, base, approved=True)
    put(book, 5, base)
    put(book, 5, base, by=book.world.new_participant(custodial=True), approved=True)
    book.place()
    assert reasons(book, node) == []


@pytest.mark.parametrize(
    ("kind", "foreign", "approved", "reason"),
    [
        (3, False, False, "approval"),
        (4, False, False, "approval"),
        (3, True, True, "participant"),
        (5, True, False, "participant"),
    ],
)
def test_what_may_not_is_named(book, node, operated, kind, foreign, approved, reason):
    base = book.state()
    by = book.world.new_participant(custodial=True) if foreign else None
    put(book, kind, base, by=by, approved=approved)
    book.place()
    assert reasons(book, node) == [("AMEND_FOREIGN", reason)]


def test_a_withdrawal_of_a_withdrawal_and_one_before_its_record(book, node, operated):
    base = book.state()
    withdrawn = put(book, 4, base, approved=True)
    put(book, 4, withdrawn, approved=True)
    book.place()
    assert reasons(book, node) == [("AMEND_FOREIGN", "kind")]
    with book.engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(
            text(
                "update ledger.placement set first_index = first_index + 100 where first_index = 0"
            )
        )
    assert ("AMEND_FOREIGN", "order") in reasons(book, node)


def test_an_approval_by_another_account_is_none(book, node):
    base = book.state()
    put(book, 3, base, approved=True)
    book.place()
    assert reasons(book, node) == [("AMEND_FOREIGN", "approval")]
