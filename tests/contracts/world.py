"""Contracts deployed for tests: every role's key, and short ways to make logs and participants."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID, uuid4

from coincurve import PrivateKey
from web3 import Web3
from web3.exceptions import ContractLogicError
from web3.logs import DISCARD

from contracts import consent, sending
from contracts.operate import EMPTY_ROOT, Hand, deploy
from gateway.devnet import Devnet
from indexer.chain.deployment import Deployment
from indexer.core.submission import address, log_id

ROLES = ("admin", "registrar", "regulator", "operator", "stranger")
LOG_KEY = bytes(range(32))
_numbers = count()


@dataclass
class World:
    net: Devnet
    deployment: Deployment
    keys: dict[str, bytes]
    hands: dict[str, Hand] = field(default_factory=dict)

    @classmethod
    def on(cls, net: Devnet) -> "World":
        keys = dict(zip(ROLES, net.accounts, strict=False))
        deployment = deploy(
            net.url,
            admin=keys["admin"],
            registrar=address(keys["registrar"]),
            regulator=address(keys["regulator"]),
            operator=address(keys["operator"]),
        )
        hands = {role: Hand(net.url, deployment, key) for role, key in keys.items()}
        return cls(net, deployment, keys, hands)

    def address(self, role: str) -> bytes:
        return address(self.keys[role])

    @property
    def log(self):
        return self.hands["admin"].trace_log

    @property
    def participants(self):
        return self.hands["admin"].participants

    def send(self, role: str, call):
        return sending.send(self.hands[role].web3, call, self.keys[role])

    def verdict(self, role: str, call) -> str:
        """What a call would come to: the error's name, or "" when it would be mined."""
        return outcome(lambda: call.call({"from": Web3.to_checksum_address(self.address(role))}))

    def told(self, receipt, event: str) -> list[dict[str, object]]:
        """The arguments of all events of one name in a receipt."""
        contract = self.log if event in {one.name for one in self.log.events} else self.participants
        found = contract.events[event]().process_receipt(receipt, errors=DISCARD)
        return [dict(one["args"]) for one in found]

    def new_log(self, size: int = 0, root: bytes = EMPTY_ROOT) -> bytes:
        """Open a log; with a size, one carried on from elsewhere."""
        origin = f"log{next(_numbers)}.example"
        log = log_id(origin)
        parties = (self.address("operator"), LOG_KEY, self.address("stranger"))
        before = log if size else bytes(32)
        self.hands["admin"].open_log(origin, *parties, size=size, root=root, predecessor=before)
        return log

    def anchoring(self, log: bytes, size: int, root: bytes, proof: list[bytes]):
        return self.log.functions.anchor(log, size, root, proof)

    def new_participant(self, *, custodial: bool = False) -> tuple[UUID, bytes]:
        participant, key = uuid4(), PrivateKey().secret
        self.hands["registrar"].admit(
            participant,
            "燃气具制造有限公司",
            "91110000600037341L",
            address(key),
            custodial=custodial,
            possession=self.possession(participant, key),
        )
        return participant, key

    def possession(self, participant: UUID, key: bytes) -> bytes:
        return consent.sign(consent.Possession(participant, address(key)), self.deployment, key)

    def consent(self, participant: UUID, key: bytes, custodial: bool, signer: bytes) -> bytes:
        said = consent.Addition(participant, address(key), custodial)
        return consent.sign(said, self.deployment, signer)


def outcome(act: Callable[[], object]) -> str:
    """The name of the error a contract refuses with, or "" when it does not."""
    try:
        act()
    except ContractLogicError as error:
        return str(sending.refusal(error).facts["error"])
    except sending.RefusedError as error:
        return str(error.facts["error"])
    return ""
