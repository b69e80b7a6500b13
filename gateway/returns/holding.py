"""Between intake and review: what amends another record waits here until the operator has agreed to it.

A held submission uses no sequence and no signature of it is kept: what is reviewed is the record, and whoever signs it
does so once it may enter the log.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from gateway.accounts.desk import Caller
from gateway.answers import Answer
from gateway.declaring import Declared
from gateway.draft import Draft, Sent
from gateway.returns import applications, desk, identified, rules
from gateway.returns.identified import Event
from gateway.returns.rules import AmendmentsApartError, Base
from gateway.vault import Vault
from indexer.core import canonical
from indexer.core.canonical import Json
from indexer.core.eventhash import event_hash


def declared(
    connection: Connection, vault: Vault, participant: UUID, wanted: Iterable[Declared]
) -> dict[Declared, bytes | None]:
    """Find the records of a participant's that error declarations are about: their digests, None for several."""
    found: dict[Declared, bytes | None] = {}
    for one in dict.fromkeys(wanted):
        events = identified.events(connection, vault, participant, one.event_id or one.event_hash)
        if events:
            found[one] = _meant(one, events)
    return found


def _meant(one: Declared, events: Sequence[Event]) -> bytes | None:
    """Choose the newest that says what the declaration says, else the only one that stands."""
    for each in reversed(events):
        if event_hash(each.body) == one.event_hash:
            return each.digest
    amended = {each.amends for each in events}
    standing = [each for each in events if each.digest.hex() not in amended]
    return standing[0].digest if len(standing) == 1 else None


def waiting(connection: Connection, caller: Caller, sent: Sent) -> list[tuple[Draft, Base]]:
    """List what has to wait for a review, with what it amends; all of a submission or nothing of it."""
    amended = rules.check(connection, caller, sent.drafts)
    if not amended:
        return []
    approved = desk.approved(connection, amended)
    asked = [
        one
        for one in sent.drafts
        if one.digest not in approved and rules.reviewed(caller, one, amended.get(one.digest))
    ]
    for number, one in enumerate(sent.drafts):
        if asked and one not in asked:
            raise AmendmentsApartError(place=f"/items/{number}")
    return [(one, amended[one.digest]) for one in asked]


def hold(
    connection: Connection,
    vault: Vault | None,
    participant: UUID,
    asked: Sequence[tuple[Draft, Base]],
    now: datetime,
) -> Answer:
    """Keep what has to wait and say so. With a `vault` the platform is to sign it."""
    kept = desk.apply(connection, vault, participant, asked, now)
    told: list[Json] = [applications.told(one) for one in kept]
    return Answer(202, canonical.encode({"applications": told}))
