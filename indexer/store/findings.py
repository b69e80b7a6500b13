"""What does not fit, as the reconciler keeps it: one row for each kind and subject, seen first, seen last, cleared.

A finding that comes back is the same finding: it keeps the day it was first seen. What happened by somebody's decision
stays found until a person has looked at it and acknowledges it. The caller opens and ends the transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from indexer.core.canonical import Members
from indexer.core.errors import InputError, MissingError
from indexer.store.tables import finding

# What is nobody's fault in itself: a person judges whether it was meant to happen.
JUDGED = frozenset({"ROLE_CHANGED"})
_CHUNK = 500


class FindingMissingError(MissingError):
    """No open finding has this subject."""

    code = "FINDING_MISSING"
    sentence = "there is no open finding about {subject}"


class FindingStandsError(InputError):
    """A finding that looking at does not settle."""

    code = "FINDING_STANDS"
    sentence = (
        "{kind} about {subject} says that something does not fit: it goes once that is mended, "
        "and cannot be acknowledged away"
    )


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit. Indices are inclusive and name the smallest range it concerns."""

    kind: str
    subject: str
    first_index: int | None = None
    last_index: int | None = None
    record: UUID | None = None
    facts: Members = field(default_factory=dict)

    @property
    def name(self) -> tuple[str, str]:
        """What makes it the same finding tomorrow."""
        return self.kind, self.subject


@dataclass(frozen=True)
class Seen:
    """A finding with the times at which it was seen."""

    finding: Finding
    first_seen: datetime
    last_seen: datetime
    cleared: datetime | None
    acknowledged: datetime | None = None


@dataclass(frozen=True)
class Scope:
    """What was looked at, and is therefore fine where nothing was found.

    Kinds, subjects that begin with `subject`, and where `first` is given only findings that begin in first to last - 1.
    """

    kinds: Collection[str]
    subject: str = ""
    first: int | None = None
    last: int | None = None

    def clause(self) -> ColumnElement[bool]:
        """Say it in SQL."""
        wanted = [finding.c.kind.in_(self.kinds), finding.c.subject.startswith(self.subject)]
        if self.first is not None:
            wanted.append(finding.c.first_index >= self.first)
        if self.last is not None:
            wanted.append(finding.c.first_index < self.last)
        return and_(*wanted)


def write(
    connection: Connection, found: Iterable[Finding], scopes: Iterable[Scope], now: datetime
) -> None:
    """Keep what was found, and clear what was looked at and not found again."""
    by_name = {one.name: one for one in found}
    rows = [_row(one, now) for one in by_name.values()]
    for at in range(0, len(rows), _CHUNK):
        statement = insert(finding).values(rows[at : at + _CHUNK])
        fresh = {
            name: statement.excluded[name]
            for name in ("first_index", "last_index", "record", "facts", "last_seen")
        }
        # Who acknowledged it had seen these facts and no others.
        known = case((finding.c.facts == fresh["facts"], finding.c.acknowledged))
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "subject"],
                set_={**fresh, "cleared": None, "acknowledged": known},
            )
        )
    for scope in scopes:
        _clear(connection, scope, by_name.keys(), now)


def _clear(
    connection: Connection, scope: Scope, names: Collection[tuple[str, str]], now: datetime
) -> None:
    open_now = connection.execute(
        select(finding.c.kind, finding.c.subject).where(finding.c.cleared.is_(None), scope.clause())
    )
    gone = [tuple(row) for row in open_now if tuple(row) not in names]
    for at in range(0, len(gone), _CHUNK):
        connection.execute(
            update(finding)
            .where(tuple_(finding.c.kind, finding.c.subject).in_(gone[at : at + _CHUNK]))
            .values(cleared=now)
        )


def read(connection: Connection, *, cleared: bool = False, limit: int = 1000) -> Sequence[Seen]:
    """Return findings, those not cleared first, and the newest of each first."""
    query = select(finding).order_by(
        finding.c.cleared.is_not(None), finding.c.first_seen.desc(), finding.c.kind
    )
    if not cleared:
        query = query.where(finding.c.cleared.is_(None))
    return [
        Seen(
            Finding(row.kind, row.subject, row.first_index, row.last_index, row.record, row.facts),
            row.first_seen,
            row.last_seen,
            row.cleared,
            row.acknowledged,
        )
        for row in connection.execute(query.limit(limit))
    ]


def acknowledge(connection: Connection, subject: str, now: datetime) -> list[Finding]:
    """Note that a person has looked at what was found about a subject and found it in order."""
    about = (finding.c.subject == subject, finding.c.cleared.is_(None))
    rows = connection.execute(select(finding).where(*about)).all()
    if not rows:
        raise FindingMissingError(subject=subject)
    for row in rows:
        if row.kind not in JUDGED:
            raise FindingStandsError(kind=row.kind, subject=subject)
    fresh = update(finding).where(*about, finding.c.acknowledged.is_(None))
    connection.execute(fresh.values(acknowledged=now))
    return [
        Finding(row.kind, row.subject, row.first_index, row.last_index, row.record, row.facts)
        for row in rows
    ]


def acknowledged(connection: Connection) -> set[tuple[str, str]]:
    """Name the open findings that somebody has acknowledged."""
    query = select(finding.c.kind, finding.c.subject)
    seen = query.where(finding.c.cleared.is_(None), finding.c.acknowledged.is_not(None))
    return {(row.kind, row.subject) for row in connection.execute(seen)}


def _row(one: Finding, now: datetime) -> dict[str, object]:
    return {
        "kind": one.kind,
        "subject": one.subject,
        "first_index": one.first_index,
        "last_index": one.last_index,
        "record": one.record,
        "facts": one.facts,
        "first_seen": now,
        "last_seen": now,
        "cleared": None,
    }
