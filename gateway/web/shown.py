"""A record as JSON shows it to a reader: its content, what of it is opened, who stated it, how far it has come.

Names are those the chain's registry gives, as the follower wrote them down; the gateway's own address book plays no
part.
"""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from gateway import opener
from gateway.verifier import Answer
from indexer.core.bundle import Entry
from indexer.core.canonical import Members
from indexer.store import tables


class Party(BaseModel):
    """Who stated a record."""

    id: UUID
    name: str | None = Field(description="as the chain's registry has it; null until it is there")


class Shown(BaseModel):
    """One record as this reader sees it. Whether it holds is for the reader to check, from its proof."""

    id: UUID
    state: Literal["stored", "logged", "final"] = Field(
        description="stored: we have it; logged: it has its place; final: under a final anchor"
    )
    kind: int = Field(description="1 event, 2 master data", examples=[1])
    schema_: str | None = Field(serialization_alias="schema", examples=["epcis/2.0"])
    participant: Party
    received_at: int = Field(serialization_alias="receivedAt", description="ms since 1970")
    index: int | None = Field(description="place in the log")
    content: dict[str, Any] = Field(description="what was hashed and signed")
    event: dict[str, Any] = Field(description="its body, with what this reader may see put back")
    disclosures: list[str] = Field(description="what opens the content for this reader (RFC 9901)")
    proof: str = Field(description="where the proof bundle is")


def names(connection: Connection, participants: Iterable[UUID]) -> dict[UUID, str]:
    """Look names up in the registry as the chain has it."""
    one = tables.registration.c
    query = (
        select(one.participant, one.name)
        .where(one.participant.in_(set(participants)), one.name.is_not(None))
        .order_by(one.block_number, one.log_index)
    )
    return {row.participant: row.name for row in connection.execute(query)}


def body(entry: Entry) -> Members:
    """Give a record's body with its disclosures put back; content that is none, or does not open, stays as it is."""
    return opener.revealed(entry.content.get("body"), entry.disclosures)


def show(answer: Answer, entry: Entry, called: dict[UUID, str]) -> Shown:
    """Lay one record of an answer out."""
    owner, schema = entry.submission.participant, entry.content.get("schema")
    placed = answer.placed.get(entry.id)
    return Shown(
        id=entry.id,
        state="final" if entry.logged else "stored" if placed is None else "logged",
        kind=answer.kinds[entry.id],
        schema_=schema if isinstance(schema, str) else None,
        participant=Party(id=owner, name=called.get(owner)),
        received_at=entry.received_at,
        index=placed,
        content=entry.content,
        event=body(entry),
        disclosures=list(entry.disclosures),
        proof=f"/api/v1/records/{entry.id}/proof",
    )
