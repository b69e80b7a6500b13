"""What became of captures: kept once, and told with how the reviews of what waits stand now.

A job is over at once unless it has declarations that wait for the operator; then it runs until all are answered. There
is no status to keep: the applications' reviews say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Connection, Row, select
from uuid_utils.compat import uuid7

from gateway.exchange.capture import Taken
from gateway.exchange.tables import capture_job
from gateway.returns.tables import review
from indexer.core import canonical
from indexer.core.canonical import Json, Members
from indexer.core.errors import AccessError

_job = capture_job.c


class DeclarationRefusedError(AccessError):
    """An error declaration that the operator did not agree to."""

    code = "DECLARATION_REFUSED"
    sentence = "the operator refused application {application}: {reason}"


@dataclass(frozen=True)
class Job:
    """A capture as it was left; `errors` are problems as they were told."""

    id: UUID
    participant: UUID
    created: datetime
    behaviour: str
    events: int
    submission: UUID | None
    applications: list[UUID]
    errors: list[Members]

    @classmethod
    def of(
        cls, participant: UUID, now: datetime, behaviour: str, events: int, taken: Taken
    ) -> Self:
        """Make a job of what came of a capture of so many events and items of master data."""
        left = (taken.submission, taken.applications, taken.errors)
        return cls(uuid7(), participant, now, behaviour, events, *left)


@dataclass(frozen=True)
class Reviewed:
    """How the operator answered one application."""

    application: UUID
    approved: bool
    reason: str
    at: datetime


def keep(connection: Connection, job: Job) -> Job:
    """Store a job."""
    row = {**vars(job), "errors": canonical.encode(job.errors)}
    connection.execute(capture_job.insert(), row)
    return job


def find(connection: Connection, participant: UUID, one: UUID) -> Job | None:
    """Find a participant's job."""
    query = select(capture_job).where(_job.id == one, _job.participant == participant)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def newest(connection: Connection, participant: UUID, before: UUID | None, most: int) -> list[Job]:
    """List a participant's jobs, the newest first, from the one after `before`."""
    query = select(capture_job).where(_job.participant == participant)
    if before is not None:
        query = query.where(_job.id < before)
    rows = connection.execute(query.order_by(_job.id.desc()).limit(most))
    return [_read(row) for row in rows]


def reviews(connection: Connection, jobs: Sequence[Job]) -> dict[UUID, Reviewed]:
    """Read how the applications of jobs were answered, those that were."""
    wanted = [one for job in jobs for one in job.applications]
    if not wanted:
        return {}
    query = select(review.c.application, review.c.approved, review.c.reason, review.c.at).where(
        review.c.application.in_(wanted)
    )
    return {row.application: Reviewed(*row) for row in connection.execute(query)}


def told(job: Job, answered: dict[UUID, Reviewed]) -> Members:
    """Spell a job as the standard does; what is ours has our prefix."""
    given = [answered[one] for one in job.applications if one in answered]
    refused = [one for one in given if not one.approved]
    running = len(given) < len(job.applications)
    errors: list[Json] = [*job.errors, *(_refusal(one) for one in refused)]
    finished = max([job.created, *(one.at for one in given)])
    said: Members = {
        "captureID": str(job.id),
        "createdAt": _spell(job.created),
        "running": running,
        "success": not errors,
        "captureErrorBehaviour": job.behaviour,
        "errors": errors,
        "suyuan:events": job.events,
        "suyuan:submission": str(job.submission) if job.submission else None,
        "suyuan:applications": [str(one) for one in job.applications],
        "suyuan:quality": f"/api/v1/quality?capture={job.id}",
    }
    return said if running else {**said, "finishedAt": _spell(finished)}


def _refusal(answered: Reviewed) -> Members:
    error = DeclarationRefusedError(application=answered.application, reason=answered.reason)
    return {
        "type": "epcisException:SecurityException",
        "title": "An error declaration that the operator did not agree to",
        "status": 403,
        "detail": str(error),
        "code": error.code,
    }


def _read(row: Row[Any]) -> Job:
    errors = canonical.decode(row.errors)
    listed = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return Job(**{**row._mapping, "errors": listed})  # noqa: SLF001 -- SQLAlchemy's public name for it


def _spell(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
