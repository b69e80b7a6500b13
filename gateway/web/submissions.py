"""Records come in here: one signed submission at a time, answered with a receipt once it is stored and not before.

The transaction ends before the answer begins, so whoever has a receipt has its records in the store. Waiting for an
anchor only looks; when it looks long enough in vain the answer says how far things have come.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from gateway.intake import receive
from gateway.web.deps import Body, Gateway, Held, Now, Participant, snapshot
from gateway.web.errors import responses
from indexer.core import canonical
from indexer.core.errors import MissingError
from indexer.store import progress
from indexer.store.progress import Progress, Stage

WAIT = 30.0  # seconds; proxies between us and a caller often give up at 60
_LOOKS = 0.2

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

_EVENT = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "ObjectEvent",
    "eventTime": "2026-10-12T09:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["https://id.gs1.org/01/06945000000015/21/CX26A00017"],
    "action": "ADD",
    "bizStep": "commissioning",
    "readPoint": {"id": "https://id.gs1.org/414/6945000001012"},
}


class NoSubmissionError(MissingError):
    """No submission of this caller has this id."""

    code = "SUBMISSION_UNKNOWN"
    sentence = "there is no submission {id} of yours"


class Item(BaseModel):
    """One thing stated."""

    event: dict[str, Any] = Field(
        description="an EPCIS 2.0 event of any type, a Product (kind 2), or why one is withdrawn (4) or erased (5); "
        "unsigned, an event with an errorDeclaration withdraws the one of yours that it repeats",
        examples=[_EVENT],
    )
    kind: Literal[1, 2, 3, 4, 5] = Field(
        1, description="1 event, 2 master data, 3 correction, 4 withdrawal, 5 notice of erasure"
    )
    amends: str | None = Field(
        None, description="kinds 3 to 5, and only there: digest of the record it amends, hex"
    )
    conceal: list[str] = Field(
        [],
        description="JSON Pointers into the event: beside what is concealed anyway, or, in a signed submission, all "
        "that was concealed before it was signed, disclosures in their order",
    )
    record_key: str | None = Field(
        None,
        alias="recordKey",
        description="32 bytes, hex: by which this item was concealed; in a signed submission, and only there",
    )


class Sent(BaseModel):
    """What a participant sends; the platform conceals and signs on its behalf unless all of this is signed already."""

    items: list[Item] = Field(min_length=1)
    sequence: int | None = Field(None, description="signed: how many the key has signed before")
    key: str | None = Field(None, description="signed: the signing key's address, hex")
    signature: str | None = Field(
        None, description="signed: EIP-712 Submission over the records' digests, r‖s‖v, hex"
    )


class Signature(BaseModel):
    """By which key the log promises."""

    key: str = Field(description="address, hex")
    signature: str = Field(description="EIP-712 Receipt, r‖s‖v, hex")


class Stored(BaseModel):
    """One record of a submission."""

    id: UUID
    position: int
    digest: str


class Receipt(BaseModel):
    """What was stored, as it was signed, and the log's promise to anchor it."""

    submission: UUID
    participant: UUID
    key: str
    sequence: int
    count: int
    root: str
    signature: str
    received_at: int = Field(alias="receivedAt", description="ms since 1970")
    anchor_by: int = Field(alias="anchorBy", description="s since 1970")
    receipt: Signature
    records: list[Stored]
    state: Stage | None = Field(None, description="with ?wait=anchored: how far it has come")


class RecordState(BaseModel):
    """One record of a submission and how far it has come."""

    id: UUID
    position: int
    kind: int
    digest: str
    index: int | None = Field(description="place in the log")
    state: Stage


class Anchored(BaseModel):
    """The anchor that covers a submission."""

    number: int
    size: int
    block: int


