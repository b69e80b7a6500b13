"""Whoever an old register knew enters a new one: participants, keys, what was revoked, who is suspended.

A key must sign for the register it enters, so nobody can do this for a key of one's own: its owner signs for the new
deployment and sends a file. For custodial keys the vault signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from contracts import consent
from contracts.consent import Addition, Possession
from contracts.operate import Hand
from gateway.accounts.claim import Claim
from gateway.accounts.tables import custodial_key, retired_key
from gateway.vault import Vault
from indexer.chain import calls
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.store.tables import registration


@dataclass
class Held:
    """One key of a participant; `revoked` is the first sequence that no longer counts, None while all do."""

    custodial: bool
    revoked: int | None = None


@dataclass
class Member:
    """A participant as a register's events leave it, its keys in the order in which they came."""

    id: UUID
    name: str
    credit_code: str
    keys: dict[bytes, Held] = field(default_factory=dict)
    suspended: bool = False


@dataclass(frozen=True)
class Proof:
    """What a key signed for the new register, and what an active key of the same participant signed for it."""

    possession: bytes
    consent: bytes | None = None


def members(connection: Connection) -> list[Member]:
    """Read everybody whom the followed register knows, as its events leave them."""
    found: dict[UUID, Member] = {}
    rows = connection.execute(
        select(registration).order_by(registration.c.block_number, registration.c.log_index)
    )
    for row in rows:
        if row.event == "Admitted":
            found[row.participant] = Member(row.participant, row.name, row.credit_code)
        elif row.participant in found:
            _take(found[row.participant], row)
    return list(found.values())


def _take(member: Member, row: Any) -> None:  # noqa: ANN401 - a row of registration
    match row.event:
        case "KeyAdded" | "KeyRecovered":
            member.keys[row.key] = Held(bool(row.custodial))
        case "KeyRevoked" if row.key in member.keys:
            member.keys[row.key].revoked = row.next_sequence
        case "Suspended" | "Reinstated":
            member.suspended = row.event == "Suspended"


def applications(folder: Path, deployment: Deployment) -> dict[bytes, Proof]:
    """Read the files by which owners of keys apply to the new register (`suyuan apply`)."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        claim = Claim.load(path)
        claim.check(deployment)
        found[claim.key] = Proof(claim.possession, claim.consent)
    return found


@dataclass(frozen=True)
class Proofs:
    """Finds what can be shown for each key of a member: by the vault, or by its owner's file."""

    vault: Vault
    deployment: Deployment
    given: dict[bytes, Proof] = field(default_factory=dict)

    def __call__(self, connection: Connection, member: Member) -> dict[bytes, Proof]:
        """Give the proofs by key; a key that is missing cannot be registered."""
        held = dict(self._custodial(connection, member))
        found: dict[bytes, Proof] = {}
        for key, state in member.keys.items():
            proof = self.given.get(key)
            if key in held:
                said = Possession(member.id, key)
                proof = Proof(consent.sign(said, self.deployment, held[key]))
            if proof and found and proof.consent is None:
                proof = self._vouched(member, proof, key, state, held)
            if proof:
                found[key] = proof
        return found

    def _vouched(
        self, member: Member, proof: Proof, key: bytes, state: Held, held: dict[bytes, bytes]
    ) -> Proof | None:
        """Let a custodial key of the participant vouch for one that has nobody's word yet."""
        for other, private in held.items():
            if other != key:
                said = Addition(member.id, key, state.custodial)
                return Proof(proof.possession, consent.sign(said, self.deployment, private))
        return None

    def _custodial(self, connection: Connection, member: Member) -> Iterator[tuple[bytes, bytes]]:
        for table in (custodial_key, retired_key):
            kept = select(table).where(table.c.participant == member.id)
            for row in connection.execute(kept):
                if row.address in member.keys:
                    yield row.address, self.vault.open_custodial(member.id, row.sealed)


def register(client: Client, hand: Hand, member: Member, proofs: dict[bytes, Proof]) -> None:
    """Enter a member as far as `proofs` go. What is entered already is passed over."""
    register_ = hand.deployment.participants
    party = client.ask(calls.participant_of(register_, member.id))
    known = dict(
        zip(
            member.keys,
            client.ask_all([calls.key_of(register_, key) for key in member.keys]),
            strict=True,
        )
    )
    admitted = party is not None
    for key, state in member.keys.items():
        proof = proofs.get(key)
        if proof is None or known[key] is not None:
            continue
        if not admitted:
            hand.admit(
                member.id,
                member.name,
                member.credit_code,
                key,
                custodial=state.custodial,
                possession=proof.possession,
            )
            admitted = True
        elif proof.consent is not None:
            hand.add_key(
                member.id,
                key,
                custodial=state.custodial,
                possession=proof.possession,
                consent=proof.consent,
            )
    for key, state in member.keys.items():
        before = known[key]
        if state.revoked is not None and key in proofs and (not before or before.revoked is None):
            hand.revoke(key, state.revoked)
    if admitted and member.suspended and (party is None or party.status != "suspended"):
        hand.suspend(member.id)
