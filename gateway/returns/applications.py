"""An application as it stands: what it asks for, how it was answered, and the record it became.

Its state is told by joining, as everywhere in this house.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from gateway.returns.tables import application, review
from indexer.core.canonical import Members
from indexer.store.tables import record


@dataclass(frozen=True)
class Held:
    """An application and how it stands: held, refused, approved, or recorded once it is in the ledger."""

    id: UUID
    participant: UUID
    kind: int
    base: bytes
    base_record: UUID
    digest: bytes
    content: bytes
    sealed: bytes
    created: datetime
    approved: bool | None
    reason: str | None
    reviewed: datetime | None
    recorded: UUID | None

    @property
    def state(self) -> str:
        """Say in one word how it stands."""
        if self.recorded is not None:
            return "recorded"
        return "held" if self.approved is None else "approved" if self.approved else "refused"


_HELD = (
    select(
        application,
        review.c.approved,
        review.c.reason,
        review.c.at.label("reviewed"),
        record.c.id.label("recorded"),
    )
    .outerjoin(review, review.c.application == application.c.id)
    .outerjoin(
        record,
        (text("substr(record.digest, 1, 8) = substr(application.digest, 1, 8)"))
        & (record.c.digest == application.c.digest),
    )
    .order_by(application.c.id.desc())
)


def told(held: Held) -> Members:
    """Spell an application for its applicant and its reviewer."""
    return {
        "id": str(held.id),
        "participant": str(held.participant),
        "kind": held.kind,
        "amends": held.base.hex(),
        "amendsRecord": str(held.base_record),
        "digest": held.digest.hex(),
        "state": held.state,
        "reason": held.reason,
        "created": int(held.created.timestamp()),
        "reviewed": int(held.reviewed.timestamp()) if held.reviewed else None,
        "record": str(held.recorded) if held.recorded else None,
    }


def find(connection: Connection, one: UUID) -> Held | None:
    """Find an application by its id."""
    row = connection.execute(_HELD.where(application.c.id == one)).one_or_none()
    return None if row is None else _held(row)


def by_digest(connection: Connection, digest: bytes) -> Held | None:
    """Find an application by the digest of the record it would become."""
    row = connection.execute(_HELD.where(application.c.digest == digest)).one_or_none()
    return None if row is None else _held(row)


def listed(
    connection: Connection, participant: UUID | None, *, waiting: bool, most: int = 100
) -> list[Held]:
    """List the newest applications: a participant's, or everybody's; only those not answered if `waiting`."""
    query = _HELD.limit(most)
    if participant is not None:
        query = query.where(application.c.participant == participant)
    if waiting:
        query = query.where(review.c.application.is_(None))
    return [_held(row) for row in connection.execute(query)]


def _held(row: Row[Any]) -> Held:
    return Held(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
