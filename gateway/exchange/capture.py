"""A capture: what is good of a document is stored at once, or all of it or nothing, and a job says what became of it.

Everything happens in the caller's transaction, so whoever has the job's address has its events in the store. Nothing is
stored before everything was looked at; what the operator has to review waits as any application does.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import draft, identity, intake
from gateway.accounts.desk import Caller
from gateway.declaring import Known
from gateway.draft import Draft, RefusedError, Sent
from gateway.exchange import whole
from gateway.exchange.document import Part
from gateway.exchange.problems import (
    CaptureLimitError,
    EventKnownError,
    EventRepeatedError,
    problem,
)
from gateway.intake import Intake
from gateway.returns import desk as returns
from gateway.returns import holding
from indexer.core import event
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.core.eventhash import event_hash
from indexer.core.record import Kind

Behaviour: TypeAlias = Literal["rollback", "proceed"]
ROLLBACK: Final = "rollback"


@dataclass(frozen=True)
class _Made:
    """One part that can be recorded; if it is an event with what it says, and the id it is then asked for by."""

    part: Part
    draft: Draft
    event_id: str = ""
    said: tuple[str, bool] | None = None
    names: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """What came of a document: its submission, what waits for a review, problems, and the ids of what was stored."""

    submission: UUID | None
    applications: list[UUID]
    errors: list[Members]
    event_ids: list[str]


async def capture(
    connection: AsyncConnection,
    desk: Intake,
    caller: Caller,
    parts: Sequence[Part],
    behaviour: Behaviour,
    now: datetime,
) -> Taken:
    """Store what a document states, or say what is wrong with it. The caller commits."""
    if len(parts) > desk.limits.items:
        raise CaptureLimitError(limit=desk.limits.items, count=len(parts))
    owner = caller.participant
    body: Members = {"items": [part.item for part in parts]}
    known = await connection.run_sync(holding.declared, desk.vault, owner, draft.declared(body))
    found = await asyncio.to_thread(lambda: list(_drafted(desk, owner, parts, known)))
    # From here on nobody else takes in for this participant: what is no duplicate now is none when it is stored.
    await intake.custody(connection, desk, owner)
    made = [one for one in found if isinstance(one, _Made)]
    fresh, repeated = await connection.run_sync(_fresh, desk, owner, made)
    errors = [*(one for one in found if not isinstance(one, _Made)), *repeated]
    if errors and behaviour == ROLLBACK:
        return Taken(None, [], errors, [])
    plain = [one for one in fresh if one.draft.amends is None]
    amending = [one.draft for one in fresh if one.draft.amends is not None]
    asked = await connection.run_sync(holding.waiting, caller, Sent(amending, None))
    kept = await connection.run_sync(returns.apply, desk.vault, owner, asked, now)
    stored = None
    if plain:
        entered = [one.draft for one in plain]
        stored = (await intake.enter(connection, desk, owner, entered, now)).submission
    return Taken(stored, [one.id for one in kept], errors, [one.event_id for one in plain])


def _drafted(
    desk: Intake, owner: UUID, parts: Sequence[Part], known: Known
) -> Iterator[_Made | Members]:
    """Make each part's record, or the problem that says why it is none."""
    for part in parts:
        try:
            sent = draft.read({"items": [part.item]}, owner, desk.vault, desk.limits, known)
        except InputError as error:
            faults = error.faults if isinstance(error, RefusedError) else (error,)
            yield from (problem(part.placed(one)) for one in faults)
        else:
            yield _identified(desk, owner, part, sent.drafts[0])


def _identified(desk: Intake, owner: UUID, part: Part, made: Draft) -> _Made:
    """Index an event that was sent without an id under its event hash."""
    stated = part.item["event"]
    if made.kind != Kind.EVENT or not isinstance(stated, dict):
        return _Made(part, made)
    said = _said(stated)
    own, given = said[0], identity.given(stated)
    names = identity.names(desk.vault, owner, given or own)
    if given is None:
        made = replace(made, names=made.names | {(desk.vault.concealed_event(owner, own), True)})
    return _Made(part, made, given or own, said, names)


def _fresh(
    connection: Connection, desk: Intake, owner: UUID, made: Sequence[_Made]
) -> tuple[list[_Made], list[Members]]:
    """Take out what is recorded already with this content, and what stands twice."""
    names = [name for one in made for name in one.names]
    stored = whole.identified(connection, owner, names) if names else {}
    fresh: list[_Made] = []
    errors: list[Members] = []
    seen: dict[tuple[str, tuple[str, bool]], str] = {}
    for one in made:
        before = {record for name in one.names for record in stored.get(name, [])}
        match = _same(connection, desk, one, sorted(before))
        other = seen.get((one.event_id, one.said)) if one.said else None
        if match is not None:
            known = EventKnownError(event=one.event_id, record=match)
            errors.append(problem(known, one.part.place))
        elif other is not None:
            repeated = EventRepeatedError(event=one.event_id, other=other)
            errors.append(problem(repeated, one.part.place))
        else:
            fresh.append(one)
            if one.said:
                seen[one.event_id, one.said] = one.part.place
    return fresh, errors


def _same(connection: Connection, desk: Intake, one: _Made, before: Sequence[UUID]) -> UUID | None:
    """Find the record among those of one id that states the same, whatever its spelling."""
    for stored in whole.events(connection, desk.vault, before):
        if _said(stored.event) == one.said:
            return stored.record
    return None


def _said(stated: Members) -> tuple[str, bool]:
    """Tell what an event says; an error declaration says the same as its event, and takes it back."""
    return event_hash(stated), event.void(stated)
