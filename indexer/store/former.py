"""Deployments that were followed once: when a log is carried on, what was read of the old chain is set aside and stays.

A lost chain can be asked nothing any more, so its final anchors are kept as they were seen, with the transactions that
made them. They prove nothing to others; they tell when a record was first anchored, and that the log which goes on is
the one that was there.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Table,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from indexer.chain.deployment import Deployment
from indexer.core.errors import InconsistencyError, InputError
from indexer.store.tables import cursor, metadata


class NothingFollowedError(InputError):
    """There is no old chain in this database."""

    code = "NOTHING_FOLLOWED"
    sentence = "this database has followed no chain yet: there is nothing to carry on"


class StillFollowedError(InputError):
    """The new deployment is the one that is followed."""

    code = "STILL_FOLLOWED"
    sentence = "contract {trace_log} on the chain with genesis {genesis} is what this database follows already"


class CarriedShortError(InconsistencyError):
    """The log was carried on with less than we saw final, or with something else."""

    code = "CARRIED_SHORT"
    sentence = (
        "the log was opened on the new chain with {size} leaves under the root {root}, and this database saw {known} "
        "leaves final under {known_root} on the old one: what was final would be forgotten. Ask its operator"
    )


# Writer: the schema's owner, when a log is carried on. A deployment that was followed until its chain was
# lost, or replaced by another of our contracts; what was read of it follows below, and stays.
former_deployment = Table(
    "former_deployment",
    metadata,
    Column("genesis", LargeBinary, nullable=False),
    Column("trace_log", LargeBinary, nullable=False),
    Column("participants", LargeBinary, nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("final_number", BigInteger, nullable=False),
    Column("final_hash", LargeBinary, nullable=False),
    Column("left_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("genesis", "trace_log", name="former_deployment_pkey"),
)

_FORMER = ("ledger.former_deployment.genesis", "ledger.former_deployment.trace_log")

# Writer: the schema's owner. Its final anchors, with their blocks and our own transactions.
former_anchor = Table(
    "former_anchor",
    metadata,
    Column("genesis", LargeBinary, nullable=False),
    Column("trace_log", LargeBinary, nullable=False),
    Column("log", LargeBinary, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("old_size", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("block_number", BigInteger, nullable=False),
    Column("block_hash", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False),  # of the block, s since 1970
    Column("tx_hash", LargeBinary, nullable=False),
    Column("raw", LargeBinary),  # where we sent it
    PrimaryKeyConstraint("genesis", "trace_log", "log", "number", name="former_anchor_pkey"),
    ForeignKeyConstraint(["genesis", "trace_log"], _FORMER),
    Index("ix_ledger_former_anchor_log", "log", "size"),
)

# Writer: the schema's owner. Its final registrations and acts of administrators, as their rows were.
former_event = Table(
    "former_event",
    metadata,
    Column("genesis", LargeBinary, nullable=False),
    Column("trace_log", LargeBinary, nullable=False),
    Column("block_number", BigInteger, nullable=False),
    Column("log_index", Integer, nullable=False),
    Column("block_hash", LargeBinary, nullable=False),
    Column("facts", JSONB, nullable=False),
    PrimaryKeyConstraint(
        "genesis", "trace_log", "block_number", "log_index", name="former_event_pkey"
    ),
    ForeignKeyConstraint(["genesis", "trace_log"], _FORMER),
)


@dataclass(frozen=True)
class FormerAnchor:
    """A final anchor of a chain that is gone; `time` is its block's, in seconds."""

    number: int
    old_size: int
    size: int
    root: bytes
    time: int


_ANCHORS = text("""
select distinct on (size) number, old_size, size, root, time from ledger.former_anchor
where log = :log and size > :above and size <= :most order by size, time limit :limit
""")
_NEWEST = text("""
select size, root from ledger.anchor
where log = :log and block_number <= (select max(final_number) from ledger.cursor)
order by size desc limit 1
""")
_SET_ASIDE = (
    """
    insert into ledger.former_deployment
    select genesis, trace_log, participants, chain_id, final_number, final_hash, :now from ledger.cursor
    """,
    """
    insert into ledger.former_anchor
    select c.genesis, c.trace_log, a.log, a.number, a.old_size, a.size, a.root, b.number, b.hash, b.timestamp,
      a.tx_hash, t.raw
    from ledger.anchor a join ledger.block b on b.number = a.block_number left join ledger.tx t on t.hash = a.tx_hash,
      ledger.cursor c
    where b.number <= c.final_number
    """,
    """
    insert into ledger.former_event
    select c.genesis, c.trace_log, b.number, e.log_index, b.hash, e.facts
    from (
      select block_number, log_index, to_jsonb(r) as facts from ledger.registration r
      union all select block_number, log_index, to_jsonb(d) from ledger.administration d
    ) e join ledger.block b on b.number = e.block_number, ledger.cursor c
    where b.number <= c.final_number
    """,
    "delete from ledger.block",  # and with each all that was said in it
    "delete from ledger.tx",  # signed for the old chain, whose nonces mean nothing on another
    "delete from ledger.cursor",
)


def set_aside(connection: Connection, deployment: Deployment, now: datetime) -> Deployment:
    """Leave the deployment that was followed for `deployment`, and return the old one.

    Needs the schema's owner. The caller commits, and no follower runs meanwhile.
    """
    row = followed(connection)
    if (row.genesis, row.trace_log) == (deployment.genesis, deployment.trace_log):
        raise StillFollowedError(
            trace_log=deployment.trace_log.hex(), genesis=deployment.genesis.hex()
        )
    for statement in _SET_ASIDE:
        connection.execute(text(statement), {"now": now} if ":now" in statement else {})
    return Deployment(row.chain_id, row.genesis, row.trace_log, row.participants, 0)


def followed(connection: Connection) -> Row[*tuple[object, ...]]:
    """Read which deployment is followed."""
    row = connection.execute(select(cursor).with_for_update()).one_or_none()
    if row is None:
        raise NothingFollowedError
    return row


def check_opening(connection: Connection, log: bytes, size: int, root: bytes) -> None:
    """Refuse a log that was opened on a new chain with less than was final on the old one, or another root."""
    known = connection.execute(_NEWEST, {"log": log}).one_or_none()
    if known and (size < known.size or (size == known.size and root != known.root)):
        raise CarriedShortError(
            size=size, root=root.hex(), known=known.size, known_root=known.root.hex()
        )


def anchors(
    connection: Connection, log: bytes, above: int, most: int, limit: int
) -> list[FormerAnchor]:
    """Read a log's anchors of chains that are gone, for sizes above one and up to another, smallest first.

    Of several for one size the earliest counts.
    """
    asked = {"log": log, "above": above, "most": most, "limit": limit}
    return [FormerAnchor(*row) for row in connection.execute(_ANCHORS, asked)]
