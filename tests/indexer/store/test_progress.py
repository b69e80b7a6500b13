from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text

from indexer.core.submission import log_id
from indexer.store import progress, tables
from indexer.store.engine import engine
from indexer.store.progress import Stage

LOG = log_id("progress.example/log")
ONE = UUID(int=1)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    with made.begin() as connection:
        connection.execute(
            insert(tables.submission),
            {
                "id": ONE,
                "participant": UUID(int=7),
                "key": bytes(20),
                "sequence": 0,
                "count": 2,
                "root": bytes(32),
                "digests": bytes(64),
                "signature": bytes(65),
                "received_at": int(NOW.timestamp() * 1000),
                "anchor_by": int(NOW.timestamp()) + 600,
                "receipt": bytes(65),
            },
        )
        connection.execute(
            insert(tables.record),
            [
                {
                    "id": UUID(int=10 + position),
                    "submission": ONE,
                    "position": position,
                    "kind": 1,
                    "digest": bytes(32),
                    "content": b"x",
                }
                for position in range(2)
            ],
        )
    yield made
    made.dispose()


@pytest.fixture
def tell(database, owner):
    """Ask as the web process does, which may read the ledger and little else."""
    web = engine(database.url("web"))

    def of_submission(one=ONE, log=LOG):
        with web.begin() as connection:
            return progress.of_submission(connection, log, one)

    of_submission.web = web  # type: ignore[attr-defined]
    yield of_submission
    web.dispose()


def add(owner, table, **row):
    with owner.begin() as connection:
        connection.execute(insert(table), row)


def place(owner, first_index=5):
    add(owner, tables.placement, first_index=first_index, submission=ONE, count=2)


def send(owner, nonce=0, size=8, **given):
    row = {
        "signer": bytes(20),
        "nonce": nonce,
        "hash": bytes([nonce]) * 32,
        "size": size,
        "raw": b"",
        "created": NOW,
        "sent": NOW + SECOND,
        "attempts": 1,
        **given,
    }
    add(owner, tables.tx, **row)


def anchor(owner, number=1, size=8, block=20, nonce=0, log=LOG):
    with owner.begin() as connection:
        connection.execute(
            text("insert into ledger.block values (:n, :h, :h, :t) on conflict do nothing"),
            {"n": block, "h": bytes([block]) * 32, "t": int(NOW.timestamp()) + 2},
        )
    add(
        owner,
        tables.anchor,
        log=log,
        number=number,
        old_size=0,
        size=size,
        root=bytes(32),
        block_number=block,
        log_index=number,
        tx_hash=bytes([nonce]) * 32,
    )


def final(owner, number):
    with owner.begin() as connection:
        connection.execute(text("delete from ledger.cursor"))
    zero = bytes(32)
    add(
        owner,
        tables.cursor,
        trace_log=bytes(20),
        participants=bytes(20),
        chain_id=1,
        genesis=zero,
        tip_number=number + 3,
        tip_hash=zero,
        final_number=number,
        final_hash=zero,
        version=1,
    )


def test_nothing_is_known_of_a_stranger(tell):
    assert tell(uuid4()) is None


def test_stored(tell, owner):
    found = tell()
    assert (found.stage, found.stored, found.first_index) == (Stage.STORED, NOW, None)
    assert found.anchor_by == NOW + timedelta(seconds=600)
    assert [(one.position, one.index) for one in found.records] == [(0, None), (1, None)]
    assert "place in the log" in found.waits


def test_a_promise_that_was_lost_with_the_store_is_never_late(tell, owner):
    with owner.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update ledger.submission set anchor_by = null, receipt = null"))
    found = tell()
    assert found.anchor_by is None
    assert not found.late(NOW + timedelta(days=1000))


def test_logged(tell, owner):
    place(owner)
    found = tell()
    assert (found.stage, found.first_index) == (Stage.LOGGED, 5)
    assert [one.index for one in found.records] == [6, 7]
    assert "no anchor" in found.waits


def test_sent(tell, owner):
    place(owner)
    send(owner, attempts=3)
    found = tell()
    assert (found.stage, found.sent, found.transaction) == (Stage.SENT, NOW + SECOND, bytes(32))
    assert "3 times" in found.waits


@pytest.mark.parametrize(
    "given",
    [{"sent": None}, {"outcome": "reverted"}, {"outcome": "replaced"}, {"size": 7}, {"size": None}],
)
def test_what_cannot_anchor_it_is_not_its_sending(tell, owner, given):
    place(owner)
    send(owner, **given)
    assert tell().stage is Stage.LOGGED


def test_a_mined_transaction_is_no_anchor_before_the_follower_says_so(tell, owner):
    place(owner)
    send(owner, outcome="mined")
    assert tell().stage is not Stage.ANCHORED


def test_anchored(tell, owner):
    place(owner)
    send(owner, outcome="mined")
    anchor(owner)
    final(owner, 19)
    found = tell()
    assert (found.stage, found.block, found.anchor_number) == (Stage.ANCHORED, 20, 1)
    assert found.anchored == NOW + 2 * SECOND
    assert found.sent == NOW + SECOND
    assert found.waits == "block 20 is not final yet, the chain is final up to 19"


def test_final(tell, owner):
    place(owner)
    send(owner, outcome="mined")
    anchor(owner)
    final(owner, 20)
    found = tell()
    assert (found.stage, found.waits, found.final_block) == (Stage.FINAL, None, 20)


def test_an_anchor_that_ends_in_the_midst_of_it_does_not_cover_it(tell, owner):
    place(owner)
    anchor(owner, size=7)
    assert tell().stage is Stage.LOGGED


def test_the_first_anchor_that_covers_it_counts(tell, owner):
    place(owner)
    anchor(owner, 1, 5, 20)
    anchor(owner, 2, 8, 21, 1)
    anchor(owner, 3, 30, 22, 2)
    assert tell().anchor_number == 2


def test_another_logs_anchor_is_none_of_ours(tell, owner):
    place(owner)
    anchor(owner, log=log_id("other.example/log"))
    assert tell().stage is Stage.LOGGED


def test_a_rewind_takes_it_back_at_once(tell, owner):
    place(owner)
    send(owner)
    anchor(owner)
    final(owner, 20)
    assert tell().stage is Stage.FINAL
    with owner.begin() as connection:
        connection.execute(text("delete from ledger.block where number = 20"))
    assert tell().stage is Stage.SENT


def test_late_is_what_is_not_final_when_the_receipt_said(tell, owner):
    assert not tell().late(NOW + 600 * SECOND)
    assert tell().late(NOW + 601 * SECOND)
    place(owner)
    anchor(owner)
    assert tell().late(NOW + 601 * SECOND)
    final(owner, 20)
    assert not tell().late(NOW + 601 * SECOND)


def test_a_record_is_as_far_as_its_submission(tell, owner):
    place(owner)
    with tell.web.begin() as connection:
        found = progress.of_record(connection, LOG, UUID(int=11))
        assert found == progress.of_submission(connection, LOG, ONE)
        assert progress.of_record(connection, LOG, uuid4()) is None


def test_the_stages_are_in_order():
    assert [stage.value for stage in Stage] == ["stored", "logged", "sent", "anchored", "final"]
