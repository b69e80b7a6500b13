"""A query's answer out of the store, page by page: SQL narrows, the events themselves decide.

The order is that of a time and, where two are equal, of the record; a token is a place in it. A page looks at a bounded
number of rows and may be shorter than asked for, even empty, and still lead on.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, tuple_, union_all

from gateway import identity, lookup
from gateway.exchange import paging, whole
from gateway.exchange.asking import Page
from gateway.exchange.paging import Place
from gateway.exchange.problems import PageTokenError, QueryTooLargeError
from gateway.exchange.query import Query
from gateway.exchange.tables import summary
from gateway.exchange.whole import Whole
from gateway.vault import Vault
from indexer.core.record import Kind
from indexer.store import tables

SCANNED: Final = 2000
EVENT_TYPES: Final = (
    "AggregationEvent",
    "AssociationEvent",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
)

_CHUNK: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED: Final = 1000  # how far a first page looks for more than maxEventCount
_sum, _naming = summary.c, tables.naming.c


@dataclass(frozen=True)
class Found:
    """A page of events, and the token of the next, None where this is the last."""

    events: list[Whole]
    token: str | None


def find(
    connection: Connection, vault: Vault, participant: UUID, query: Query, page: Page
) -> Found:
    """Find a page of a participant's own events that answer a query."""
    place = paging.place(page.token) if page.token else None
    count = place.count if place else 0
    size = page.size if query.limit is None else max(min(page.size, query.limit - count), 0)
    wanted = max(size, min((query.most or 0) - count, _COUNTED)) + 1
    found, last = _search(connection, vault, participant, query, place, wanted)
    if query.most is not None and count + len(found) > query.most:
        raise QueryTooLargeError(most=query.most)
    given, total = found[:size], count + min(size, len(found))
    end = found[size - 1][0] if size and len(found) > size else last
    if end is None or (query.limit is not None and total >= query.limit):
        return Found([one for _, one in given], None)
    return Found([one for _, one in given], Place(end.time, end.record, total).token())


def _search(
    connection: Connection,
    vault: Vault,
    participant: UUID,
    query: Query,
    place: Place | None,
    wanted: int,
) -> tuple[list[tuple[Place, Whole]], Place | None]:
    """Look until `wanted` events are found or enough was looked at; and tell where that was, None at the end of all."""
    statement = _narrowed(vault, participant, query)
    found: list[tuple[Place, Whole]] = []
    for _ in range(SCANNED // _CHUNK):
        rows = connection.execute(_after(statement, query, place).limit(_CHUNK)).all()
        records = [row.record for row in rows]
        opened = {one.record: one for one in whole.events(connection, vault, records)}
        for row in rows:
            place = Place(_time(row, query), row.record, 0)
            one = opened.get(row.record)
            if one is not None and query.matches(one.event):
                found.append((place, one))
                if len(found) == wanted:
                    return found, place
        if len(rows) < _CHUNK:
            return found, None
    return found, place


def _narrowed(vault: Vault, participant: UUID, query: Query) -> Select[Any]:
    """Select the rows of events that may answer."""
    statement = select(_sum.record, _sum.event_time, _sum.received_at).where(
        _sum.participant == participant,
        _sum.kind != Kind.MASTER_DATA,
        _sum.type.in_(EVENT_TYPES),
    )
    for name, values in query.columns.items():
        column = _sum[name]
        statement = statement.where(or_(column.in_(values), and_(_sum.hidden, column.is_(None))))
    for name, order, at in query.spans:
        statement = statement.where(_spanned(name, order, at))
    for codes in query.codes:
        names = [name for one in codes for name in lookup.names(vault, one)]
        statement = statement.where(_sum.record.in_(_named(participant, names)))
    if query.event_ids is not None:
        asked = query.event_ids
        names = [name for one in asked for name in identity.names(vault, participant, one)]
        records = [one for text in asked if (one := identity.record_of(text)) is not None]
        statement = statement.where(
            or_(_sum.record.in_(_named(participant, names)), _sum.record.in_(records))
        )
    return statement


def _named(participant: UUID, names: list[bytes]) -> Select[Any]:
    """Select the records that are indexed under names; error declarations are under none, and few."""
    declarations = select(_sum.record).where(_sum.participant == participant, _sum.kind == 4)
    indexed = select(_naming.record).where(_naming.code.in_(names))
    return select(union_all(indexed, declarations).subquery())


def _spanned(name: str, order: str, at: datetime) -> ColumnElement[bool]:
    if name == "event_time":
        # Where the time of the event is concealed the column holds another.
        bound = _sum.event_time >= at if order == "GE" else _sum.event_time < at
        return or_(bound, _sum.hidden)
    # Both bounds rounded up: a record of the very millisecond is for the event itself to judge.
    ms = -(-int(at.timestamp() * 1_000_000) // 1000)
    return _sum.received_at >= ms - 1 if order == "GE" else _sum.received_at < ms + 1


def _after(statement: Select[Any], query: Query, place: Place | None) -> Select[Any]:
    column = _sum.event_time if query.by_event_time else _sum.received_at
    keys = (column, _sum.record)
    if place is not None:
        at = _instant(place.time) if query.by_event_time else place.time
        key, here = tuple_(*keys), tuple_(at, place.record)
        statement = statement.where(key < here if query.descending else key > here)
    return statement.order_by(*(one.desc() if query.descending else one for one in keys))


def _time(row: Row[Any], query: Query) -> int:
    if not query.by_event_time:
        return int(row.received_at)
    return int((row.event_time - _EPOCH) / timedelta(microseconds=1))


def _instant(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise PageTokenError(place="/query/nextPageToken") from None
