"""How far a submission has come: stored → logged → sent → anchored → final, derived by joining and kept nowhere.

After a reorg or a restore every answer is right at once, for there is nothing to repair. Whether an anchor is final is
the follower's word; that a transaction was mined says nothing here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text


class Stage(StrEnum):
    """The stages in their order; each implies those before."""

    STORED = "stored"
    LOGGED = "logged"
    SENT = "sent"
    ANCHORED = "anchored"
    FINAL = "final"


_WAITS = {
    Stage.STORED: "the sequencer has not given it a place in the log yet",
    Stage.LOGGED: "no anchor that covers it has been sent yet",
    Stage.SENT: "an anchor that covers it has been sent {attempts} times and is in no block the indexer has seen",
    Stage.ANCHORED: "block {block} is not final yet, the chain is final up to {final}",
    Stage.FINAL: None,
}


@dataclass(frozen=True)
class RecordProgress:
    """One record of a submission; `index` is its leaf's place in the log."""

    id: UUID
    position: int
    kind: int
    digest: bytes
    index: int | None


@dataclass(frozen=True)
class Progress:
    """One submission's way so far. What has not happened yet is None."""

    submission: UUID
    participant: UUID
    count: int
    stage: Stage
    stored: datetime
    anchor_by: datetime | None  # None where the store was refilled: the promise is lost
    first_index: int | None
    sent: datetime | None
    attempts: int | None
    transaction: bytes | None
    anchor_number: int | None
    anchor_size: int | None
    block: int | None
    anchored: datetime | None
    final_block: int | None
    records: tuple[RecordProgress, ...]

    @property
    def waits(self) -> str | None:
        """Say in one sentence what it waits for; None once it is final."""
        sentence = _WAITS[self.stage]
        facts = {"attempts": self.attempts, "block": self.block, "final": self.final_block}
        return sentence.format(**facts) if sentence else None

    def late(self, now: datetime) -> bool:
        """Tell whether the receipt's promise is over and not kept."""
        due = self.anchor_by
        return self.stage is not Stage.FINAL and due is not None and now > due


# A submission is as far as its last leaf. Of the transactions still under way, a few newest of each signer are enough:
# one anchor is unsettled at a time.
_FIND = text("""
with recursive signers (signer) as (
  (select signer from ledger.tx order by signer limit 1)
  union all
  select (select t.signer from ledger.tx t where t.signer > signers.signer order by t.signer limit 1)
  from signers where signers.signer is not null
)
select s.id, s.participant, s.count as records, s.received_at, s.anchor_by, p.first_index,
  a.number, a.size, a.block_number, a.tx_hash, b.timestamp,
  coalesce(mined.sent, live.sent) as sent, coalesce(mined.attempts, live.attempts) as attempts, live.hash as live_hash,
  (select max(final_number) from ledger.cursor) as final_number
from ledger.submission s
left join ledger.placement p on p.submission = s.id
left join lateral (
  select * from ledger.anchor where log = :log and size > p.first_index + s.count order by size limit 1
) a on true
left join ledger.block b on b.number = a.block_number
left join ledger.tx mined on mined.hash = a.tx_hash
left join lateral (
  select t.* from signers cross join lateral (
    select * from ledger.tx where tx.signer = signers.signer order by nonce desc limit 4
  ) t
  where t.outcome is null and t.sent is not null and t.size > p.first_index + s.count order by t.size limit 1
) live on a.number is null
where s.id = any(:ids)
""")

_RECORDS = text("""
select r.id, r.submission, r.position, r.kind, r.digest, p.first_index + 1 + r.position as place
from ledger.record r left join ledger.placement p on p.submission = r.submission
where r.submission = any(:ids) order by r.position
""")

_OF_RECORD = text("select submission from ledger.record where id = :id")


def of_submission(connection: Connection, log: bytes, submission: UUID) -> Progress | None:
    """Tell how far a submission has come in the log with this id; None if there is none."""
    row = connection.execute(_FIND, {"log": log, "ids": [submission]}).one_or_none()
    if row is None:
        return None
    records = connection.execute(_RECORDS, {"ids": [submission]})
    return _progress(row, tuple(_record(one) for one in records))


def of_record(connection: Connection, log: bytes, record: UUID) -> Progress | None:
    """Tell how far the submission of a record has come; None if there is no such record."""
    submission = connection.execute(_OF_RECORD, {"id": record}).scalar_one_or_none()
    return None if submission is None else of_submission(connection, log, submission)


def _record(row: Row[Any]) -> RecordProgress:
    return RecordProgress(row.id, row.position, row.kind, row.digest, row.place)


def _progress(row: Row[Any], records: tuple[RecordProgress, ...]) -> Progress:
    return Progress(
        submission=row.id,
        participant=row.participant,
        count=row.records,
        stage=_stage(row),
        stored=datetime.fromtimestamp(row.received_at / 1000, UTC),
        anchor_by=None if row.anchor_by is None else datetime.fromtimestamp(row.anchor_by, UTC),
        first_index=row.first_index,
        sent=row.sent,
        attempts=row.attempts,
        transaction=row.tx_hash or row.live_hash,
        anchor_number=row.number,
        anchor_size=row.size,
        block=row.block_number,
        anchored=None if row.timestamp is None else datetime.fromtimestamp(row.timestamp, UTC),
        final_block=row.final_number,
        records=records,
    )


def _stage(row: Row[Any]) -> Stage:
    if row.first_index is None:
        return Stage.STORED
    if row.number is None:
        return Stage.SENT if row.live_hash else Stage.LOGGED
    final = row.final_number is not None and row.block_number <= row.final_number
    return Stage.FINAL if final else Stage.ANCHORED
