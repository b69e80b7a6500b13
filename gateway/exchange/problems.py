"""What goes wrong on the standard's paths, in the standard's words: one table from our errors to its exceptions.

A problem document has the exception as its `type`, and beside it the stable `code` and the place that every error of
ours has. What is not in the table answers as its family does.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from gateway.draft import RefusedError, TooManyItemsError
from gateway.exchange import headers
from gateway.web.errors import BodyTooLargeError, error_headers, title
from indexer.core.canonical import Json, Members
from indexer.core.errors import (
    AccessError,
    DuplicateError,
    EvidenceError,
    InputError,
    MissingError,
    OutageError,
    SuyuanError,
    UnknownCallerError,
)

_log = structlog.get_logger("gateway.exchange")


class CaptureLimitError(InputError):
    """More events in one document than one capture takes."""

    code = "CAPTURE_LIMIT"
    sentence = (
        "one capture takes at most {limit} events and items of master data, this one has {count}"
    )


class EventKnownError(DuplicateError):
    """An event that its participant captured before."""

    code = "EVENT_KNOWN"
    sentence = "the event {event} is recorded already, with this content: record {record}"


class EventRepeatedError(DuplicateError):
    """An event that stands twice in one document."""

    code = "EVENT_REPEATED"
    sentence = "the event {event} stands at {other} already"


class NoSuchNameError(MissingError):
    """An event, a capture, a query or a value that the caller's records do not have."""

    code = "EPCIS_NO_SUCH_NAME"
    sentence = "there is no {what} {name} of yours"


class QueryParameterError(InputError):
    """A query parameter that is unknown, or whose value is not of its kind."""

    code = "QUERY_PARAMETER"
    sentence = "the query parameter {name} {reason}"


class HeaderError(InputError):
    """A header whose value is none of those it may have."""

    code = "HEADER_WRONG"
    sentence = "the header {name} is wrong: {reason}"


class QueryTooLargeError(InputError):
    """More events than the query wants to see at most."""

    code = "QUERY_TOO_LARGE"
    sentence = "more than {most} events (maxEventCount) answer this query"


class PageTokenError(InputError):
    """A token that no page of ours gave out."""

    code = "PAGE_TOKEN"
    sentence = "the nextPageToken is none of ours: take it from a Link header as it is"


class QueryNameTakenError(DuplicateError):
    """A second query of one name."""

    code = "QUERY_NAME_TAKEN"
    sentence = "you have a query {name} already: delete it first"


class QueryShapeError(InputError):
    """A named query that is not of its shape."""

    code = "QUERY_SHAPE"
    sentence = "{place} is not {expected}"


class UriTooLongError(InputError):
    """A query that should have been a named one."""

    code = "URI_TOO_LONG"
    sentence = "an address has at most {limit} characters, this one {size}: make it a named query"


class EpcisProblem(BaseModel):
    """A problem document (RFC 9457) in the words of EPCIS, sent as application/problem+json."""

    type: str = Field(examples=["epcisException:ValidationException"])
    title: str = Field(description="the same for every error of this code")
    status: int = Field(examples=[400])
    detail: str = Field(description="one sentence about this very case")
    code: str = Field(description="stable name of the error", examples=["CODE_CHECK_DIGIT"])
    instance: str = Field(description="number of this request, to quote to the operator")
    place: str | None = Field(default=None, description="JSON Pointer to what is wrong")
    errors: list[dict[str, Any]] = Field(default_factory=list)


class Exceptional(NamedTuple):
    """How an error leaves: the status, and the standard's name for it."""

    status: int
    name: str


