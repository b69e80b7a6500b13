"""The quality of what was recorded, over HTTP: a participant's own remarks, and everybody's totals for the operator."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from gateway.oversight import desk
from gateway.oversight.desk import Asked
from gateway.oversight.rules import SAYS, Rule
from gateway.web.deps import Held, Participant, snapshot
from gateway.web.errors import responses

router = APIRouter(prefix="/api/v1/quality", tags=["quality"])
OWN = {"Cache-Control": "private, no-store"}


class Remark(BaseModel):
    """One thing that did not fit when it was examined."""

    id: UUID
    record: UUID
    submission: UUID
    rule: Rule
    says: str = Field(description="the rule in words")
    place: str = Field(description="JSON Pointer into the event")
    others: list[UUID] = Field(description="the records that it does not fit with")
    at: datetime


class Report(BaseModel):
    """What was remarked about one's own records."""

    examined: bool | None = Field(
        description="whether the submission asked for was examined yet; null where none was asked for"
    )
    examined_up_to: int = Field(
        alias="examinedUpTo", description="every record below this index of the log was examined"
    )
    counts: dict[Rule, int] = Field(description="of all that is asked for, by rule")
    remarks: list[Remark] = Field(description="one page, the newest first")
    next: UUID | None = Field(description="`before` of the next page; null on the last")


class Total(BaseModel):
    """How often each rule was broken by one participant."""

    participant: UUID
    name: str
    rules: dict[Rule, int]


@router.get("", summary="Quality of one's own records", responses=responses(401, 404, 422, 503))
async def report(
    held: Held,
    caller: Participant,
    response: Response,
    submission: UUID | None = Query(None, description="only of this submission"),
    capture: UUID | None = Query(None, description="only of what this EPCIS capture recorded"),
    since: AwareDatetime | None = Query(None, description="remarked at this time or later"),
    until: AwareDatetime | None = Query(None, description="remarked before this time"),
    before: UUID | None = Query(None, description="`next` of the page before"),
    most: int = Query(100, ge=1, le=1000, description="remarks on a page"),
) -> Report:
    """Count and list what does not fit in one's own records: nothing of it was refused or held up."""

    def look(connection: Connection) -> Report:
        of = submission
        if capture is not None:
            of = desk.captured(connection, caller.participant, capture)
        asked = Asked(caller.participant, of, since, until)
        rows = desk.listed(connection, asked, before, most + 1)
        shown = [{**row._mapping, "says": SAYS[Rule(row.rule)]} for row in rows[:most]]  # noqa: SLF001 -- public
        return Report.model_validate(
            {
                "examined": None if of is None else desk.done(connection, of),
                "examinedUpTo": desk.reached(connection),
                "counts": desk.counts(connection, asked),
                "remarks": shown,
                "next": rows[most - 1].id if len(rows) > most else None,
            }
        )

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    response.headers.update(OWN)
    return found


@router.get(
    "/participants",
    summary="Quality by participant",
    responses=responses(401, 403, 422, 503),
)
async def participants(held: Held, caller: Participant, response: Response) -> list[Total]:
    """Count what was remarked about each participant's records, for the operator."""
    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(desk.totals, caller)
    response.headers.update(OWN)
    return [Total.model_validate(one) for one in found]
