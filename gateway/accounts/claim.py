"""What an enterprise brings in a file: a key of its own, and the signatures by which it enters the register.

Everything the contract would check of them is checked here first, so that a decision rests on nothing the contract
refuses for its form.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from contracts import consent
from indexer.chain.deployment import Deployment
from indexer.core.errors import InputError

_LARGEST = 16 << 10


class ClaimMisshapenError(InputError):
    """A file that is no application."""

    code = "CLAIM_MISSHAPEN"
    sentence = "{file} is no application: {reason}"


class NoPossessionError(InputError):
    """The key did not sign that it is held for this participant, on this chain, in this register."""

    code = "CLAIM_WITHOUT_POSSESSION"
    sentence = (
        "the key {key} did not sign that it is held for participant {participant} in this register"
    )


class _Claim(msgspec.Struct, rename="camel", forbid_unknown_fields=False):
    participant: UUID
    key: str
    possession: str
    name: str | None = None
    credit_code: str | None = None
    consent: str | None = None


@dataclass(frozen=True)
class Claim:
    """A key of a participant's own. `name` and `credit_code` are there for admission, `consent` for a further key."""

    participant: UUID
    key: bytes
    possession: bytes
    name: str | None = None
    credit_code: str | None = None
    consent: bytes | None = None

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read what `suyuan apply` wrote."""
        try:
            said = msgspec.json.decode(file.read_bytes()[:_LARGEST], type=_Claim)
            return cls(
                participant=said.participant,
                key=_bytes(said.key, 20),
                possession=_bytes(said.possession, 65),
                name=said.name,
                credit_code=said.credit_code,
                consent=None if said.consent is None else _bytes(said.consent, 65),
            )
        except OSError as error:
            raise ClaimMisshapenError(file=file, reason=error.strerror) from None
        except ValueError as error:  # msgspec's own and ours
            raise ClaimMisshapenError(file=file, reason=error) from None

    def check(self, deployment: Deployment) -> None:
        """Refuse a key that did not sign for this participant and register."""
        said = consent.Possession(self.participant, self.key)
        if consent.signer(said, deployment, self.possession) != self.key:
            raise NoPossessionError(key=self.key.hex(), participant=self.participant)

    def voucher(self, deployment: Deployment) -> bytes | None:
        """Tell which key consents to this one; None if none does."""
        said = consent.Addition(self.participant, self.key, custodial=False)
        return None if self.consent is None else consent.signer(said, deployment, self.consent)


def _bytes(text: str, size: int) -> bytes:
    found = bytes.fromhex(text.removeprefix("0x"))
    if len(found) != size:
        raise ValueError(f"{len(found)} bytes where {size} were due")  # noqa: TRY003 - becomes a ClaimMisshapenError
    return found
