import secrets
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway import rows
from gateway.draft import Limits, read
from gateway.vault import Vault
from indexer.core import canonical
from indexer.store.engine import engine
from tests.gateway.making import NOW, body, event

VAULT = Vault(secrets.token_bytes(32))


def made(*events):
    return read(canonical.decode(body(*events)), uuid4(), VAULT, Limits(100, 10_000)).drafts


def whole(drafted, ids):
    return {
        "id": uuid4(),
        "participant": uuid4(),
        "key": bytes(20),
        "sequence": 0,
        "count": len(drafted),
        "root": bytes(32),
        "signature": bytes(65),
        "received_at": int(NOW.timestamp() * 1000),
        "anchor_by": int(NOW.timestamp()) + 600,
        "receipt": bytes(65),
        **rows.columns(VAULT, ids, drafted, int(NOW.timestamp() * 1000)),
    }


@pytest.fixture
def web(database):
    made = engine(database.url("web"))
    yield made
    made.dispose()


def test_columns_keep_records_and_what_is_theirs_together(web):
    drafted = made(event("1"), event("2", **{"suyuan:price": 5}), event("3"))
    ids = [uuid4() for _ in drafted]
    with web.begin() as connection:
        connection.execute(rows.INSERT, whole(drafted, ids))
        found = connection.execute(
            text(
                "select r.id, r.position, r.content, r.digest, k.wrapped, s.disclosures, n.code from ledger.record r"
                " join ledger.record_key k on k.record = r.id left join ledger.sealed s on s.record = r.id"
                " join ledger.naming n on n.record = r.id order by r.position"
            )
        ).all()
    assert [row.id for row in found] == ids
    assert [row.position for row in found] == [0, 1, 2]
    assert [row.content for row in found] == [one.content for one in drafted]
    assert [VAULT.open_record_key(row.id, row.wrapped) for row in found] == [
        one.key for one in drafted
    ]
    assert [row.disclosures is None for row in found] == [True, False, True]
    assert [{(row.code, False)} for row in found] == [one.names for one in drafted]


def test_nothing_of_a_submission_is_there_when_a_part_of_it_fails(web):
    drafted = made(event("1"), event("2"))
    same = uuid4()
    with pytest.raises(DBAPIError, match="UniqueViolation"), web.begin() as connection:
        connection.execute(rows.INSERT, whole(drafted, [same, same]))
    with web.begin() as connection:
        for table in ("submission", "record", "record_key", "naming"):
            assert (
                connection.execute(text(f"select count(*) from ledger.{table}")).scalar_one() == 0
            )


def test_the_sequencer_hears_of_it_at_the_commit(web, database):
    import psycopg

    url = database.url("loop").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute("listen suyuan_submission")
        with web.begin() as connection:
            drafted = made(event("1"))
            connection.execute(rows.INSERT, whole(drafted, [uuid4()]))
            assert list(listening.notifies(timeout=0.2)) == []
        [heard] = listening.notifies(timeout=5, stop_after=1)
    assert heard.channel == "suyuan_submission"
