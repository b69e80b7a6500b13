"""The events a participant recorded under an id, opened: what an error declaration may be about.

An event is asked for by the id it was stated with, be it concealed; by its event hash where it was indexed under that;
or by `urn:uuid:` and the id of its record.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, or_, select

from gateway import identity, opener
from gateway.evidence import content
from gateway.vault import Vault
from indexer.core import event
from indexer.core.canonical import Json, Members
from indexer.core.record import Kind
from indexer.store import tables

_record, _submission, _naming = tables.record.c, tables.submission.c, tables.naming.c


@dataclass(frozen=True)
class Event:
    """A recorded event with its concealed members put back, as far as they open; `amends` is what it corrects."""

    digest: bytes
    amends: Json
    body: Members


def events(connection: Connection, vault: Vault, participant: UUID, event_id: str) -> list[Event]:
    """List a participant's events of an id and their corrections, oldest first; error declarations are none."""
    names = identity.names(vault, participant, event_id)
    named = select(_naming.record).where(_naming.code.in_(names))
    query = (
        select(_record.id, _record.digest, _record.content)
        .join(tables.submission, _submission.id == _record.submission)
        .where(
            or_(_record.id.in_(named), _record.id == identity.record_of(event_id)),
            _submission.participant == participant,
            _record.kind.in_([Kind.EVENT, Kind.AMENDMENT]),
        )
        .order_by(_record.id)
    )
    rows = connection.execute(query).all()
    opened = opener.everything(connection, vault, [row.id for row in rows])
    found = []
    for row in rows:
        stated = content(row.content)
        body = opener.revealed(stated.get("body"), opened.get(row.id, []))
        if not event.void(body):
            found.append(Event(row.digest, stated.get("amends"), body))
    return found
