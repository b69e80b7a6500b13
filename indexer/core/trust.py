"""What a verifier believes beforehand, and what other parties' nodes told it about the chain.

Trust ships with the verifier and nothing in a bundle supplies it. A sighting is what one party's
node said about the very anchor and keys a bundle names; its `party` is what the verifier's own trust
says about the node it asked, never a name out of an answer. Gathering sightings is other modules'
work; judging them is pure and happens in indexer.core.proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from indexer.core import canonical
from indexer.core.bundle import Anchor
from indexer.core.canonical import Members
from indexer.core.checkpoint import NoteKeyError, Verifier
from indexer.core.shape import At, ShapeError

TRUST_FORMAT = "suyuan/trust/v1"
SIGHTING_FORMAT = "suyuan/sighting/v1"


@dataclass(frozen=True)
class Log:
    """A log the verifier knows: who runs it and with which key its checkpoints are signed."""

    origin: str
    key: Verifier
    operator: str


@dataclass(frozen=True)
class Endpoint:
    """A node that answers questions about the chain, and the party that runs it."""

    party: str
    url: str


@dataclass(frozen=True)
class Trust:
    """One chain, its contracts, the logs on it, and whom to ask.

    `finality` is "immediate", "finalized" or a depth in blocks.
    """

    chain_id: int
    genesis: bytes
    trace_log: bytes
    participants: bytes
    logs: Sequence[Log]
    finality: str | int
    witnesses: Sequence[str]
    rpc: Sequence[Endpoint]

    @classmethod
    def from_json(cls, data: bytes) -> "Trust":
        """Read trust settings; InputError names the place of what is amiss."""
        at = At(canonical.decode(data))
        at["format"].word(TRUST_FORMAT)
        return cls(
            chain_id=at["chainId"].number(),
            genesis=at["genesis"].hex(32),
            trace_log=at["traceLog"].hex(20),
            participants=at["participants"].hex(20),
            logs=[_log(item) for item in at["logs"].items()],
            finality=_finality(at["finality"]),
            witnesses=[item.text() for item in at["witnesses"].items()],
            rpc=[Endpoint(i["party"].text(), i["url"].text()) for i in at["rpc"].items()],
        )

    def to_json(self) -> bytes:
        """Write the settings in their canonical spelling."""
        return canonical.encode(self.members())

    def members(self) -> Members:
        """Return the settings as JSON."""
        return {
            "format": TRUST_FORMAT,
            "chainId": self.chain_id,
            "genesis": self.genesis.hex(),
            "traceLog": self.trace_log.hex(),
            "participants": self.participants.hex(),
            "logs": [
                {"origin": log.origin, "key": str(log.key), "operator": log.operator}
                for log in self.logs
            ],
            "finality": self.finality,
            "witnesses": list(self.witnesses),
            "rpc": [{"party": node.party, "url": node.url} for node in self.rpc],
        }

    def of(self, origin: str) -> list[Log]:
        """Return what is known of the log `origin`: one entry for each key it may sign with."""
        return [log for log in self.logs if log.origin == origin]


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

    `anchor` is what it found under the bundle's transaction, in a block of its canonical chain.
    `closed` is the log's last good size, once it was closed.
    """

    party: str
    chain_id: int
    genesis: bytes
    final: int
    anchor: Anchor | None
    closed: int | None
    keys: Mapping[bytes, KeySeen]
    participants: Mapping[UUID, ParticipantSeen]

    @classmethod
    def from_json(cls, data: bytes) -> "Sighting":
        """Read a sighting; InputError names the place of what is amiss."""
        at = At(canonical.decode(data))
        at["format"].word(SIGHTING_FORMAT)
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
            "format": SIGHTING_FORMAT,
            "party": self.party,
            "chainId": self.chain_id,
            "genesis": self.genesis.hex(),
            "final": self.final,
            "anchor": self.anchor.members() if self.anchor else None,
            "closed": self.closed,
            "keys": keys,
            "participants": participants,
        }


def _log(at: At) -> Log:
    try:
        key = Verifier.parse(at["key"].text())
    except NoteKeyError:
        raise ShapeError(place=at["key"].place, wanted="a note's verifier key") from None
    return Log(at["origin"].text(), key, at["operator"].text())


def _finality(at: At) -> str | int:
    return at.number() if isinstance(at.value, int) else at.word("immediate", "finalized")


def _key(at: At) -> KeySeen:
    return KeySeen(
        participant=at["participant"].uuid(),
        custodial=at["custodial"].flag(),
        admitted=at["admitted"].number(),
        revoked=_or_null(at["revoked"]),
    )


def _or_null(at: At) -> int | None:
    return None if at.is_null() else at.number()
