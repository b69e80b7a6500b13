"""Stage 2: stored submissions take their place in the log, and the log's tiles grow by their leaves.

One transaction a step, of the leader alone: a submission has its place and the tiles hold its leaves, or neither. The
leaves are made from the stored contents, and what those no longer say as it was signed does not enter the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, Row, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.leader import Term
from indexer.core import merkle, submission, tile
from indexer.core.errors import InconsistencyError
from indexer.store import ledger, tables
from indexer.store.ledger import Entry

CHANNEL: Final = "suyuan_log"

_log = structlog.get_logger(__name__)


class UnloggedAlteredError(InconsistencyError):
    """A submission that has no place in the log yet is not in the store as it was signed."""

    code = "UNLOGGED_ALTERED"
    sentence = (
        "submission {submission} cannot enter the log: {what} is not what was signed; "
        "restore it from a backup, the participant has the receipt"
    )


# What a key has in the log is always the beginning of its sequence: intake commits a key's submissions one by one in
# order, and every batch takes of each key the next ones. So the newest placed submission of a key tells where its
# unplaced ones begin, and finding them costs an index probe for each key and each unplaced submission, however long
# the ledger is; no clock has a say. Taking each key's first before any key's second keeps one busy key from holding up
# the others.
_UNPLACED = text("""
with recursive keys (key) as (
  (select key from ledger.submission order by key limit 1)
  union all
  select (select s.key from ledger.submission s where s.key > keys.key order by s.key limit 1)
  from keys where keys.key is not null
), floors as (
  select key, coalesce((
    select s.sequence from ledger.submission s
    where s.key = keys.key and exists (select from ledger.placement p where p.submission = s.id)
    order by s.sequence desc limit 1), -1) as floor
  from keys where key is not null
)
select s.id as submission, s.participant, s.key, s.sequence, s.count as records, s.root, s.signature, s.received_at
from floors cross join lateral (
  select * from ledger.submission s
  where s.key = floors.key and s.sequence > floors.floor order by s.sequence limit :limit
) s
order by s.sequence - floors.floor, s.received_at, s.id
limit :limit
""")
# Whatever the statistics say, a plan that reads all of the ledger is the wrong one here.
_BY_INDEX = text(
    "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off;"
    " set local jit = off"
)

_TILES = upsert(tables.tile)
_TILES = _TILES.on_conflict_do_update(
    index_elements=["level", "number"], set_={"hashes": _TILES.excluded.hashes}
)


@dataclass
class Sequencer:
    """Places up to `submissions` a step, and of them no more than `leaves` at once, but always one."""

    engine: Engine
    term: Term
    submissions: int = 500
    leaves: int = 4096

    def step(self) -> int:
        """Place what waits; return how many submissions were placed."""
        with self.engine.begin() as connection:
            self.term.check(connection)
            connection.execute(_BY_INDEX)
            rows = self._bounded(connection.execute(_UNPLACED, {"limit": self.submissions}).all())
            if not rows:
                return 0
            size = ledger.size(connection)
            entries = _entries(connection, rows, size)
            hashes = [merkle.leaf_hash(leaf) for entry in entries for leaf in _leaves(entry)]
            changed = tile.appended(size, hashes, ledger.reader(connection))
            connection.execute(
                insert(tables.placement),
                [
                    {
                        "first_index": one.first_index,
                        "submission": one.submission,
                        "count": one.count,
                    }
                    for one in entries
                ],
            )
            connection.execute(
                _TILES,
                [{"level": one.level, "number": one.index, "hashes": one.data} for one in changed],
            )
            connection.execute(select(func.pg_notify(CHANNEL, str(size + len(hashes)))))
        _log.info("submissions_placed", count=len(entries), size=size + len(hashes))
        return len(entries)

    def _bounded(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        taken: list[Row[Any]] = []
        leaves = 0
        for row in rows:
            leaves += 1 + row.records
            if taken and leaves > self.leaves:
                break
            taken.append(row)
        return taken


def _entries(connection: Connection, rows: Sequence[Row[Any]], size: int) -> list[Entry]:
    records = ledger.contents(connection, [row.submission for row in rows])
    entries: list[Entry] = []
    for row in rows:
        at = entries[-1].next_index if entries else size
        entries.append(ledger.entry(row, at, records.get(row.submission, {})))
    return entries


def _leaves(entry: Entry) -> list[bytes]:
    """Make an entry's leaves; its records must still be those that were signed."""
    for position, stated in enumerate(entry.records):
        if stated is None:
            what = f"the record at position {position}"
            raise UnloggedAlteredError(submission=entry.submission, what=what)
        if sha256(stated.content).digest() != stated.digest:
            raise UnloggedAlteredError(submission=entry.submission, what=f"record {stated.id}")
    made = [leaf for leaf in ledger.leaves(entry) if leaf is not None]
    if submission.root([leaf[-32:] for leaf in made[1:]]) != entry.root:
        raise UnloggedAlteredError(submission=entry.submission, what="the list of its records")
    return made
