"""One record by its id: as its owner sees it, or as everybody does, and the bundle that proves it."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from gateway.verifier import Answer
from gateway.web import shown
from gateway.web.deps import Anybody, Gateway, Held, snapshot
from gateway.web.errors import responses
from gateway.web.shown import Shown
from indexer.core.errors import MissingError

BUNDLE = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["format", "origin", "checkpoint", "anchor", "records", "missing"],
            "properties": {
                "format": {"const": "suyuan/bundle/v1"},
                "origin": {"type": "string", "description": "the log"},
                "checkpoint": {"type": ["string", "null"], "description": "C2SP signed note"},
                "anchor": {"type": ["object", "null"], "description": "the head on chain"},
                "records": {"type": "array", "items": {"type": "object"}},
                "missing": {"type": "array", "items": {"type": "object"}},
            },
        }
    }
}
# Anybody's page may fetch what anybody may see; whoever shows a key is no longer anybody.
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
OWN = {"Cache-Control": "private, no-store"}

router = APIRouter(prefix="/api/v1/records", tags=["records"])


class RecordGoneError(MissingError):
    """The index names a record whose content is not in the store any more."""

    code = "RECORD_GONE"
    sentence = "record {id} was stated and its content is gone; its proof bundle says so"


@router.get("/{record}", summary="One record", responses=responses(401, 404, 422, 503))
async def record(record: UUID, held: Held, caller: Anybody, response: Response) -> Shown:
    """Show a record: whole to the participant who stated it, to all others with its concealed fields closed."""
    reader = caller.participant if caller else None

    def look(connection: Connection) -> Shown:
        answer = held.verifier.record(connection, record, reader)
        entry = next((one for one in answer.bundle.records if one.id == record), None)
        if entry is None:
            raise RecordGoneError(id=record)
        called = shown.names(connection, [entry.submission.participant])
        return shown.show(answer, entry, called)

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    response.headers.update(OWN if caller else OPEN)
    return found


@router.get(
    "/{record}/proof",
    summary="One record's proof bundle",
    response_class=Response,
    responses={200: {"content": BUNDLE}, **responses(401, 404, 422, 503)},
)
async def proof(record: UUID, held: Held, caller: Anybody) -> Response:
    """Give the bundle to check elsewhere: `suyuan-node verify`, the regulator's node, or any reader of the format."""
    answer = await _answer(held, record, caller.participant if caller else None)
    headers = {"Content-Disposition": f'inline; filename="{record}.json"'}
    headers |= OWN if caller else OPEN
    return Response(answer.bundle.to_json(), headers=headers, media_type="application/json")


async def _answer(held: Gateway, record: UUID, reader: UUID | None) -> Answer:
    async with snapshot(held.engine) as connection:
        return await connection.run_sync(held.verifier.record, record, reader)
