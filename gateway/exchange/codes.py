"""The codes that a participant's events name, each once, and the events of each.

There is no table of codes: the index of names holds hashes. A list goes through the events in the order in which they
were recorded and names a code where it stands for the first time, which the index can tell.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select, text, tuple_

from gateway import lookup
from gateway.exchange import answering, asking, formats, matching, paging, whole
from gateway.exchange.finding import EVENT_TYPES
from gateway.exchange.headers import Asked
from gateway.exchange.paging import Place
from gateway.exchange.problems import Binding, NoSuchNameError
from gateway.exchange.resources import VALUE, offer, path_value
from gateway.exchange.tables import summary
from gateway.summary import spelt
from gateway.vault import Vault
from gateway.web.deps import Gateway, Held, Now, Participant, snapshot
from indexer.core.canonical import Json
from indexer.core.record import Kind

router = APIRouter(route_class=Binding)

_SCANNED: Final = 500
_sum = summary.c
_FIRST = text("""
select one.code, (
  select n.record from ledger.naming n join gateway.summary s on s.record = n.record
  where n.code = one.code and s.participant = :participant order by n.record limit 1
) as record
from unnest(cast(:codes as bytea[])) as one (code)
""")


def codes(
    connection: Connection, vault: Vault, participant: UUID, token: str | None, most: int
) -> tuple[list[str], str | None]:
    """List the next codes that a participant's events name, as they were first spelt, and the token of those after."""
    place = paging.place(token) if token else None
    query = select(_sum.record, _sum.received_at).where(
        _sum.participant == participant,
        _sum.type.in_(EVENT_TYPES),
        _sum.kind.in_((Kind.EVENT, Kind.AMENDMENT)),
    )
    keys = (_sum.received_at, _sum.record)
    if place is not None:
        query = query.where(tuple_(*keys) >= tuple_(place.time, place.record))
    rows = connection.execute(query.order_by(*keys).limit(_SCANNED)).all()
    named = _named(connection, vault, participant, [row.record for row in rows])
    found: list[str] = []
    for row in rows:
        own = named.get(row.record, [])
        listed = place.count if place is not None and row.record == place.record else 0
        for number in range(listed, len(own)):
            if len(found) == most:
                return found, Place(row.received_at, row.record, number).token()
            found.append(own[number])
    if len(rows) < _SCANNED:
        return found, None
    last = rows[-1]
    return found, Place(last.received_at, last.record, len(named.get(last.record, []))).token()


def _named(
    connection: Connection, vault: Vault, participant: UUID, records: Sequence[UUID]
) -> dict[UUID, list[str]]:
    """List by record the codes that it is the first to name."""
    held: dict[UUID, dict[str, str]] = {}
    for one in whole.events(connection, vault, records, standing=False):
        held[one.record] = {spelt(code): code for code in matching.held(one.event)}
    every = {code for own in held.values() for code in own}
    names = {name: code for code in every for name in lookup.names(vault, code)}
    asked = {"codes": list(names), "participant": participant}
    first: dict[str, UUID] = {}
    for row in connection.execute(_FIRST, asked):
        code = names[row.code]
        if row.record is not None and (code not in first or row.record < first[code]):
            first[code] = row.record
    return {
        record: [text for code, text in own.items() if first.get(code) == record]
        for record, own in held.items()
    }


async def _check(held: Gateway, participant: UUID, code: str) -> None:
    """Refuse a code that no event of the participant's names."""
    asked = {
        "codes": list(lookup.names(held.intake.vault, spelt(code))),
        "participant": participant,
    }
    async with held.engine.connect() as connection:
        rows = (await connection.execute(_FIRST, asked)).all()
    if not any(row.record for row in rows):
        raise NoSuchNameError(what="code", name=code[:200])


async def listed(request: Request, caller: Participant, held: Held, asked: Asked) -> Response:
    """List the codes that the caller's events name."""
    page = paging.only(answering.parameters(request))
    async with snapshot(held.engine) as connection:
        found, token = await connection.run_sync(
            codes, held.intake.vault, caller.participant, page.token, page.size
        )
    given: list[Json] = [formats.code(one, asked.epcs) for one in found]
    return answering.send(asked, given, answering.link(request, held, token))


async def value(
    request: Request, caller: Participant, held: Held, asked: Asked, value: str = VALUE
) -> Response:
    """List what lies under a code."""
    del value  # read as it was sent, see deps
    await _check(held, caller.participant, path_value(request, "epcs"))
    return answering.send(asked, ["events"])


async def events(
    request: Request,
    caller: Participant,
    held: Held,
    now: Now,
    asked: Asked,
    value: str = VALUE,
) -> Response:
    """Answer a query over the events that name a code, be it of a thing or of a class."""
    del value  # read as it was sent, see deps
    wanted = path_value(request, "epcs", "/events")
    query, page = asking.read(answering.parameters(request), asked.extensions)
    await _check(held, caller.participant, wanted)
    query.tests.append(matching.anything(wanted))
    query.codes.append([spelt(wanted)])
    return await answering.events(request, held, caller, asked, query, page, now)


offer(router, "epcs", listed, value, events)
