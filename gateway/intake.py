"""Stage 1: a submission becomes canonical, committed, stored records, and a signed receipt.

One transaction, which the caller opens and commits: either everything is stored and answered, or nothing is and no
sequence was used. What was answered under an idempotency key is stored with it, so that asking again after a lost
answer, or at the same moment, gets the same bytes.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import rows, setback
from gateway.accounts.desk import Caller
from gateway.accounts.tables import custodial_key, idempotency
from gateway.draft import Draft, Limits, drafts
from gateway.settings import Settings, read_key
from gateway.vault import SealBrokenError, Vault
from indexer.core import canonical, submission
from indexer.core.errors import AccessError, InconsistencyError, InputError, OutageError
from indexer.core.submission import Receipt, Submission
from indexer.store import tables
from indexer.store.tables import anchor, block, tx

_SECOND = timedelta(seconds=1)


class IdempotencyKeyReusedError(InputError):
    """An idempotency key that came before with another body."""

    code = "IDEMPOTENCY_KEY_REUSED"
    sentence = "this Idempotency-Key was used for another body"


class IdempotencyKeyMalformedError(InputError):
    """An idempotency key that is empty, too long or not plain text."""

    code = "IDEMPOTENCY_KEY_MALFORMED"
    sentence = "an Idempotency-Key is 1 to 255 printable ASCII characters"


class SignatureRequiredError(AccessError):
    """A participant for whom the platform holds no key sent something unsigned."""

    code = "SIGNATURE_REQUIRED"
    sentence = (
        "the platform holds no key for participant {participant} and may not sign on its behalf"
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
class Answer:
    """What goes back to the caller, and went back before if it asked before."""

    status: int
    body: bytes
    submission: UUID


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
    """Check, conceal, sign and store one submission. The caller commits, and answers only then."""
    if idempotency_key is not None:
        before = await _answered(connection, caller, idempotency_key, body)
        if before:
            return before
    await setback.check(connection, desk.log)
    await _check_clock(connection, desk, now)
    # A thousand records take a second to prepare; meanwhile this process answers others.
    made = await asyncio.to_thread(drafts, body, caller.participant, desk.vault, desk.limits)
    private_key = await _signing_key(connection, desk, caller)
    answer = await _store(connection, desk, caller, made, private_key, now)
    if idempotency_key is not None:
        await connection.execute(
            idempotency.insert(),
            {
                "participant": caller.participant,
                "key": idempotency_key,
                "body_hash": sha256(body).digest(),
                "status": answer.status,
                "answer": answer.body,
                "created": now,
            },
        )
    return answer


_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("subject"), 7305002)))


async def _lock(connection: AsyncConnection, subject: str) -> None:
    """Wait until no other transaction holds `subject`, and hold it until ours ends."""
    await connection.execute(_LOCK, {"subject": subject})


_ANSWERED = select(idempotency.c.body_hash, idempotency.c.status, idempotency.c.answer).where(
    idempotency.c.participant == bindparam("participant"), idempotency.c.key == bindparam("key")
)


async def _answered(
    connection: AsyncConnection, caller: Caller, key: str, body: bytes
) -> Answer | None:
    if not 1 <= len(key) <= 255 or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformedError(place="/header/Idempotency-Key")
    # The same request at the same moment waits here until the first has its answer or has failed.
    await _lock(connection, f"idempotency {caller.participant} {key}")
    found = await connection.execute(_ANSWERED, {"participant": caller.participant, "key": key})
    row = found.one_or_none()
    if row is None:
        return None
    if row.body_hash != sha256(body).digest():
        raise IdempotencyKeyReusedError(place="/header/Idempotency-Key")
    answer: Any = canonical.decode(row.answer)
    return Answer(row.status, row.answer, UUID(answer["submission"]))


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


_CUSTODIAL = select(custodial_key.c.address, custodial_key.c.sealed).where(
    custodial_key.c.participant == bindparam("participant")
)


async def _signing_key(connection: AsyncConnection, desk: Intake, caller: Caller) -> bytes:
    found = await connection.execute(_CUSTODIAL, {"participant": caller.participant})
    row = found.one_or_none()
    if row is None:
        raise SignatureRequiredError(participant=caller.participant)
    try:
        return desk.vault.open_custodial(caller.participant, row.sealed)
    except SealBrokenError:
        raise CustodialKeyLockedError(participant=caller.participant) from None


_NEXT = select(func.coalesce(func.max(tables.submission.c.sequence) + 1, 0)).where(
    tables.submission.c.key == bindparam("key")
)


async def _store(
    connection: AsyncConnection,
    desk: Intake,
    caller: Caller,
    made: list[Draft],
    private_key: bytes,
    now: datetime,
) -> Answer:
    key = submission.address(private_key)
    # From here to the commit, submissions of one key go one by one: sequences have no gaps and become visible in order.
    await _lock(connection, f"sequence {key.hex()}")
    sequence: int = (await connection.execute(_NEXT, {"key": key})).scalar_one()
    signed = Submission(
        log=desk.log,
        participant=caller.participant,
        sequence=sequence,
        count=len(made),
        root=submission.root([draft.digest for draft in made]),
    )
    promised = Receipt(
        log=desk.log,
        participant=caller.participant,
        key=key,
        sequence=sequence,
        count=signed.count,
        root=signed.root,
        received_at=int(now.timestamp() * 1000),
        anchor_by=int((now + desk.deadline).timestamp()),
    )
    signature = submission.sign(signed.signing_hash(), private_key)
    receipt = submission.sign(promised.signing_hash(), desk.receipt_key)
    submission_id = uuid7()
    ids = [uuid7() for _ in made]
    await connection.execute(
        rows.INSERT,
        {
            "id": submission_id,
            "participant": caller.participant,
            "key": key,
            "sequence": sequence,
            "count": signed.count,
            "root": signed.root,
            "signature": signature,
            "received_at": promised.received_at,
            "anchor_by": promised.anchor_by,
            "receipt": receipt,
            **rows.columns(desk.vault, ids, made),
        },
    )
    said = _said(submission_id, promised, signature)
    said["receipt"] = {
        "key": submission.address(desk.receipt_key).hex(),
        "signature": receipt.hex(),
    }
    said["records"] = [
        {"id": str(one), "position": position, "digest": draft.digest.hex()}
        for position, (one, draft) in enumerate(zip(ids, made, strict=True))
    ]
    return Answer(201, canonical.encode(said), submission_id)


def _said(submission_id: UUID, promised: Receipt, signature: bytes) -> dict[str, object]:
    return {
        "submission": str(submission_id),
        "participant": str(promised.participant),
        "key": promised.key.hex(),
        "sequence": promised.sequence,
        "count": promised.count,
        "root": promised.root.hex(),
        "signature": signature.hex(),
        "receivedAt": promised.received_at,
        "anchorBy": promised.anchor_by,
    }
