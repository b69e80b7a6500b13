"""Stored records become events again, as their participant sent them: what was concealed is opened for its owner.

What was erased stays away, and nothing says what it was. Beside what was sent an event has its id, by which it can be
asked for, and the time at which it was recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from gateway import amendments, identity, opener
from gateway.evidence import content
from gateway.vault import Vault
from indexer.core.canonical import Members
from indexer.core.record import Kind
from indexer.store import tables

_record, _submission, _naming = tables.record.c, tables.submission.c, tables.naming.c
_ROWS = select(
    _record.id,
    _record.kind,
    _record.digest,
    _record.content,
    _submission.participant,
    _submission.received_at,
).join(tables.submission, _submission.id == _record.submission)


@dataclass(frozen=True)
class Whole:
    """One event of a record, opened."""

    record: UUID
    received_at: int
    event: Members


def events(
    connection: Connection, vault: Vault, records: Sequence[UUID], *, standing: bool = True
) -> list[Whole]:
    """Open events for the participant who stated them, in the order of `records`.

    What is corrected or withdrawn is left out, unless not only what is `standing` is wanted. Whose records these are
    was asked before.
    """
    if not records:
        return []
    rows = {row.id: row for row in connection.execute(_ROWS.where(_record.id.in_(records)))}
    gone = _superseded(connection, list(rows.values())) if standing else set()
    held = _names(connection, list(rows))
    opened = opener.everything(connection, vault, list(rows))
    return [
        _whole(vault, rows[one], opened.get(one, []), held.get(one, []))
        for one in records
        if one in rows and one not in gone
    ]


def _whole(
    vault: Vault, row: Row[*tuple[Any, ...]], opened: Sequence[str], held: Sequence[bytes]
) -> Whole:
    stated = content(row.content)
    body = stated.get("body")
    event = opener.revealed(body, opened)
    event["eventID"] = identity.shown(vault, row.participant, event, row.id, held)
    event["recordTime"] = moment(row.received_at)
    return Whole(row.id, row.received_at, event)


def moment(received_at: int) -> str:
    """Spell a time given in ms since 1970."""
    at = datetime.fromtimestamp(received_at / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _superseded(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> set[UUID]:
    """Name those that a correction replaces, or a withdrawal that is no event itself: an error declaration is one."""
    found = amendments.amending(connection, [row.digest for row in rows])
    later = connection.execute(_ROWS.where(_record.id.in_(found))) if found else ()
    taken = {
        (row.participant, amendments.amended(row))
        for row in later
        if row.kind == Kind.AMENDMENT or (row.kind == Kind.WITHDRAWAL and not _declares(row))
    }
    return {row.id for row in rows if (row.participant, row.digest.hex()) in taken}


def _declares(row: Row[*tuple[Any, ...]]) -> bool:
    body = content(row.content).get("body")
    return isinstance(body, dict) and "errorDeclaration" in body


def _names(connection: Connection, records: Sequence[UUID]) -> dict[UUID, list[bytes]]:
    query = select(_naming.record, _naming.code).where(
        _naming.record.in_(records), _naming.concealed
    )
    found: dict[UUID, list[bytes]] = {}
    for row in connection.execute(query):
        found.setdefault(row.record, []).append(row.code)
    return found


def identified(
    connection: Connection, participant: UUID, names: Sequence[bytes]
) -> dict[bytes, list[UUID]]:
    """Find a participant's records that are indexed under these names."""
    query = (
        select(_naming.code, _naming.record)
        .join(tables.submission, _submission.id == _naming.submission)
        .where(_naming.code.in_(names), _submission.participant == participant)
        .order_by(_naming.record)
    )
    found: dict[bytes, list[UUID]] = {}
    for row in connection.execute(query):
        found.setdefault(row.code, []).append(row.record)
    return found
