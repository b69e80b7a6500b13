"""What amends stored records, and what they amend: corrections, withdrawals and erasures belong to every answer.

They are found by the index of names: a record that amends another names it by its digest. Whether one has the right to
is for the reader's check (indexer/core/amending.py); here it is only not left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from gateway.evidence import content
from indexer.core.record import Kind
from indexer.store import ledger, tables

_naming, _record = tables.naming.c, tables.record.c
SUPERSEDING = (Kind.AMENDMENT, Kind.WITHDRAWAL)


def amending(connection: Connection, digests: Iterable[bytes]) -> list[UUID]:
    """List the records that amend records of these digests, gone ones included, oldest first."""
    names = [ledger.amends(digest) for digest in digests]
    query = select(_naming.record).where(_naming.code == func.any(names)).distinct()
    return list(connection.scalars(query.order_by(_naming.record)))


def bases(connection: Connection, rows: Iterable[Row[Any]]) -> list[UUID]:
    """List the records that these amend."""
    wanted = [bytes.fromhex(one) for row in rows if (one := amended(row))]
    if not wanted:
        return []
    query = select(_record.id).where(
        func.substr(_record.digest, 1, 8).in_([one[:8] for one in wanted]),
        _record.digest.in_(wanted),
    )
    return list(connection.scalars(query))


def amended(row: Row[*tuple[Any, ...]]) -> str | None:
    """Read which digest, in hex, a record amends; None for one that amends nothing readable."""
    found = content(row.content).get("amends") if row.kind in set(Kind) else None
    sound = isinstance(found, str) and len(found) == 64 and not set(found) - set("0123456789abcdef")
    return str(found) if sound else None


def superseded(rows: Sequence[Row[Any]]) -> set[UUID]:
    """Name those that a later one of the same participant among them corrects or withdraws."""
    taken = {(row.participant, amended(row)) for row in rows if row.kind in SUPERSEDING}
    return {row.id for row in rows if (row.participant, row.digest.hex()) in taken}
