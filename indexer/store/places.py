"""The log's places with what the store holds for them, for whoever holds the two to each other.

Nothing here is trusted and nothing raises for what is gone: a place without its submission, a submission without some
of its records and records that nobody counted all come out as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, text

from indexer.core.tile import WIDTH
from indexer.store import former, ledger
from indexer.store.ledger import HASH_SIZE, Stated
from indexer.store.tables import anchor, block, naming, placement, submission, tile

# Records read into memory at once, and submissions looked at to find so many.
RECORDS = 1000
_ROWS = 256


@dataclass(frozen=True)
class Signed:
    """A stored submission. Its id is the place's."""

    participant: UUID
    key: bytes
    sequence: int
    count: int
    root: bytes
    digests: bytes
    signature: bytes
    received_at: int
    anchor_by: int | None  # None where the store was refilled: the promise is lost


@dataclass(frozen=True)
class Place:
    """Where a submission stands: its row if there is one, and its records by position, stray ones included.

    `names` are the index values under which each record can be found by who sees what is not concealed.
    """

    first_index: int
    count: int
    submission: UUID
    row: Signed | None
    records: dict[int, Stated]
    names: dict[UUID, set[bytes]]

    @property
    def next_index(self) -> int:
        """The index after the last of its leaves."""
        return self.first_index + 1 + self.count


@dataclass(frozen=True)
class FinalAnchor:
    """An anchor whose block is final; `time` is its block's, in seconds.

    One of a chain that is gone has the block of the opening by which the log was carried on from there: before it,
    nothing counts on the chain that is followed.
    """

    number: int
    old_size: int
    size: int
    root: bytes
    block: int
    time: int
    former: bool = False

    @property
    def name(self) -> str:
        """Name it in a finding."""
        return f"former anchor {self.size}" if self.former else f"anchor {self.number}"


_SIGNED = [submission.c[one.name] for one in fields(Signed)]
_PLACED = (
    select(placement.c.first_index, placement.c.count, placement.c.submission, *_SIGNED)
    .join_from(placement, submission, submission.c.id == placement.c.submission, isouter=True)
    .where(placement.c.first_index >= bindparam("first"))
    .order_by(placement.c.first_index)
    .limit(_ROWS)
)
_VISIBLE = select(naming.c.record, naming.c.code).where(
    naming.c.record == func.any(bindparam("records")), naming.c.concealed.is_(False)
)
_COVERING = (
    select(func.max(placement.c.first_index))
    .where(placement.c.first_index <= bindparam("index"))
    .scalar_subquery()
)


def placed(connection: Connection, first: int, last: int) -> Iterator[Place]:
    """Read, in order, the places that have leaves from `first` to `last` - 1, some records at a time."""
    begin = connection.execute(select(_COVERING), {"index": first}).scalar() or 0
    while begin < last:
        rows = connection.execute(_PLACED, {"first": begin}).all()
        taken = _some([tuple(row) for row in rows], last)
        records = ledger.contents(connection, [row[2] for row in taken])
        names = _names(connection, [one.id for found in records.values() for one in found.values()])
        for first_index, count, of, *signed in taken:
            row = Signed(*signed) if signed[0] is not None else None
            place = Place(first_index, count, of, row, records.get(of, {}), names)
            if place.next_index > first:
                yield place
        if not taken:
            return
        begin = taken[-1][0] + 1


def _some(rows: list[tuple[Any, ...]], last: int) -> list[tuple[Any, ...]]:
    taken: list[tuple[Any, ...]] = []
    total = 0
    for row in rows:
        if row[0] >= last or (taken and total + row[1] > RECORDS):
            break
        taken.append(row)
        total += row[1]
    return taken


def _names(connection: Connection, records: list[UUID]) -> dict[UUID, set[bytes]]:
    found: dict[UUID, set[bytes]] = {}
    for row in connection.execute(_VISIBLE, {"records": records}):
        found.setdefault(row.record, set()).add(row.code)
    return found


class Tiles:
    """The stored hashes of the log, read a tile at a time; None where the store has none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[int, tuple[int, bytes]] = {}

    def hash(self, level: int, at: int) -> bytes | None:
        """Return one hash of a level."""
        number, place = divmod(at, WIDTH)
        kept = self._kept.get(level)
        if kept is None or kept[0] != number:
            kept = self._kept[level] = (number, self._read(level, number))
        found = kept[1][place * HASH_SIZE : (place + 1) * HASH_SIZE]
        return found if len(found) == HASH_SIZE else None

    def _read(self, level: int, number: int) -> bytes:
        query = select(tile.c.hashes).where(tile.c.level == level, tile.c.number == number)
        return bytes(self._connection.execute(query).scalar_one_or_none() or b"")


_LEAF_TILE = text(
    "select number * 256 + length(hashes) / 32 from ledger.tile where level = 0 order by number desc limit 1"
)


def size(connection: Connection) -> int:
    """Return how far places or stored hashes reach, whichever is farther."""
    hashed: int = connection.execute(_LEAF_TILE).scalar_one_or_none() or 0
    return max(hashed, ledger.size(connection))


def anchors(connection: Connection, log: bytes, above: int, limit: int) -> list[FinalAnchor]:
    """Read the final anchors of a log for sizes above one, smallest first."""
    found = connection.execute(
        select(
            anchor.c.number,
            anchor.c.old_size,
            anchor.c.size,
            anchor.c.root,
            anchor.c.block_number,
            block.c.timestamp,
        )
        .join(block, block.c.number == anchor.c.block_number)
        .where(
            anchor.c.log == log,
            anchor.c.size > above,
            anchor.c.block_number <= text("(select max(final_number) from ledger.cursor)"),
        )
        .order_by(anchor.c.size)
        .limit(limit)
    )
    rows = [FinalAnchor(*row) for row in found]
    return [*_former(connection, log, above, rows[0], limit), *rows][:limit] if rows else []


def _former(
    connection: Connection, log: bytes, above: int, first: FinalAnchor, limit: int
) -> list[FinalAnchor]:
    """Read the anchors of lost chains below the opening that carries the log on from there, that one's size included.

    They are walked before the opening, which is of the same size as the last: when a record was first anchored decides
    whether it was late.
    """
    if first.number != 1:
        return []
    return [
        FinalAnchor(
            one.number, one.old_size, one.size, one.root, first.block, one.time, former=True
        )
        for one in former.anchors(connection, log, above, first.size, limit)
        if one.size < first.size or one.root == first.root
    ]


_NAMED = text("""
select distinct record, position from ledger.naming
where record between :first and :last and submission = :submission
""")


def named(connection: Connection, of: UUID) -> dict[int, UUID]:
    """Return the record ids that the index of names still holds for a submission, by position.

    Record ids follow their submission's within moments (UUIDv7), so the index finds them.
    """
    span = {
        "first": of,
        "last": UUID(int=min(of.int + (60_000 << 80), 2**128 - 1)),
        "submission": of,
    }
    return {row.position: row.record for row in connection.execute(_NAMED, span)}
