"""Applications to change what was recorded: their applicants see how they stand, the operator answers them.

The same over HTTP as from the shell. An approval arrives signed by the account that operates the log on chain, whose
key is on no web server.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway import evidence, intake
from gateway.accounts.rules import OPERATOR
from gateway.returns import applications, desk, rules, sealing
from gateway.returns.applications import Held as Application
from gateway.returns.desk import NotOperatorError, Review
from gateway.web.deps import Held, Now, Participant, snapshot
from gateway.web.errors import responses
from indexer.core.submission import Approval

router = APIRouter(prefix="/api/v1/applications", tags=["returns"])
OWN = {"Cache-Control": "private, no-store"}


class Applied(BaseModel):
    """An application to correct, withdraw or erase a record."""

    id: UUID
    participant: UUID
    kind: int = Field(description="3 correction, 4 withdrawal, 5 erasure of another's record")
    amends: str = Field(description="digest of the record it is about, hex")
    amends_record: UUID = Field(alias="amendsRecord")
    digest: str = Field(description="of the record that would come of it, hex")
    state: str = Field(description="held, refused, approved, or recorded")
    reason: str | None = Field(description="the review's")
    created: int = Field(description="s since 1970")
    reviewed: int | None = Field(description="s since 1970")
    record: UUID | None = Field(description="the record it became")


class Shown(Applied):
    """An application with what a reviewer compares, and what an approval signs."""

    before: dict[str, Any] = Field(description="content of the record it is about")
    content: dict[str, Any] = Field(description="content of the record that would come of it")
    approval: dict[str, Any] = Field(description="EIP-712 typed data of an approval at this moment")


class Given(BaseModel):
    """An answer. With time and signature it approves, without it refuses."""

    reason: str = Field(description="why, for the applicant")
    at: int | None = Field(None, description="s since 1970, as signed")
    signature: str | None = Field(
        None, description="EIP-712 Approval by the account that operates the log, r‖s‖v, hex"
    )


@router.get("", summary="Applications", responses=responses(401, 422, 503))
async def listed(
    held: Held,
    caller: Participant,
    response: Response,
    waiting: bool = Query(False, description="only those not answered yet"),
) -> list[Applied]:
    """List the newest applications: one's own, or everybody's for the operator."""
    of = None if caller.role == OPERATOR else caller.participant

    def look(connection: Connection) -> list[Application]:
        return applications.listed(connection, of, waiting=waiting)

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    response.headers.update(OWN)
    return [Applied.model_validate(applications.told(one)) for one in found]


@router.get("/{application}", summary="One application", responses=responses(401, 404, 422, 503))
async def one(
    application: UUID, held: Held, caller: Participant, now: Now, response: Response
) -> Shown:
    """Show an application beside the record it is about."""

    def look(connection: Connection) -> Shown:
        found = desk.find(connection, caller, application)
        before = rules.content(connection, found.base)
        return _shown(found, before, held.intake.log, now)

    async with snapshot(held.engine) as connection:
        shown = await connection.run_sync(look)
    response.headers.update(OWN)
    return shown


@router.post(
    "/{application}/review",
    summary="Answer an application",
    responses=responses(400, 401, 403, 404, 409, 422, 503),
)
async def review(
    application: UUID, given: Given, held: Held, caller: Participant, now: Now, response: Response
) -> Applied:
    """Approve or refuse for good. What the platform signs on behalf of its applicant is recorded at once."""
    if caller.role != OPERATOR:
        raise NotOperatorError
    answer = Review(given.reason, given.at, _signature(given.signature))

    def settle(connection: Connection) -> Application:
        return desk.answer(connection, held.intake.log, caller, application, answer, now)

    async with held.engine.begin() as connection:
        found = await connection.run_sync(settle)
        if found.approved and found.sealed:
            draft = sealing.unseal(held.intake.vault, found)
            await intake.enter(connection, held.intake, found.participant, [draft], now)
        await connection.run_sync(desk.forget, application)
        found = await connection.run_sync(desk.find, caller, application)
    response.headers.update(OWN)
    return Applied.model_validate(applications.told(found))


def _signature(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _shown(found: Application, before: bytes, log: bytes, now: datetime) -> Shown:
    said = Approval(log, found.digest, int(now.timestamp()))
    return Shown.model_validate(
        {
            **applications.told(found),
            "before": evidence.content(before),
            "content": evidence.content(found.content),
            "approval": said.typed_data(),
        }
    )
