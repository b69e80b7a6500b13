"""The answer to a query as the standard has it: a query document, a link to the next page, and the headers.

All paths that end in `events` answer here, each with what its own path asks for beside the parameters.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from fastapi import Request, Response
from sqlalchemy import Connection

from gateway.accounts.desk import Caller
from gateway.exchange import asking, finding, formats
from gateway.exchange.asking import Page
from gateway.exchange.finding import Found
from gateway.exchange.headers import Wanted
from gateway.exchange.problems import UriTooLongError
from gateway.exchange.query import Query
from gateway.web.deps import Gateway, snapshot
from indexer.core.canonical import Json, Members

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
LONGEST: Final = 8000

_DOCUMENT = {
    "type": "object",
    "required": ["@context", "type", "schemaVersion", "creationDate", "epcisBody"],
    "properties": {
        "type": {"const": "EPCISQueryDocument"},
        "schemaVersion": {"type": "string"},
        "creationDate": {"type": "string", "format": "date-time"},
        "epcisBody": {"type": "object", "required": ["queryResults"]},
    },
}
# What every list of events answers, for OpenAPI.
ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "EPCISQueryDocument; a Link header with rel=next leads on",
        "content": {
            "application/json": {"schema": _DOCUMENT},
            "application/ld+json": {"schema": _DOCUMENT},
        },
    }
}


def _parameter(name: str, description: str, **schema: object) -> Members:
    told: Any = {"type": "string", **schema}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": told,
    }


_PAGED: Final[list[Json]] = [
    _parameter("perPage", "most of one page", type="integer", minimum=1, default=30),
    _parameter("nextPageToken", "from a Link header"),
]
PAGED: Final[dict[str, Any]] = {"parameters": _PAGED}
# The parameters that nearly every query has; all of the standard's are understood.
QUERIED: Final[dict[str, Any]] = {
    "parameters": [
        _parameter("eventType", "types of events, `|` between them"),
        _parameter("GE_eventTime", "happened then or later", format="date-time"),
        _parameter("LT_eventTime", "happened before", format="date-time"),
        _parameter("GE_recordTime", "recorded then or later", format="date-time"),
        _parameter("LT_recordTime", "recorded before", format="date-time"),
        _parameter("EQ_action", "ADD, OBSERVE or DELETE"),
        _parameter("EQ_bizStep", "business steps in any spelling"),
        _parameter("EQ_disposition", "dispositions in any spelling"),
        _parameter("EQ_readPoint", "places"),
        _parameter("EQ_bizLocation", "places"),
        _parameter("MATCH_anyEPC", "codes or patterns of single things, wherever they stand"),
        _parameter("MATCH_anyEPCClass", "codes or patterns of classes, wherever they stand"),
        _parameter("EQ_eventID", "ids of events"),
        _parameter("orderBy", "", enum=["eventTime", "recordTime"]),
        _parameter("orderDirection", "", enum=["ASC", "DESC"]),
        _parameter("eventCountLimit", "give so many at most", type="integer", minimum=1),
        _parameter("maxEventCount", "refuse if there are more", type="integer", minimum=0),
        *_PAGED,
    ]
}


def parameters(request: Request) -> dict[str, list[str]]:
    """Read the parameters of an address."""
    size = len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"])
    if size > LONGEST:
        raise UriTooLongError(limit=LONGEST, size=size)
    return asking.from_url(request.query_params.multi_items())


async def events(
    request: Request,
    held: Gateway,
    caller: Caller,
    wanted: Wanted,
    query: Query,
    page: Page,
    now: datetime,
    name: str = "SimpleEventQuery",
) -> Response:
    """Answer a query with a page of the caller's events."""

    def look(connection: Connection) -> Found:
        return finding.find(connection, held.intake.vault, caller.participant, query, page)

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    listed = formats.spell((one.event for one in found.events), wanted.epcs)
    return document(request, held, wanted, listed, now, name, found.token)


def document(
    request: Request,
    held: Gateway,
    wanted: Wanted,
    listed: Sequence[Members],
    now: datetime,
    name: str = "SimpleEventQuery",
    token: str | None = None,
) -> Response:
    """Send events as a query document."""
    results: Members = {"queryName": name, "resultsBody": {"eventList": [*listed]}}
    return send(
        wanted,
        {
            "@context": [CONTEXT],
            "type": "EPCISQueryDocument",
            "schemaVersion": "2.0",
            "creationDate": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "epcisBody": {"queryResults": results},
        },
        link(request, held, token),
    )


def send(wanted: Wanted, said: Json, more: Mapping[str, str] | None = None) -> Response:
    """Send JSON in the media type that was asked for."""
    headers = {**wanted.told, **(more or {})}
    return Response(msgspec.json.encode(said), 200, headers, wanted.media)


def link(request: Request, held: Gateway, token: str | None) -> dict[str, str]:
    """Lead to the next page of this very answer."""
    if token is None:
        return {}
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    asked = [one for one in request.query_params.multi_items() if one[0] != "nextPageToken"]
    address = held.settings.public_url.rstrip("/") + quote(raw, safe="/%:;=@!$&'()*+,~")
    return {"Link": f'<{address}?{urlencode([*asked, ("nextPageToken", token)])}>; rel="next"'}
