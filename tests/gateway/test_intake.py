import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gateway import intake
from gateway.accounts.desk import Caller
from gateway.answers import IdempotencyKeyMalformedError, IdempotencyKeyReusedError
from gateway.draft import RefusedError
from gateway.intake import ClockSkewError, CustodialKeyLockedError, SignatureRequiredError
from gateway.settings import Settings, write_key
from gateway.signed import KeyRevokedError, SequenceRepeatedError, SequenceSkippedError
from gateway.vault import Vault, open_disclosures
from indexer.core import canonical, disclosure, event, submission
from indexer.core.errors import InputError, SuyuanError
from indexer.core.submission import Receipt, Submission
from indexer.store.engine import async_engine
from tests.gateway.making import NOW, ORIGIN, Desk, body, said, signed
from tests.gateway.making import event as made_event
from tests.gateway.making import product as made_product

TABLES = ("submission", "record", "record_key", "sealed", "naming")


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def maker(desk):
    return desk.admit()


class InterruptedSendingError(Exception):
    """What a killed process leaves unsaid."""


def rows(desk, statement, **values) -> list[Any]:
    engine = desk.engine("superuser")
    with engine.begin() as connection:
        found = connection.execute(text(statement), values)
        answer = list(found.all()) if found.returns_rows else []
    engine.dispose()
    return answer


def counts(desk):
    return [rows(desk, f"select count(*) from ledger.{table}")[0][0] for table in TABLES]


def test_the_answer_holds_both_signatures_over_what_was_stored(desk, maker):
    answer = desk.submit(maker.participant, body(made_event("1"), made_event("2")))
    told = said(answer)
    log = submission.log_id(ORIGIN)
    digests = [bytes.fromhex(one["digest"]) for one in told["records"]]
    root = submission.root(digests)
    signed = Submission(log, maker.participant, 0, 2, root)
    receipt = Receipt(
        log, maker.participant, maker.address, 0, 2, root, told["receivedAt"], told["anchorBy"]
    )
    assert (
        submission.recover(signed.signing_hash(), bytes.fromhex(told["signature"])) == maker.address
    )
    receipt_key = submission.recover(
        receipt.signing_hash(), bytes.fromhex(told["receipt"]["signature"])
    )
    assert receipt_key == submission.address(desk.receipt_key)
    assert told["receipt"]["key"] == receipt_key.hex()
    assert (answer.status, told["root"], told["key"]) == (201, root.hex(), maker.address.hex())
    assert told["receivedAt"] == int(NOW.timestamp() * 1000)
    assert told["anchorBy"] == int(NOW.timestamp()) + 600
    assert [one["position"] for one in told["records"]] == [0, 1]
    stored = rows(desk, "select id, digest, content from ledger.record order by position")
    assert [str(one.id) for one in stored] == [one["id"] for one in told["records"]]
    assert (
        [sha256(one.content).digest() for one in stored]
        == digests
        == [one.digest for one in stored]
    )


def test_what_was_concealed_is_stored_sealed_and_opens_again(desk, maker):
    stated = made_event(**{"suyuan:customerName": "顾客1"})
    desk.submit(maker.participant, body(stated))
    [one] = rows(
        desk,
        "select r.id, r.content, k.wrapped, s.disclosures from ledger.record r"
        " join ledger.record_key k on k.record = r.id join ledger.sealed s on s.record = r.id",
    )
    assert "顾客1".encode() not in one.content + one.disclosures
    key = desk.vault.open_record_key(one.id, one.wrapped)
    content: Any = canonical.decode(one.content)
    opened = open_disclosures(one.id, key, one.disclosures)
    assert disclosure.reveal(content["body"], opened) == stated


def test_a_record_that_conceals_nothing_has_its_key_and_no_sealed_row(desk, maker):
    desk.submit(maker.participant, body(made_event()))
    assert counts(desk) == [1, 1, 1, 0, 1]


def test_sequences_have_no_gaps_and_no_repetitions_under_twenty_at_once(desk, maker):
    answers = desk.submit_all(
        [(maker.participant, body(made_event(str(n))), None) for n in range(20)]
    )
    assert sorted(said(one)["sequence"] for one in answers) == list(range(20))
    assert len({one.submission for one in answers}) == 20


