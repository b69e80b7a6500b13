"""What every route may ask for: the time, the caller, the body, a view of the store. The gateway's door to the clock.

Reading happens in one read-only snapshot per answer, so that what an answer combines was true at one moment. Writing
routes open their own transaction and have it committed before they answer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeAlias
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.accounts import desk
from gateway.accounts.desk import Caller
from gateway.intake import Intake
from gateway.settings import Settings
from gateway.verifier import Verifier
from gateway.web.errors import BodyTooLargeError
from gateway.web.languages import Language, choose
from indexer.chain.deployment import Deployment
from indexer.core import code
from indexer.core.code import Code
from indexer.core.errors import UnknownCallerError

_bearer = HTTPBearer(auto_error=False, description="a participant's API key")
_header = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="the same, in a header of its own"
)


class NoKeyError(UnknownCallerError):
    """No API key came with a request that needs one."""

    code = "API_KEY_ABSENT"
    sentence = "an API key is needed here: Authorization: Bearer …, or X-API-Key"


@dataclass(frozen=True)
class Gateway:
    """What one web process holds for its whole life."""

    settings: Settings
    deployment: Deployment
    engine: AsyncEngine
    intake: Intake
    verifier: Verifier


def now() -> datetime:
    """Read the clock, in UTC."""
    return datetime.now(UTC)


def gateway(request: Request) -> Gateway:
    """Hand out what the process holds."""
    held: Gateway = request.app.state.gateway
    return held


Now: TypeAlias = Annotated[datetime, Depends(now)]
Held: TypeAlias = Annotated[Gateway, Depends(gateway)]


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open one read-only, repeatable view of the store; the connection goes back as it came."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        async with connection.begin():
            yield connection


async def anybody(
    held: Held,
    bearer: Annotated[object, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> Caller | None:
    """Tell who calls; None for one who brings no key. A key nobody knows is refused even where none is needed."""
    key = getattr(bearer, "credentials", None) or header
    if key is None:
        return None
    async with held.engine.connect() as connection:
        return await desk.authenticate(connection, key)


async def participant(caller: Annotated[Caller | None, Depends(anybody)]) -> Caller:
    """Tell which participant calls; without a key nobody does."""
    if caller is None:
        raise NoKeyError
    return caller


Anybody: TypeAlias = Annotated[Caller | None, Depends(anybody)]
Participant: TypeAlias = Annotated[Caller, Depends(participant)]


async def body(request: Request, held: Held) -> bytes:
    """Read the request's body, refusing it the moment it is longer than the limit."""
    limit = held.settings.max_body_bytes
    if int(request.headers.get("content-length") or 0) > limit:
        raise BodyTooLargeError(limit=limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise BodyTooLargeError(limit=limit)
        parts.append(part)
    return b"".join(parts)


Body: TypeAlias = Annotated[bytes, Depends(body)]


def language(request: Request) -> Language:
    """Pick the page's language."""
    return choose(request.query_params.get("lang"), request.headers.get("accept-language", ""))


Spoken: TypeAlias = Annotated[Language, Depends(language)]


def text_in_path(request: Request, prefix: str, suffix: str = "") -> str:
    """Take what stands after `prefix` from the path as it was sent, where `%2F` inside a serial is still no slash."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    text = raw.decode("ascii", "replace").removeprefix(prefix).removesuffix(suffix)
    # A link pasted unescaped is a link already; anything else was escaped once to stand in a path.
    return text if text.startswith(("http://", "https://")) else unquote(text)


def code_in_path(request: Request, prefix: str, suffix: str = "") -> Code:
    """Read the code that stands after `prefix` in the path, in any form."""
    return code.read(text_in_path(request, prefix, suffix))
