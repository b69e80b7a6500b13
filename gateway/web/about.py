"""What anybody may know of this gateway before trusting it with a record: its log, its keys, what it conceals.

Public facts only. A reader who wants to check an answer takes the log's key from another party's trust settings, so
none is offered here.
"""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gateway import concealment
from gateway.web.deps import Held
from indexer.core.submission import address, log_id

router = APIRouter(prefix="/api/v1", tags=["about"])


class Contracts(BaseModel):
    """Which chain, and where on it the contracts are."""

    chain_id: int = Field(serialization_alias="chainId", examples=[31337])
    genesis: str = Field(description="hash of block 0, hex")
    trace_log: str = Field(serialization_alias="traceLog", description="address, hex")
    participants: str = Field(description="address, hex")


class About(BaseModel):
    """The log this gateway keeps, and by which key its receipts are signed."""

    operator: str
    origin: str = Field(description="the log's name, first line of its checkpoints")
    log_id: str = Field(serialization_alias="logId", description="keccak256 of the origin, hex")
    receipt_key: str = Field(serialization_alias="receiptKey", description="address, hex")
    deployment: Contracts
    trust: str | None = Field(description="trust settings as the second party publishes them")


@router.get("/log", summary="The log and its keys")
async def log(held: Held) -> About:
    """Name the log, the key of its receipts and the contracts it is anchored in."""
    settings, deployment = held.settings, held.deployment
    return About(
        operator=settings.operator_name,
        origin=settings.log_origin,
        log_id=log_id(settings.log_origin).hex(),
        receipt_key=address(held.intake.receipt_key).hex(),
        deployment=Contracts(
            chain_id=deployment.chain_id,
            genesis=deployment.genesis.hex(),
            trace_log=deployment.trace_log.hex(),
            participants=deployment.participants.hex(),
        ),
        trust=f"{settings.second_opinion_url.rstrip('/')}/trust"
        if settings.second_opinion_url
        else None,
    )


@router.get("/concealment", summary="What is concealed")
async def concealed() -> dict[str, list[str]]:
    """List, for each schema, the fields concealed before signing, as RFC 9535 JSONPath."""
    return concealment.published()
