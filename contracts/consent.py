"""What a key signs to enter the register: that it is held for a participant, and that an earlier key vouches for it.

Participants.sol recovers the same EIP-712 structures. The domain names chain and contract, so that no signature made
for one register enters another.
"""

from dataclasses import dataclass
from uuid import UUID

from eth_account import Account
from eth_account.messages import encode_typed_data

from indexer.chain.deployment import Deployment
from indexer.core import submission
from indexer.core.errors import EvidenceError
from indexer.core.submission import keccak

_DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


@dataclass(frozen=True)
class Possession:
    """Said by a new key: it is held for this participant."""

    participant: UUID
    key: bytes

    def typed_data(self, deployment: Deployment) -> dict[str, object]:
        """Spell the EIP-712 structure for whoever signs it elsewhere."""
        fields = {"participant": "bytes16", "key": "address"}
        message: dict[str, object] = {
            "participant": "0x" + self.participant.hex,
            "key": "0x" + self.key.hex(),
        }
        return _typed_data("Possession", fields, message, deployment)


@dataclass(frozen=True)
class Addition:
    """Said by an active key of the participant: the new key is one of its own, or custodial."""

    participant: UUID
    key: bytes
    custodial: bool

    def typed_data(self, deployment: Deployment) -> dict[str, object]:
        """Spell the EIP-712 structure for whoever signs it elsewhere."""
        fields = {"participant": "bytes16", "key": "address", "custodial": "bool"}
        message: dict[str, object] = {
            "participant": "0x" + self.participant.hex,
            "key": "0x" + self.key.hex(),
            "custodial": self.custodial,
        }
        return _typed_data("Addition", fields, message, deployment)


def sign(said: Possession | Addition, deployment: Deployment, private_key: bytes) -> bytes:
    """Sign as r‖s‖v, 65 bytes."""
    message = encode_typed_data(full_message=said.typed_data(deployment))
    return bytes(Account.sign_message(message, private_key).signature)


def signer(said: Possession | Addition, deployment: Deployment, signature: bytes) -> bytes | None:
    """Tell whose signature this is, as the contract does; None for what is no signature."""
    message = encode_typed_data(full_message=said.typed_data(deployment))
    digest = keccak(b"\x19" + message.version + message.header + message.body)
    try:
        return submission.recover(digest, signature)
    except EvidenceError:
        return None


def _typed_data(
    name: str, fields: dict[str, str], message: dict[str, object], deployment: Deployment
) -> dict[str, object]:
    return {
        "types": {
            "EIP712Domain": _DOMAIN,
            name: [{"name": field, "type": kind} for field, kind in fields.items()],
        },
        "primaryType": name,
        "domain": {
            "name": "Suyuan",
            "version": "1",
            "chainId": deployment.chain_id,
            "verifyingContract": "0x" + deployment.participants.hex(),
        },
        "message": message,
    }
