"""The ledger as everybody reads it: the log's size, its tiles, its submissions in order, and their leaves made anew.

Leaves come from the stored contents and never from stored digests or tiles, so that whoever compares the two sees a
changed row. Whatever a function here is asked, it reads what it needs by an index: the ledger may be long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, select

from indexer.core import code, event, masterdata, record
from indexer.core.canonical import Members
from indexer.core.errors import InconsistencyError, InputError
from indexer.core.record import Kind
from indexer.core.tile import Reader
from indexer.store.tables import placement, submission, tile
from indexer.store.tables import record as record_table

NAME_SIZE: Final = 16
HASH_SIZE: Final = 32


class TileMissingError(InconsistencyError):
    """A tile that the log's size demands is not in the store, or is shorter than it should be."""

    code = "TILE_MISSING"
    sentence = "tile {level}/{index} should hold {width} hashes and holds {found}"


class SubmissionMissingError(InconsistencyError):
    """A submission stands in the log and is not in the store."""

    code = "SUBMISSION_MISSING"
    sentence = "submission {submission}, at index {index} of the log, is not in the store"


@dataclass(frozen=True)
class Stated:
    """One stored record; `content` is what was hashed, all else says where it belongs."""

    id: UUID
    position: int
    kind: int
    digest: bytes
    content: bytes


@dataclass(frozen=True)
class Found:
    """A stored record, found by its digest; without participant where its submission is gone, `index` is its leaf's."""

    id: UUID
    participant: UUID | None
    kind: int
    content: bytes
    index: int | None


@dataclass(frozen=True)
class Entry:
    """One submission with its records by position, None where a record is gone; `first_index` is its own leaf's."""

    first_index: int
    count: int
    submission: UUID
    participant: UUID
    key: bytes
    sequence: int
    root: bytes
    signature: bytes
    received_at: int
    records: tuple[Stated | None, ...]

    @property
    def next_index(self) -> int:
        """The index after the last of its leaves."""
        return self.first_index + 1 + self.count


def name(canonical_code: str) -> bytes:
    """Index a code that is visible in its record: 16 bytes, as `naming.code` holds them."""
    return sha256(canonical_code.encode()).digest()[:NAME_SIZE]


def pieces(lot: str) -> str:
    """Spell a lot as those events name it whose pieces are of it: apart from its own, or each piece led to all."""
    return f"lot {lot}"


def spelt(naming: event.Naming) -> str:
    """Spell what an event or master data name as the index has it, open or concealed."""
    canonical_code = code.canonical(naming.code)
    return pieces(canonical_code) if naming.role == "lot" else canonical_code


def amends(digest: bytes) -> bytes:
    """Index what amends the record of this digest: 16 bytes, as `naming.code` holds them. No code is spelt so."""
    return name(f"amends {digest.hex()}")


def identified(participant: str, event_id: str) -> bytes:
    """Index an event by the id its participant gave it: 16 bytes, as `naming.code` holds them. No code is spelt so."""
    return name(f"event {participant} {event_id}")


def described(canonical_code: str) -> bytes:
    """Index the master data about what this code names: 16 bytes, as `naming.code` holds them. No code is spelt so."""
    return name(f"master {canonical_code}")


def describing(participant: str, kind: str) -> bytes:
    """Index a participant's master data of one type: 16 bytes, as `naming.code` holds them. No code is spelt so."""
    return name(f"master {participant} {kind}")


def others(content: Members) -> Iterator[bytes]:
    """Give what a record is indexed under beside the codes it names openly.

    That is what it amends, its event's id, and for master data whose they are and what they describe.
    """
    amended, body = content.get("amends"), content["body"]
    if isinstance(amended, str):
        yield amends(bytes.fromhex(amended))
    given = body.get("eventID") if isinstance(body, dict) else None
    if isinstance(given, str) and content["kind"] in (Kind.EVENT, Kind.AMENDMENT):
        yield identified(str(content["participant"]), given)
    if isinstance(body, dict) and content["kind"] in (Kind.MASTER_DATA, Kind.AMENDMENT):
        yield from _master(str(content["participant"]), body)


def _master(participant: str, body: Members) -> Iterator[bytes]:
    """Index master data apart from events, which name the same code however often."""
    if schema := masterdata.of(body):
        yield describing(participant, schema.type)
        for naming in event.names(body):
            yield described(code.canonical(naming.code))


