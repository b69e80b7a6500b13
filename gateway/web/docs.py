"""The interface explained on a plain page that loads nothing: every operation, and every error by its code.

Problem documents point here (`/docs#CODE`), so each error class of the gateway and of what it stands on has its line.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response

from gateway.web.deps import Spoken
from gateway.web.errors import STATUS, title
from gateway.web.templating import render
from indexer.core.errors import SuyuanError, outside

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request, language: Spoken) -> Response:
    """Show the interface to a person."""
    described = request.app.openapi()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(
        request,
        "docs.html",
        language,
        operations=operations,
        groups=sorted({tag for one in operations for tag in one.get("tags", [])}, key=_ORDER.index),
        faults=[
            {"code": kind.code, "title": title(kind), "status": outside(STATUS, kind())}
            for kind in _kinds()
        ],
    )


_ORDER = ["submissions", "records", "trace", "labels", "log", "about", "operation"]


def _kinds() -> list[type[SuyuanError]]:
    known = {kind.code: kind for kind in _below(SuyuanError)}
    return [known[code] for code in sorted(known)]


def _below(kind: type[SuyuanError]) -> Iterator[type[SuyuanError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """List an operation's parameters."""
    found: list[dict[str, Any]] = operation.get("parameters", [])
    return found
