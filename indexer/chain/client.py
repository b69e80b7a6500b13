"""The chain as we read it: JSON-RPC over HTTP to one of several endpoints, and never a signature.

An endpoint is used until it fails; then the next one is asked, and whoever was silent or talked nonsense is named. What
goes wrong below is an OutageError: the answer may be had later, or elsewhere. What a node *refuses* is told apart,
because another node would refuse it too.
"""

import threading
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from indexer.chain import calls, events
from indexer.chain.calls import Call, Head, Header, Tag
from indexer.chain.deployment import Deployment
from indexer.chain.events import Event
from indexer.core.errors import OutageError

T = TypeVar("T")

# Besu refuses batches above 1,024; smaller ones keep one answer within the size limit.
BATCH = 250


class UnreachableError(OutageError):
    """An endpoint did not answer, or not in time, or with an HTTP error."""

    code = "CHAIN_UNREACHABLE"
    sentence = "the chain's endpoint {endpoint} does not answer: {reason}"


class NonsenseError(OutageError):
    """An endpoint answered, but not with what was asked for."""

    code = "CHAIN_NONSENSE"
    sentence = "the chain's endpoint {endpoint} answered {method} with nonsense: {reason}"


class RefusedError(OutageError):
    """A node understood and refused; `number` and `data` are JSON-RPC's."""

    code = "CHAIN_REFUSED"
    sentence = "the chain's endpoint {endpoint} refused {method}: {message} ({number})"

    def __init__(self, *, number: int, message: str, data: str, **facts: object) -> None:
        self.number = number
        self.message = message
        self.data = data
        super().__init__(number=number, message=message, data=data, **facts)


class _Fault(msgspec.Struct):
    code: int
    message: str = ""
    data: object = None


class _Answer(msgspec.Struct):
    id: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _Fault | None = None


