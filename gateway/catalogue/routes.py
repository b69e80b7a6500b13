"""Master data over HTTP: stated like events, by the same intake, and read as what counts with every version's proof.

A body is sent as it is, or as an item of a submission where it brings a record key or pointers of its own. A version is
never changed; who states a newer one is read by it, and every earlier one stays and proves.
"""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway.catalogue import desk, posting
from gateway.catalogue.desk import Page, Shelf
from gateway.intake import receive
from gateway.verifier import Answer
from gateway.web import shown
from gateway.web.deps import Anybody, Body, Gateway, Held, Now, Participant, code_in_path, snapshot
from gateway.web.errors import responses
from gateway.web.records import OPEN, OWN
from gateway.web.shown import Shown
from gateway.web.submissions import Receipt
from indexer.core import code as codes
from indexer.core import masterdata
from indexer.core.code import Code
from indexer.core.errors import InputError, MissingError

PREFIX = "/api/v1/masterdata/"
MOST = 100

router = APIRouter(prefix="/api/v1/masterdata", tags=["master data"])


class NotDescribedError(MissingError):
    """Nobody stated master data about this code."""

    code = "MASTER_DATA_NONE"
    sentence = "nobody stated master data about {code}"


class TypeUnknownError(InputError):
    """A type of master data that nobody has defined."""

    code = "MASTER_DATA_TYPE"
    sentence = "{type!r} is no type of master data; there are {known}"


class Version(BaseModel):
    """One statement about a thing, be it one that a later one replaced."""

    id: UUID
    state: Literal["stored", "logged", "final"]
    kind: int = Field(description="2 master data, 3 correction")
    participant: UUID
    received_at: int = Field(serialization_alias="receivedAt", description="ms since 1970")
    proof: str = Field(description="where the proof bundle is")


class Stated(Shown):
    """The version of a thing that stands, and how it came about."""

    versions: list[Version] | None = Field(description="with ?history=true: all, newest first")


class Listed(BaseModel):
    """The caller's master data, each thing once."""

    items: list[Stated]
    next: UUID | None = Field(description="send as `before` for what is older; null at the end")


class Described(BaseModel):
    """What is said about one code."""

    code: str
    current: Shown | None = Field(description="the version that counts; null if it was withdrawn")
    versions: list[Version] = Field(description="of the party whose word counts, newest first")
    others: list[Version] = Field(description="what other parties state about it, theirs newest")


_PLACE = {
    "type": "VocabularyElement",
    "vocabulary": "urn:epcglobal:epcis:vtype:BusinessLocation",
    "id": "urn:epc:id:sgln:6945000.00101.0",
    "attributes": [{"id": "cbvmda:name", "attribute": "Foshan works"}],
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "properties": {
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "anyOf": [
                                    *(one.document for one in masterdata.SCHEMAS.values()),
                                    {"type": "object", "required": ["event"]},
                                ]
                            },
                        },
                        "sequence": {"type": "integer"},
                        "key": {"type": "string"},
                        "signature": {"type": "string"},
                    },
                },
                "example": {"items": [_PLACE]},
            }
        },
    }
}


