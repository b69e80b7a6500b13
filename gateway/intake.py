"""Stage 1: a submission becomes canonical, committed, stored records, and a signed receipt.

One transaction, which the caller opens and commits: either everything is stored and answered, or nothing is and no
sequence was used. What was answered under an idempotency key is stored with it, so that asking again after a lost
answer, or at the same moment, gets the same bytes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import answers, draft, rows, setback, signed
from gateway.accounts.desk import Caller
from gateway.accounts.tables import custodial_key
from gateway.answers import Answer
from gateway.declaring import Known
from gateway.draft import Draft, Limits, Sent, Signed
from gateway.returns import holding
from gateway.settings import Settings, read_key
from gateway.vault import SealBrokenError, Vault
from indexer.core import canonical, submission
from indexer.core.canonical import Json
from indexer.core.errors import AccessError, InconsistencyError, OutageError
from indexer.core.submission import Submission
from indexer.store import registry, tables
from indexer.store.tables import anchor, block, tx

_SECOND = timedelta(seconds=1)


class SignatureRequiredError(AccessError):
    """A participant for whom the platform holds no key sent something unsigned."""

    code = "SIGNATURE_REQUIRED"
    sentence = (
        "the platform holds no key for participant {participant} and may not sign on its behalf: send it signed, with "
        "sequence, key and signature (`suyuan submit` does), and with a recordKey in each item"
    )


class CustodialKeyLockedError(InconsistencyError):
    """A custodial key does not open: the vault's key file is another's, or the row was altered."""

    code = "CUSTODIAL_KEY_LOCKED"
    sentence = "the custodial key of participant {participant} does not open with this vault's key"


class ClockSkewError(OutageError):
    """The chain's clock and ours differ by more than receipts can bear."""

    code = "CLOCK_SKEW"
    sentence = "the chain's clock and ours are {seconds} s apart; nothing is taken until they agree"


@dataclass(frozen=True)
class Intake:
    """What intake holds for a process's whole life."""

    log: bytes
    vault: Vault
    receipt_key: bytes = field(repr=False)
    limits: Limits
    deadline: timedelta
    tolerance: timedelta

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Open the key files that the settings name."""
        return cls(
            log=submission.log_id(settings.log_origin),
            vault=Vault.open(settings.vault_key_file),
            receipt_key=read_key(settings.receipt_key_file),
            limits=Limits(settings.max_items, settings.max_record_bytes),
            deadline=timedelta(seconds=settings.anchor_deadline),
            tolerance=timedelta(seconds=settings.clock_tolerance),
        )


async def receive(
    connection: AsyncConnection,
    desk: Intake,
    caller: Caller,
    body: bytes,
    idempotency_key: str | None,
    now: datetime,
) -> Answer:
    """Check, conceal, sign where we are to, and store one submission. The caller commits, and answers only then."""
    owner = caller.participant
    if idempotency_key is not None:
        before = await answers.answered(connection, owner, idempotency_key, body)
        if before:
            return before
    await setback.check(connection, desk.log)
    # A thousand records take a second to prepare; meanwhile this process answers others.
    value = await asyncio.to_thread(canonical.decode, body)
    wanted = draft.declared(value)
    known = await connection.run_sync(holding.declared, desk.vault, owner, wanted)
    sent, claimed = await asyncio.to_thread(_read, desk, owner, value, known)
    waiting = await connection.run_sync(holding.waiting, caller, sent)
    if waiting:
        await _check_signer(connection, desk, owner, sent)
        vault = None if sent.signed else desk.vault
        answer = await connection.run_sync(holding.hold, vault, owner, waiting, now)
    elif sent.signed is not None and claimed is not None:
        answer = await _own(connection, desk, sent, sent.signed, claimed, now)
    else:
        answer = await _custodial(connection, desk, owner, sent, now)
    if idempotency_key is not None:
        await answers.remember(connection, owner, idempotency_key, body, answer, now)
    return answer


async def _check_signer(
    connection: AsyncConnection, desk: Intake, participant: UUID, sent: Sent
) -> None:
    """Let nobody apply for what could not be signed once it is approved."""
    if sent.signed is None:
        await _signing_key(connection, desk, participant)
    else:
        standing = await connection.run_sync(registry.standing, sent.signed.key)
        signed.check_own(standing, participant, sent.signed.key)


async def enter(
    connection: AsyncConnection,
    desk: Intake,
    participant: UUID,
    made: Sequence[Draft],
    now: datetime,
) -> Answer:
    """Sign and store, on behalf of their participant, records that may enter. The caller commits."""
    return await _custodial(connection, desk, participant, Sent([*made], None), now)


async def custody(connection: AsyncConnection, desk: Intake, participant: UUID) -> None:
    """Refuse whoever the platform does not sign for; nobody else takes in for the others before our commit."""
    await setback.check(connection, desk.log)
    await _signing_key(connection, desk, participant)


def _read(
    desk: Intake, participant: UUID, value: Json, known: Known
) -> tuple[Sent, Submission | None]:
    sent = draft.read(value, participant, desk.vault, desk.limits, known)
    if sent.signed is None:
        return sent, None
    return sent, signed.check_signature(desk.log, participant, sent, sent.signed)


_LAST_ANCHOR = (
    select(block.c.timestamp, tx.c.created, tx.c.sent)
    .select_from(anchor)
    .join(block, block.c.number == anchor.c.block_number)
    .join(tx, tx.c.hash == anchor.c.tx_hash)
    .where(anchor.c.log == bindparam("log"))
    .order_by(anchor.c.number.desc())
    .limit(1)
)


async def _check_clock(connection: AsyncConnection, desk: Intake, now: datetime) -> None:
    """Refuse to promise times when the last anchor we sent shows another clock on the chain than ours.

    Its block was mined after we signed and, as the loop repeats itself, shortly after we last sent. A sending older
    than the receipts' deadline says nothing any more: otherwise a clock once wrong would stop intake, and with it the
    anchors that could show it right again.
    """
    row = (await connection.execute(_LAST_ANCHOR, {"log": desk.log})).one_or_none()
    if row is None or row.sent is None or now - row.sent > desk.deadline:
        return
    stamped = datetime.fromtimestamp(row.timestamp, now.tzinfo)
    # Blocks are stamped in whole seconds, rounded down.
    behind, ahead = row.created - stamped - _SECOND, stamped - row.sent
    apart = max(behind, ahead)
    if apart > desk.tolerance:
        raise ClockSkewError(seconds=round(apart.total_seconds()))


async def _own(
    connection: AsyncConnection,
    desk: Intake,
    sent: Sent,
    by: Signed,
    claimed: Submission,
    now: datetime,
) -> Answer:
    """Take what its participant signed, or answer as before if it is here already."""
    await _lock_sequence(connection, by.key)
    due = now + desk.deadline
    before = await answers.same(connection, claimed, by.key, desk.receipt_key, due)
    if before:
        return before
    if sent.misplaced:
        raise sent.misplaced
    standing = await connection.run_sync(registry.standing, by.key)
    signed.check_own(standing, claimed.participant, by.key)
    signed.check_sequence(by.key, by.sequence, await next_sequence(connection, by.key))
    return await _store(connection, desk, sent, claimed, (by.key, by.signature), now)


async def _custodial(
    connection: AsyncConnection, desk: Intake, participant: UUID, sent: Sent, now: datetime
) -> Answer:
    """Sign on behalf of a participant without a key of its own."""
    private_key = await _signing_key(connection, desk, participant)
    key = submission.address(private_key)
    standing = await connection.run_sync(registry.standing, key)
    signed.check_custodial(standing, participant, key)
    said = Submission(
        log=desk.log,
        participant=participant,
        sequence=await next_sequence(connection, key),
        count=len(sent.drafts),
        root=submission.root([one.digest for one in sent.drafts]),
    )
    signature = submission.sign(said.signing_hash(), private_key)
    return await _store(connection, desk, sent, said, (key, signature), now)


async def _lock_sequence(connection: AsyncConnection, key: bytes) -> None:
    # From here to the commit, submissions of one key go one by one: sequences have no gaps and become visible in order.
    await answers.lock(connection, f"sequence {key.hex()}")


_NEXT = select(func.coalesce(func.max(tables.submission.c.sequence) + 1, 0)).where(
    tables.submission.c.key == bindparam("key")
)


async def next_sequence(connection: AsyncConnection, key: bytes) -> int:
    """Tell which sequence a key's next submission has."""
    sequence: int = (await connection.execute(_NEXT, {"key": key})).scalar_one()
    return sequence


