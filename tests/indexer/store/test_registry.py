"""The registry as rows of events tell it. That the follower writes them as the chain has them is test_follower.py's."""

from uuid import UUID

import pytest
from sqlalchemy import text

from indexer.store import registry
from indexer.store.engine import engine
from indexer.store.registry import KeyStanding, Participant, Recovery

MAKER, SHOP = UUID(int=7), UUID(int=8)
FIRST, SECOND, OWN = b"\1" * 20, b"\2" * 20, b"\3" * 20


@pytest.fixture
def rows(database):
    made = engine(database.url("superuser"))
    with made.begin() as connection:
        connection.execute(
            text("insert into ledger.cursor values (:a, :a, 1, :h, 200, :h, 100, :h, 0)"),
            {"a": bytes(20), "h": bytes(32)},
        )
        yield connection
        connection.rollback()
    made.dispose()


def say(rows, block, event, who=MAKER, key=None, **fields):
    known = {"hash": block.to_bytes(32, "big"), "block": block}
    rows.execute(
        text("insert into ledger.block values (:block, :hash, :hash, 0) on conflict do nothing"),
        known,
    )
    place = rows.execute(text("select count(*) from ledger.registration")).scalar_one()
    rows.execute(
        text(
            "insert into ledger.registration (block_number, log_index, event, participant, key, name, credit_code,"
            " custodial, next_sequence, ready_at)"
            " values (:block, :place, :event, :who, :key, :name, :code, :custodial, :next, :ready)"
        ),
        {
            "block": block,
            "place": place,
            "event": event,
            "who": who,
            "key": key,
            "name": fields.get("name"),
            "code": fields.get("code"),
            "custodial": fields.get("custodial"),
            "next": fields.get("next_sequence"),
            "ready": fields.get("ready_at"),
        },
    )


def admit(rows, block=10, who=MAKER, key=FIRST, *, custodial=True, name="甲公司"):
    say(rows, block, "Admitted", who, name=name, code="91440605MACX7R1K0J")
    say(rows, block, "KeyAdded", who, key, custodial=custodial)


def test_a_key_stands_as_it_was_admitted(rows):
    admit(rows)
    admit(rows, 11, SHOP, SECOND, custodial=False, name="乙公司")
    expected = KeyStanding(FIRST, MAKER, True, 10, None, "admitted", "甲公司")
    assert registry.standing(rows, FIRST) == expected
    assert registry.standing(rows, SECOND) == KeyStanding(
        SECOND, SHOP, False, 11, None, "admitted", "乙公司"
    )
    assert registry.standing(rows, OWN) is None


def test_a_revoked_key_tells_how_far_it_counts(rows):
    admit(rows)
    say(rows, 12, "KeyAdded", MAKER, OWN, custodial=False)
    say(rows, 13, "KeyRevoked", MAKER, FIRST, next_sequence=4)
    found = registry.standing(rows, FIRST)
    assert found is not None
    assert found.revoked == 4
    assert [(one.key, one.revoked) for one in registry.keys(rows, MAKER)] == [
        (FIRST, 4),
        (OWN, None),
    ]


def test_a_suspension_is_its_participants_and_ends(rows):
    admit(rows)
    say(rows, 12, "Suspended")
    found = registry.standing(rows, FIRST)
    assert found is not None
    assert found.status == "suspended"
    assert registry.participant(rows, MAKER) == Participant(
        MAKER, "甲公司", "91440605MACX7R1K0J", "suspended", 10
    )
    say(rows, 13, "Reinstated")
    again = registry.standing(rows, FIRST)
    assert again is not None
    assert again.status == "admitted"


def test_a_recovered_key_is_a_key(rows):
    admit(rows)
    say(rows, 12, "RecoveryRequested", MAKER, OWN, custodial=False)
    say(rows, 13, "RecoveryApproved", MAKER, OWN)
    assert registry.standing(rows, OWN) is None
    say(rows, 14, "KeyRecovered", MAKER, OWN, custodial=False)
    found = registry.standing(rows, OWN)
    assert found is not None
    assert (found.custodial, found.admitted) == (False, 14)


def test_a_recovery_is_under_way_until_it_ends(rows):
    admit(rows)
    assert registry.recovery(rows, MAKER) is None
    say(rows, 12, "RecoveryRequested", MAKER, OWN, custodial=False)
    assert registry.recovery(rows, MAKER) == Recovery(OWN, None)
    say(rows, 13, "RecoveryApproved", MAKER, OWN, ready_at=1_800_000_000)
    assert registry.recovery(rows, MAKER) == Recovery(OWN, 1_800_000_000)
    say(rows, 14, "RecoveryCancelled", MAKER, OWN)
    assert registry.recovery(rows, MAKER) is None
    assert registry.time(rows) == 0


def test_own_keys_in_use_are_listed(rows):
    admit(rows)
    admit(rows, 11, SHOP, SECOND, custodial=False)
    say(rows, 12, "KeyAdded", MAKER, OWN, custodial=False)
    say(rows, 13, "KeyRevoked", SHOP, SECOND, next_sequence=0)
    assert [one.key for one in registry.own(rows)] == [OWN]


def test_what_is_not_final_does_not_count(rows):
    admit(rows)
    say(rows, 101, "Suspended")
    say(rows, 101, "KeyRevoked", MAKER, FIRST, next_sequence=0)
    admit(rows, 102, SHOP, SECOND)
    found = registry.standing(rows, FIRST)
    assert found is not None
    assert (found.status, found.revoked) == ("admitted", None)
    assert registry.standing(rows, SECOND) is None
    assert [one.id for one in registry.participants(rows)] == [MAKER]


@pytest.mark.parametrize("event", ["Opened", "Rotated"])
def test_who_operates_a_log_is_told_by_its_opening_and_rotations(rows, event):
    say(rows, 10, "Admitted")
    rows.execute(
        text("insert into ledger.administration values (10, 9, 'TraceLog', :event, :facts)"),
        {"event": event, "facts": f'{{"log": "{"05" * 32}", "operator": "{OWN.hex()}"}}'},
    )
    assert registry.operated(rows, b"\5" * 32, OWN)
    assert not registry.operated(rows, b"\6" * 32, OWN)
    assert not registry.operated(rows, b"\5" * 32, FIRST)