@router.post(
    "",
    status_code=201,
    summary="State master data",
    response_class=Response,
    responses={
        200: {"model": Receipt, "description": "This very signed submission is here already"},
        201: {"model": Receipt},
        **responses(401, 403, 409, 413, 422, 503),
    },
    openapi_extra=_BODY,
)
async def state(
    caller: Participant,
    held: Held,
    now: Now,
    body: Body,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Store products, sites, materials, filings and vocabularies' elements, all of them or none."""
    sent, bare = await asyncio.to_thread(posting.unfold, body)
    try:
        async with held.engine.begin() as connection:
            answer = await receive(connection, held.intake, caller, sent, idempotency_key, now)
    except InputError as error:
        raise posting.placed(error, bare) from None
    headers = {"Location": f"/api/v1/submissions/{answer.submission}", **OWN}
    return Response(answer.body, answer.status, headers, "application/json")


@router.get("", summary="Your master data", responses=responses(401, 422, 503))
async def listed(
    held: Held,
    caller: Participant,
    response: Response,
    type: Annotated[  # noqa: A002 -- the parameter's name
        str | None, Query(description="one type of master data", examples=["Product"])
    ] = None,
    code: Annotated[
        str | None, Query(max_length=codes.LONGEST, description="any form of a code")
    ] = None,
    history: Annotated[bool, Query(description="with every version of each")] = False,
    before: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Listed:
    """List what stands of the caller's master data, newest first."""
    types = _types(type)
    asked = _code(code)

    def look(connection: Connection) -> Listed:
        shelf = Shelf(connection, held.intake.vault, caller.participant)
        page = shelf.of(asked, types) if asked else shelf.page(types, before, limit)
        return _listed(held, connection, caller.participant, page, history=history)

    async with snapshot(held.engine) as connection:
        found = await connection.run_sync(look)
    response.headers.update(OWN)
    return found


@router.get("/{code:path}", summary="What a code is", responses=responses(401, 404, 422, 503))
async def described(
    request: Request,
    response: Response,
    held: Held,
    caller: Anybody,
    code: str = Path(description="any form of a code: a GTIN, a place's GLN, a class, a URI"),
) -> Described:
    """Show what a class of goods, a place or a party is, as the party that counts has it, and who else speaks of it."""
    del code  # read as it was sent, see deps
    asked = code_in_path(request, PREFIX)
    asked = codes.parent(asked) or asked
    reader = caller.participant if caller else None

    def look(connection: Connection) -> Described:
        found = desk.public(connection, asked)
        if found is None:
            raise NotDescribedError(code=codes.canonical(asked))
        ids = [*found.versions, *found.others]
        answer = held.verifier.several(connection, ids, reader)
        whole = _shown(connection, answer)
        return Described(
            code=codes.canonical(asked),
            current=whole.get(found.current) if found.current else None,
            versions=_versions(whole, found.versions),
            others=_versions(whole, found.others),
        )

    async with snapshot(held.engine) as connection:
        said = await connection.run_sync(look)
    response.headers.update(OWN if caller else OPEN)
    return said


def _types(asked: str | None) -> list[str]:
    known = list(masterdata.SCHEMAS)
    if asked is not None and asked not in known:
        raise TypeUnknownError(place="/query/type", type=asked[:80], known=", ".join(known))
    return known if asked is None else [asked]


def _code(asked: str | None) -> Code | None:
    if asked is None:
        return None
    try:
        return codes.parse(asked)
    except InputError as error:
        raise error.under("/query/code") from None


def _listed(
    held: Gateway, connection: Connection, owner: UUID, page: Page, *, history: bool
) -> Listed:
    ids = dict.fromkeys(page.current)
    if history:
        ids |= dict.fromkeys(one for every in page.current.values() for one in every)
    whole = _shown(connection, held.verifier.several(connection, list(ids), owner))
    items = [
        Stated(**dict(whole[one]), versions=_versions(whole, every) if history else None)
        for one, every in page.current.items()
        if one in whole
    ]
    return Listed(items=items, next=page.before)


def _shown(connection: Connection, answer: Answer) -> dict[UUID, Shown]:
    entries = answer.bundle.records
    called = shown.names(connection, [entry.submission.participant for entry in entries])
    return {entry.id: shown.show(answer, entry, called) for entry in entries}


def _versions(whole: dict[UUID, Shown], ids: list[UUID]) -> list[Version]:
    return [
        Version(
            id=one.id,
            state=one.state,
            kind=one.kind,
            participant=one.participant.id,
            received_at=one.received_at,
            proof=one.proof,
        )
        for one in (whole[each] for each in ids if each in whole)
    ]
