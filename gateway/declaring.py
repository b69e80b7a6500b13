"""An error declaration comes as an event and becomes what it does: the withdrawal of the record it is about.

EPCIS takes an event back by stating it once more with an errorDeclaration (2.0, 7.4.1.4). Which record is meant is told
by the event's id and, where there are several of one id, by its content. What was never recorded here cannot be
withdrawn: such a declaration is a record of its own, void from the start (event.void).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from indexer.core import event
from indexer.core.canonical import Json
from indexer.core.errors import InputError
from indexer.core.eventhash import event_hash
from indexer.core.record import Kind


class DeclarationMisplacedError(InputError):
    """A signed error declaration that is an event, where the event it is about is recorded."""

    code = "EVENT_DECLARATION_MISPLACED"
    sentence = (
        "the event that {place} takes back is recorded: sign the declaration as kind 4 with `amends` {digest}, "
        "since what it amends is part of what is signed"
    )


class DeclaredUnclearError(InputError):
    """An error declaration about one of several events of an id, none of which says the same."""

    code = "DECLARED_UNCLEAR"
    sentence = (
        "several events of yours with the id {event!r} are recorded and none says what this one says: repeat the one "
        "that is wrong, or give its digest as `amends` with kind 4"
    )


@dataclass(frozen=True)
class Declared:
    """Which event an error declaration is about: its id if it has one, and its event hash, which leaves out both."""

    event_id: str | None
    event_hash: str


# Digests of the records that are taken back; None where there are several to choose from.
Known: TypeAlias = Mapping[Declared, bytes | None]


def read(item: Json) -> Declared | None:
    """Read which event an item declares an error of; None for one that does not, or says by digest what it amends."""
    if not isinstance(item, dict) or "amends" in item or item.get("kind", 1) != Kind.EVENT:
        return None
    stated = item.get("event")
    if not isinstance(stated, dict) or not event.void(stated):
        return None
    try:
        event.check_declaration(stated)
    except InputError:
        # Refused, with its place, by who reads the item.
        return None
    given = stated.get("eventID")
    return Declared(given if isinstance(given, str) else None, event_hash(stated))


def settle(item: Json, known: Known) -> Json:
    """Take an unsigned error declaration about a recorded event for the withdrawal it is; leave all else as it is."""
    declared = read(item)
    if declared is None or declared not in known or not isinstance(item, dict):
        return item
    digest = known[declared]
    if digest is None:
        raise DeclaredUnclearError(place="/event/eventID", event=declared.event_id)
    return {**item, "kind": int(Kind.WITHDRAWAL), "amends": digest.hex()}


def misplaced(item: Json, known: Known) -> InputError | None:
    """Tell what is wrong with a signed error declaration about a recorded event: it cannot be taken for a withdrawal.

    It is for the caller to raise, once it knows that this was not taken in long ago, before the event it is about.
    """
    declared = read(item)
    if declared is None or declared not in known:
        return None
    digest = known[declared]
    named = "the digest of its record" if digest is None else digest.hex()
    return DeclarationMisplacedError(place="/event/errorDeclaration", digest=named)
