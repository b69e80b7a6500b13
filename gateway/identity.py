"""By which id an event is asked for: the one it was sent with, else its event hash, else that of its record.

Only the first is stated; the others are ours and stand in no record. An event hash says something of concealed values
too, so it is indexed as a concealed name is: under the vault's key, and gone with the record key.
"""

from collections.abc import Sequence
from uuid import UUID

from gateway.vault import Vault
from indexer.core.canonical import Members
from indexer.core.eventhash import event_hash
from indexer.store import ledger

_RECORD = "urn:uuid:"


def given(event: Members) -> str | None:
    """Read the id that an event was sent with."""
    stated = event.get("eventID")
    return stated if isinstance(stated, str) else None


def names(vault: Vault, participant: UUID, event_id: str) -> list[bytes]:
    """Give the index values under which a participant's events of an id are found."""
    return [
        ledger.identified(str(participant), event_id),
        vault.concealed_event(participant, event_id),
    ]


def of_record(record: UUID) -> str:
    """Give the id of an event that has no other."""
    return f"{_RECORD}{record}"


def record_of(event_id: str) -> UUID | None:
    """Read the record out of an id that is made of it."""
    try:
        return UUID(event_id.removeprefix(_RECORD)) if event_id.startswith(_RECORD) else None
    except ValueError:
        return None


def shown(
    vault: Vault, participant: UUID, event: Members, record: UUID, held: Sequence[bytes]
) -> str:
    """Give an event's id as answers show it; `held` are the names under which its record is indexed."""
    stated = given(event)
    if stated is not None:
        return stated
    own = event_hash(event) if held else ""
    return own if own and vault.concealed_event(participant, own) in held else of_record(record)