def test_each_participant_counts_for_itself(desk, maker):
    other = desk.admit(1)
    for who in (maker, other, maker):
        desk.submit(who.participant, body(made_event()))
    found = rows(desk, "select key, sequence from ledger.submission order by received_at, sequence")
    assert sorted((one.key, one.sequence) for one in found) == sorted(
        [(maker.address, 0), (maker.address, 1), (other.address, 0)]
    )


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        body(made_event(action="LOOK")),
        body(made_event("1"), made_event("2", eventTime="now")),
        b'{"items":[{"event":{"a":"\\u0000"}}]}',
    ],
)
def test_a_refused_submission_leaves_nothing_and_uses_no_sequence(desk, maker, sent):
    with pytest.raises(InputError):
        desk.submit(maker.participant, sent, "key-1")
    assert counts(desk) == [0, 0, 0, 0, 0]
    assert rows(desk, "select * from gateway.idempotency") == []
    answer = desk.submit(maker.participant, body(made_event()), "key-1")
    assert said(answer)["sequence"] == 0


def test_everything_wrong_is_told_at_once(desk, maker):
    with pytest.raises(RefusedError) as error:
        desk.submit(maker.participant, body(made_event(action="LOOK"), made_event(eventTime="now")))
    assert [one.place for one in error.value.faults] == [
        "/items/0/event/action",
        "/items/1/event/eventTime",
    ]


def test_what_fails_before_the_commit_was_never_there(desk, maker):
    async def fail():
        web = async_engine(desk.database.url("web"))
        try:
            async with web.begin() as connection:
                caller = Caller(maker.participant)
                await intake.receive(connection, desk.intake, caller, body(made_event()), "k", NOW)
                raise InterruptedSendingError
        finally:
            await web.dispose()

    with pytest.raises(InterruptedSendingError):
        asyncio.run(fail())
    assert counts(desk) == [0, 0, 0, 0, 0]
    assert said(desk.submit(maker.participant, body(made_event()), "k"))["sequence"] == 0


def test_the_same_key_and_body_answer_as_before(desk, maker):
    sent = body(made_event())
    first = desk.submit(maker.participant, sent, "key-1")
    again = desk.submit(maker.participant, sent, "key-1", NOW + timedelta(hours=1))
    assert again == first
    assert counts(desk)[0] == 1


def test_the_same_key_at_the_same_moment_gets_one_answer(desk, maker):
    sent = body(made_event())
    answers = desk.submit_all([(maker.participant, sent, "key-1")] * 10)
    assert len({one.body for one in answers}) == 1
    assert counts(desk)[0] == 1


def test_the_same_key_with_another_body_is_refused(desk, maker):
    desk.submit(maker.participant, body(made_event("1")), "key-1")
    with pytest.raises(IdempotencyKeyReusedError):
        desk.submit(maker.participant, body(made_event("2")), "key-1")
    assert counts(desk)[0] == 1


def test_a_key_is_its_participants_own(desk, maker):
    other = desk.admit(1)
    first = desk.submit(maker.participant, body(made_event()), "key-1")
    assert (
        desk.submit(other.participant, body(made_event()), "key-1").submission != first.submission
    )


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "钥匙"])
def test_a_malformed_idempotency_key_is_refused(desk, maker, key):
    with pytest.raises(IdempotencyKeyMalformedError):
        desk.submit(maker.participant, body(made_event()), key)


def test_nobody_is_signed_for_without_a_custodial_key(desk):
    with pytest.raises(SignatureRequiredError):
        desk.submit(uuid4(), body(made_event()))


def test_another_vault_signs_for_nobody(desk, maker):
    other = Desk(desk.database, vault=Vault(b"\1" * 32))
    with pytest.raises(CustodialKeyLockedError):
        other.submit(maker.participant, body(made_event()))
    assert counts(desk)[0] == 0


