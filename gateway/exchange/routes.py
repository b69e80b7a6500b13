"""The standard's paths put together: what is asked with GET and POST is in the modules beside; here is what each takes.

OPTIONS needs no key: it tells what anybody may know, which versions are spoken and how much is taken at once.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import APIRouter, Path, Response

from gateway.exchange import capturing, codes, events, headers, queries, resources
from gateway.exchange.capture import ROLLBACK
from gateway.exchange.headers import Asked
from gateway.exchange.problems import Binding, responses
from gateway.web.deps import Held, Participant

router = APIRouter(prefix="/epcis", tags=["epcis"], route_class=Binding)

_VALUES: Final = ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions")
_TOP: Final = ("events", *_VALUES, "capture", "queries")
# The longest of a kind goes first, as everywhere: values in paths may hold slashes.
_ALLOWED: Final = {
    "": "OPTIONS, GET",
    "/capture": "OPTIONS, GET, POST",
    "/capture/{value}": "OPTIONS, GET",
    "/events": "OPTIONS, GET, POST",
    "/events/{value:path}": "OPTIONS, GET",
    "/queries": "OPTIONS, GET, POST",
    "/queries/{value:path}/events": "OPTIONS, GET",
    "/queries/{value:path}": "OPTIONS, GET, DELETE",
    **{f"/{one}": "OPTIONS, GET" for one in _VALUES},
    **{f"/{one}/{{value:path}}/events": "OPTIONS, GET" for one in _VALUES},
    **{f"/{one}/{{value:path}}": "OPTIONS, GET" for one in _VALUES},
}


@router.get("", summary="What there is", responses=responses())
async def top(caller: Participant, asked: Asked, response: Response) -> list[str]:
    """List the top-level resources."""
    del caller
    response.headers.update(asked.told)
    return list(_TOP)


@router.delete(
    "/nextPageToken/{token}",
    status_code=204,
    response_class=Response,
    summary="Let go of a page's token",
    responses={204: {"description": "Nothing is held for a token"}, **responses()},
)
async def let_go(token: str, caller: Participant, asked: Asked) -> Response:
    """Let go of a token. Tokens are places, for which nothing is kept."""
    del token, caller
    return Response(None, 204, asked.told)


def _options(path: str, allow: str) -> Callable[..., Awaitable[Response]]:
    def told(held: Held) -> dict[str, str]:
        if path != "/capture":
            return headers.offered(allow)
        return headers.offered(
            allow,
            GS1_EPCIS_Capture_Limit=str(held.settings.max_items),
            GS1_EPCIS_Capture_File_Size_Limit=str(held.settings.max_body_bytes),
            GS1_Capture_Error_Behaviour=ROLLBACK,
        )

    async def whole(held: Held) -> Response:
        return Response(None, 204, told(held))

    async def part(held: Held, value: str = Path()) -> Response:
        del value
        return Response(None, 204, told(held))

    return part if "{value" in path else whole


_SPOKEN: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "What this path takes, and which versions are spoken"}
}
for _path, _allow in _ALLOWED.items():
    router.add_api_route(
        _path,
        _options(_path, _allow),
        methods=["OPTIONS"],
        status_code=204,
        response_class=Response,
        responses=_SPOKEN,
        summary="What is offered here",
    )
for _part in (
    capturing.router,
    events.router,
    resources.router,
    codes.router,
    queries.router,
):
    router.include_router(_part)
