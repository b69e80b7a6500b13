"""A store that was set back is filled again from the log's files, up to the head that the chain proves.

The chain knows one root over everything and the files know the leaves, so what the two give together is the log or
nothing, and no file needs to be trusted. Leaves say who stated how much, and signed it; contents, their keys and names
and our receipts are lost with the store, and the reconciler names every record that is gone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Row, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from uuid_utils.compat import uuid7

from gateway import files
from gateway.leader import Term
from indexer.chain.calls import Head
from indexer.core import merkle, tile
from indexer.core.errors import EvidenceError, InconsistencyError
from indexer.core.leaf import (
    LeafUnknownError,
    RecordLeaf,
    SubmissionLeaf,
    parse_record_leaf,
    parse_submission_leaf,
)
from indexer.core.tile import WIDTH, Tile, Tree
from indexer.store import ledger, tables

_log = structlog.get_logger(__name__)


class HeadBeyondStoreError(InconsistencyError):
    """The chain has more of the log than the store, and the log's files do not fill the gap."""

    code = "HEAD_BEYOND_STORE"
    sentence = (
        "the chain's head of the log {origin} has {head} leaves and the store {size}: the store was set back, and "
        "{reason}. Restore a newer backup, or put the log's files of that time under {folder}, and start the loop "
        "again. If there are none, let the administrator end the log where the store ends, with "
        "`python -m contracts.cli close {origin} --last-good {size} --successor NEW`, and open NEW with "
        "`python -m contracts.cli open NEW --predecessor {origin} --size {size} --root {root}`"
    )


class SequenceTakenError(InconsistencyError):
    """The store took something new under a sequence that the log has used before."""

    code = "SEQUENCE_TAKEN"
    sentence = (
        "the log has another submission {sequence} of the key {key} at index {index} than the store, where it is "
        "{submission}: it was taken after the store was set back, and can never be logged. Set the store back once "
        "more, and let the loop fill it before the gateway takes anything"
    )


@dataclass(frozen=True)
class Logged:
    """A submission as its leaves tell it."""

    first_index: int
    own: SubmissionLeaf
    records: list[RecordLeaf]

    @property
    def received_at(self) -> int:
        """Tell when it came, in milliseconds; its records all say the same."""
        return self.records[0].received_at


def refill(engine: Engine, term: Term, folder: Path, head: Head) -> None:
    """Bring the store to the chain's head, in one transaction of the leader's, or explain what it lacks."""
    with engine.begin() as connection:
        term.check(connection)
        size = ledger.size(connection)
        tree = Tree(ledger.reader(connection))

        def lacking(reason: str) -> HeadBeyondStoreError:
            facts = {"origin": term.origin, "head": head.size, "size": size, "folder": folder}
            return HeadBeyondStoreError(**facts, root=tree.root(size).hex(), reason=reason)

        # From the beginning of the bundle in which the store ends, so that the root bears out all that the file holds.
        begun = size // WIDTH * WIDTH
        leaves = list(_leaves(folder, begun, head.size, lacking))
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        changed = tile.appended(begun, hashes, ledger.reader(connection))
        if _root(connection, changed, head.size) != head.root:
            reason = "the log's files do not lead to the chain's root"
            raise lacking(reason)
        try:
            found = list(_submissions(leaves[size - begun :], size))
        except EvidenceError as error:
            reason = f"the log's files hold what this version cannot read ({error})"
            raise lacking(reason) from None
        # The next anchor takes the leaves that begin its bundle from a file of this width: it cannot make them again.
        files.write(folder, _last(leaves, begun, head.size))
        lost = _place(connection, found)
        _keep(connection, changed)
    records = sum(len(one.records) for one in lost)
    facts = {"size": head.size, "before": size, "submissions": len(found), "records_lost": records}
    _log.error("store_refilled", origin=term.origin, **facts)


