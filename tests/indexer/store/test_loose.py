"""Loose ends, each question by itself. What they come to together is test_reconciler.py's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from indexer.core.submission import keccak
from indexer.store import loose
from indexer.store.engine import engine

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
LOG, KEY, WHO = b"\7" * 32, b"\5" * 20, UUID(int=7)


@pytest.fixture
def rows(database):
    made = engine(database.url("superuser"))
    with made.begin() as connection:
        yield connection
        connection.rollback()
    made.dispose()


def submission(rows, sequence=0, *, due=SECONDS + 600, at=None, key=KEY):
    of = uuid4()
    rows.execute(
        text(
            "insert into ledger.submission values (:id, :who, :key, :sequence, 1, :h, :h, :s, 0, :due, :s)"
        ),
        {
            "id": of,
            "who": WHO,
            "key": key,
            "sequence": sequence,
            "h": bytes(32),
            "s": bytes(65),
            "due": due,
        },
    )
    if at is not None:
        placed = "insert into ledger.placement values (:at, :id, 1)"
        rows.execute(text(placed), {"at": at, "id": of})
    return of


def chain(rows, *sizes, final=100, gap=()):
    rows.execute(
        text("insert into ledger.cursor values (:a, :a, 1, :h, 200, :h, :final, :h, 0)"),
        {"a": bytes(20), "h": bytes(32), "final": final},
    )
    old = 0
    for number, size in enumerate(sizes, 1):
        rows.execute(
            text("insert into ledger.block values (:n, :h, :h, 0)"),
            {"n": number * 10, "h": bytes([number]) * 32},
        )
        if number not in gap:
            rows.execute(
                text("insert into ledger.anchor values (:l, :n, :old, :size, :r, :b, 0, :r)"),
                {"l": LOG, "n": number, "old": old, "size": size, "r": bytes(32), "b": number * 10},
            )
        old = size


def named(found):
    return [(one.kind, one.subject) for one in found]


def test_what_has_no_place_is_loose_once_it_should_have_one(rows):
    submission(rows, 0, due=SECONDS - 1, at=0)
    late = submission(rows, 1, due=SECONDS - 1)
    submission(rows, 2, due=SECONDS + 1)
    assert named(loose.unlogged(rows, NOW)) == [("RECORD_UNLOGGED", f"submission {late}")]


def test_a_record_of_no_submission_is_loose_at_once(rows):
    stray = uuid4()
    rows.execute(
        text("insert into ledger.record values (:id, :id, 0, 1, :h, '')"),
        {"id": stray, "h": bytes(32)},
    )
    assert named(loose.unlogged(rows, NOW)) == [("RECORD_UNLOGGED", f"record {stray}")]


def test_sequences_run_from_nought_without_a_gap(rows):
    for sequence in (0, 1, 2):
        submission(rows, sequence)
    assert named(loose.gaps(rows)) == []
    for sequence in (2, 5):
        submission(rows, sequence, key=b"\6" * 20)
    first, second = loose.gaps(rows)
    assert (first.facts["first"], first.facts["last"]) == (0, 1)
    assert (second.facts["first"], second.facts["last"]) == (3, 4)


def test_a_sequence_used_twice_is_told(rows):
    rows.execute(text("alter table ledger.submission drop constraint submission_key_sequence"))
    for sequence in (0, 1, 1):
        submission(rows, sequence)
    assert named(loose.gaps(rows)) == [("SUBMISSION_REPEATED", f"key {KEY.hex()} sequence 1")]


def test_what_no_final_anchor_covers_in_time_is_one_range(rows):
    chain(rows, 2, 4, final=15)
    for sequence in range(4):
        submission(rows, sequence, at=2 * sequence, due=SECONDS - (sequence < 3))
    (one,) = loose.waiting(rows, LOG, NOW)
    assert (one.kind, one.first_index, one.last_index) == ("ANCHOR_LATE", 2, 5)
    assert one.facts["submissions"] == 2
    assert loose.anchored(rows, LOG) == 2
    assert loose.anchored(rows, bytes(32)) == 0


def test_what_a_later_final_anchor_leaves_out_was_promised_in_vain(rows):
    chain(rows, 2, 4, 6, final=25)
    rows.execute(text("update ledger.block set timestamp = :at"), {"at": SECONDS})
    covered = submission(rows, 0, at=2, due=SECONDS - 1)
    beyond = submission(rows, 1, at=4, due=SECONDS - 1)
    waiting = submission(rows, 2, due=SECONDS - 2)
    in_time = submission(rows, 3, due=SECONDS)
    found = {one.subject: one for one in loose.broken_receipts(rows, LOG)}
    assert found.keys() == {f"submission {beyond}", f"submission {waiting}"}
    one = found[f"submission {beyond}"]
    assert (one.kind, one.first_index, one.last_index) == ("RECEIPT_BROKEN", 4, 5)
    assert one.facts["anchor"] == 2
    assert found[f"submission {waiting}"].first_index is None
    assert not {f"submission {covered}", f"submission {in_time}"} & found.keys()
    assert list(loose.broken_receipts(rows, bytes(32))) == []


def test_anchors_beyond_the_store_and_anchors_whose_rows_are_gone(rows):
    chain(rows, 2, 4, 6, gap=(2,))
    assert named(loose.unknown_anchors(rows, LOG, 4)) == [
        ("ANCHOR_UNKNOWN", "store anchor 3"),
        ("ANCHOR_UNKNOWN", "store before 3"),
    ]
    assert named(loose.unknown_anchors(rows, LOG, 6)) == [("ANCHOR_UNKNOWN", "store before 3")]


def test_a_log_carried_on_from_elsewhere_may_begin_with_a_size(rows):
    chain(rows, 7)
    rows.execute(text("update ledger.anchor set old_size = 5"))
    assert named(loose.unknown_anchors(rows, LOG, 7)) == []


def test_checkpoints_and_sendings_without_an_anchor(rows):
    chain(rows, 2)
    for size in (2, 4):
        rows.execute(
            text("insert into ledger.checkpoint values (:s, :r, '')"), {"s": size, "r": bytes(32)}
        )
    old, fresh = NOW - timedelta(minutes=6), NOW - timedelta(minutes=1)
    cases = [(2, "mined", old), (5, "mined", old), (6, "mined", fresh), (7, "reverted", old)]
    for nonce, (size, outcome, created) in enumerate(cases):
        rows.execute(
            text(
                "insert into ledger.tx (signer, nonce, hash, size, root, raw, created, outcome)"
                " values (:k, :n, :h, :size, :r, '', :created, :outcome)"
            ),
            {
                "k": KEY,
                "n": nonce,
                "h": bytes([nonce]) * 32,
                "size": size,
                "r": bytes(32),
                "created": created,
                "outcome": outcome,
            },
        )
    assert named(loose.missing_anchors(rows, LOG, NOW)) == [
        ("ANCHOR_MISSING", "store checkpoint 4"),
        ("ANCHOR_MISSING", "store transaction 5"),
    ]


def test_keys_are_as_the_final_events_leave_them(rows):
    chain(rows, 2, 4, final=15)
    said = "insert into ledger.registration (block_number, log_index, event, participant, key, next_sequence)"
    for block, event, key, following in [
        (10, "KeyAdded", KEY, None),
        (10, "KeyAdded", b"\6" * 20, None),
        (10, "KeyRevoked", b"\6" * 20, 4),
        (20, "KeyRevoked", KEY, 0),
        (10, "Admitted", None, None),
        (10, "KeyRevoked", b"\x08" * 20, 1),
    ]:
        number = rows.execute(text("select count(*) from ledger.registration")).scalar_one()
        rows.execute(
            text(f"{said} values (:b, :i, :e, :w, :k, :n)"),
            {"b": block, "i": number, "e": event, "w": WHO, "k": key, "n": following},
        )
    found = loose.keys(rows)
    assert found[KEY] == loose.RegisteredKey(WHO, 10, None)  # the revocation is not final yet
    assert found[b"\6" * 20].revoked == 4
    assert b"\x08" * 20 not in found


def test_every_act_but_the_deployments_own_changes_a_role(rows):
    chain(rows, 2, 4, 6, final=25)
    said = "insert into ledger.administration values (:b, :i, :contract, :event, cast(:facts as jsonb))"
    registrar = keccak(b"REGISTRAR_ROLE").hex()
    for place, (block, contract, event) in enumerate(
        [
            (10, "TraceLog", "RoleGranted"),
            (10, "TraceLog", "RoleGranted"),
            (20, "Participants", "RoleGranted"),
            (20, "TraceLog", "Opened"),
            (20, "TraceLog", "RoleGranted"),
            (20, "Participants", "RoleRevoked"),
            (20, "TraceLog", "Closed"),
            (30, "TraceLog", "RoleGranted"),  # not final yet
        ]
    ):
        facts = f'{{"role": "{registrar}"}}' if event.startswith("Role") else "{}"
        given = {"b": block, "i": place, "contract": contract, "event": event, "facts": facts}
        rows.execute(text(said), given)
    found = list(loose.changed_roles(rows))
    assert named(found) == [
        ("ROLE_CHANGED", "RoleGranted 20/4"),
        ("ROLE_CHANGED", "RoleRevoked 20/5"),
        ("ROLE_CHANGED", "Closed 20/6"),
    ]
    assert found[0].facts == {
        "contract": "TraceLog",
        "event": "RoleGranted",
        "role": registrar,
        "roleName": "REGISTRAR_ROLE",
    }
