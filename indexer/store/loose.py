"""Loose ends of the ledger: rows that should have a partner and have none, numbers that should follow and do not.

Questions about the whole store, each one statement; what concerns single leaves is walked through elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from indexer.chain.events import ROLES
from indexer.store.findings import Finding

# More rows of one kind say nothing more; the next run shows what is left.
MOST = 1000
# A mined transaction is read back by the follower within seconds.
_SETTLED = timedelta(minutes=5)


@dataclass(frozen=True)
class RegisteredKey:
    """A signing key as the registry's final events leave it; `revoked` is the first sequence that no longer counts."""

    participant: UUID
    admitted: int
    revoked: int | None


_KEYS = text("""
select event, participant, key, block_number, next_sequence from ledger.registration
where event in ('KeyAdded', 'KeyRecovered', 'KeyRevoked')
  and block_number <= (select max(final_number) from ledger.cursor)
order by block_number, log_index
""")


def keys(connection: Connection) -> dict[bytes, RegisteredKey]:
    """Return every key the registry ever had, by address."""
    found: dict[bytes, RegisteredKey] = {}
    for row in connection.execute(_KEYS):
        known = found.get(row.key)
        if row.event != "KeyRevoked":
            found[row.key] = RegisteredKey(row.participant, row.block_number, None)
        elif known is not None:
            found[row.key] = RegisteredKey(known.participant, known.admitted, row.next_sequence)
    return found


_UNLOGGED = text("""
select s.id, s.key, s.sequence, s.anchor_by from ledger.submission s
left join ledger.placement p on p.submission = s.id
where p.submission is null and s.anchor_by < :now order by s.anchor_by limit :most
""")
_ORPHANS = text("""
select r.id, r.submission, r.position from ledger.record r
left join ledger.submission s on s.id = r.submission
left join ledger.placement p on p.submission = r.submission
where s.id is null and p.submission is null order by r.id limit :most
""")


