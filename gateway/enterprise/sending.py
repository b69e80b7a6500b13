"""The way to the gateway over HTTP: the same bytes again and again until there is an answer.

Busy and broken gateways (429, 502 to 504, no connection) are waited for, as long as they ask for; whoever gives up
here loses nothing, for the journal has what was signed. What a gateway refuses is told in its own words.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import httpx
import msgspec

from indexer.core import canonical
from indexer.core.canonical import Json
from indexer.core.errors import InputError, OutageError

# Seconds. A gateway asks for five; one that asks for minutes is asked again sooner.
LONGEST_WAIT: Final = 30.0
PATIENCE: Final = 300.0
_TIMEOUT = 60.0
_LATER = frozenset({429, 500, 502, 503, 504})


class GatewayAwayError(OutageError):
    """The gateway does not answer, or is too busy for too long."""

    code = "GATEWAY_AWAY"
    sentence = "the gateway {url} does not answer: {reason}; nothing is lost, try again later"


class GatewayNonsenseError(OutageError):
    """Something answers at the gateway's address that is no gateway."""

    code = "GATEWAY_NONSENSE"
    sentence = "what answers at {url} is no gateway: {reason}"


class GatewayRefusedError(InputError):
    """The gateway understood and refused; `problem`, `detail` and `place` are its own words, `status` HTTP's."""

    code = "GATEWAY_REFUSED"
    sentence = "the gateway refused ({status} {problem}): {detail}"

    def __init__(self, *, status: int, problem: str, detail: str, place: str = "") -> None:
        self.status = status
        self.problem = problem
        super().__init__(place=place, status=status, problem=problem, detail=detail)


class _Problem(msgspec.Struct):
    code: str = ""
    detail: str = ""
    place: str = ""


@dataclass(frozen=True)
class KeyState:
    """How the gateway has a key of ours: the sequence of its next submission, and what the register says."""

    participant: UUID
    sequence: int
    custodial: bool
    revoked: int | None
    suspended: bool


class Gateway:
    """One gateway, asked with one API key; `pause` waits some seconds."""

    def __init__(
        self,
        url: str,
        api_key: str = "",
        *,
        patience: float = PATIENCE,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=_TIMEOUT)
        self._patience = patience
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def origin(self) -> str:
        """Ask which log it keeps."""
        return str(self._json(self._ask("GET", "/api/v1/log"))["origin"])

    def key(self, address: bytes) -> KeyState | None:
        """Ask how it has a key of ours; None if the register does not show it."""
        answer = self._ask("GET", f"/api/v1/keys/{address.hex()}", absent=True)
        if answer is None:
            return None
        try:
            return msgspec.convert(self._json(answer), KeyState)
        except msgspec.ValidationError as error:
            raise GatewayNonsenseError(url=self.url, reason=str(error)) from None

    def submit(self, body: bytes) -> bytes:
        """Hand in one signed submission; the answer as it came."""
        return self._ask("POST", "/api/v1/submissions", body) or b""

    def index(self, submission: object) -> int | None:
        """Ask where a submission of ours stands in the log; None if it says nothing of it. A hint, and no more."""
        answer = self._ask("GET", f"/api/v1/submissions/{submission}", absent=True)
        if answer is None:
            return None
        records = self._json(answer).get("records") or [{}]
        first = records[0].get("index")
        return first - 1 if isinstance(first, int) and first > 0 else None

    def applications(self, *, waiting: bool) -> list[dict[str, Any]]:
        """List applications for a review: one's own, or everybody's for the operator."""
        answer = self._ask("GET", f"/api/v1/applications?waiting={str(waiting).lower()}")
        found: Any = canonical.decode(answer or b"[]")
        return list(found) if isinstance(found, list) else []

    def application(self, one: UUID) -> dict[str, Any]:
        """Show one application."""
        return self._json(self._ask("GET", f"/api/v1/applications/{one}"))

    def review(self, one: UUID, given: Mapping[str, Json]) -> dict[str, Any]:
        """Answer an application, as the operator."""
        body = canonical.encode({**given})
        return self._json(self._ask("POST", f"/api/v1/applications/{one}/review", body))

    def tile(self, path: str) -> bytes | None:
        """Fetch a part of the public log; None if there is none such."""
        return self._ask("GET", f"/log/{path}", absent=True)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, *, absent: bool = False
    ) -> bytes | None:
        """Ask until there is an answer or patience ends; with `absent`, nothing there is an answer too."""
        waited, pause = 0.0, 0.5
        while True:
            answer, reason = self._once(method, path, body)
            if answer is not None and answer.status_code not in _LATER:
                return self._read(answer, absent=absent)
            wanted = min(_retry_after(answer) or pause, LONGEST_WAIT)
            if waited + wanted > self._patience:
                raise GatewayAwayError(url=self.url, reason=reason)
            self._pause(wanted)
            waited, pause = waited + wanted, min(2 * pause, LONGEST_WAIT)

    def _once(
        self, method: str, path: str, body: bytes | None
    ) -> tuple[httpx.Response | None, str]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = self._http.request(method, path, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, str(error) or type(error).__name__
        return answer, f"HTTP status {answer.status_code}"

    def _read(self, answer: httpx.Response, *, absent: bool) -> bytes | None:
        if answer.is_success:
            return answer.content
        try:
            said = msgspec.json.decode(answer.content, type=_Problem)
        except msgspec.DecodeError:
            reason = f"HTTP status {answer.status_code} and no problem document"
            raise GatewayNonsenseError(url=self.url, reason=reason) from None
        if absent and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        raise GatewayRefusedError(
            status=answer.status_code, problem=said.code, detail=said.detail, place=said.place
        )

    def _json(self, answer: bytes | None) -> dict[str, Any]:
        try:
            value: Any = canonical.decode(answer or b"")
        except InputError as error:
            raise GatewayNonsenseError(url=self.url, reason=str(error)) from None
        if not isinstance(value, dict):
            raise GatewayNonsenseError(url=self.url, reason="the answer is no object")
        return value


def _retry_after(answer: httpx.Response | None) -> float | None:
    """Read for how many seconds a busy gateway wants to be left alone."""
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    return float(asked) if asked.isascii() and asked.isdecimal() else None
