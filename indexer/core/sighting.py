"""What other parties' nodes saw on the chain, held against what a bundle says is there.

A sighting's `party` is what the verifier's own trust says about the node it asked, never a name out
of an answer. The word of the log's own operator counts only where nobody else's is there, and then
for no more than UNCHECKED. Gathering sightings is other modules' work; judging them is pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from indexer.core import canonical
from indexer.core.bundle import Anchor, Bundle, Entry
from indexer.core.canonical import Members
from indexer.core.reading import At
from indexer.core.trust import Trust
from indexer.core.verdict import State, Step

FORMAT = "suyuan/sighting/v1"


@dataclass(frozen=True)
class KeySeen:
    """A signing key in the registry: its participant, since which block, and its end if it has one.

    `revoked` is the sequence number from which on the key's submissions do not count.
    """

    participant: UUID
    custodial: bool
    admitted: int
    revoked: int | None


@dataclass(frozen=True)
class ParticipantSeen:
    """A participant in the registry."""

    name: str
    credit_code: str
    status: str


@dataclass(frozen=True)
class Sighting:
    """What the node of `party` said; `final` is its highest final block by the trust's finality.

    `anchor` is what it found under the bundle's transaction, in a block of its canonical chain. `closed` is the log's
    last good size, once it was closed. `approvers` are, of the accounts that signed the bundle's approvals, those that
    are or were the log's operator. `carried` is the size with which the log came to this chain from another, 0 for one
    that began on it.
    """

    party: str
    chain_id: int
    genesis: bytes
    final: int
    anchor: Anchor | None
    closed: int | None
    keys: Mapping[bytes, KeySeen]
    participants: Mapping[UUID, ParticipantSeen]
    approvers: Sequence[bytes] = ()
    carried: int = 0

    @classmethod
    def from_json(cls, data: bytes) -> "Sighting":
        """Read a sighting; InputError names the place of what is amiss."""
        at = At(canonical.decode(data))
        at["format"].word(FORMAT)
        anchor = at["anchor"]
        return cls(
            party=at["party"].text(),
            chain_id=at["chainId"].number(),
            genesis=at["genesis"].hex(32),
            final=at["final"].number(),
            anchor=None if anchor.is_null() else Anchor.read(anchor),
            closed=_or_null(at["closed"]),
            keys={At(name, i.place).hex(20): _key(i) for name, i in at["keys"].named()},
            participants={
                At(name, item.place).uuid(): ParticipantSeen(
                    item["name"].text(empty=True),
                    item["creditCode"].text(empty=True),
                    item["status"].word("admitted", "suspended"),
                )
                for name, item in at["participants"].named()
            },
            approvers=[item.hex(20) for item in at["approvers"].items()],
            carried=at["carried"].number(),
        )

    def to_json(self) -> bytes:
        """Write the sighting in its canonical spelling."""
        return canonical.encode(self.members())

    def members(self) -> Members:
        """Return the sighting as JSON."""
        keys: Members = {
            address.hex(): {
                "participant": str(key.participant),
                "custodial": key.custodial,
                "admitted": key.admitted,
                "revoked": key.revoked,
            }
            for address, key in self.keys.items()
        }
        participants: Members = {
            str(participant): {
                "name": seen.name,
                "creditCode": seen.credit_code,
                "status": seen.status,
            }
            for participant, seen in self.participants.items()
        }
        return {
            "format": FORMAT,
            "party": self.party,
            "chainId": self.chain_id,
            "genesis": self.genesis.hex(),
            "final": self.final,
            "anchor": self.anchor.members() if self.anchor else None,
            "closed": self.closed,
            "keys": keys,
            "participants": participants,
            "approvers": [account.hex() for account in self.approvers],
            "carried": self.carried,
        }


class Witnesses:
    """The sightings that count for one bundle, under one trust."""

    def __init__(self, bundle: Bundle, trust: Trust, sightings: Sequence[Sighting]) -> None:
        operators = {log.operator for log in trust.of(bundle.origin)}
        others = [seen for seen in sightings if seen.party not in operators]
        self._anchor = bundle.anchor
        self._trust = trust
        self._sightings = others or sightings
        self._best = State.VERIFIED if others else State.UNCHECKED

    def anchor(self) -> Step:
        """Judge whether the bundle's anchor is on the chain, final and in force."""
        if self._anchor is None:
            return Step("anchor", State.PENDING, "NOT_ANCHORED")
        outcomes = [self._anchored(seen, self._anchor) for seen in self._sightings]
        state, reason = _decisive(outcomes)
        parties = [
            seen.party
            for seen, outcome in zip(self._sightings, outcomes, strict=True)
            if outcome == (state, reason)
        ]
        facts = self._anchor.members() | {"parties": list(dict.fromkeys(parties))}
        return Step("anchor", *self._bounded(state, reason), facts)

    def key(self, entry: Entry) -> Step:
        """Judge whether the submission's key was its participant's when it was anchored."""
        known = [seen for seen in self._sightings if self._same_chain(seen)]
        state, reason = _decisive([self._registered(seen, entry) for seen in known])
        return Step("key", *self._bounded(state, reason), _registry(known, entry))

    def approval(self, entry: Entry, approver: bytes) -> Step:
        """Judge whether whoever signed a record's approval was the log's operator."""
        outcomes: list[_Outcome] = [
            (State.VERIFIED, None)
            if approver in seen.approvers
            else (State.ALTERED, "APPROVER_UNKNOWN")
            for seen in self._sightings
            if self._same_chain(seen)
        ]
        facts: Members = {
            "approver": approver.hex(),
            "at": entry.approval.at if entry.approval else None,
        }
        return Step("approval", *self._bounded(*_decisive(outcomes)), facts)

    def _bounded(self, state: State, reason: str | None) -> tuple[State, str | None]:
        """Let the operator's own word be no proof."""
        if state is State.VERIFIED and self._best is not State.VERIFIED:
            return self._best, "OWN_WORD"
        return state, reason

    def _same_chain(self, seen: Sighting) -> bool:
        return (seen.chain_id, seen.genesis) == (self._trust.chain_id, self._trust.genesis)

    def _anchored(self, seen: Sighting, anchor: Anchor) -> "_Outcome":
        final = anchor.block.number <= seen.final
        if not self._same_chain(seen):
            return State.UNCHECKED, "CHAIN_DIFFERS"
        if seen.anchor is None:
            # A log that was carried on has anchors on a chain this node knows nothing of.
            if anchor.size <= seen.carried:
                return State.UNCHECKED, "ANCHOR_BEFORE"
            # A node that has passed the block and found no such anchor there denies it.
            absent = State.ALTERED, "ANCHOR_ABSENT"
            return absent if final else (State.UNCHECKED, "ANCHOR_UNSEEN")
        if seen.anchor != anchor:
            return State.ALTERED, "ANCHOR_DIFFERS"
        if seen.closed is not None and anchor.size > seen.closed:
            return State.ALTERED, "LOG_CLOSED"
        return (State.VERIFIED, None) if final else (State.PENDING, "ANCHOR_NOT_FINAL")

    def _registered(self, seen: Sighting, entry: Entry) -> "_Outcome":
        signed, key = entry.submission, seen.keys.get(entry.submission.key)
        if key is None:
            return State.ALTERED, "KEY_UNKNOWN"
        if key.participant != signed.participant:
            return State.ALTERED, "KEY_FOREIGN"
        if self._anchor and entry.logged and key.admitted > self._anchor.block.number:
            return State.ALTERED, "KEY_LATE"
        if key.revoked is not None and signed.sequence >= key.revoked:
            return State.ALTERED, "KEY_REVOKED"
        return State.VERIFIED, None


