"""What a verifier believes beforehand: the chain, its contracts, the logs on it, whom to ask.

Trust ships with the verifier, and nothing in a bundle supplies any of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.core import canonical
from indexer.core.canonical import Members
from indexer.core.checkpoint import NoteKeyError, Verifier
from indexer.core.reading import At, MisshapenError

FORMAT = "suyuan/trust/v1"


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
        at["format"].word(FORMAT)
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
            "format": FORMAT,
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


def _log(at: At) -> Log:
    try:
        key = Verifier.parse(at["key"].text())
    except NoteKeyError:
        raise MisshapenError(place=at["key"].place, wanted="a note's verifier key") from None
    return Log(at["origin"].text(), key, at["operator"].text())


def _finality(at: At) -> str | int:
    return at.number() if isinstance(at.value, int) else at.word("immediate", "finalized")