def unlogged(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Find what was stored, should be in the log by now, and is not."""
    given = {"now": int(now.timestamp()), "most": MOST}
    for row in connection.execute(_UNLOGGED, given):
        facts = {"key": row.key.hex(), "sequence": row.sequence, "anchorBy": row.anchor_by}
        yield Finding("RECORD_UNLOGGED", f"submission {row.id}", facts=facts)
    for row in connection.execute(_ORPHANS, {"most": MOST}):
        yield Finding(
            "RECORD_UNLOGGED",
            f"record {row.id}",
            record=row.id,
            facts={"submission": str(row.submission), "position": row.position},
        )


_REFILLED = text("""
select count(*) as submissions, sum(s.count) as records,
  min(p.first_index) as first, max(p.first_index + p.count) as last
from ledger.submission s join ledger.placement p on p.submission = s.id where s.receipt is null
""")


def refilled(connection: Connection) -> Iterator[Finding]:
    """Find what a store that was set back has again from the log's files: its receipts are lost, its contents were."""
    row = connection.execute(_REFILLED).one()
    if row.submissions:
        facts = {"submissions": row.submissions, "records": int(row.records)}
        yield Finding("STORE_REFILLED", "store", row.first, row.last, None, facts)


_GAPS = text("""
select key, sequence, before from (
  select key, sequence, lag(sequence, 1, -1::bigint) over (partition by key order by sequence) as before
  from ledger.submission
) as ordered where sequence <> before + 1 order by key, sequence limit :most
""")


def gaps(connection: Connection) -> Iterator[Finding]:
    """Find sequences that a key skipped or used twice: a submission that is gone, or one too many."""
    for row in connection.execute(_GAPS, {"most": MOST}):
        repeated = row.sequence == row.before
        kind = "SUBMISSION_REPEATED" if repeated else "SUBMISSION_GAP"
        first = row.sequence if repeated else row.before + 1
        facts = {"key": row.key.hex(), "first": first, "last": max(first, row.sequence - 1)}
        yield Finding(kind, f"key {row.key.hex()} sequence {first}", facts=facts)


_WAITING = text("""
select min(p.first_index) as first, max(p.first_index + p.count) as last, count(*) as submissions,
  min(s.anchor_by) as due
from ledger.placement p join ledger.submission s on s.id = p.submission
where p.first_index >= :anchored and s.anchor_by < :now
""")


def waiting(connection: Connection, log: bytes, now: datetime) -> Iterator[Finding]:
    """Find what no final anchor covers although its receipt promised one by now."""
    given = {"anchored": anchored(connection, log), "now": int(now.timestamp())}
    row = connection.execute(_WAITING, given).one()
    if row.first is not None:
        facts = {"submissions": row.submissions, "due": row.due}
        yield Finding("ANCHOR_LATE", f"leaf {row.first}", row.first, row.last, None, facts)


_PASSED_OVER = text("""
select s.id, s.key, s.sequence, s.anchor_by, p.first_index, p.first_index + p.count as last, newest.number
from (
  select a.number, a.size, b.timestamp from ledger.anchor a join ledger.block b on b.number = a.block_number
  where a.log = :log and a.block_number <= (select max(final_number) from ledger.cursor)
    -- The opening of a log that goes on says again what was there, and leaves nothing out.
    and not (a.number = 1 and exists (select from ledger.former_anchor f where f.log = a.log))
  order by a.number desc limit 1
) newest
join ledger.submission s on s.anchor_by < newest.timestamp
left join ledger.placement p on p.submission = s.id
where p.first_index is null or p.first_index + p.count >= newest.size
order by s.anchor_by limit :most
""")


def broken_receipts(connection: Connection, log: bytes) -> Iterator[Finding]:
    """Find submissions that a final anchor leaves out although its block is later than their receipt promised."""
    for row in connection.execute(_PASSED_OVER, {"log": log, "most": MOST}):
        facts = {
            "key": row.key.hex(),
            "sequence": row.sequence,
            "anchorBy": row.anchor_by,
            "anchor": row.number,
        }
        subject = f"submission {row.id}"
        yield Finding("RECEIPT_BROKEN", subject, row.first_index, row.last, None, facts)


_ANCHORED = text("""
select max(size) from ledger.anchor
where log = :log and block_number <= (select max(final_number) from ledger.cursor)
""")


def anchored(connection: Connection, log: bytes) -> int:
    """Return the size of the log's newest final anchor, 0 if it has none."""
    found: Any = connection.execute(_ANCHORED, {"log": log}).scalar()
    return int(found or 0)


_BROKEN = text("""
select number, old_size, before_number, before_size from (
  select number, old_size, lag(number) over (order by number) as before_number,
    lag(size) over (order by number) as before_size
  from ledger.anchor where log = :log
) as ordered
where number <> coalesce(before_number + 1, 1) or old_size <> coalesce(before_size, old_size)
order by number limit :most
""")
_BEYOND = text("""
select number, old_size, size from ledger.anchor
where log = :log and size > :size and block_number <= (select max(final_number) from ledger.cursor)
order by number limit :most
""")


def unknown_anchors(connection: Connection, log: bytes, size: int) -> Iterator[Finding]:
    """Find anchors the chain has and our log of `size` leaves cannot explain, and anchors whose rows are gone."""
    given = {"log": log, "size": size, "most": MOST}
    for row in connection.execute(_BEYOND, given):
        facts = {"size": row.size, "stored": size}
        first = max(row.old_size, size)
        subject = f"store anchor {row.number}"
        yield Finding("ANCHOR_UNKNOWN", subject, first, row.size - 1, None, facts)
    for row in connection.execute(_BROKEN, given):
        facts = {"number": row.number, "before": row.before_number, "reason": "row"}
        first, last = row.before_size or 0, max(row.old_size - 1, row.before_size or 0)
        yield Finding("ANCHOR_UNKNOWN", f"store before {row.number}", first, last, None, facts)


_BARE_CHECKPOINTS = text("""
select c.size from ledger.checkpoint c
left join ledger.anchor a on a.log = :log and a.size = c.size and a.root = c.root
  and a.block_number <= (select max(final_number) from ledger.cursor)
where a.size is null and not exists (
  select from ledger.former_anchor f where f.log = :log and f.size = c.size and f.root = c.root
) order by c.size limit :most
""")
_BARE_SENDINGS = text("""
select distinct t.size from ledger.tx t
left join ledger.anchor a on a.log = :log and a.size = t.size and a.root = t.root
where t.outcome = 'mined' and t.size is not null and t.created < :settled and a.size is null
order by t.size limit :most
""")


def missing_anchors(connection: Connection, log: bytes, now: datetime) -> Iterator[Finding]:
    """Find checkpoints and mined transactions whose anchor the chain does not show."""
    given = {"log": log, "most": MOST, "settled": now - _SETTLED}
    for what, query in (("checkpoint", _BARE_CHECKPOINTS), ("transaction", _BARE_SENDINGS)):
        for row in connection.execute(query, given):
            facts = {"size": row.size, "reason": what}
            subject = f"store {what} {row.size}"
            yield Finding("ANCHOR_MISSING", subject, 0, max(row.size - 1, 0), None, facts)


# A deployment's own beginnings are no change: a contract's roles as its constructor granted them, and a log opened.
_ACTS = text("""
select block_number, log_index, contract, event, facts from ledger.administration a
where block_number <= (select max(final_number) from ledger.cursor) and event <> 'Opened'
  and not (event = 'RoleGranted' and block_number = (
    select min(b.block_number) from ledger.administration b where b.contract = a.contract and b.event = 'RoleGranted'
  ))
order by block_number, log_index limit :most
""")


def changed_roles(connection: Connection) -> Iterator[Finding]:
    """Find every act by which somebody's part on chain changed: roles, a log's operator and keys, a log's end."""
    for row in connection.execute(_ACTS, {"most": MOST}):
        facts = {"contract": row.contract, "event": row.event, **row.facts}
        if name := ROLES.get(str(row.facts.get("role"))):
            facts["roleName"] = name
        subject = f"{row.event} {row.block_number}/{row.log_index}"
        yield Finding("ROLE_CHANGED", subject, facts=facts)
