"""What may be changed afterwards, by whom: each record that amends another is held to it before it is taken in.

A correction or withdrawal is of the participant's own record; a notice of erasure too, or comes from the operator. The
same is judged again by every reader (indexer/core/amending.py), who trusts none of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from gateway.accounts.desk import Caller
from gateway.accounts.rules import OPERATOR
from gateway.draft import Draft
from indexer.core.errors import AccessError, InputError
from indexer.core.record import Kind
from indexer.store import ledger

_AMENDABLE = frozenset({Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT})
REVIEWED = frozenset({Kind.AMENDMENT, Kind.WITHDRAWAL})


class AmendsUnknownError(InputError):
    """A record that amends what is not here."""

    code = "AMENDS_UNKNOWN"
    sentence = "no record with the digest that {place} gives is here"


class AmendForeignError(AccessError):
    """A record that amends what another participant stated."""

    code = "AMEND_FOREIGN"
    sentence = (
        "record {record}, which item {item} amends, is not yours: only who stated a record may correct, withdraw or "
        "erase it"
    )


class AmendKindError(InputError):
    """A correction or withdrawal of what is itself a withdrawal or a notice."""

    code = "AMEND_KIND"
    sentence = "the record that {place} names is of kind {kind} and cannot be amended so"


class AmendmentsApartError(InputError):
    """Corrections that wait for a review, among what does not."""

    code = "AMENDMENTS_APART"
    sentence = (
        "what waits for the operator's review goes in a submission of its own: {place} does not"
    )


@dataclass(frozen=True)
class Base:
    """A stored record that others amend."""

    id: UUID
    participant: UUID
    kind: int


def base(connection: Connection, digest: bytes) -> Base | None:
    """Find the stored record of a digest."""
    for one in ledger.found(connection, digest):
        if one.participant is not None:
            return Base(one.id, one.participant, one.kind)
    return None


def content(connection: Connection, digest: bytes) -> bytes:
    """Read the stored content of the record of a digest; nothing where it is gone."""
    return next((one.content for one in ledger.found(connection, digest)), b"")


def check(connection: Connection, caller: Caller, drafts: Sequence[Draft]) -> dict[bytes, Base]:
    """Refuse drafts that amend what they may not; return by draft digest what the others amend."""
    found = {}
    for number, draft in enumerate(drafts):
        if draft.amends is None:
            continue
        place = f"/items/{number}/amends"
        amended = base(connection, draft.amends)
        if amended is None:
            raise AmendsUnknownError(place=place)
        over = amended.kind == Kind.ERASURE
        if over or (draft.kind in REVIEWED and amended.kind not in _AMENDABLE):
            raise AmendKindError(place=place, kind=amended.kind)
        by_operator = draft.kind == Kind.ERASURE and caller.role == OPERATOR
        if amended.participant != caller.participant and not by_operator:
            raise AmendForeignError(record=amended.id, item=number)
        found[draft.digest] = amended
    return found


def reviewed(caller: Caller, draft: Draft, amended: Base | None) -> bool:
    """Tell whether a draft needs the operator's signed word before it may enter the log."""
    foreign = amended is not None and amended.participant != caller.participant
    return draft.kind in REVIEWED or (draft.kind == Kind.ERASURE and foreign)
