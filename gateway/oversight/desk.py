"""What was remarked, counted and listed for those it concerns: a participant its own, the operator everybody's.

Reads only. Whatever is asked of a submission also says whether it was examined yet: before that, none means nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, select, text

from gateway.accounts.desk import Caller
from gateway.accounts.rules import OPERATOR
from gateway.accounts.tables import participant
from gateway.oversight.tables import examined, remark
from gateway.returns.desk import NotOperatorError
from indexer.core.canonical import Members
from indexer.core.errors import MissingError
from indexer.store import tables

_placement = tables.placement.c
# The exchange desk's table; it stands beside this desk, not below it.
_CAPTURED = text(
    "select submission from gateway.capture_job where id = :capture and participant = :participant"
)
_NOTHING = UUID(int=0)


class CaptureUnknownError(MissingError):
    """No capture of the caller's has this id."""

    code = "CAPTURE_UNKNOWN_HERE"
    sentence = "there is no capture {capture} of yours"


@dataclass(frozen=True)
class Asked:
    """Which remarks are asked for; `submission` and times narrow them."""

    participant: UUID
    submission: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> list[ColumnElement[bool]]:
        """Spell the conditions."""
        told = [remark.c.participant == self.participant]
        if self.submission is not None:
            told.append(remark.c.submission == self.submission)
        if self.since is not None:
            told.append(remark.c.at >= self.since)
        if self.until is not None:
            told.append(remark.c.at < self.until)
        return told


def counts(connection: Connection, asked: Asked) -> dict[str, int]:
    """Count remarks by rule."""
    query = select(remark.c.rule, func.count()).where(*asked.where()).group_by(remark.c.rule)
    rows = connection.execute(query.order_by(remark.c.rule))
    return {str(rule): number for rule, number in rows}


def listed(
    connection: Connection, asked: Asked, before: UUID | None, most: int
) -> Sequence[Row[Any]]:
    """List remarks, the newest first, from the one after `before`."""
    query = select(remark).where(*asked.where())
    if before is not None:
        query = query.where(remark.c.id < before)
    return connection.execute(query.order_by(remark.c.id.desc()).limit(most)).all()


def captured(connection: Connection, owner: UUID, capture: UUID) -> UUID:
    """Find the submission that a capture made; one that made none has no remarks."""
    row = connection.execute(_CAPTURED, {"capture": capture, "participant": owner}).one_or_none()
    if row is None:
        raise CaptureUnknownError(capture=capture)
    return row.submission or _NOTHING


def done(connection: Connection, submission: UUID) -> bool:
    """Tell whether a submission was examined."""
    query = select(_placement.first_index < reached(connection)).where(
        _placement.submission == submission
    )
    return bool(connection.execute(query).scalar_one_or_none())


def reached(connection: Connection) -> int:
    """Tell up to which index of the log everything was examined."""
    return connection.execute(select(func.max(examined.c.next_index))).scalar_one() or 0


def totals(connection: Connection, caller: Caller) -> list[Members]:
    """Count remarks by participant and rule, for the operator."""
    if caller.role != OPERATOR:
        raise NotOperatorError
    query = (
        select(remark.c.participant, participant.c.name, remark.c.rule, func.count())
        .join(participant, participant.c.id == remark.c.participant)
        .group_by(remark.c.participant, participant.c.name, remark.c.rule)
        .order_by(participant.c.name, remark.c.participant, remark.c.rule)
    )
    found: dict[UUID, dict[str, Any]] = {}
    for who, name, rule, number in connection.execute(query):
        of = found.setdefault(who, {"participant": str(who), "name": name, "rules": {}})
        of["rules"][rule] = number
    return list(found.values())