_CUSTODIAL = select(custodial_key.c.address, custodial_key.c.sealed).where(
    custodial_key.c.participant == bindparam("participant")
)


async def _signing_key(connection: AsyncConnection, desk: Intake, participant: UUID) -> bytes:
    row = None
    # Twice, for whoever takes the key away holds its sequence: what we read before we held it may be gone.
    for _ in range(2):
        found = await connection.execute(_CUSTODIAL, {"participant": participant})
        row = found.one_or_none()
        if row is None:
            raise SignatureRequiredError(participant=participant)
        await _lock_sequence(connection, row.address)
    assert row is not None  # noqa: S101 - read twice
    try:
        return desk.vault.open_custodial(participant, row.sealed)
    except SealBrokenError:
        raise CustodialKeyLockedError(participant=participant) from None


async def _store(
    connection: AsyncConnection,
    desk: Intake,
    sent: Sent,
    said: Submission,
    by: tuple[bytes, bytes],
    now: datetime,
) -> Answer:
    """Store a submission that is its key's next, signed as `by` says (key, signature), and promise its anchor."""
    await _check_clock(connection, desk, now)
    key, signature = by
    received_at = int(now.timestamp() * 1000)
    promised = answers.receipt(said, key, received_at, int((now + desk.deadline).timestamp()))
    receipt = submission.sign(promised.signing_hash(), desk.receipt_key)
    submission_id = uuid7()
    ids = [uuid7() for _ in sent.drafts]
    await connection.execute(
        rows.INSERT,
        {
            "id": submission_id,
            "participant": said.participant,
            "key": key,
            "sequence": said.sequence,
            "count": said.count,
            "root": said.root,
            "signature": signature,
            "received_at": promised.received_at,
            "anchor_by": promised.anchor_by,
            "receipt": receipt,
            **rows.columns(desk.vault, ids, sent.drafts, received_at),
        },
    )
    records = [(ids[at], at, one.digest) for at, one in enumerate(sent.drafts)]
    return answers.compose(201, submission_id, promised, signature, receipt, records)
