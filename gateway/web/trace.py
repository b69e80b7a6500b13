"""A code's history for programs: every record that names it, with the bundle that proves them all."""

from typing import Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway.web import shown
from gateway.web.deps import Anybody, Held, code_in_path, snapshot
from gateway.web.errors import responses
from gateway.web.records import OPEN, OWN
from gateway.web.shown import Shown
from indexer.core import code as codes

PREFIX = "/api/v1/trace/"
NOTE = (
    "The state of a record is this gateway's word. To know that it holds, check the bundle against trust settings "
    "that come from another party."
)

router = APIRouter(prefix="/api/v1/trace", tags=["trace"])


class Trace(BaseModel):
    """The records that name a code, in the log's order, the newest unlogged ones last."""

    code: str = Field(
        description="the code's canonical form",
        examples=["https://id.gs1.org/01/06945000000015/21/CX26A00017"],
    )
    page: str = Field(description="the code's page for people")
    note: str = NOTE
    product: dict[str, Any] | None = Field(description="master data of its class")
    records: list[Shown]
    more: bool = Field(description="older records were left out of this answer")
    bundle: dict[str, Any] = Field(description="proof bundle, suyuan/bundle/v1")


@router.get("/{code:path}", summary="A code's history", responses=responses(401, 422, 503))
async def trace(
    request: Request,
    response: Response,
    held: Held,
    caller: Anybody,
    code: str = Path(
        description="any form of a code: Digital Link, EPC URN, element string, GTIN, Ecode, URI",
        examples=["(01)06945000000015(21)CX26A00017"],
    ),
) -> Trace:
    """List what was recorded about a code, with its evidence; a code nobody recorded has an empty list."""
    del code  # read as it was sent, see deps
    asked = code_in_path(request, PREFIX)
    reader = caller.participant if caller else None

    def look(connection: Connection) -> Trace:
        answer = held.verifier.about(connection, asked, reader)
        entries = answer.bundle.records
        called = shown.names(connection, [entry.submission.participant for entry in entries])
        return Trace(
            code=codes.canonical(asked),
            page=codes.digital_link(asked, held.settings.public_url),
            product=answer.product,
            records=[shown.show(answer, entry, called) for entry in entries],
            more=answer.more,
            bundle=answer.bundle.members(),
        )

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    response.headers.update(OWN if caller else OPEN)
    return found