def _leaves(
    folder: Path, start: int, end: int, lacking: Callable[[str], HeadBeyondStoreError]
) -> Iterator[bytes]:
    """Read the leaves from `start`, where a bundle begins, to `end` - 1 out of the widest bundles that are there."""
    for number in range(start // WIDTH, -(-end // WIDTH)):
        first = number * WIDTH
        bundle = _widest(folder, number)
        if first + len(bundle) < min(end, first + WIDTH):
            reason = f"the log's files lack the leaves from index {first + len(bundle)} on"
            raise lacking(reason)
        yield from bundle[: end - first]


def _widest(folder: Path, number: int) -> list[bytes]:
    """Read a bundle of entries at the greatest width there is a sound file of; none is an empty one."""
    for width in range(WIDTH, 0, -1):
        path = tile.entries_path(number, width)
        data = files.read(folder, path)
        if data is None:
            continue
        try:
            return tile.parse_entries(data, number, width)
        except EvidenceError:
            _log.warning("log_file_unsound", path=path)
    return []


def _last(leaves: Sequence[bytes], start: int, end: int) -> dict[str, bytes]:
    """Encode the bundle in which the log ends, at its present width."""
    number, width = divmod(end, WIDTH)
    if not width:
        return {}
    return {tile.entries_path(number, width): tile.entries(leaves[number * WIDTH - start :])}


def _root(connection: Connection, changed: Sequence[Tile], size: int) -> bytes:
    """Compute the root that the store's tiles and these give together."""
    fresh = {(one.level, one.index): one.data for one in changed}
    stored = ledger.reader(connection)

    def read(level: int, index: int, width: int) -> bytes:
        return fresh.get((level, index)) or stored(level, index, width)

    return Tree(read).root(size)


def _submissions(leaves: Sequence[bytes], start: int) -> Iterator[Logged]:
    at = 0
    while at < len(leaves):
        own = parse_submission_leaf(leaves[at])
        at += 1
        records = [parse_record_leaf(leaf) for leaf in leaves[at : at + own.count]]
        if not records or len(records) < own.count:
            raise LeafUnknownError(length=len(leaves[at - 1]), what="submission with its records")
        yield Logged(start + at - 1, own, records)
        at += own.count


# As intake does before it gives out a sequence: what waits for us here sees our rows afterwards.
_LOCK = text("""
select pg_advisory_xact_lock(hashtextextended('sequence ' || key, 7305002))
from unnest(cast(:keys as text[])) as one (key)
""")
_STORED = text("""
select s.id, s.key, s.sequence, s.participant, s.count as records, s.root, s.signature, s.received_at
from unnest(cast(:keys as bytea[]), cast(:sequences as bigint[])) as one (key, sequence)
join ledger.submission s on s.key = one.key and s.sequence = one.sequence
""")
_TILES = upsert(tables.tile)
_TILES = _TILES.on_conflict_do_update(
    index_elements=["level", "number"], set_={"hashes": _TILES.excluded.hashes}
)


def _place(connection: Connection, found: Sequence[Logged]) -> list[Logged]:
    """Give each its place, and a row where the store has none; return those that had none."""
    connection.execute(_LOCK, {"keys": sorted({one.own.key.hex() for one in found})})
    asked = {
        "keys": [one.own.key for one in found],
        "sequences": [one.own.sequence for one in found],
    }
    known = {(row.key, row.sequence): row for row in connection.execute(_STORED, asked)}
    lost, places = [], []
    for one in found:
        row = known.get((one.own.key, one.own.sequence))
        if row is None:
            lost.append(one)
        elif not _same(one, row):
            raise SequenceTakenError(
                sequence=one.own.sequence,
                key=one.own.key.hex(),
                index=one.first_index,
                submission=row.id,
            )
        places.append((one, _id(one) if row is None else row.id))
    new = {one.first_index: of for one, of in places}
    if lost:
        rows = [_row(one, new[one.first_index]) for one in lost]
        connection.execute(insert(tables.submission), rows)
    connection.execute(
        insert(tables.placement),
        [
            {"first_index": one.first_index, "submission": of, "count": one.own.count}
            for one, of in places
        ],
    )
    return lost


def _same(one: Logged, row: Row[*tuple[Any, ...]]) -> bool:
    """Tell whether a stored submission makes these leaves."""
    own = one.own
    mine = (own.participant, own.count, own.root, own.signature, one.received_at)
    return mine == (row.participant, row.records, row.root, row.signature, row.received_at)


def _id(one: Logged) -> UUID:
    """Make a handle as of the time it came: handles follow that order."""
    seconds, milliseconds = divmod(one.received_at, 1000)
    return uuid7(seconds, milliseconds * 1_000_000)


def _row(one: Logged, of: UUID) -> dict[str, object]:
    return {
        "id": of,
        "participant": one.own.participant,
        "key": one.own.key,
        "sequence": one.own.sequence,
        "count": one.own.count,
        "root": one.own.root,
        "digests": b"".join(record.digest for record in one.records),
        "signature": one.own.signature,
        "received_at": one.received_at,
        "anchor_by": None,
        "receipt": None,
    }


def _keep(connection: Connection, changed: Sequence[Tile]) -> None:
    connection.execute(
        _TILES, [{"level": one.level, "number": one.index, "hashes": one.data} for one in changed]
    )
