"""An enterprise becomes a participant: its row, its custodial key, its entry in the register on chain, its API key.

The chain comes between two database transactions. If it fails, the row stays without a registration: the next call with
the same credit code says so, and nothing the enterprise sends counts as long as the register does not know its key.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from contracts import consent
from contracts.operate import Hand
from gateway.accounts import desk
from gateway.accounts.tables import custodial_key
from gateway.vault import Vault
from indexer.chain.deployment import Deployment


@dataclass(frozen=True)
class Admitted:
    """A participant whose word counts from now on; the API key is shown once."""

    id: UUID
    address: bytes
    api_key: str = field(repr=False)


def admit(
    engine: Engine, vault: Vault, registrar: Hand, name: str, credit_code: str, now: datetime
) -> Admitted:
    """Admit an enterprise under a custodial key. Needs the registrar's account and a login of role accounts."""
    with engine.begin() as connection:
        made = desk.admit(connection, vault, name, credit_code, now)
        proof = possession(connection, vault, registrar.deployment, made.participant)
    registrar.admit(
        made.participant, name, credit_code, made.address, custodial=True, possession=proof
    )
    with engine.begin() as connection:
        issued = desk.issue(connection, made.participant, now)
    return Admitted(made.participant, made.address, issued.secret)


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
