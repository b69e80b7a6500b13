"""A code's story for programs: what it was made of, what was made of it, what held it, and what proves it."""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway.recall import items
from gateway.tracer import Story
from gateway.web import graph, shown
from gateway.web.deps import Anybody, Gateway, Held, code_in_path, snapshot
from gateway.web.errors import responses
from gateway.web.graph import Edge, Graph, Node, Recall
from gateway.web.languages import prefers
from gateway.web.records import OPEN, OWN
from gateway.web.shown import Shown
from indexer.core import code as codes
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.walk import Direction

PREFIX = "/api/v1/trace/"
NOTE = (
    "The state of a record is this gateway's word. To know that it holds, check the bundle against trust settings "
    "that come from another party."
)
CSV, JSON = "text/csv", "application/json"
COLUMNS = ("code", "since", "until", "holder", "seen", "place", "party", "records")
NAMED = {"Content-Disposition": 'attachment; filename="suyuan-recall.csv"'}

router = APIRouter(prefix="/api/v1/trace", tags=["trace"])


class ItemsBackError(InputError):
    """A recall set that is asked for against the arrow."""

    code = "TRACE_ITEMS_FORWARD"
    sentence = "only=items lists what something went into: its direction is forward"


class Trace(BaseModel):
    """The records of a code's story, in the log's order, the newest unlogged ones last."""

    code: str = Field(
        description="the code's canonical form",
        examples=["https://id.gs1.org/01/06945000000015/21/CX26A00017"],
    )
    page: str = Field(description="the code's page for people")
    note: str = NOTE
    direction: Direction
    product: dict[str, Any] | None = Field(description="master data of its class")
    nodes: list[Node]
    edges: list[Edge]
    records: list[Shown] = Field(
        description="of this page: the nearest first come, then the newest"
    )
    more: bool = Field(description="something was left out of this answer: see `left_out`")
    left_out: list[Literal["records", "depth", "reading"]] = Field(
        serialization_alias="leftOut",
        description="records: more are at `next`; depth: the trace goes on beyond `depth`; reading: it was too large "
        "and ended early, ask with less depth or for the single things",
    )
    next: str | None = Field(description="where the next page is")
    bundle: dict[str, Any] = Field(
        description="proof bundle, suyuan/bundle/v1: this page's records and those that lead to them"
    )


Asked = Annotated[
    str,
    Path(
        description="any form of a code: Digital Link, EPC URN, element string, GTIN, Ecode, URI",
        examples=["(01)06945000000015(21)CX26A00017"],
    ),
]
Way = Annotated[
    Direction | None,
    Query(
        description="back: what it was made of; forward: what was made of it, or what it went into; both, if not said. "
        "What held it, while it did, belongs to each"
    ),
]
Depth = Annotated[int | None, Query(ge=1, le=100, description="steps to go; all, if not said")]
Form = Annotated[
    Literal["graph", "csv"] | None,
    Query(description="graph: nodes and edges alone; csv: the items, as Accept: text/csv"),
]


@router.get(
    "/{code:path}",
    summary="A code's story, back and forward",
    response_model=Trace | Recall | Graph,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}, **responses(401, 422, 503)},
)
async def trace(
    request: Request,
    response: Response,
    held: Held,
    caller: Anybody,
    code: Asked,
    direction: Way = None,
    depth: Depth = None,
    after: Annotated[UUID | None, Query(description="the last record of the page before")] = None,
    only: Annotated[
        Literal["items"] | None,
        Query(description="items: the finished things that it went into, for a recall"),
    ] = None,
    form: Annotated[Form, Query(alias="format")] = None,
) -> Trace | Recall | Graph | Response:
    """List what belongs to a code's story, with its evidence; a code nobody recorded has an empty list.

    A case counts only while the thing was packed in it, a product only while the part was built in.
    """
    del code  # read as it was sent, see deps
    asked = code_in_path(request, PREFIX)
    if only and direction not in (None, Direction.FORWARD):
        raise ItemsBackError
    table = only and (form == "csv" or prefers(request.headers.get("accept", ""), CSV, JSON) == CSV)
    question = _Question(
        held, asked, caller.participant if caller else None, direction, depth, after
    )

    def look(connection: Connection) -> Trace | Recall | Graph:
        if only:
            return question.recall(connection)
        return question.graph(connection) if form == "graph" else question.whole(connection)

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    headers = {**(OWN if caller else OPEN), "Vary": "Accept, Authorization, X-API-Key"}
    if table and isinstance(found, Recall):
        return Response(written(found), headers=headers | NAMED, media_type=CSV)
    response.headers.update(headers)
    return found


@dataclass(frozen=True)
class _Question:
    """What was asked, by whom; each method answers it in one of its forms."""

    held: Gateway
    asked: Code
    reader: UUID | None
    direction: Direction | None
    depth: int | None
    after: UUID | None

    def whole(self, connection: Connection) -> Trace:
        direction = self.direction or Direction.BOTH
        answer = self.held.verifier.about(
            connection, self.asked, self.reader, direction, self.depth, self.after
        )
        entries, story = answer.bundle.records, answer.story
        called = shown.names(connection, [entry.submission.participant for entry in entries])
        return Trace(
            code=story.asked,
            page=codes.digital_link(self.asked, self.held.settings.public_url),
            direction=direction,
            product=answer.product,
            nodes=graph.nodes(story),
            edges=graph.edges(story),
            records=[shown.show(answer, entry, called) for entry in entries],
            more=answer.more,
            left_out=list(answer.left_out),
            next=self._next(answer.next),
            bundle=answer.bundle.members(),
        )

    def graph(self, connection: Connection) -> Graph:
        story = self._story(connection, self.direction or Direction.BOTH)
        return Graph(
            code=story.asked,
            nodes=graph.nodes(story),
            edges=graph.edges(story),
            more=bool(story.left_out),
        )

    def recall(self, connection: Connection) -> Recall:
        story = self._story(connection, Direction.FORWARD)
        found = items(story)
        called = shown.names(connection, [one.participant for one in found if one.participant])
        return Recall(
            code=story.asked,
            items=[graph.affected(one, called) for one in found],
            more=bool(story.left_out),
        )

    def _story(self, connection: Connection, direction: Direction) -> Story:
        return self.held.verifier.trace(connection, self.asked, self.reader, direction, self.depth)

    def _next(self, after: UUID | None) -> str | None:
        if after is None:
            return None
        asked = {"direction": self.direction, "depth": self.depth, "after": after}
        query = urlencode({name: str(one) for name, one in asked.items() if one is not None})
        return f"{PREFIX}{quote(codes.canonical(self.asked), safe='')}?{query}"


def written(recall: Recall) -> str:
    """Write a recall set as a table; a cell that a spreadsheet would run is quoted for it."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for one in recall.items:
        cells = [getattr(one, name) for name in COLUMNS[:-1]] + [" ".join(map(str, one.records))]
        table.writerow(["" if cell is None else _inert(str(cell)) for cell in cells])
    return text.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
