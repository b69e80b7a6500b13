"""The door every request passes: it gets a number, and every answer leaves with the headers that keep browsers safe.

Pages load nothing from elsewhere and run nothing inline. Only a product's page may connect elsewhere, because its
verifier asks whichever parties the reader's trust settings name, and those settings are not ours to know.
"""

from collections import Counter
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRICT = POLICY.format(connect="'self'")
ASKING = POLICY.format(connect="'self' http: https:")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
}


class Guard:
    """Number requests, count answers by status, and complete their headers."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(uuid4())
        started = perf_counter()

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(message, number)
                scope["app"].state.tally.add(message["status"], perf_counter() - started)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        # Whoever asks for the head alone gets the headers that the whole would have had.
        head = scope["method"] == "HEAD"
        asked = {**scope, "request_id": number, "method": "GET" if head else scope["method"]}
        with structlog.contextvars.bound_contextvars(request=number):
            await self._app(asked, receive, leave)

    def _complete(self, message: Message, number: str) -> None:
        headers = MutableHeaders(scope=message)
        headers["X-Request-Id"] = number
        headers.setdefault("Content-Security-Policy", STRICT)
        for name, value in self._headers.items():
            headers.setdefault(name, value)


class Tally:
    """How many requests this process answered, by status, and how long it took them."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds = 0.0

    def add(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.statuses[status] += 1
        self.seconds += seconds
