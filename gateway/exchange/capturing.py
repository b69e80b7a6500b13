"""Captures over HTTP: a document goes in, and a job says what became of it.

A capture is answered once its events are stored and not before.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from gateway.catalogue.desk import Shelf
from gateway.exchange import answering, document, headers, jobs, paging
from gateway.exchange.answering import PAGED
from gateway.exchange.capture import ROLLBACK, Behaviour, capture
from gateway.exchange.headers import Asked, body_type
from gateway.exchange.jobs import Job
from gateway.exchange.problems import Binding, NoSuchNameError, responses
from gateway.vault import Vault
from gateway.web.deps import Body, Held, Now, Participant, snapshot
from indexer.core.canonical import Json, Members

router = APIRouter(route_class=Binding)

_BEHAVIOUR = Annotated[
    Behaviour,
    Header(
        alias="GS1-Capture-Error-Behaviour",
        description="rollback: all or nothing; proceed: store what is good and name what is not",
    ),
]
EVENT: Members = {
    "@context": [answering.CONTEXT],
    "type": "ObjectEvent",
    "eventTime": "2026-10-12T09:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["https://id.gs1.org/01/06945000000015/21/CX26A00017"],
    "action": "ADD",
    "bizStep": "commissioning",
}


def taken(description: str, example: Members, *types: str) -> dict[str, Any]:
    """Describe a body for OpenAPI."""
    schema = {"type": "object", "description": description}
    content = {media: {"schema": schema, "example": example} for media in types}
    return {"requestBody": {"required": True, "content": content}}


_DOCUMENT = taken(
    "EPCISDocument or EPCISQueryDocument",
    {
        "@context": [answering.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-10-12T09:31:00+08:00",
        "epcisBody": {
            "eventList": [{**EVENT, "eventID": "urn:uuid:0199d1a0-0000-7000-8000-000000000001"}]
        },
    },
    *headers.JSON_TYPES,
)
_DOCUMENT["requestBody"]["content"] |= {
    media: {"schema": {"type": "string", "description": "EPCIS 1.2 or 2.0 in XML"}}
    for media in headers.XML_TYPES
}


class CaptureJob(BaseModel):
    """What became of a capture."""

    model_config = ConfigDict(extra="allow")

    capture_id: str = Field(alias="captureID")
    created_at: str = Field(alias="createdAt")
    finished_at: str | None = Field(None, alias="finishedAt", description="none while it runs")
    running: bool = Field(description="true while error declarations of it wait for a review")
    success: bool
    capture_error_behaviour: str = Field(alias="captureErrorBehaviour")
    errors: list[dict[str, Any]]


@router.post(
    "/capture",
    status_code=202,
    response_class=Response,
    summary="Capture a document of events",
    responses={
        202: {"description": "Stored, but for what the job names; Location is the job's"},
        **responses(403, 413, 415),
    },
    openapi_extra=_DOCUMENT,
)
async def capture_document(
    request: Request,
    caller: Participant,
    held: Held,
    now: Now,
    asked: Asked,
    body: Body,
    behaviour: _BEHAVIOUR = ROLLBACK,
) -> Response:
    """Store a document's events and master data; what happened to each is told by the job."""
    stated = document.decode(body, body_type(request))
    events = document.events(stated)
    async with held.engine.begin() as connection:
        # Master data first: whoever reads the events then finds what they speak of.
        fresh = await connection.run_sync(_fresh, held.intake.vault, caller.participant, stated)
        parts = [*document.described(fresh), *events]
        taken = await capture(connection, held.intake, caller, parts, behaviour, now)
        job = Job.of(caller.participant, now, behaviour, len(parts), taken)
        await connection.run_sync(jobs.keep, job)
    return Response(None, 202, left(asked.told, job))


def _fresh(
    connection: Connection, vault: Vault, owner: UUID, stated: Json
) -> list[tuple[str, Members]]:
    """List what the header of a document says anew of its author's things."""
    shelf = Shelf(connection, vault, owner)
    return shelf.fresh(stated) if isinstance(stated, dict) else []


def left(told: dict[str, str], job: Job) -> dict[str, str]:
    """Lead to a job."""
    location = {"Location": f"/epcis/capture/{job.id}"}
    return {**told, **location, "GS1-Capture-Error-Behaviour": job.behaviour}


@router.get(
    "/capture",
    response_model=list[CaptureJob],
    summary="Captures",
    responses=responses(),
    openapi_extra=PAGED,
)
async def captures(request: Request, caller: Participant, held: Held, asked: Asked) -> Response:
    """List the caller's captures, the newest first."""
    page = paging.only(answering.parameters(request))
    before = paging.record(page.token) if page.token else None

    def look(connection: Connection) -> tuple[list[Job], dict[UUID, jobs.Reviewed]]:
        found = jobs.newest(connection, caller.participant, before, page.size + 1)
        return found, jobs.reviews(connection, found)

    async with snapshot(held.engine) as connection:
        found, answered = await connection.run_sync(look)
    listed: list[Json] = [jobs.told(one, answered) for one in found[: page.size]]
    token = found[page.size - 1].id.hex if len(found) > page.size else None
    return answering.send(asked, listed, answering.link(request, held, token))


@router.get(
    "/capture/{capture_id}",
    response_model=CaptureJob,
    summary="What became of a capture",
    responses=responses(404),
)
async def capture_job(capture_id: str, caller: Participant, held: Held, asked: Asked) -> Response:
    """Tell how a capture stands."""

    def look(connection: Connection) -> tuple[Job, dict[UUID, jobs.Reviewed]]:
        one = paging.uuid(capture_id)
        job = jobs.find(connection, caller.participant, one) if one else None
        if job is None:
            raise NoSuchNameError(what="capture", name=capture_id[:100])
        return job, jobs.reviews(connection, [job])

    async with snapshot(held.engine) as connection:
        job, answered = await connection.run_sync(look)
    behaviour = {"GS1-Capture-Error-Behaviour": job.behaviour}
    return answering.send(asked, jobs.told(job, answered), behaviour)
