"""Queries that have a name: kept for their participant, answered like any other.

A query is checked when it is named, so that it can be answered whenever it is asked. Subscriptions to queries are not
offered.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from gateway.exchange import answering, asking, paging
from gateway.exchange.answering import ANSWER, PAGED
from gateway.exchange.asking import PAGING
from gateway.exchange.capturing import taken
from gateway.exchange.headers import JSON_TYPES, Asked, check_json
from gateway.exchange.parameters import refuse
from gateway.exchange.problems import (
    Binding,
    NoSuchNameError,
    QueryNameTakenError,
    QueryShapeError,
    responses,
)
from gateway.exchange.resources import path_value
from gateway.exchange.tables import named_query
from gateway.web.deps import Body, Held, Now, Participant, snapshot
from indexer.core import canonical
from indexer.core.canonical import Json, Members

router = APIRouter(route_class=Binding)

LONGEST_NAME = 200
_NAME = Path(description="percent-encoded", examples=["shipped"])
_EXAMPLE: Members = {
    "name": "shipped",
    "query": {"eventType": ["ObjectEvent"], "EQ_bizStep": ["shipping"]},
}
_query = named_query.c


class Named(BaseModel):
    """A query and its name."""

    name: str
    query: dict[str, Any]


def keep(
    connection: Connection, participant: UUID, name: str, query: Members, now: datetime
) -> None:
    """Keep a query under a name that is free."""
    row = {"participant": participant, "name": name, "query": query, "created": now}
    made = insert(named_query).values(row).on_conflict_do_nothing().returning(_query.name)
    if connection.execute(made).one_or_none() is None:
        raise QueryNameTakenError(place="/name", name=name)


def find(connection: Connection, participant: UUID, name: str) -> Members:
    """Find the query of a name."""
    query = select(_query.query).where(_query.participant == participant, _query.name == name)
    found: Members | None = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NoSuchNameError(what="query", name=name[:LONGEST_NAME])
    return found


def listed(connection: Connection, participant: UUID, after: str, most: int) -> list[Members]:
    """List queries by their names."""
    query = (
        select(_query.name, _query.query)
        .where(_query.participant == participant, _query.name > after)
        .order_by(_query.name)
        .limit(most)
    )
    return [{"name": row.name, "query": row.query} for row in connection.execute(query)]


def drop(connection: Connection, participant: UUID, name: str) -> None:
    """Take a name away from its query."""
    where = (_query.participant == participant, _query.name == name)
    if not connection.execute(delete(named_query).where(*where)).rowcount:
        raise NoSuchNameError(what="query", name=name[:LONGEST_NAME])


def read(body: bytes) -> tuple[str, Members]:
    """Read a query and its name, and refuse what could not be answered."""
    given = canonical.decode(body)
    if not isinstance(given, dict):
        raise QueryShapeError(place="", expected="an object with name and query")
    name, query = given.get("name"), given.get("query")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise QueryShapeError(place="/name", expected=f"a text of 1 to {LONGEST_NAME} characters")
    if not isinstance(query, dict):
        raise QueryShapeError(place="/query", expected="an object of query parameters")
    for one in PAGING & query.keys():
        refuse(one, "belongs to a request and not into a query")
    asking.read(asking.from_members(query))
    return name, query


@router.post(
    "/queries",
    status_code=201,
    response_class=Response,
    summary="Name a query",
    responses={201: {"description": "Kept; Location is the query's"}, **responses(409, 413, 415)},
    openapi_extra=taken("a name and a query", _EXAMPLE, *JSON_TYPES),
)
async def name_query(
    request: Request, caller: Participant, held: Held, now: Now, asked: Asked, body: Body
) -> Response:
    """Keep a query under a name."""
    check_json(request)
    name, query = read(body)
    async with held.engine.begin() as connection:
        await connection.run_sync(keep, caller.participant, name, query, now)
    location = {"Location": f"/epcis/queries/{quote(name, safe='')}"}
    return Response(None, 201, {**asked.told, **location})


@router.get(
    "/queries",
    response_model=list[Named],
    summary="Named queries",
    responses=responses(),
    openapi_extra=PAGED,
)
async def queries(request: Request, caller: Participant, held: Held, asked: Asked) -> Response:
    """List the caller's queries."""
    page = paging.only(answering.parameters(request))
    after = paging.text(page.token) if page.token else ""
    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(listed, caller.participant, after, page.size + 1)
    given: list[Json] = [*found[: page.size]]
    more = paging.after(str(found[page.size - 1]["name"])) if len(found) > page.size else None
    return answering.send(asked, given, answering.link(request, held, more))


@router.get(
    "/queries/{name:path}/events",
    response_class=Response,
    summary="Events that answer a named query",
    responses={**ANSWER, **responses(404, 413, 414)},
    openapi_extra=PAGED,
)
async def query_events(
    request: Request,
    caller: Participant,
    held: Held,
    now: Now,
    asked: Asked,
    name: str = _NAME,
) -> Response:
    """Answer a named query over the caller's own records."""
    del name  # read as it was sent, see deps
    called = path_value(request, "queries", "/events")
    given = answering.parameters(request)
    page = paging.only(given)
    async with snapshot(held.engine) as connection:
        kept = await connection.run_sync(find, caller.participant, called)
    query, _ = asking.read(asking.from_members(kept), asked.extensions)
    return await answering.events(request, held, caller, asked, query, page, now, called)


@router.get(
    "/queries/{name:path}",
    response_model=Named,
    summary="One named query",
    responses=responses(404),
)
async def query(
    request: Request, caller: Participant, held: Held, asked: Asked, name: str = _NAME
) -> Response:
    """Show a query."""
    del name  # read as it was sent, see deps
    called = path_value(request, "queries")
    async with snapshot(held.engine) as connection:
        kept = await connection.run_sync(find, caller.participant, called)
    return answering.send(asked, {"name": called, "query": kept})


@router.delete(
    "/queries/{name:path}",
    status_code=204,
    response_class=Response,
    summary="Forget a named query",
    responses={204: {"description": "Forgotten"}, **responses(404)},
)
async def forget(
    request: Request, caller: Participant, held: Held, asked: Asked, name: str = _NAME
) -> Response:
    """Forget a query."""
    del name  # read as it was sent, see deps
    called = path_value(request, "queries")
    async with held.engine.begin() as connection:
        await connection.run_sync(drop, caller.participant, called)
    return Response(None, 204, asked.told)
