"""How a participant's own signing key stands here: what its program asks before it signs and when it lost its place.

A participant sees its own keys only. What the register says comes from the follower, so a key that was just admitted
is unknown for a moment.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from gateway.intake import next_sequence
from gateway.web.deps import Held, Participant, snapshot
from gateway.web.errors import responses
from indexer.core.errors import MissingError
from indexer.store import registry

router = APIRouter(prefix="/api/v1/keys", tags=["submissions"])


class NoKeyOfYoursError(MissingError):
    """No key of this caller has this address, as far as the register was read."""

    code = "KEY_MISSING"
    sentence = (
        "the register shows no key {key} of participant {participant}: it was not admitted, or the indexer has not "
        "read the block of its admission yet"
    )


class Key(BaseModel):
    """One signing key of the caller."""

    key: str = Field(description="address, hex")
    participant: UUID
    name: str = Field(description="the participant's, by the register")
    custodial: bool = Field(description="held by the platform, which signs with it")
    sequence: int = Field(description="of its next submission to this log")
    admitted: int = Field(description="the block of its admission")
    revoked: int | None = Field(description="the first sequence that does not count, once it ended")
    suspended: bool = Field(description="nothing new of the participant is taken")


@router.get("/{key}", summary="One of your signing keys", responses=responses(401, 404, 422, 503))
async def key(
    key: Annotated[str, Path(pattern="^(0x)?[0-9a-fA-F]{40}$", description="address, hex")],
    held: Held,
    caller: Participant,
    response: Response,
) -> Key:
    """Tell how the register has a key of yours, and which sequence its next submission has."""
    address = bytes.fromhex(key.removeprefix("0x"))
    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(registry.standing, address)
        if found is None or found.participant != caller.participant:
            raise NoKeyOfYoursError(key=address.hex(), participant=caller.participant)
        sequence = await next_sequence(connection, address)
    response.headers["Cache-Control"] = "private, no-store"
    return Key(
        key=address.hex(),
        participant=found.participant,
        name=found.name,
        custodial=found.custodial,
        sequence=sequence,
        admitted=found.admitted,
        revoked=found.revoked,
        suspended=found.suspended,
    )
