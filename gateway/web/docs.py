"""The interface explained on a plain page that loads nothing: every operation, and every error by its code.

Problem documents point here (`/docs#CODE`), so each error class of the gateway and of what it stands on has its line.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from gateway.exchange.problems import EXCEPTIONS
from gateway.web.deps import Held, Spoken
from gateway.web.errors import STATUS, title
from gateway.web.templating import render
from indexer.core.errors import SuyuanError

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request, held: Held, language: Spoken) -> Response:
    """Show the interface to a person."""
    described = request.app.openapi()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "parameters": [],
            "example": _example(operation),
            **operation,
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(
        request,
        "docs.html",
        language,
        public_url=held.settings.public_url.rstrip("/"),
        operations=operations,
        groups=sorted({tag for one in operations for tag in one.get("tags", [])}, key=_ORDER.index),
        faults=[
            {"code": kind.code, "title": title(kind), "status": _status(kind)} for kind in _kinds()
        ],
    )


_ORDER = [
    "submissions",
    "master data",
    "epcis",
    "returns",
    "records",
    "trace",
    "quality",
    "labels",
    "log",
    "about",
    "operation",
]


def _example(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" not in content:
        return ""
    return msgspec.json.format(msgspec.json.encode(content["example"]), indent=2).decode()


def _kinds() -> list[type[SuyuanError]]:
    known = {kind.code: kind for kind in _below(SuyuanError)}
    return [known[code] for code in sorted(known)]


def _below(kind: type[SuyuanError]) -> Iterator[type[SuyuanError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _status(kind: type[SuyuanError]) -> int:
    # What only the standard's paths raise answers as they do; all else may come from everywhere.
    if kind in EXCEPTIONS and kind not in STATUS:
        return EXCEPTIONS[kind].status
    return next(STATUS[one] for one in kind.__mro__ if one in STATUS)
