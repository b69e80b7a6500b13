"""The operator's hand in accounts: participants are entered here, get API keys, and are known by them again.

Admission has two halves: this one makes the participant's row and, if it brings no key of its own, a custodial one;
gateway/admission.py decides that the registry on chain shall know both. An API key is shown once, when it is issued:
the store has its SHA-256.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway.accounts import rules
from gateway.accounts.tables import api_key, custodial_key, participant
from gateway.vault import Vault
from indexer.core import creditcode, submission
from indexer.core.errors import DuplicateError, MissingError, UnknownCallerError

# Secrets of ours are found by this in places where they should not be.
PREFIX: Final = "suyuan_"


class ApiKeyUnknownError(UnknownCallerError):
    """An API key nobody has, or one that was revoked."""

    code = "API_KEY_UNKNOWN"
    sentence = "this API key is not known, or was revoked"


class ParticipantKnownError(DuplicateError):
    """An enterprise of this credit code is a participant already."""

    code = "PARTICIPANT_KNOWN"
    sentence = "there is a participant {participant} with the credit code {credit_code} already"


class ParticipantUnknownError(MissingError):
    """No participant has this id."""

    code = "PARTICIPANT_UNKNOWN"
    sentence = "there is no participant {participant}"


class ApiKeyMissingError(MissingError):
    """No API key has this id, or it is revoked already."""

    code = "API_KEY_MISSING"
    sentence = "there is no API key {key} in use"


@dataclass(frozen=True)
class Caller:
    """Who calls, as an API key told; `role` is `participant` or `operator`."""

    participant: UUID
    role: str = "participant"


@dataclass(frozen=True)
class Admission:
    """A participant as this side admitted it; `address` is its key's, custodial or its own."""

    participant: UUID
    address: bytes


@dataclass(frozen=True)
class Issued:
    """A new API key; its owner sees `secret` once and nobody sees it again."""

    id: UUID
    secret: str = field(repr=False)


def admit(
    connection: Connection, vault: Vault, name: str, credit_code: str, now: datetime
) -> Admission:
    """Enter a participant and make the key that signs on its behalf. The caller commits."""
    private_key, admitted = secrets.token_bytes(32), uuid7()
    _enter(connection, admitted, name, credit_code, now)
    address = submission.address(private_key)
    sealed = vault.seal_custodial(admitted, private_key)
    key_row = {"participant": admitted, "address": address, "sealed": sealed}
    connection.execute(custodial_key.insert(), key_row)
    return Admission(admitted, address)


def admit_own(
    connection: Connection, admitted: Admission, name: str, credit_code: str, now: datetime
) -> Admission:
    """Enter a participant that has a key of its own, under the id it chose. The caller commits."""
    _enter(connection, admitted.participant, name, credit_code, now)
    return admitted


def _enter(
    connection: Connection, admitted: UUID, name: str, credit_code: str, now: datetime
) -> None:
    rules.check_name(name)
    creditcode.check(credit_code, "/creditCode")
    same = or_(participant.c.credit_code == credit_code, participant.c.id == admitted)
    before = connection.execute(select(participant).where(same)).first()
    if before is not None:
        raise ParticipantKnownError(participant=before.id, credit_code=before.credit_code)
    row = {"id": admitted, "name": name, "credit_code": credit_code, "created": now}
    connection.execute(participant.insert(), row)


def issue(
    connection: Connection, owner: UUID, now: datetime, *, role: str = "participant"
) -> Issued:
    """Make a participant an API key. The caller commits, and shows the secret only then."""
    known = select(participant.c.id).where(participant.c.id == owner)
    if connection.execute(known).one_or_none() is None:
        raise ParticipantUnknownError(participant=owner)
    issued = Issued(uuid7(), PREFIX + secrets.token_urlsafe(32))
    row = {"id": issued.id, "participant": owner, "hash": _hash(issued.secret), "created": now}
    row["role"] = role
    connection.execute(api_key.insert(), row)
    return issued


def revoke(connection: Connection, key: UUID, now: datetime) -> None:
    """End an API key from the commit on. The caller commits."""
    ended = api_key.update().where(api_key.c.id == key, api_key.c.revoked.is_(None))
    if connection.execute(ended.values(revoked=now)).rowcount == 0:
        raise ApiKeyMissingError(key=key)


_OWNER = select(api_key.c.participant, api_key.c.role).where(
    api_key.c.hash == bindparam("hash"), api_key.c.revoked.is_(None)
)


async def authenticate(connection: AsyncConnection, secret: str) -> Caller:
    """Tell whose API key this is."""
    found = await connection.execute(_OWNER, {"hash": _hash(secret)})
    row = found.one_or_none()
    if row is None:
        raise ApiKeyUnknownError
    return Caller(row.participant, row.role)


def _hash(secret: str) -> bytes:
    # A plain hash does: the secret has 256 random bits, which no dictionary holds.
    return sha256(secret.encode("utf-8", "replace")).digest()