class State(BaseModel):
    """How far a submission has come; all its records come along together."""

    submission: UUID
    participant: UUID
    state: Stage
    waits: str | None = Field(description="why it is not final yet")
    late: bool = Field(description="the receipt's promise is over and not kept")
    stored: datetime
    anchor_by: datetime | None = Field(
        serialization_alias="anchorBy", description="null once the store was lost and refilled"
    )
    sent: datetime | None
    attempts: int | None
    anchored: datetime | None = Field(description="time of the anchor's block")
    transaction: str | None
    anchor: Anchored | None
    records: list[RecordState]


@router.post(
    "",
    status_code=201,
    summary="Record something",
    response_class=Response,
    responses={
        200: {"model": Receipt, "description": "This very signed submission is here already"},
        201: {"model": Receipt},
        202: {"description": "corrections and withdrawals, which wait for the operator's review"},
        **responses(401, 403, 409, 413, 422, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Sent"},
                    "example": {"items": [{"event": _EVENT}]},
                }
            },
        }
    },
)
async def submit(
    caller: Participant,
    held: Held,
    now: Now,
    body: Body,
    idempotency_key: Annotated[
        str | None,
        Header(description="the same key and body are answered as before, once and for all"),
    ] = None,
    wait: Annotated[
        Literal["anchored"] | None,
        Query(description="answer only once it is anchored, or after 30 s"),
    ] = None,
) -> Response:
    """Store events and master data, all of a submission or nothing, and promise when they will be on chain."""
    async with held.engine.begin() as connection:
        answer = await receive(connection, held.intake, caller, body, idempotency_key, now)
    said = answer.body
    if answer.submission is None:
        headers = {"Location": "/api/v1/applications", "Cache-Control": "private, no-store"}
        return Response(said, answer.status, headers, "application/json")
    if wait is not None:
        stage = await _wait(held, answer.submission)
        receipt: Any = canonical.decode(said)
        said = canonical.encode({**receipt, "state": stage.value})
    headers = {
        "Location": f"/api/v1/submissions/{answer.submission}",
        "Cache-Control": "private, no-store",
    }
    return Response(said, answer.status, headers, "application/json")


@router.get(
    "/{submission}",
    summary="How far a submission has come",
    responses=responses(401, 404, 422, 503),
)
async def submission(
    submission: UUID, held: Held, caller: Participant, now: Now, response: Response
) -> State:
    """Tell how far a submission and its records have come, and what it waits for."""
    found = await _progress(held, submission)
    if found is None or found.participant != caller.participant:
        raise NoSubmissionError(id=submission)
    response.headers["Cache-Control"] = "private, no-store"
    return _state(found, now)


async def _progress(held: Gateway, submission: UUID) -> Progress | None:
    async with snapshot(held.engine) as connection:
        return await connection.run_sync(progress.of_submission, held.intake.log, submission)


async def _wait(held: Gateway, submission: UUID) -> Stage:
    """Look until it is anchored or time is up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT
    while True:
        found = await _progress(held, submission)
        stage = found.stage if found else Stage.STORED
        if stage in (Stage.ANCHORED, Stage.FINAL) or loop.time() + _LOOKS > end:
            return stage
        await asyncio.sleep(_LOOKS)


def _state(found: Progress, now: datetime) -> State:
    anchor = None
    if (
        found.anchor_number is not None
        and found.anchor_size is not None
        and found.block is not None
    ):
        anchor = Anchored(number=found.anchor_number, size=found.anchor_size, block=found.block)
    return State(
        submission=found.submission,
        participant=found.participant,
        state=found.stage,
        waits=found.waits,
        late=found.late(now),
        stored=found.stored,
        anchor_by=found.anchor_by,
        sent=found.sent,
        attempts=found.attempts,
        anchored=found.anchored,
        transaction=found.transaction.hex() if found.transaction else None,
        anchor=anchor,
        records=[
            RecordState(
                id=one.id,
                position=one.position,
                kind=one.kind,
                digest=one.digest.hex(),
                index=one.index,
                state=found.stage,
            )
            for one in found.records
        ],
    )
