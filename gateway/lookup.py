"""Records out of the store for an answer: by the codes they name, by id, and with what amends them.

Two ways to read one: `light` has what a record says and who says it, `whole` also what proves it, which is much more
where thousands of records came in one submission. A record whose submission is gone proves nothing and is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, select, text

from gateway import amendments
from gateway.vault import Vault
from indexer.core.bundle import Missing
from indexer.store import ledger, tables

Rows: TypeAlias = Mapping[UUID, Row[Any]]
Reader: TypeAlias = Callable[[Connection, Sequence[UUID]], dict[UUID, Row[Any]]]

_record, _submission, _placement = tables.record.c, tables.submission.c, tables.placement.c
_naming = tables.naming.c
# A row's own `count` is tuple's.
_SIGNED = (
    _submission.participant,
    _submission.key,
    _submission.sequence,
    _submission.count.label("total"),
    _submission.root,
    _submission.digests,
    _submission.signature,
    _submission.received_at,
)
_SAID: tuple[ColumnElement[Any], ...] = (
    _record.id,
    _record.kind,
    _record.digest,
    _record.content,
    _submission.participant,
)


def names(vault: Vault, canonical_code: str) -> tuple[bytes, bytes]:
    """Give the index values of the records that name a code: openly, and where they conceal it."""
    return ledger.name(canonical_code), vault.concealed_name(canonical_code)


# Joined rather than compared, so that each is looked up by the index however many there are.
_NAMED = text("""
select named.record, array_agg(named.code)
from unnest(cast(:names as bytea[])) as sought (code) join ledger.naming as named on named.code = sought.code
group by named.record order by named.record desc limit :most
""")


def named(connection: Connection, names: Sequence[bytes], most: int) -> dict[UUID, list[bytes]]:
    """List the newest records that name one of these, gone ones included, with the names; no more than `most`."""
    asked = {"names": list(names), "most": most}
    return {record: list(hits) for record, hits in connection.execute(_NAMED, asked)}


def light(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Read what records say."""
    query = (
        select(*_SAID)
        .join(tables.submission, _submission.id == _record.submission)
        .where(_record.id == func.any(list(ids)))
    )
    return {row.id: row for row in connection.execute(query)}


def whole(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Read records with submission and place."""
    query = (
        select(tables.record, *_SIGNED, _placement.first_index)
        .join(tables.submission, _submission.id == _record.submission)
        .outerjoin(tables.placement, _placement.submission == _record.submission)
        .where(_record.id == func.any(list(ids)))
    )
    return {row.id: row for row in connection.execute(query)}


def amended(
    connection: Connection, rows: Rows, read: Reader, most: int
) -> tuple[dict[UUID, Row[Any]], list[UUID]]:
    """Add what amends these, what amends that, and so on; name beside it those of them that are gone."""
    found, fresh, gone = dict(rows), rows, list[UUID]()
    while fresh and len(found) < most:
        amending = amendments.amending(connection, [row.digest for row in fresh.values()])
        wanted = [one for one in amending if one not in found][: most - len(found)]
        fresh = read(connection, wanted)
        gone += [one for one in wanted if one not in fresh]
        found |= fresh
    return found, gone


def based(connection: Connection, rows: Rows, read: Reader, most: int) -> dict[UUID, Row[Any]]:
    """Add what these amend, what that amends, and so on."""
    found, fresh = dict(rows), rows
    while fresh and len(found) < most:
        wanted = amendments.bases(connection, fresh.values())
        fresh = read(connection, [one for one in wanted if one not in found])
        found |= fresh
    return found


def gone(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """List those of which the record itself is gone."""
    there = set(connection.scalars(select(_record.id).where(_record.id == func.any(list(ids)))))
    return [one for one in ids if one not in there]


def missing(connection: Connection, ids: Sequence[UUID]) -> list[Missing]:
    """Say where records that are gone had stood in the log, null while their submission has no place."""
    query = (
        select(_naming.record, _placement.first_index + 1 + _naming.position)
        .outerjoin(tables.placement, _placement.submission == _naming.submission)
        .where(_naming.record == func.any(list(ids)))
        .distinct()
        .order_by(_naming.record)
    )
    return [Missing(record, index) for record, index in connection.execute(query)]


def indexed(connection: Connection, one: UUID) -> bool:
    """Tell whether the index names a record, be it gone."""
    found = select(_naming.record).where(_naming.record == one).limit(1)
    return connection.scalar(found) is not None
