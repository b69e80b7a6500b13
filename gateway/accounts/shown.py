"""Participants and decisions as the operator sees them: what was entered here beside what the registry says."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.accounts import decisions
from gateway.accounts.decisions import Decision
from gateway.accounts.desk import ParticipantUnknownError
from gateway.accounts.tables import custodial_key
from gateway.accounts.tables import participant as entered
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Json, Members
from indexer.store import registry
from indexer.store.registry import KeyStanding

UNREGISTERED: Final = "unregistered"


def participants(connection: Connection) -> list[Members]:
    """List all participants; `key` says whose signing key it has: custodial, own, or none."""
    registered = {one.id: one.status for one in registry.participants(connection)}
    owners = {one.participant for one in registry.own(connection)}
    rows = connection.execute(
        select(entered, custodial_key.c.address)
        .join(custodial_key, custodial_key.c.participant == entered.c.id, isouter=True)
        .order_by(entered.c.created, entered.c.id)
    )
    return [
        {
            "participant": str(row.id),
            "name": row.name,
            "creditCode": row.credit_code,
            "status": registered.get(row.id, UNREGISTERED),
            "key": "custodial" if row.address else "own" if row.id in owners else None,
        }
        for row in rows
    ]


def participant(connection: Connection, deployment: Deployment, who: UUID) -> Members:
    """Tell all there is about one participant."""
    row = connection.execute(select(entered).where(entered.c.id == who)).one_or_none()
    if row is None:
        raise ParticipantUnknownError(participant=who)
    stands, recovery = registry.participant(connection, who), registry.recovery(connection, who)
    return {
        "participant": str(who),
        "name": row.name,
        "creditCode": row.credit_code,
        "status": stands.status if stands else UNREGISTERED,
        "keys": [_key(one) for one in registry.keys(connection, who)],
        "recovery": None
        if recovery is None
        else {"key": recovery.key.hex(), "readyAt": recovery.ready_at},
        "decisions": [decision(one) for one in decisions.of(connection, deployment, who)],
    }


def decision(one: Decision) -> Members:
    """Tell one decision."""
    return {
        "decision": str(one.id),
        "act": one.act,
        "participant": str(one.participant),
        "key": one.key.hex() if one.key else None,
        "state": str(one.state),
        "reason": one.reason,
        "created": one.created.isoformat(),
    }


def lines(told: Members) -> Iterator[str]:
    """Write one participant as lines for people."""
    for name in ("participant", "name", "creditCode", "status"):
        yield f"{name:12} {told[name]}"
    for key in _each(told["keys"]):
        ended = "" if key["nextSequence"] is None else f", ended at sequence {key['nextSequence']}"
        kind = "custodial" if key["custodial"] else "own"
        yield f"{'key':12} {key['key']} {kind}, since block {key['admitted']}{ended}"
    recovery = told["recovery"]
    if isinstance(recovery, dict):
        yield f"{'recovery':12} {recovery['key']} ready at {recovery['readyAt'] or 'no time yet'}"
    for one in _each(told["decisions"]):
        yield f"{'decision':12} {line(one)}"


def line(told: Members) -> str:
    """Write one decision as a line for people."""
    about = f" {told['key']}" if told["key"] else ""
    reason = f": {told['reason']}" if told["reason"] else ""
    return f"{told['act']}{about} {told['state']}{reason} ({told['decision']})"


def _key(one: KeyStanding) -> Members:
    return {
        "key": one.key.hex(),
        "custodial": one.custodial,
        "admitted": one.admitted,
        "nextSequence": one.revoked,
    }


def _each(value: Json) -> Iterator[Members]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
