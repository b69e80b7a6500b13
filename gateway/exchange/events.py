"""Events over HTTP, one by one and by query, as their participant sent them."""

from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Path, Request, Response

from gateway.exchange import answering, asking, document, finding, formats
from gateway.exchange.answering import ANSWER, QUERIED
from gateway.exchange.asking import Page
from gateway.exchange.capture import ROLLBACK, Taken, capture
from gateway.exchange.capturing import EVENT, left, taken
from gateway.exchange.headers import JSON_TYPES, Asked, check_json
from gateway.exchange.jobs import Job, keep
from gateway.exchange.problems import Binding, NoSuchNameError, respond, responses
from gateway.exchange.whole import moment
from gateway.web.deps import Body, Held, Now, Participant, snapshot, text_in_path
from indexer.core.canonical import Json, Members

router = APIRouter(route_class=Binding)

_PREFIX = "/epcis/events/"


@router.get(
    "/events",
    response_class=Response,
    summary="Query events",
    responses={**ANSWER, **responses(413, 414)},
    openapi_extra=QUERIED,
)
async def queried(
    request: Request, caller: Participant, held: Held, now: Now, asked: Asked
) -> Response:
    """Answer a simple event query over the caller's own records."""
    query, page = asking.read(answering.parameters(request), asked.extensions)
    return await answering.events(request, held, caller, asked, query, page, now)


@router.post(
    "/events",
    status_code=201,
    response_class=Response,
    summary="Capture one event",
    responses={
        201: {"description": "Stored; Location is the event's"},
        202: {
            "description": "An error declaration, which waits for a review; Location is its job's"
        },
        **responses(403, 409, 413, 415),
    },
    openapi_extra=taken("one event", EVENT, *JSON_TYPES),
)
async def capture_event(
    request: Request, caller: Participant, held: Held, now: Now, asked: Asked, body: Body
) -> Response:
    """Store one event, or say at once what is wrong with it."""
    check_json(request)
    [part] = document.single(body)
    async with held.engine.begin() as connection:
        made = await capture(connection, held.intake, caller, [part], ROLLBACK, now)
        job = Job.of(caller.participant, now, ROLLBACK, 1, made)
        if made.applications:
            await connection.run_sync(keep, job)
    if made.errors:
        return respond(request, made.errors[0], {})
    if made.applications:
        return Response(None, 202, left(asked.told, job))
    return _created(asked.told, part.item["event"], made, int(now.timestamp() * 1000))


def _created(told: dict[str, str], event: Json, made: Taken, received_at: int) -> Response:
    [event_id] = made.event_ids
    stated: Members = event if isinstance(event, dict) else {}
    said = {**stated, "eventID": event_id, "recordTime": moment(received_at)}
    location = {"Location": _PREFIX + quote(event_id, safe="")}
    return Response(msgspec.json.encode(said), 201, {**told, **location}, JSON_TYPES[0])


@router.get(
    "/events/{event_id:path}",
    response_class=Response,
    summary="One event",
    responses={**ANSWER, **responses(404)},
)
async def event(
    request: Request,
    caller: Participant,
    held: Held,
    now: Now,
    asked: Asked,
    event_id: str = Path(description="percent-encoded", examples=["urn:uuid:…"]),
) -> Response:
    """Give the event of an id, and the error declarations that it was given later."""
    del event_id  # read as it was sent, see deps
    wanted = text_in_path(request, _PREFIX)
    version = request.query_params.get("ver")
    if wanted.startswith("ni:") and "?" not in wanted and version is not None:
        # Its question mark was not escaped, so the end of the id came as a parameter.
        wanted += f"?ver={version}"
    query, _ = asking.read({"EQ_eventID": [wanted]})
    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(
            finding.find, held.intake.vault, caller.participant, query, Page(100, None)
        )
    if not found.events:
        raise NoSuchNameError(what="event", name=wanted[:200])
    listed = formats.spell((one.event for one in found.events), asked.epcs)
    return answering.document(request, held, asked, listed, now)