def test_names_of_all_records_are_stored_once_each(desk, maker):
    stated = made_event(
        "1", quantityList=[{"epcClass": "https://id.gs1.org/01/06945000000022", "quantity": 1}]
    )
    desk.submit(maker.participant, body(stated, made_event("1")))
    found = rows(desk, "select code, concealed from ledger.naming")
    assert len(found) == 3
    assert len({one.code for one in found}) == 2
    assert not any(one.concealed for one in found)


def anchored(desk, *, created, sent, stamped):
    """Let the chain have an anchor of ours, with the times a test is about."""
    log = submission.log_id(ORIGIN)
    rows(
        desk,
        "insert into ledger.tx (signer, nonce, hash, size, root, raw, created, sent, attempts)"
        " values (:signer, 0, :hash, 2, :hash, '', :created, :sent, 1)",
        signer=bytes(20),
        hash=bytes(32),
        created=created,
        sent=sent,
    )
    rows(
        desk,
        "insert into ledger.block values (5, :hash, :hash, :stamped)",
        hash=bytes(32),
        stamped=int(stamped.timestamp()),
    )
    rows(
        desk,
        "insert into ledger.anchor values (:log, 1, 0, 2, :hash, 5, 0, :hash)",
        log=log,
        hash=bytes(32),
    )


def seconds(count):
    return timedelta(seconds=count)


@pytest.mark.parametrize("apart", [-40, 40])
def test_intake_stops_while_the_chains_clock_is_another(desk, maker, apart):
    sent = NOW - seconds(5)
    anchored(desk, created=sent, sent=sent, stamped=sent + seconds(apart))
    with pytest.raises(ClockSkewError, match="apart"):
        desk.submit(maker.participant, body(made_event()))
    assert counts(desk)[0] == 0


@pytest.mark.parametrize("apart", [-29, 0, 29])
def test_a_small_difference_is_borne(desk, maker, apart):
    sent = NOW - seconds(5)
    anchored(desk, created=sent, sent=sent, stamped=sent + seconds(apart))
    assert desk.submit(maker.participant, body(made_event())).status == 201


def test_a_chain_that_stood_still_is_no_wrong_clock(desk, maker):
    # Signed five minutes ago, sent again and again, and mined at last.
    anchored(desk, created=NOW - seconds(300), sent=NOW - seconds(5), stamped=NOW - seconds(4))
    assert desk.submit(maker.participant, body(made_event())).status == 201


def test_an_old_difference_says_nothing_any_more(desk, maker):
    sent = NOW - seconds(601)
    anchored(desk, created=sent, sent=sent, stamped=sent + seconds(40))
    assert desk.submit(maker.participant, body(made_event())).status == 201


def test_intake_opens_from_settings_and_shows_no_secret(tmp_path):
    for name in ("vault", "receipt"):
        write_key(tmp_path / f"{name}.key", b"\x42" * 32)
    made = intake.Intake.load(
        Settings(
            vault_key_file=tmp_path / "vault.key",
            receipt_key_file=tmp_path / "receipt.key",
            log_origin=ORIGIN,
            anchor_deadline=60,
        )
    )
    assert made.log == submission.log_id(ORIGIN)
    assert made.deadline == timedelta(seconds=60)
    assert "42" * 8 not in repr(made)
    assert "BBBB" not in repr(made)


def test_the_stored_answer_names_the_submission(desk, maker):
    answer = desk.submit(maker.participant, body(made_event()), "key-1")
    assert answer.submission == UUID(said(answer)["submission"])
    assert rows(desk, "select id from ledger.submission")[0].id == answer.submission
    assert event.SCHEMA in str(
        rows(desk, "select convert_from(content, 'UTF8') from ledger.record")
    )


@pytest.fixture
def own(desk):
    return desk.own()


def refusal(desk, signer, sent, **more):
    with pytest.raises(SuyuanError) as error:
        desk.submit(signer.participant, sent, **more)
    assert counts(desk)[0] == 0
    return error.value.code