EXCEPTIONS: Final[dict[type[SuyuanError], Exceptional]] = {
    InputError: Exceptional(400, "ValidationException"),
    BodyTooLargeError: Exceptional(413, "CaptureLimitExceededException"),
    TooManyItemsError: Exceptional(413, "CaptureLimitExceededException"),
    CaptureLimitError: Exceptional(413, "CaptureLimitExceededException"),
    DuplicateError: Exceptional(409, "ResourceAlreadyExistsException"),
    QueryParameterError: Exceptional(400, "QueryParameterException"),
    PageTokenError: Exceptional(400, "QueryParameterException"),
    QueryShapeError: Exceptional(400, "QueryValidationException"),
    QueryTooLargeError: Exceptional(413, "QueryTooLargeException"),
    UriTooLongError: Exceptional(414, "URITooLongException"),
    headers.NotAcceptableError: Exceptional(406, "NotAcceptableException"),
    headers.MediaTypeError: Exceptional(415, "UnsupportedMediaTypeException"),
    MissingError: Exceptional(404, "NoSuchResourceException"),
    UnknownCallerError: Exceptional(401, "SecurityException"),
    AccessError: Exceptional(403, "SecurityException"),
    EvidenceError: Exceptional(400, "ValidationException"),
    OutageError: Exceptional(503, "ImplementationException"),
    SuyuanError: Exceptional(500, "ImplementationException"),
}


def exceptional(kind: type[SuyuanError]) -> Exceptional:
    """Look an error up by its nearest family."""
    return next(EXCEPTIONS[one] for one in kind.__mro__ if one in EXCEPTIONS)


def problem(error: SuyuanError, place: str | None = None) -> Members:
    """Spell one error as a problem; `place` is where it lies in the whole, if the error says only where in a part."""
    kind = type(error)
    status, name = exceptional(kind)
    told: Members = {
        "type": f"epcisException:{name}",
        "title": title(kind),
        "status": status,
        "detail": str(error) if status < 500 else title(kind),
        "code": kind.code,
    }
    where = error.place if place is None and isinstance(error, InputError) else place
    return {**told, "place": where} if where is not None else told


def answer(request: Request, error: SuyuanError) -> Response:
    """Turn an error into its problem document."""
    told = problem(error)
    faults = error.faults if isinstance(error, RefusedError) else ()
    if faults:
        told["errors"] = [problem(one) for one in faults]
    if isinstance(told["status"], int) and told["status"] >= 500:
        _log.error("request_failed", code=told["code"], error=str(error), path=request.url.path)
    return respond(request, told, error_headers(error))


def _invalid(request: Request, error: RequestValidationError) -> Response:
    # All else that a request may hold is read by our own hands.
    faults: list[Json] = [
        problem(
            HeaderError(
                place="".join(f"/{step}" for step in one["loc"]),
                name=str(one["loc"][-1]),
                reason=one["msg"],
            )
        )
        for one in error.errors()
    ]
    first = faults[0] if faults and isinstance(faults[0], dict) else {}
    return respond(request, {**first, "errors": faults}, {})


def respond(request: Request, told: Members, more: dict[str, str]) -> Response:
    """Send a problem."""
    number = request.scope.get("request_id", "unknown")
    status = told["status"]
    return JSONResponse(
        {**told, "instance": f"urn:uuid:{number}"},
        status if isinstance(status, int) else 500,
        {"Cache-Control": "no-store", **more},
        media_type="application/problem+json",
    )


class Binding(APIRoute):
    """A route of the standard's: problems leave in its words, all answers with its headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handler = super().get_route_handler()

        async def bound(request: Request) -> Response:
            try:
                response = await handler(request)
            except SuyuanError as error:
                response = answer(request, error)
            except RequestValidationError as error:
                response = _invalid(request, error)
            for name, value in headers.SPOKEN.items():
                response.headers.setdefault(name, value)
            return response

        return bound


_WORDS = {
    400: "Something in the request is wrong; `place` says what",
    401: "No API key, or one nobody knows",
    403: "Not this caller's, or signed by nobody",
    404: "No such thing of this caller's",
    406: "This cannot be given in the form or version asked for",
    409: "It is there already",
    413: "Too large: a capture beyond its limits, or more events than maxEventCount",
    414: "The address is too long",
    415: "Neither JSON nor XML",
    503: "Something we lean on is away; see Retry-After",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers of the given statuses for OpenAPI, with those that any request may get."""
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/EpcisProblem"}}
    }
    return {
        status: {"description": _WORDS[status], "content": content}
        for status in sorted({400, 401, 406, 503, *statuses})
    }
