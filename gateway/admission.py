"""An enterprise becomes a participant: its row, its key, the decision that the register shall know it, its API key.

The decision is sent by the loop's registrar, and nothing the enterprise sends counts before the register knows its key:
`admitted` waits for that. A decision that the contract refused, or that was made for another chain, can be made again.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from contracts import consent
from gateway.accounts import decisions, desk
from gateway.accounts.claim import Claim
from gateway.accounts.decisions import Decision, State
from gateway.accounts.tables import custodial_key
from gateway.accounts.tables import participant as _rows
from gateway.vault import Vault
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.errors import InputError, OutageError

PATIENCE = 120.0

Hear = Callable[[Decision], None]


class DecisionRefusedError(InputError):
    """The contract refused what was decided."""

    code = "DECISION_REFUSED"
    sentence = "the register refused to {act} (decision {decision}): {reason}"


class DecisionWaitsError(OutageError):
    """A decision is not in the registry yet; it stays decided and will be sent."""

    code = "DECISION_WAITS"
    sentence = (
        "decision {decision} ({act}) is not done after {seconds} s, but {state}: it stays decided. See that the loop "
        "with the registrar's key and the follower run"
    )


@dataclass(frozen=True)
class Entered:
    """A participant whose admission is decided; `address` is its key's."""

    id: UUID
    address: bytes
    decision: UUID


@dataclass(frozen=True)
class Admitted:
    """A participant whose word counts from now on; the API key is shown once."""

    id: UUID
    address: bytes
    api_key: str = field(repr=False)


def enter(
    connection: Connection,
    vault: Vault,
    deployment: Deployment,
    name: str,
    credit_code: str,
    now: datetime,
) -> Entered:
    """Decide to admit an enterprise under a custodial key. The caller commits."""
    rows = select(_rows.c.id, custodial_key.c.address).join(
        custodial_key, custodial_key.c.participant == _rows.c.id
    )
    same = (_rows.c.credit_code == credit_code, _rows.c.name == name)
    row = connection.execute(rows.where(*same)).one_or_none()
    if row is not None and _in_vain(connection, deployment, row.id):
        made = desk.Admission(row.id, row.address)
    else:
        made = desk.admit(connection, vault, name, credit_code, now)
    proof = possession(connection, vault, deployment, made.participant)
    return _decide(connection, deployment, made, (name, credit_code), proof, now, custodial=True)


def enter_own(
    connection: Connection, deployment: Deployment, claim: Claim, now: datetime
) -> Entered:
    """Decide to admit an enterprise under a key of its own. The caller commits."""
    claim.check(deployment)
    made, named = (
        desk.Admission(claim.participant, claim.key),
        (claim.name or "", claim.credit_code or ""),
    )
    row = connection.execute(select(_rows).where(_rows.c.id == claim.participant)).one_or_none()
    same = row is not None and (row.name, row.credit_code) == named
    if not (same and _in_vain(connection, deployment, claim.participant)):
        desk.admit_own(connection, made, *named, now)
    return _decide(connection, deployment, made, named, claim.possession, now, custodial=False)


def admit(
    engine: Engine,
    vault: Vault,
    deployment: Deployment,
    name: str,
    credit_code: str,
    now: datetime,
) -> Admitted:
    """Admit an enterprise under a custodial key and wait for it. Needs a login of role accounts and a running loop."""
    with engine.begin() as connection:
        entered = enter(connection, vault, deployment, name, credit_code, now)
    return admitted(engine, deployment, entered, now)


def admitted(
    engine: Engine,
    deployment: Deployment,
    entered: Entered,
    now: datetime,
    hear: Hear = lambda _: None,
) -> Admitted:
    """Wait until the registry shows the participant, and issue its first API key."""
    settled(engine, deployment, [entered.decision], hear)
    with engine.begin() as connection:
        issued = desk.issue(connection, entered.id, now)
    return Admitted(entered.id, entered.address, issued.secret)


def settled(
    engine: Engine,
    deployment: Deployment,
    made: Collection[UUID],
    hear: Hear = lambda _: None,
    patience: float = PATIENCE,
) -> list[Decision]:
    """Wait until decisions are done; `hear` is told of each whenever its state changes."""
    end = time.monotonic() + patience
    told: dict[UUID, State] = {}
    while True:
        with engine.connect() as connection:
            stand = [decisions.read(connection, deployment, one) for one in made]
        for one in stand:
            if told.get(one.id) != one.state:
                told[one.id] = one.state
                hear(one)
            if one.state is State.REFUSED:
                raise DecisionRefusedError(act=one.act, decision=one.id, reason=one.reason)
        waiting = [one for one in stand if one.state is not State.DONE]
        if not waiting:
            return stand
        if time.monotonic() >= end:
            first = waiting[0]
            facts = {"decision": first.id, "act": first.act, "state": first.state}
            raise DecisionWaitsError(seconds=round(patience), **facts)
        time.sleep(0.1)


def possession(
    connection: Connection, vault: Vault, deployment: Deployment, admitted: UUID
) -> bytes:
    """Sign, with a participant's custodial key, what the registry on chain wants to see of it: 65 bytes."""
    found = select(custodial_key.c.address, custodial_key.c.sealed).where(
        custodial_key.c.participant == admitted
    )
    row = connection.execute(found).one_or_none()
    if row is None:
        raise desk.ParticipantUnknownError(participant=admitted)
    said = consent.Possession(admitted, row.address)
    return consent.sign(said, deployment, vault.open_custodial(admitted, row.sealed))


def _in_vain(connection: Connection, deployment: Deployment, entered: UUID) -> bool:
    """Tell whether a participant was entered here and all that was decided about it came to nothing."""
    tried = decisions.of(connection, deployment, entered)
    return bool(tried) and all(one.state in (State.REFUSED, State.LAPSED) for one in tried)


def _decide(
    connection: Connection,
    deployment: Deployment,
    made: desk.Admission,
    named: tuple[str, str],
    proof: bytes,
    now: datetime,
    *,
    custodial: bool,
) -> Entered:
    facts: Members = {
        "name": named[0],
        "creditCode": named[1],
        "custodial": custodial,
        "possession": proof.hex(),
    }
    one = decisions.decide(
        connection, deployment, "admit", made.participant, now, key=made.address, facts=facts
    )
    return Entered(made.participant, made.address, one)
