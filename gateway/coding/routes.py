"""Labels over HTTP: any form of a code in, the label of its canonical form out."""

from fastapi import APIRouter, Request, Response

from gateway.coding import labels
from gateway.web.deps import Held, code_in_path
from gateway.web.errors import responses

router = APIRouter(prefix="/api/v1/labels", tags=["labels"])

_PREFIX = "/api/v1/labels/"
_KEEP = {"Cache-Control": "public, max-age=86400"}


@router.get(
    "/{code:path}.svg",
    summary="Label as SVG",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **responses(422)},
)
async def svg(code: str, request: Request, held: Held) -> Response:  # noqa: ARG001 -- read as it was sent
    """Draw a code's QR label with its figures; the code may be in any form we read."""
    found = code_in_path(request, _PREFIX, ".svg")
    made = labels.svg(found, held.settings.public_url)
    return Response(made, headers=_KEEP, media_type="image/svg+xml")


@router.get(
    "/{code:path}.png",
    summary="Label as PNG",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **responses(422)},
)
async def png(code: str, request: Request, held: Held) -> Response:  # noqa: ARG001 -- read as it was sent
    """Draw a code's QR label with its figures, for printers that take pictures only."""
    found = code_in_path(request, _PREFIX, ".png")
    made = labels.png(found, held.settings.public_url)
    return Response(made, headers=_KEEP, media_type="image/png")
