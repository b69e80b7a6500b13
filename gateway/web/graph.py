"""A trace as JSON shows it: what was reached as nodes, how they belong together as edges, and the recall set.

A moment goes out as UTC with its zone, null where nothing says when something began or ended.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.recall import Item
from gateway.tracer import Story
from indexer.core import code as codes
from indexer.core import link
from indexer.core.link import FIRST, LAST, Link
from indexer.core.walk import Reached, is_process


class Span(BaseModel):
    """A stretch of time, with its beginning and without its end."""

    since: str | None
    until: str | None


class Node(BaseModel):
    """A thing that was reached, or a process that consumed and made things."""

    code: str = Field(description="canonical; of a process its transformationID or its record")
    kind: Literal["thing", "process"]
    page: str | None = Field(description="the thing's page for people")
    back: int | None = Field(description="steps towards what it was made of; 0 is the asked code")
    forward: int | None = Field(description="steps towards what was made of it")
    held: bool = Field(description="reached only as what held something that was reached")
    spans: list[Span] = Field(description="when what happens to it belongs to this trace")


class Edge(BaseModel):
    """How one thing belonged to another: it was packed or built in it, went into it, came out of it, is of its lot."""

    inner: str
    outer: str
    way: link.Way
    since: str | None
    until: str | None
    records: list[UUID] = Field(
        description="that say so; each has its proof at /api/v1/records/{id}/proof"
    )


class Graph(BaseModel):
    """A trace for drawing."""

    code: str
    nodes: list[Node]
    edges: list[Edge]
    more: bool


class Affected(BaseModel):
    """A finished thing that what was asked about went into."""

    code: str
    page: str
    since: str | None
    until: str | None = Field(description="when it was taken out again; null while it is inside")
    holder: str | None = Field(description="what it is packed in now, as far as known")
    seen: str | None = Field(description="when it or its holder was last recorded")
    place: str | None = Field(description="where that was")
    party: str | None = Field(description="who recorded that, by the chain's registry")
    records: list[UUID] = Field(description="that say it went in, and came out")


class Recall(BaseModel):
    """Every finished thing that what was asked about went into."""

    code: str
    items: list[Affected]
    more: bool


def nodes(story: Story) -> list[Node]:
    """Lay the things of a trace out, the nearest first."""
    found = sorted(story.walk.things.values(), key=lambda one: (one.depth, one.code))
    return [_node(one) for one in found]


def edges(story: Story) -> list[Edge]:
    """Lay the links of a trace out."""
    return [_edge(one) for one in story.walk.links]


def moment(text: str) -> str | None:
    """Spell one of the walk's moments for people and programs."""
    return None if text in (FIRST, LAST) else text.rstrip("!") + "Z"


def name(key: str) -> str:
    """Spell a thing or a process; one that no transformationID names is called by its record."""
    return link.unprocessed(key).replace("of ", "urn:uuid:", 1) if is_process(key) else key


def affected(item: Item, called: Mapping[UUID, str]) -> Affected:
    """Lay one item of a recall set out."""
    return Affected(
        code=item.code,
        page=codes.path(codes.read(item.code)),
        since=moment(item.since),
        until=moment(item.until),
        holder=item.holder,
        seen=moment(item.seen) if item.seen else None,
        place=item.place,
        party=called.get(item.participant) if item.participant else None,
        records=list(item.records),
    )


def _node(one: Reached) -> Node:
    process = is_process(one.code)
    return Node(
        code=name(one.code),
        kind="process" if process else "thing",
        page=None if process else codes.path(codes.read(one.code)),
        back=one.back,
        forward=one.forward,
        held=one.held,
        spans=[Span(since=moment(since), until=moment(until)) for since, until in one.spans],
    )


def _edge(one: Link) -> Edge:
    return Edge(
        inner=name(one.inner),
        outer=name(one.outer),
        way=one.way,
        since=moment(one.since),
        until=moment(one.until),
        records=sorted(UUID(str(record)) for record in one.records),
    )