class Client:
    """One chain behind `urls`. Safe to share between threads.

    `timeout` is for one whole answer, in seconds, and `limit` for its size, in bytes after decompression; at most
    `batch` questions travel together.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout: float = 20.0,
        limit: int = 64 * 2**20,
        batch: int = BATCH,
    ) -> None:
        self._urls = list(urls)
        self._at = 0
        self._timeout = timeout
        self._limit = limit
        self._batch = batch
        # A proxy of the environment is for the open internet; a chain's endpoints are named in full.
        self._http = httpx.Client(timeout=timeout, trust_env=False)
        self._lock = threading.Lock()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    @property
    def endpoint(self) -> str:
        """Name the endpoint in use, without what is secret in its URL."""
        return _name(self._urls[self._at])

    def distrust(self) -> None:
        """Turn to the next endpoint: what this one said does not hold together."""
        self._turn(self._urls[self._at])

    def ask(self, call: Call[T]) -> T:
        """Ask one question."""
        return self.ask_all([call])[0]

    def ask_all(self, batch: Sequence[Call[T]]) -> list[T]:
        """Ask many questions in one round trip, all of one endpoint."""
        failed: OutageError | None = None
        for url in self._order():
            try:
                parts = (batch[at : at + self._batch] for at in range(0, len(batch), self._batch))
                return [answer for part in parts for answer in self._round(url, part)]
            except RefusedError:
                raise
            except OutageError as error:
                failed = failed or error
                self._turn(url)
        raise failed or UnreachableError(endpoint="(none)", reason="no endpoint is set")

    def call(self, method: str, *params: object) -> object:
        """Ask what calls.py has no words for; the answer is JSON as it came."""
        return self.ask(Call(method, params, msgspec.json.decode))

    def relay(self, batch: Sequence[tuple[str, tuple[object, ...]]]) -> list[bytes | RefusedError]:
        """Pass questions on, and their answers as they came; one that is refused harms no other."""
        asked: list[Call[bytes | RefusedError]] = [
            Call(method, params, bytes, keep=True) for method, params in batch
        ]
        return self.ask_all(asked)

    def chain_id(self) -> int:
        """Tell which chain this is."""
        return self.ask(calls.chain_id())

    def genesis(self) -> bytes:
        """Return the hash of block 0, by which a chain is told from another of the same id."""
        return self.header_at(0).hash

    def header(self, at: int | Tag) -> Header | None:
        """Return a block's header, None where the node has none."""
        return self.ask(calls.header(at))

    def header_at(self, at: int | Tag) -> Header:
        """Return a block's header that must be there."""
        found = self.header(at)
        if found is None:
            raise NonsenseError(
                endpoint=self.endpoint, method="eth_getBlockByNumber", reason=f"no block {at}"
            )
        return found

    def headers(self, first: int, last: int) -> list[Header]:
        """Return the headers of blocks `first` to `last`, in one batch; those a node lacks are left out."""
        found = self.ask_all([calls.header(number) for number in range(first, last + 1)])
        return [header for header in found if header is not None]

    def events(self, deployment: Deployment, first: int, last: int) -> list[Event]:
        """Return what both contracts said in blocks `first` to `last`, in one call."""
        return self.ask(events.logs(deployment, first, last))

    def head(self, trace_log: bytes, log: bytes, at: int | bytes | Tag = "latest") -> Head | None:
        """Return a log's head in the state after block `at`; None if it was never opened."""
        return self.ask(calls.head(trace_log, log, at))

    def code(self, contract: bytes, at: int | Tag = "latest") -> bytes:
        """Return a contract's code, empty where there is none."""
        return self.ask(calls.code(contract, at))

    def _order(self) -> list[str]:
        with self._lock:
            return self._urls[self._at :] + self._urls[: self._at]

    def _turn(self, url: str) -> None:
        with self._lock:
            if self._urls[self._at] == url:
                self._at = (self._at + 1) % len(self._urls)

    def _round(self, url: str, batch: Sequence[Call[T]]) -> Iterator[T]:
        """Send one batch to one endpoint and read its answers in the batch's order."""
        endpoint = _name(url)
        methods = ", ".join(sorted({call.method for call in batch}))
        body = msgspec.json.encode(
            [
                {"jsonrpc": "2.0", "id": at, "method": call.method, "params": call.params}
                for at, call in enumerate(batch)
            ]
        )
        raw = self._post(url, body)
        try:
            answers = msgspec.json.decode(raw, type=list[_Answer] | _Answer)
        except ValueError as error:
            raise NonsenseError(endpoint=endpoint, method=methods, reason=str(error)) from None
        if isinstance(answers, _Answer):  # a batch as a whole is refused with a single object
            fault = answers.error or _Fault(0, "one answer to a batch")
            raise _refused(endpoint, methods, fault)
        by_id = {answer.id: answer for answer in answers}
        for at, call in enumerate(batch):
            answer = by_id.get(at)
            if answer is None:
                raise NonsenseError(endpoint=endpoint, method=call.method, reason="no answer")
            yield _read(endpoint, call, answer)

    def _post(self, url: str, body: bytes) -> bytes:
        """Send and collect within the limits of size and time, which a slow drip must not outwit."""
        endpoint, until = _name(url), monotonic() + self._timeout
        headers = {"content-type": "application/json"}
        found = bytearray()
        try:
            with self._http.stream("POST", url, content=body, headers=headers) as answer:
                for chunk in answer.iter_bytes():
                    found += chunk
                    if len(found) > self._limit:
                        raise UnreachableError(endpoint=endpoint, reason="the answer is too long")
                    if monotonic() > until:
                        raise UnreachableError(
                            endpoint=endpoint, reason="the answer takes too long"
                        )
                if answer.status_code != httpx.codes.OK and not found.startswith((b"{", b"[")):
                    reason = f"HTTP status {answer.status_code}"
                    raise UnreachableError(endpoint=endpoint, reason=reason)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(endpoint=endpoint, reason=reason) from None
        return bytes(found)


def _read(endpoint: str, call: Call[T], answer: _Answer) -> T:
    if answer.error is not None:
        refusal = _refused(endpoint, call.method, answer.error)
        if call.absent and refusal.data.startswith(call.absent):
            return None  # type: ignore[return-value]  # `absent` is set only where T may be None
        if call.keep:
            return refusal  # type: ignore[return-value]  # as the question's type says
        raise refusal
    try:
        return call.read(bytes(answer.result))
    except ValueError as error:
        raise NonsenseError(endpoint=endpoint, method=call.method, reason=str(error)) from None


def _refused(endpoint: str, method: str, fault: _Fault) -> RefusedError:
    """Take a refusal apart; nodes differ in where they put a revert's data."""
    data = fault.data.get("data", "") if isinstance(fault.data, dict) else fault.data
    return RefusedError(
        endpoint=endpoint,
        method=method,
        number=fault.code,
        message=fault.message[:300],
        data=data if isinstance(data, str) else "",
    )


def _name(url: str) -> str:
    """Name an endpoint; passwords and tokens of its URL stay out of messages."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