_FOUND = (
    select(
        record_table.c.id,
        submission.c.participant,
        record_table.c.kind,
        record_table.c.content,
        (placement.c.first_index + 1 + record_table.c.position).label("index"),
    )
    .join(submission, submission.c.id == record_table.c.submission, isouter=True)
    .join(placement, placement.c.submission == record_table.c.submission, isouter=True)
    .where(
        func.substr(record_table.c.digest, 1, 8) == func.substr(bindparam("digest"), 1, 8),
        record_table.c.digest == bindparam("digest"),
    )
    .order_by("index", record_table.c.id)
)


def found(connection: Connection, digest: bytes) -> list[Found]:
    """Find the records of a digest, in the log's order; there is more than one where one was slipped in."""
    # `index` is a method of every row, so they are taken by place.
    return [Found(*row) for row in connection.execute(_FOUND, {"digest": digest})]


_SIZE = (
    select(placement.c.first_index + placement.c.count + 1)
    .order_by(placement.c.first_index.desc())
    .limit(1)
)


def size(connection: Connection) -> int:
    """Return how many leaves the log has."""
    return connection.execute(_SIZE).scalar_one_or_none() or 0


_TILE = select(
    func.substr(tile.c.hashes, 1, bindparam("length")), func.length(tile.c.hashes)
).where(tile.c.level == bindparam("level"), tile.c.number == bindparam("number"))


def reader(connection: Connection) -> Reader:
    """Make a reader of the stored tiles for `indexer.core.tile`."""

    def read(level: int, index: int, width: int) -> bytes:
        asked = {"level": level, "number": index, "length": width * HASH_SIZE}
        row = connection.execute(_TILE, asked).one_or_none()
        if row is None or row[1] < asked["length"]:
            found = 0 if row is None else row[1] // HASH_SIZE
            raise TileMissingError(level=level, index=index, width=width, found=found)
        return bytes(row[0])

    return read


_FROM = func.coalesce(
    select(func.max(placement.c.first_index))
    .where(placement.c.first_index <= bindparam("index"))
    .scalar_subquery(),
    0,
)
_PLACED = (
    select(
        placement.c.first_index,
        placement.c.count.label("records"),
        placement.c.submission,
        submission.c.participant,
        submission.c.key,
        submission.c.sequence,
        submission.c.root,
        submission.c.signature,
        submission.c.received_at,
    )
    .join_from(placement, submission, submission.c.id == placement.c.submission, isouter=True)
    .where(placement.c.first_index >= _FROM)
    .order_by(placement.c.first_index)
    .limit(bindparam("limit"))
)
_RECORDS = select(
    record_table.c.submission,
    record_table.c.id,
    record_table.c.position,
    record_table.c.kind,
    record_table.c.digest,
    record_table.c.content,
).where(record_table.c.submission == func.any(bindparam("submissions")))


def entries(connection: Connection, first_index: int, limit: int) -> Iterator[Entry]:
    """Read up to `limit` submissions in the log's order, from the one in whose leaves `first_index` lies."""
    placed = connection.execute(_PLACED, {"index": first_index, "limit": limit}).all()
    records = contents(connection, [row.submission for row in placed])
    for row in placed:
        if row.key is None:
            raise SubmissionMissingError(submission=row.submission, index=row.first_index)
        yield entry(row, row.first_index, records.get(row.submission, {}))


def contents(connection: Connection, submissions: Sequence[UUID]) -> dict[UUID, dict[int, Stated]]:
    """Read the records of submissions, by position."""
    found: dict[UUID, dict[int, Stated]] = {}
    for row in connection.execute(_RECORDS, {"submissions": list(submissions)}):
        stated = Stated(row.id, row.position, row.kind, row.digest, row.content)
        found.setdefault(row.submission, {})[row.position] = stated
    return found


def entry(row: Row[*tuple[Any, ...]], first_index: int, records: dict[int, Stated]) -> Entry:
    """Put a submission's row and its records together."""
    return Entry(
        first_index=first_index,
        count=row.records,
        submission=row.submission,
        participant=row.participant,
        key=row.key,
        sequence=row.sequence,
        root=row.root,
        signature=row.signature,
        received_at=row.received_at,
        records=tuple(records.get(position) for position in range(row.records)),
    )


def leaves(entry: Entry) -> list[bytes | None]:
    """Make the leaf data of a submission and its records from what is stored; None where a record is gone or unfit."""
    own = record.submission_leaf(
        entry.participant, entry.key, entry.sequence, entry.count, entry.root, entry.signature
    )
    return [own, *(_leaf(entry.received_at, stated) for stated in entry.records)]


def _leaf(received_at: int, stated: Stated | None) -> bytes | None:
    if stated is None:
        return None
    try:
        return record.record_leaf(stated.kind, received_at, sha256(stated.content).digest())
    except InputError:
        return None
