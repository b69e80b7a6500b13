"""Answers given again. Idempotency keys are told of in test_intake.py, over whole submissions."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway import answers
from indexer.core import canonical, submission
from indexer.core.submission import Receipt, Submission
from indexer.store.engine import async_engine
from tests.gateway.making import NOW, Desk, event, said, signed

LOG, WHO, KEY, SECRET = b"\7" * 32, UUID(int=7), b"\5" * 20, b"\6" * 32


@pytest.fixture
def desk(database):
    return Desk(database)


def test_an_answer_names_the_key_that_promised():
    said_ = Submission(LOG, WHO, 3, 1, bytes(32))
    promised = answers.receipt(said_, KEY, 1_000, 2)
    assert promised == Receipt(LOG, WHO, KEY, 3, 1, bytes(32), 1_000, 2)
    receipt = submission.sign(promised.signing_hash(), SECRET)
    record = (UUID(int=9), 0, b"\1" * 32)
    answer = answers.compose(201, UUID(int=8), promised, bytes(65), receipt, [record])
    told = canonical.decode(answer.body)
    assert isinstance(told, dict)
    assert told["receipt"] == {
        "key": submission.address(SECRET).hex(),
        "signature": receipt.hex(),
    }
    assert told["records"] == [{"id": str(UUID(int=9)), "position": 0, "digest": "01" * 32}]
    assert (answer.status, answer.submission) == (201, UUID(int=8))


def test_a_receipt_that_was_lost_with_the_store_is_promised_anew(desk):
    signer = desk.own()
    sent = signed(signer, 0, event())
    first = said(desk.submit(signer.participant, sent))
    engine = desk.engine("superuser")
    with engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(text("update ledger.submission set receipt = null, anchor_by = null"))
    engine.dispose()
    later = NOW + timedelta(hours=1)
    again = said(desk.submit(signer.participant, sent, now=later))
    assert again["anchorBy"] == int(later.timestamp()) + 600
    promised = Receipt(
        desk.intake.log,
        signer.participant,
        submission.address(signer.private_key),
        0,
        1,
        bytes.fromhex(again["root"]),
        first["receivedAt"],
        again["anchorBy"],
    )
    signature = bytes.fromhex(again["receipt"]["signature"])
    assert submission.recover(promised.signing_hash(), signature) == submission.address(
        desk.receipt_key
    )
    assert again["records"] == first["records"]


def test_who_holds_a_subject_lets_others_wait(database):
    order: list[str] = []

    async def first(web, held):
        async with web.begin() as connection:
            await answers.lock(connection, "a")
            held.set()
            await asyncio.sleep(0.2)
            order.append("first")

    async def second(web, held):
        await held.wait()
        async with web.begin() as connection:
            await answers.lock(connection, "a")
            order.append("second")

    async def run():
        web = async_engine(database.url("web"))
        held = asyncio.Event()
        try:
            await asyncio.gather(first(web, held), second(web, held))
        finally:
            await web.dispose()

    asyncio.run(run())
    assert order == ["first", "second"]
