"""The loop's and the chain's pulse as the store shows it: sizes, heights, and what is late.

Every figure is one index look-up, so that a monitor may ask every second. Nothing here is asked of the chain itself:
what the follower has not written down, a reader of this store does not have.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, text

from indexer.core.submission import log_id
from indexer.store import tables

_anchor, _block, _cursor = tables.anchor.c, tables.block.c, tables.cursor.c
_placement, _submission, _finding = tables.placement.c, tables.submission.c, tables.finding.c


# The loop's lock is an advisory one, of which PostgreSQL shows the halves of the key.
_LED = text("""
select exists (
  select from pg_locks, hashtextextended(:origin, 7305003) as lock (key)
  where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and classid = ((lock.key >> 32) & 4294967295)::oid and objid = (lock.key & 4294967295)::oid
)
""")


@dataclass(frozen=True)
class Vitals:
    """The store's figures at one moment; times are seconds since 1970, None where there is none."""

    log_size: int
    anchored_size: int
    anchor_number: int
    tip: int | None
    final: int | None
    promise: int | None  # the earliest `anchor_by` not yet kept
    led: bool  # a loop holds the lead at this moment
    findings: dict[str, int] = field(default_factory=dict)


def read(connection: Connection, origin: str) -> Vitals:
    """Take the pulse within the caller's snapshot."""
    cursor = connection.execute(select(_cursor.tip_number, _cursor.final_number)).first()
    tip, final = cursor if cursor else (None, None)
    anchored = connection.execute(
        select(_anchor.size, _anchor.number)
        .where(_anchor.log == log_id(origin), _anchor.block_number <= (final or 0))
        .order_by(_anchor.number.desc())
        .limit(1)
    ).first()
    size, number = anchored if anchored else (0, 0)
    length = connection.scalar(
        select(_placement.first_index + _placement.count + 1)
        .order_by(_placement.first_index.desc())
        .limit(1)
    )
    findings = connection.execute(
        select(_finding.kind, func.count())
        .where(_finding.cleared.is_(None), _finding.acknowledged.is_(None))
        .group_by(_finding.kind)
    )
    return Vitals(
        log_size=length or 0,
        anchored_size=size,
        anchor_number=number,
        tip=tip,
        final=final,
        promise=_promise(connection, size),
        led=connection.execute(_LED, {"origin": origin}).scalar_one(),
        findings={row[0]: row[1] for row in findings},
    )


def _promise(connection: Connection, anchored: int) -> int | None:
    """Find the earliest promise that stands open: of what is placed beyond the anchor, else of what is not placed."""
    placed = connection.scalar(
        select(_submission.anchor_by)
        .join(tables.placement, _placement.submission == _submission.id)
        .where(_placement.first_index >= anchored)
        .order_by(_placement.first_index)
        .limit(1)
    )
    if placed is not None:
        found: int = placed
        return found
    # Ids are made in the order of time and placed in that order, so what waits is newer than the last placed.
    newest = (
        select(_placement.submission)
        .order_by(_placement.first_index.desc())
        .limit(1)
        .scalar_subquery()
    )
    waiting: int | None = connection.scalar(
        select(_submission.anchor_by)
        .where(func.coalesce(_submission.id > newest, True))
        .order_by(_submission.id)
        .limit(1)
    )
    return waiting