def test_what_was_signed_elsewhere_is_stored_as_it_was_signed(desk, own):
    stated = made_event(**{"suyuan:customerName": "顾客1"})
    answer = desk.submit(own.participant, signed(own, 0, stated, made_product()))
    told = said(answer)
    key = submission.address(own.private_key)
    log = submission.log_id(ORIGIN)
    digests = [bytes.fromhex(one["digest"]) for one in told["records"]]
    root = submission.root(digests)
    claimed = Submission(log, own.participant, 0, 2, root)
    assert submission.recover(claimed.signing_hash(), bytes.fromhex(told["signature"])) == key
    assert (answer.status, told["key"], told["sequence"]) == (201, key.hex(), 0)
    one, other = rows(
        desk,
        "select r.id, r.kind, r.digest, r.content, k.wrapped, s.disclosures from ledger.record r"
        " join ledger.record_key k on k.record = r.id left join ledger.sealed s on s.record = r.id"
        " order by r.position",
    )
    assert (
        [one.digest, other.digest] == digests == [sha256(r.content).digest() for r in (one, other)]
    )
    assert (one.kind, other.kind, other.disclosures) == (1, 2, None)
    opened = open_disclosures(
        one.id, desk.vault.open_record_key(one.id, one.wrapped), one.disclosures
    )
    content: Any = canonical.decode(one.content)
    assert disclosure.reveal(content["body"], opened) == stated


def test_the_very_same_submission_is_answered_as_before_and_stored_once(desk, own):
    sent = signed(own, 0, made_event())
    first = desk.submit(own.participant, sent)
    again = desk.submit(own.participant, sent, now=NOW + timedelta(hours=1))
    assert (again.status, again.body, again.submission) == (200, first.body, first.submission)
    assert counts(desk) == [1, 1, 1, 0, 1]


def test_a_lost_answer_can_be_had_after_the_key_has_ended(desk, own):
    sent = signed(own, 0, made_event())
    first = desk.submit(own.participant, sent)
    desk.register("KeyRevoked", own.participant, own.private_key, next_sequence=1)
    assert desk.submit(own.participant, sent).body == first.body
    with pytest.raises(KeyRevokedError):
        desk.submit(own.participant, signed(own, 1, made_event()))


def test_the_same_submission_many_times_at_once_is_stored_once(desk, own):
    sent = signed(own, 0, made_event())
    answers = desk.submit_all([(own.participant, sent, None)] * 10)
    assert len({one.body for one in answers}) == 1
    assert sorted(one.status for one in answers) == [200] * 9 + [201]
    assert counts(desk)[0] == 1


def test_of_two_submissions_with_one_sequence_at_once_exactly_one_is_stored(desk, own):
    async def both():
        web = async_engine(desk.database.url("web"), connections=10)

        async def one(number):
            async with web.begin() as connection:
                sent = signed(own, 0, made_event(str(number)))
                caller = Caller(own.participant)
                return await intake.receive(connection, desk.intake, caller, sent, None, NOW)

        try:
            return await asyncio.gather(*map(one, range(8)), return_exceptions=True)
        finally:
            await web.dispose()

    ended = asyncio.run(both())
    refused = [one for one in ended if isinstance(one, SequenceRepeatedError)]
    assert (len(refused), len(ended)) == (7, 8)
    assert counts(desk)[0] == 1


def test_sequences_are_taken_in_order_and_none_twice(desk, own):
    for sequence in range(3):
        desk.submit(own.participant, signed(own, sequence, made_event(str(sequence))))
    with pytest.raises(SequenceSkippedError) as skipped:
        desk.submit(own.participant, signed(own, 4, made_event("4")))
    assert skipped.value.facts["expected"] == 3
    with pytest.raises(SequenceRepeatedError):
        desk.submit(own.participant, signed(own, 1, made_event("other")))
    assert counts(desk)[0] == 3


def altered(sent: bytes, **changes) -> bytes:
    value: Any = canonical.decode(sent)
    return canonical.encode({**value, **changes})


