"""What goes back for a submission, and goes back again: under an idempotency key, or for the very same submission.

Whoever lost an answer asks again and gets it; nothing is stored twice. An answer under an idempotency key is kept
byte for byte. One for a submission that its sender signed is put together again from what is stored, so it needs no
key: key, sequence and root say which it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.accounts.tables import idempotency
from indexer.core import canonical, submission
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.core.submission import Receipt, Submission


class IdempotencyKeyReusedError(InputError):
    """An idempotency key that came before with another body."""

    code = "IDEMPOTENCY_KEY_REUSED"
    sentence = "this Idempotency-Key was used for another body"


class IdempotencyKeyMalformedError(InputError):
    """An idempotency key that is empty, too long or not plain text."""

    code = "IDEMPOTENCY_KEY_MALFORMED"
    sentence = "an Idempotency-Key is 1 to 255 printable ASCII characters"


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller, and went back before if it asked before."""

    status: int
    body: bytes
    submission: UUID | None = (
        None  # None where nothing was stored, as while a correction waits for its review
    )


_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("subject"), 7305002)))


async def lock(connection: AsyncConnection, subject: str) -> None:
    """Wait until no other transaction holds `subject`, and hold it until ours ends."""
    await connection.execute(_LOCK, {"subject": subject})


def compose(
    status: int,
    submission_id: UUID,
    promised: Receipt,
    signature: bytes,
    receipt: bytes,
    records: Iterable[tuple[UUID, int, bytes]],
) -> Answer:
    """Spell what was stored and promised; `records` are ids, positions and digests, `receipt` the signed promise."""
    said: Members = {
        "submission": str(submission_id),
        "participant": str(promised.participant),
        "key": promised.key.hex(),
        "sequence": promised.sequence,
        "count": promised.count,
        "root": promised.root.hex(),
        "signature": signature.hex(),
        "receivedAt": promised.received_at,
        "anchorBy": promised.anchor_by,
        "receipt": {
            "key": submission.recover(promised.signing_hash(), receipt).hex(),
            "signature": receipt.hex(),
        },
        "records": [
            {"id": str(one), "position": position, "digest": digest.hex()}
            for one, position, digest in records
        ],
    }
    return Answer(status, canonical.encode(said), submission_id)


_ANSWERED = select(idempotency.c.body_hash, idempotency.c.status, idempotency.c.answer).where(
    idempotency.c.participant == bindparam("participant"), idempotency.c.key == bindparam("key")
)


async def answered(
    connection: AsyncConnection, participant: UUID, key: str, body: bytes
) -> Answer | None:
    """Find what was answered under an idempotency key; the key is this transaction's from here on."""
    if not 1 <= len(key) <= 255 or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformedError(place="/header/Idempotency-Key")
    # The same request at the same moment waits here until the first has its answer or has failed.
    await lock(connection, f"idempotency {participant} {key}")
    found = await connection.execute(_ANSWERED, {"participant": participant, "key": key})
    row = found.one_or_none()
    if row is None:
        return None
    if row.body_hash != sha256(body).digest():
        raise IdempotencyKeyReusedError(place="/header/Idempotency-Key")
    answer: Any = canonical.decode(row.answer)
    stored = answer.get("submission")
    return Answer(row.status, row.answer, UUID(stored) if stored else None)


async def remember(
    connection: AsyncConnection,
    participant: UUID,
    key: str,
    body: bytes,
    answer: Answer,
    now: datetime,
) -> None:
    """Keep an answer for whoever asks again under the same idempotency key."""
    row = {
        "participant": participant,
        "key": key,
        "body_hash": sha256(body).digest(),
        "status": answer.status,
        "answer": answer.body,
        "created": now,
    }
    await connection.execute(idempotency.insert(), row)


_SAME = text("""
select id, signature, received_at, anchor_by, receipt from ledger.submission
where key = :key and sequence = :sequence and participant = :participant and count = :count and root = :root
""")
_RECORDS = text(
    "select id, position, digest from ledger.record where submission = :submission order by position"
)


async def same(
    connection: AsyncConnection, said: Submission, key: bytes, receipt_key: bytes, due: datetime
) -> Answer | None:
    """Find the very submission among those stored, and answer it as before.

    A receipt that was lost when the store was filled again from the log's files is promised anew, until `due`.
    """
    given = {
        "key": key,
        "sequence": said.sequence,
        "participant": said.participant,
        "count": said.count,
        "root": said.root,
    }
    row = (await connection.execute(_SAME, given)).one_or_none()
    if row is None:
        return None
    promised = receipt(said, key, row.received_at, row.anchor_by or int(due.timestamp()))
    signed = row.receipt or submission.sign(promised.signing_hash(), receipt_key)
    records = await connection.execute(_RECORDS, {"submission": row.id})
    found = [(one.id, one.position, one.digest) for one in records]
    return compose(200, row.id, promised, row.signature, signed, found)


def receipt(said: Submission, key: bytes, received_at: int, anchor_by: int) -> Receipt:
    """Promise a submission of `key`: received at these milliseconds, anchored by these seconds."""
    return Receipt(
        log=said.log,
        participant=said.participant,
        key=key,
        sequence=said.sequence,
        count=said.count,
        root=said.root,
        received_at=received_at,
        anchor_by=anchor_by,
    )