_Outcome = tuple[State, str | None]


def _decisive(outcomes: Sequence[_Outcome]) -> _Outcome:
    """Return what several parties' words come to: one denial decides, else one confirmation."""
    for state in (State.ALTERED, State.VERIFIED, State.PENDING, State.UNCHECKED):
        for outcome in outcomes:
            if outcome[0] is state:
                return outcome
    return State.UNCHECKED, "NO_SIGHTING"


def _registry(sightings: Sequence[Sighting], entry: Entry) -> Members:
    """Return what the registry holds on the signer, by the first of `sightings`; null is unseen."""
    signed = entry.submission
    key = sightings[0].keys.get(signed.key) if sightings else None
    participant = sightings[0].participants.get(signed.participant) if sightings else None
    return {
        "participant": str(signed.participant),
        "key": signed.key.hex(),
        "custodial": key.custodial if key else None,
        "name": participant.name if participant else None,
        "creditCode": participant.credit_code if participant else None,
        "status": participant.status if participant else None,
    }


def _key(at: At) -> KeySeen:
    return KeySeen(
        participant=at["participant"].uuid(),
        custodial=at["custodial"].flag(),
        admitted=at["admitted"].number(),
        revoked=_or_null(at["revoked"]),
    )


def _or_null(at: At) -> int | None:
    return None if at.is_null() else at.number()
