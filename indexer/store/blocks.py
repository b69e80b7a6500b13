"""What the follower keeps of a chain, and how it takes it back: the SQL of block, cursor, and what was said in blocks.

Every change goes through the cursor's version, so two followers of one chain cannot interleave: the second finds the
version gone and nothing of its step stays. The caller opens and ends the transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, delete, func, insert, select, text, update

from indexer.chain.calls import Head, Header
from indexer.chain.deployment import Deployment
from indexer.chain.events import Administration, Anchored, Event, Registration
from indexer.core.errors import InconsistencyError, OutageError
from indexer.store.tables import administration, anchor, block, cursor, registration

CHANNEL = "suyuan_anchor"


class OvertakenError(OutageError):
    """Another follower moved this cursor meanwhile."""

    code = "FOLLOWER_OVERTAKEN"
    sentence = "another follower of this database was faster"


class OtherDeploymentError(InconsistencyError):
    """The database holds what was read from another deployment."""

    code = "DEPLOYMENT_FOREIGN"
    sentence = (
        "this database follows contract {found} of chain {chain} with genesis {genesis}, "
        "not contract {expected} of chain {expected_chain} with genesis {expected_genesis}. If the old chain is lost "
        "for good, `suyuan log carry-on` opens the log on the new one, and `suyuan-node carry-on` lets another "
        "party's node go along"
    )


@dataclass(frozen=True, slots=True)
class Position:
    """How far the chain was read, and how far of that is final."""

    trace_log: bytes
    tip_number: int
    tip_hash: bytes
    final_number: int
    final_hash: bytes
    version: int


_CURSOR = select(cursor)
# One probe per log, however many anchors each has.
_HEADS = text("""
with recursive named(log) as (
  (select log from ledger.anchor order by log limit 1)
  union all
  select (select a.log from ledger.anchor a where a.log > named.log order by a.log limit 1) from named
  where named.log is not null
)
select last.log, last.number, last.size, last.root from named
cross join lateral (select * from ledger.anchor a where a.log = named.log order by a.number desc limit 1) last
""")


def position(connection: Connection, deployment: Deployment) -> Position | None:
    """Read the cursor; None before the first step. A cursor of another deployment is refused."""
    row = connection.execute(_CURSOR).one_or_none()
    if row is None:
        return None
    found = (row.trace_log, row.participants, row.chain_id, row.genesis)
    wanted = (
        deployment.trace_log,
        deployment.participants,
        deployment.chain_id,
        deployment.genesis,
    )
    if found != wanted:
        raise OtherDeploymentError(
            found=row.trace_log.hex(),
            chain=row.chain_id,
            genesis=row.genesis.hex(),
            expected=deployment.trace_log.hex(),
            expected_chain=deployment.chain_id,
            expected_genesis=deployment.genesis.hex(),
        )
    return Position(
        row.trace_log, row.tip_number, row.tip_hash, row.final_number, row.final_hash, row.version
    )


def begin(
    connection: Connection, deployment: Deployment, genesis: Header, start: Header
) -> Position:
    """Begin to follow behind block `start`; only the genesis is taken for final."""
    connection.execute(select(func.pg_advisory_xact_lock(7305002)))  # two first steps at once
    if position(connection, deployment) is not None:
        raise OvertakenError
    rows = {header.number: _block(header) for header in (genesis, start)}
    connection.execute(insert(block), list(rows.values()))
    connection.execute(
        insert(cursor).values(
            trace_log=deployment.trace_log,
            participants=deployment.participants,
            chain_id=deployment.chain_id,
            genesis=deployment.genesis,
            tip_number=start.number,
            tip_hash=start.hash,
            final_number=genesis.number,
            final_hash=genesis.hash,
            version=0,
        )
    )
    return Position(deployment.trace_log, start.number, start.hash, genesis.number, genesis.hash, 0)


def hashes(connection: Connection, at_most: int, limit: int) -> list[tuple[int, bytes]]:
    """Return the highest kept blocks up to a number, highest first."""
    found = connection.execute(
        select(block.c.number, block.c.hash)
        .where(block.c.number <= at_most)
        .order_by(block.c.number.desc())
        .limit(limit)
    )
    return [(row.number, row.hash) for row in found]


def heads(connection: Connection) -> dict[bytes, Head]:
    """Return the last anchor of every log."""
    return {row.log: Head(row.number, row.size, row.root) for row in connection.execute(_HEADS)}


def append(
    connection: Connection,
    at: Position,
    headers: Sequence[Header],
    events: Sequence[Event],
    final: tuple[int, bytes],
) -> None:
    """Write one step: the blocks behind the tip, what was said in them, and how far all is final now.

    Blocks below the final one stay only if something of ours happened in them.
    """
    tip = (headers[-1].number, headers[-1].hash) if headers else (at.tip_number, at.tip_hash)
    _move(connection, at, tip, final)
    told = {event.block_number for event in events}
    kept = [header for header in headers if header.number >= final[0] or header.number in told]
    _insert(connection, block, map(_block, kept))
    _insert(connection, anchor, (_anchor(e) for e in events if isinstance(e, Anchored)))
    _insert(
        connection, registration, (_registration(e) for e in events if isinstance(e, Registration))
    )
    _insert(connection, administration, (_act(e) for e in events if isinstance(e, Administration)))
    silent = (
        ~select(said.c.block_number).where(said.c.block_number == block.c.number).exists()
        for said in (anchor, registration, administration)
    )
    below = (block.c.number >= at.final_number, block.c.number < final[0])
    connection.execute(delete(block).where(*below, *silent))


def rewind(connection: Connection, at: Position, to: tuple[int, bytes]) -> None:
    """Take back every block above `to`, and with them all that was said in them."""
    _move(connection, at, to, (at.final_number, at.final_hash))
    connection.execute(delete(block).where(block.c.number > to[0]))


def _move(
    connection: Connection, at: Position, tip: tuple[int, bytes], final: tuple[int, bytes]
) -> None:
    # First of all writes: whoever comes second waits here, and then finds the version gone.
    moved: CursorResult[Any] = connection.execute(
        update(cursor)
        .where(cursor.c.trace_log == at.trace_log, cursor.c.version == at.version)
        .values(
            tip_number=tip[0],
            tip_hash=tip[1],
            final_number=final[0],
            final_hash=final[1],
            version=at.version + 1,
        )
    )
    if moved.rowcount != 1:
        raise OvertakenError


def announce(connection: Connection, size: int) -> None:
    """Tell who listens that a log's anchors, or their finality, have changed; `size` is the newest anchor's."""
    connection.execute(select(func.pg_notify(CHANNEL, str(size))))


def _insert(connection: Connection, table: Any, rows: Iterable[dict[str, object]]) -> None:  # noqa: ANN401
    found = list(rows)
    if found:
        connection.execute(insert(table), found)


def _block(header: Header) -> dict[str, object]:
    return {
        "number": header.number,
        "hash": header.hash,
        "parent": header.parent,
        "timestamp": header.timestamp,
    }


def _anchor(event: Anchored) -> dict[str, object]:
    return {
        "log": event.log,
        "number": event.number,
        "old_size": event.old_size,
        "size": event.size,
        "root": event.root,
        "block_number": event.block_number,
        "log_index": event.log_index,
        "tx_hash": event.tx_hash,
    }


def _registration(event: Registration) -> dict[str, object]:
    return {
        "block_number": event.block_number,
        "log_index": event.log_index,
        "event": event.event,
        "participant": event.participant,
        "key": event.key,
        "name": event.name,
        "credit_code": event.credit_code,
        "custodial": event.custodial,
        "next_sequence": event.next_sequence,
        "ready_at": event.ready_at,
    }


def _act(event: Administration) -> dict[str, object]:
    return {
        "block_number": event.block_number,
        "log_index": event.log_index,
        "contract": event.contract,
        "event": event.event,
        "facts": event.facts,
    }
