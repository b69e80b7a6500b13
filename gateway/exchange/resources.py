"""The standard's resources: which types, steps, dispositions and places a participant's events know.

Each list is a page of a participant's own; under each value lie the events that have it. Values are listed in their
normalised spelling and taken in any. What an event conceals is in no list and is still found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection, exists, select

from gateway.exchange import answering, asking, paging, parameters
from gateway.exchange.answering import ANSWER, PAGED, QUERIED
from gateway.exchange.finding import EVENT_TYPES
from gateway.exchange.headers import Asked
from gateway.exchange.problems import Binding, NoSuchNameError, responses
from gateway.exchange.tables import term
from gateway.summary import spelt, word
from gateway.web.deps import Gateway, Held, Now, Participant, snapshot, text_in_path
from indexer.core.canonical import Json, Members

router = APIRouter(route_class=Binding)

VALUE = Path(description="percent-encoded")


@dataclass(frozen=True)
class Resource:
    """A member whose values are listed, its column, and the parameter by which its events are asked for."""

    path: str
    member: str
    field: str
    parameter: str
    spell: Callable[[str], str | None]

    async def listed(
        self, request: Request, caller: Participant, held: Held, asked: Asked
    ) -> Response:
        """List the values that the caller's events have."""
        page = paging.only(answering.parameters(request))
        after = paging.text(page.token) if page.token else ""
        async with snapshot(held.engine) as connection:
            found = await connection.run_sync(
                _values, caller.participant, self.field, after, page.size + 1
            )
        more = paging.after(found[page.size - 1]) if len(found) > page.size else None
        kind = self.member[0].upper() + self.member[1:] + "ItemList"
        values: list[Json] = [*found[: page.size]]
        said: Members = {"@context": answering.CONTEXT, "type": kind, self.member: values}
        return answering.send(asked, said, answering.link(request, held, more))

    async def value(
        self,
        request: Request,
        caller: Participant,
        held: Held,
        asked: Asked,
        value: str = VALUE,
    ) -> Response:
        """List what lies under a value."""
        del value  # read as it was sent, see deps
        await self._known(held, caller.participant, path_value(request, self.path))
        return answering.send(asked, ["events"])

    async def events(
        self,
        request: Request,
        caller: Participant,
        held: Held,
        now: Now,
        asked: Asked,
        value: str = VALUE,
    ) -> Response:
        """Answer a query over the events that have a value."""
        del value  # read as it was sent, see deps
        wanted = path_value(request, self.path, "/events")
        query, page = asking.read(answering.parameters(request), asked.extensions)
        parameters.take(query, self.parameter, [wanted], {})
        answer = await answering.events(request, held, caller, asked, query, page, now)
        if page.token is None:
            await self._known(held, caller.participant, wanted)
        return answer

    async def _known(self, held: Gateway, participant: UUID, value: str) -> None:
        """Refuse a value that no event of the participant's has in the open."""
        if self.field == "type" and value in EVENT_TYPES:
            return
        query = exists().where(
            term.c.participant == participant,
            term.c.field == self.field,
            term.c.value == self.spell(value),
        )
        async with held.engine.connect() as connection:
            if not await connection.scalar(select(query)):
                raise NoSuchNameError(what=self.member, name=value[:200])


def path_value(request: Request, path: str, suffix: str = "") -> str:
    """Read the value that stands in a path."""
    value = text_in_path(request, f"/epcis/{path}/", suffix)
    if "\0" in value:
        raise NoSuchNameError(what=path, name=value.replace("\0", "")[:200])
    return value


def offer(
    to: APIRouter,
    path: str,
    listed: Callable[..., Any],
    value: Callable[..., Any],
    events: Callable[..., Any],
) -> None:
    """Add a resource's three paths; the longest goes first, for values may hold slashes."""
    queried = {**ANSWER, **responses(404, 413, 414)}
    for suffix, handler, title, told, extra in (
        ("", listed, f"Which {path} there are", responses(), PAGED),
        ("/{value:path}/events", events, f"Events of one of the {path}", queried, QUERIED),
        ("/{value:path}", value, f"What lies under one of the {path}", responses(404), None),
    ):
        to.add_api_route(
            f"/{path}{suffix}",
            handler,
            methods=["GET"],
            summary=title,
            response_class=Response,
            responses=told,
            openapi_extra=extra,
        )


def _values(
    connection: Connection, participant: UUID, field: str, after: str, most: int
) -> list[str]:
    query = (
        select(term.c.value)
        .where(term.c.participant == participant, term.c.field == field, term.c.value > after)
        .order_by(term.c.value)
        .limit(most)
    )
    return list(connection.scalars(query))


def _plain(text: str) -> str:
    return text


RESOURCES: Final = (
    Resource("eventTypes", "eventType", "type", "eventType", _plain),
    Resource("bizSteps", "bizStep", "biz_step", "EQ_bizStep", word),
    Resource("dispositions", "disposition", "disposition", "EQ_disposition", word),
    Resource("readPoints", "readPoint", "read_point", "EQ_readPoint", spelt),
    Resource("bizLocations", "bizLocation", "biz_location", "EQ_bizLocation", spelt),
)
for _one in RESOURCES:
    offer(router, _one.path, _one.listed, _one.value, _one.events)
