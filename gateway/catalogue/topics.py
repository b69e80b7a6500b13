"""The six topics for whoever programs against them, each as a JSON Schema with an example that is taken as it is."""

from typing import Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from gateway.catalogue import examples
from gateway.web.deps import Held
from gateway.web.errors import responses
from gateway.web.records import OPEN
from indexer.core import filing, form
from indexer.core.canonical import Members
from indexer.core.errors import MissingError
from indexer.core.topics import FILING, TOPICS

router = APIRouter(prefix="/api/v1/topics", tags=["master data"])

_TITLE = ("追溯参与方备案", "Filing of a participant")


class NoTopicError(MissingError):
    """No topic has this name."""

    code = "TOPIC_MISSING"
    sentence = "there is no topic {name!r}; there are {known}"


class Listed(BaseModel):
    """One topic: what it is about and where its schema is."""

    name: str = Field(examples=["purchase"])
    zh: str
    en: str
    kind: Literal[1, 2] = Field(
        description="1: an event that declares it as suyuan:topic; 2: master data"
    )
    schema_: str = Field(serialization_alias="schema", description="where its JSON Schema is")


@router.get("", summary="The six topics")
async def listed(response: Response) -> list[Listed]:
    """List the topics in the order in which a product meets them."""
    response.headers.update(OPEN)
    titles = {FILING: _TITLE, **{name: (one.zh, one.en) for name, one in TOPICS.items()}}
    return [
        Listed(
            name=name,
            zh=zh,
            en=en,
            kind=2 if name == FILING else 1,
            schema_=f"/api/v1/topics/{name}",
        )
        for name, (zh, en) in titles.items()
    ]


@router.get(
    "/{topic}",
    summary="One topic as a JSON Schema",
    response_class=Response,
    responses={
        200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}},
        **responses(404, 422),
    },
)
async def topic(held: Held, topic: str = Path(examples=["purchase"])) -> Response:
    """Give the topic's JSON Schema (2020-12) with every field's name in Chinese and English and a whole example."""
    made = document(topic)
    address = f"{held.settings.public_url.rstrip('/')}/api/v1/topics/{topic}"
    return JSONResponse({**made, "$id": address}, 200, OPEN, "application/schema+json")


def document(name: str) -> Members:
    """Compose a topic's JSON Schema and its example from the tables that the checks are made of."""
    example: Any = examples.GOLDEN.get(name)
    if example is None:
        raise NoTopicError(name=name[:80], known=", ".join(examples.GOLDEN))
    if name == FILING:
        zh, en = _TITLE
        head: Members = {"$schema": form.DIALECT, "title": zh, "description": en}
        return {**head, **filing.FORM.schema, "examples": [example]}
    return {**TOPICS[name].schema(), "examples": [example]}
