"""What goes wrong leaves here as an RFC 9457 problem document, whoever raised it.

The table of families (indexer/core/errors.py) decides the status; whatever is not one of ours is a fault of ours, of
which the caller learns a number to quote and nothing else. A form or an API client finds the field in `place`.
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gateway.draft import RefusedError
from indexer.core.errors import (
    HTTP,
    AccessError,
    EvidenceError,
    InputError,
    MissingError,
    OutageError,
    SuyuanError,
    UnknownCallerError,
    outside,
)

RETRY_AFTER = 5  # seconds; about as long as a database takes to come back

_log = structlog.get_logger("gateway.web")


class BodyTooLargeError(InputError):
    """A request body beyond the limit, refused while it was still coming in."""

    code = "BODY_TOO_LARGE"
    sentence = "a request body has at most {limit} bytes"


class NoSuchPageError(MissingError):
    """A path that leads nowhere."""

    code = "NO_SUCH_PATH"
    sentence = "there is nothing at this path"


class BusyError(OutageError):
    """More requests at once than there are connections to the database."""

    code = "BUSY"
    sentence = "too many requests are waiting for the database"


# Evidence that fails in a request was the caller's; evidence in an answer is a verdict and never raised this far.
STATUS: dict[type[SuyuanError], int] = HTTP | {BodyTooLargeError: 413, EvidenceError: 422}

_TITLES = {
    400: "The request is malformed",
    404: "There is nothing at this path",
    405: "This path does not take that method",
    406: "This cannot be given in the form asked for",
}


class Fault(BaseModel):
    """One thing that is wrong, and where."""

    place: str = Field(
        description="JSON Pointer (RFC 6901) into the body; for parameters, where they stood and their name",
        examples=["/items/0/event/epcList/0"],
    )
    code: str = Field(description="stable name of the error", examples=["GTIN_CHECK_DIGIT"])
    detail: str = Field(examples=["the check digit of 06970000000018 should be 7"])


class Problem(BaseModel):
    """An RFC 9457 problem document, sent as application/problem+json."""

    type: str = Field(
        description="where the error is explained", examples=["/docs#GTIN_CHECK_DIGIT"]
    )
    title: str = Field(description="the same for every error of this type")
    status: int = Field(examples=[422])
    detail: str = Field(description="one sentence about this very case")
    code: str = Field(description="stable name of the error", examples=["GTIN_CHECK_DIGIT"])
    instance: str = Field(description="number of this request, to quote to the operator")
    place: str | None = Field(default=None, description="JSON Pointer to what is wrong")
    errors: list[Fault] = Field(default_factory=list, description="everything found wrong")


def title(kind: type[SuyuanError]) -> str:
    """Give the summary of a kind of error: the first line of what its class says of itself."""
    return (kind.__doc__ or kind.sentence).splitlines()[0].rstrip(".")


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Describe problem answers of the given statuses for OpenAPI."""
    words = {
        400: "The body is no JSON",
        401: "No API key, or one nobody knows",
        403: "Not this caller's",
        404: "No such thing",
        409: "It is there already",
        413: "Body too large",
        422: "Something in the request is wrong; `place` says what",
        503: "Something we lean on is away; see Retry-After",
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": words[status], "content": content} for status in statuses}


def answer(request: Request, error: SuyuanError) -> Response:
    """Turn an error into its problem document."""
    kind, status = type(error), outside(STATUS, error)
    # What stands behind an outage or a fault is for the log, not for a stranger.
    detail = str(error) if status < 500 else kind.sentence if "{" not in kind.sentence else ""
    problem = _problem(
        request, code=kind.code, title=title(kind), status=status, detail=detail or title(kind)
    )
    if isinstance(error, InputError):
        problem.place = error.place
        problem.errors = [
            Fault(place=one.place, code=one.code, detail=str(one))
            for one in (error.faults if isinstance(error, RefusedError) else (error,))
        ]
    if status >= 500:
        _log.error("request_failed", code=kind.code, error=str(error), path=request.url.path)
    return respond(problem, error_headers(error))


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Send a problem document."""
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(
        body,
        problem.status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    """Make every error of `app` leave as a problem."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        SuyuanError: _ours,
        RequestValidationError: _invalid,
        HTTPException: _http,
        PoolTimeoutError: _busy,
        Exception: _unknown,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, SuyuanError)  # noqa: S101 -- the table above says so
    return answer(request, error)


async def _busy(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- a handler's shape
    return answer(request, BusyError())


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- the table above says so
    faults = [
        Fault(place="".join(f"/{step}" for step in one["loc"]), code="PARAMETER", detail=one["msg"])
        for one in error.errors()
    ]
    problem = _problem(
        request,
        code="PARAMETER",
        title="A parameter is wrong",
        status=422,
        detail=faults[0].detail if faults else "a parameter is wrong",
    )
    problem.errors, problem.place = faults, faults[0].place if faults else None
    return respond(problem)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- the table above says so
    if error.status_code == 404:
        return answer(request, NoSuchPageError())
    words = _TITLES.get(error.status_code, "The request cannot be answered")
    code = f"HTTP_{error.status_code}"
    problem = _problem(request, code=code, title=words, status=error.status_code, detail=words)
    return respond(problem, error.headers)


async def _unknown(request: Request, error: Exception) -> Response:
    _log.error("request_broke", path=request.url.path, exc_info=error)
    problem = _problem(
        request,
        code="FAULT",
        title="A fault of ours",
        status=500,
        detail="something broke on our side; please quote the instance number to the operator",
    )
    return respond(problem)


def _problem(request: Request, *, code: str, title: str, status: int, detail: str) -> Problem:
    number = request.scope.get("request_id", "unknown")
    return Problem(
        type=f"/docs#{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        instance=f"urn:uuid:{number}",
    )


def error_headers(error: SuyuanError) -> dict[str, str]:
    """Give the headers that an error's answer has beside its problem."""
    if isinstance(error, OutageError):
        return {"Retry-After": str(RETRY_AFTER)}
    if isinstance(error, UnknownCallerError):
        return {"WWW-Authenticate": 'Bearer realm="suyuan"'}
    if isinstance(error, AccessError):
        return {"Cache-Control": "private, no-store"}
    return {}
