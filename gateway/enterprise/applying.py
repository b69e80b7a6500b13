"""What an enterprise hands the registrar: that it holds its key, and that an earlier key of its own vouches for it.

Both are EIP-712 signatures that the register on chain checks by itself, so the file needs no secrecy. The participant's
id is the applicant's to choose, for the key signs for it.
"""

from uuid import UUID

from contracts import consent
from gateway.accounts import rules
from indexer.chain.deployment import Deployment
from indexer.core import canonical, creditcode, submission
from indexer.core.trust import Trust


def register(trust: Trust) -> Deployment:
    """Name the register that signatures are for, as trust settings know it."""
    return Deployment(trust.chain_id, trust.genesis, trust.trace_log, trust.participants, 0)


def admission(
    deployment: Deployment, participant: UUID, name: str, credit_code: str, private_key: bytes
) -> bytes:
    """Write the application of an enterprise whose first key is its own."""
    rules.check_name(name)
    creditcode.check(credit_code, "/creditCode")
    return canonical.encode(
        {
            "participant": str(participant),
            "name": name,
            "creditCode": credit_code,
            "key": submission.address(private_key).hex(),
            "possession": _possession(deployment, participant, private_key).hex(),
        }
    )


def addition(deployment: Deployment, participant: UUID, private_key: bytes, active: bytes) -> bytes:
    """Write the application for a further key of one's own, for which the private key `active` vouches."""
    key = submission.address(private_key)
    agreed = consent.Addition(participant, key, custodial=False)
    return canonical.encode(
        {
            "participant": str(participant),
            "key": key.hex(),
            "custodial": False,
            "possession": _possession(deployment, participant, private_key).hex(),
            "consent": consent.sign(agreed, deployment, active).hex(),
        }
    )


def _possession(deployment: Deployment, participant: UUID, private_key: bytes) -> bytes:
    said = consent.Possession(participant, submission.address(private_key))
    return consent.sign(said, deployment, private_key)
