"""What the operator decided about participants, and how far each decision has come.

A decision is one row, and nothing in it ever changes: the loop's registrar sends it, and what became of it is told by
joining. It is done once the follower read, from a final block, the event that it asks for, behind all that was final
when it was made; it is refused when the contract did. Of one act on one participant or key, one decision at a time is
under way, so an event never answers two.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from gateway.accounts.rules import EVENTS
from gateway.accounts.tables import decision
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.errors import DuplicateError, MissingError

CHANNEL = "suyuan_decision"


class State(StrEnum):
    """How far a decision has come."""

    WAITING = "waiting"  # the chain does not show it yet
    SEEN = "seen"  # in a block that is not final yet
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"  # made for another chain or register than is followed now


class DecisionUnderWayError(DuplicateError):
    """The same was decided a moment ago and is not done yet."""

    code = "DECISION_UNDER_WAY"
    sentence = "{act} of participant {participant} is under way already, as decision {decision}"


class DecisionMissingError(MissingError):
    """No decision has this id."""

    code = "DECISION_MISSING"
    sentence = "there is no decision {decision}"


@dataclass(frozen=True)
class Decision:
    """One decision as it stands now; `facts` are the call's other arguments, `reason` is the contract's refusal."""

    id: UUID
    act: str
    participant: UUID
    key: bytes | None
    facts: Members
    created: datetime
    state: State
    reason: str | None
    block: int | None

    @property
    def open(self) -> bool:
        """Whether anything is still to come of it."""
        return self.state in (State.WAITING, State.SEEN)


# `after` is where the registry's final events ended when it was decided: only what came later can be its doing.
_STATES = f"""
select d.id, d.act, d.participant, d.key, d.facts - 'register' - 'after' as facts, d.created, f.reason,
  e.block_number as block,
  case
    when f.decision is not null then 'refused'
    when d.facts ->> 'register' <> :register then 'lapsed'
    when e.block_number <= (select max(final_number) from ledger.cursor) then 'done'
    when e.block_number is not null then 'seen'
    else 'waiting'
  end as state
from gateway.decision d
left join gateway.refusal f on f.decision = d.id
left join lateral (
  select r.block_number, r.log_index from ledger.registration r
  where r.participant = d.participant
    and r.event = case d.act {" ".join(f"when '{act}' then '{event}'" for act, event in EVENTS.items())} end
    and (d.key is null or r.key is null or r.key = d.key)
    and (r.block_number, r.log_index) > ((d.facts -> 'after' ->> 0)::bigint, (d.facts -> 'after' ->> 1)::int)
  order by r.block_number, r.log_index limit 1
) e on f.decision is null and d.facts ->> 'register' = :register
"""  # noqa: S608 - of our own words
_ONE = text(f"{_STATES} where d.id = :id")
_OF = text(f"{_STATES} where d.participant = :participant order by d.created, d.id")
# The first of each participant that the chain does not show yet; what is refused holds nothing up.
_DUE = text(f"""
select distinct on (participant) * from ({_STATES}) stands where state = 'waiting' order by participant, created, id
""")  # noqa: S608 - as above
_AFTER = text("""
select block_number, log_index from ledger.registration
where participant = :participant and block_number <= (select max(final_number) from ledger.cursor)
order by block_number desc, log_index desc limit 1
""")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:subject, 7305004))")
_NOTIFY = text("select pg_notify(:channel, '')")


def decide(
    connection: Connection,
    deployment: Deployment,
    act: str,
    participant: UUID,
    now: datetime,
    *,
    key: bytes | None = None,
    facts: Members | None = None,
) -> UUID:
    """Write down that something is to happen to a participant on chain. The caller commits."""
    connection.execute(_LOCK, {"subject": f"decision {participant}"})
    for known in of(connection, deployment, participant):
        if known.open and (known.act, known.key) == (act, key):
            raise DecisionUnderWayError(act=act, participant=participant, decision=known.id)
    row = connection.execute(_AFTER, {"participant": participant}).one_or_none()
    after = [-1, -1] if row is None else [row.block_number, row.log_index]
    made = uuid7()
    connection.execute(
        decision.insert(),
        {
            "id": made,
            "act": act,
            "participant": participant,
            "key": key,
            "facts": {**(facts or {}), "register": register(deployment), "after": after},
            "created": now,
        },
    )
    connection.execute(_NOTIFY, {"channel": CHANNEL})
    return made


def read(connection: Connection, deployment: Deployment, one: UUID) -> Decision:
    """Tell how a decision stands."""
    given = {"id": one, "register": register(deployment)}
    row = connection.execute(_ONE, given).mappings().one_or_none()
    if row is None:
        raise DecisionMissingError(decision=one)
    return _decision(dict(row))


def of(connection: Connection, deployment: Deployment, participant: UUID) -> list[Decision]:
    """List all that was decided about a participant, the oldest first."""
    given = {"participant": participant, "register": register(deployment)}
    return [_decision(dict(row)) for row in connection.execute(_OF, given).mappings()]


def due(connection: Connection, deployment: Deployment) -> Collection[Decision]:
    """List what may be sent now: of each participant the first decision that the chain does not show."""
    given = {"register": register(deployment)}
    found = [_decision(dict(row)) for row in connection.execute(_DUE, given).mappings()]
    return sorted(found, key=lambda one: (one.created, one.id))


def register(deployment: Deployment) -> str:
    """Name the register a decision is about: its chain and its contract."""
    return f"{deployment.genesis.hex()}/{deployment.participants.hex()}"


def _decision(row: dict[str, Any]) -> Decision:
    return Decision(**(row | {"state": State(row["state"])}))