def test_what_was_signed_for_another_log_or_is_other_content_is_refused(desk, own):
    elsewhere = replace(own, log=submission.log_id("elsewhere.example/log"))
    assert refusal(desk, own, signed(elsewhere, 0, made_event())) == "SIGNER_DIFFERS"
    other = desk.own(2)
    assert refusal(desk, other, signed(own, 0, made_event())) == "SIGNER_DIFFERS"
    sent = signed(own, 0, made_event("1"), made_event("2"))
    value: Any = canonical.decode(sent)
    reverse = altered(sent, items=value["items"][::-1])
    fewer = altered(sent, items=value["items"][:1])
    for wrong in (reverse, fewer, altered(sent, sequence=1), altered(sent, key=bytes(20).hex())):
        assert refusal(desk, own, wrong) == "SIGNER_DIFFERS"
    value["items"][0]["recordKey"] = bytes(32).hex()
    assert refusal(desk, own, altered(sent, items=value["items"])) == "SIGNER_DIFFERS"


def test_a_key_is_taken_only_as_the_register_has_it(desk, own, maker):
    unknown = replace(own, private_key=b"\x07" * 32)
    assert refusal(desk, own, signed(unknown, 0, made_event())) == "KEY_UNKNOWN"
    other = desk.own(2)
    foreign = replace(own, private_key=other.private_key)
    assert refusal(desk, own, signed(foreign, 0, made_event())) == "KEY_FOREIGN"
    held = replace(own, private_key=b"\x08" * 32)
    desk.register("KeyAdded", own.participant, held.private_key, custodial=True)
    assert refusal(desk, own, signed(held, 0, made_event())) == "KEY_CUSTODIAL"
    desk.register("Suspended", own.participant)
    assert refusal(desk, own, signed(own, 0, made_event())) == "PARTICIPANT_SUSPENDED"
    desk.register("Reinstated", own.participant)
    desk.register("KeyRevoked", own.participant, own.private_key, next_sequence=7)
    assert refusal(desk, own, signed(own, 0, made_event())) == "KEY_REVOKED"


def test_who_has_a_key_of_its_own_sends_nothing_unsigned_and_is_told_how(desk, own):
    with pytest.raises(SignatureRequiredError, match="suyuan submit"):
        desk.submit(own.participant, body(made_event()))


def test_the_platform_signs_for_nobody_whose_key_or_word_has_ended(desk, maker):
    engine = desk.engine("web")
    with engine.connect() as connection:
        sealed = connection.execute(text("select sealed from gateway.custodial_key")).scalar_one()
    engine.dispose()
    key = desk.vault.open_custodial(maker.participant, sealed)
    desk.register("Admitted", maker.participant, name="禅溪")
    desk.register("KeyAdded", maker.participant, key, custodial=True)
    desk.register("Suspended", maker.participant)
    assert refusal(desk, maker, body(made_event())) == "PARTICIPANT_SUSPENDED"
    desk.register("Reinstated", maker.participant)
    desk.register("KeyRevoked", maker.participant, key, next_sequence=0)
    assert refusal(desk, maker, body(made_event())) == "KEY_REVOKED"


def test_nothing_is_masked_after_it_was_signed(desk, own):
    stated = made_event(**{"suyuan:price": 1, "suyuan:customerName": "顾客"})
    sent = signed(own, 0, made_event("1"), stated)
    value: Any = canonical.decode(sent)
    value["items"][1]["conceal"].remove("/suyuan:price")
    with pytest.raises(InputError) as error:
        desk.submit(own.participant, altered(sent, items=value["items"]))
    assert (error.value.code, error.value.place) == (
        "CONCEALMENT_REQUIRED",
        "/items/1/event/suyuan:price",
    )
    assert counts(desk)[0] == 0


def test_an_idempotency_key_holds_for_signed_submissions_too(desk, own):
    sent = signed(own, 0, made_event())
    first = desk.submit(own.participant, sent, "key-1")
    assert desk.submit(own.participant, sent, "key-1") == first


def test_a_wrong_clock_stops_what_is_new_and_not_what_is_here(desk, own):
    sent = signed(own, 0, made_event())
    first = desk.submit(own.participant, sent)
    at = NOW - seconds(5)
    anchored(desk, created=at, sent=at, stamped=at + seconds(40))
    assert desk.submit(own.participant, sent).body == first.body
    with pytest.raises(ClockSkewError):
        desk.submit(own.participant, signed(own, 1, made_event()))
