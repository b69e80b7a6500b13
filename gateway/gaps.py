"""Where a record that is gone had stood in the log, as far as its neighbours still tell.

Ids are made in the order of a submission's records, right after the submission's own, so a gap that lies between the
neighbours' ids is the record's old place. Only an unambiguous gap is told; it helps a person look and proves nothing.
"""

from uuid import UUID

from sqlalchemy import Connection, select

from indexer.store import tables

_NEAR = 5_000  # ms between a submission's id and its last record's; longer than any intake takes
_CANDIDATES = 50

_record, _submission, _placement = tables.record.c, tables.submission.c, tables.placement.c


def index(connection: Connection, gone: UUID) -> int | None:
    """Tell the log index at which the record had stood; None where that is not certain."""
    earliest = UUID(int=max(0, (gone.int >> 80) - _NEAR) << 80)
    near = (
        select(_submission.id, _submission.count.label("total"), _placement.first_index)
        .join(tables.placement, _placement.submission == _submission.id)
        .where(_submission.id.between(earliest, gone))
        .order_by(_submission.id.desc())
        .limit(_CANDIDATES)
    )
    places = {
        row.first_index + 1 + position
        for row in connection.execute(near).all()
        for position in _gaps(connection, row.id, row.total, gone)
    }
    return places.pop() if len(places) == 1 else None


def _gaps(connection: Connection, submission: UUID, count: int, gone: UUID) -> list[int]:
    query = select(_record.position, _record.id).where(_record.submission == submission)
    there = {row.position: row.id for row in connection.execute(query)}
    before = max((position for position, one in there.items() if one < gone), default=-1)
    after = min((position for position, one in there.items() if one > gone), default=count)
    return [position for position in range(before + 1, after) if position not in there]
