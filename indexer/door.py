"""The narrow door through which strangers' phones ask the chain: few questions, about our contracts, not too often.

Whatever is sent, the answer is JSON-RPC's, and nothing reaches the node behind that is not on the list: no
transactions, no other contract's state, no search.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from time import monotonic

import msgspec

from indexer.chain.client import Client, RefusedError
from indexer.chain.deployment import Deployment
from indexer.core.errors import OutageError

MOST = 50
LONGEST = 64 * 1024
# Seconds a reader may have saved up: one page asks some twenty questions at once.
SAVED = 5.0
ADDRESSES = 10_000

_QUANTITY = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]{0,15})", re.IGNORECASE)
_HASH = re.compile(r"0x[0-9a-f]{64}", re.IGNORECASE)
_DATA = re.compile(r"0x(?:[0-9a-f]{2}){4,4096}", re.IGNORECASE)
_ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.IGNORECASE)
_TAGS = ("latest", "finalized", "safe", "earliest")

_PARSE, _REQUEST, _METHOD, _PARAMS, _AWAY, _LIMIT = -32700, -32600, -32601, -32602, -32000, -32005


@dataclass(frozen=True)
class Reply:
    """An HTTP status and a JSON body."""

    status: int
    body: bytes


class Budget:
    """How many questions each address may still put; the addresses least recently heard of are forgotten."""

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, address: str, count: int) -> bool:
        """Take `count` questions from an address's budget, or tell that it has not so many."""
        name, now = _network(address), self._clock()
        left, then = self._left.pop(name, (self._rate * SAVED, now))
        left = min(self._rate * SAVED, left + (now - then) * self._rate)
        granted = left >= min(count, self._rate * SAVED)
        self._left[name] = (left - count if granted else left, now)
        if len(self._left) > ADDRESSES:
            self._left.popitem(last=False)
        return granted


class Door:
    """Answers for one deployment's chain."""

    def __init__(self, client: Client, deployment: Deployment, rate: float) -> None:
        self._client = client
        self._contracts = {
            "0x" + deployment.trace_log.hex(),
            "0x" + deployment.participants.hex(),
        }
        self._budget = Budget(rate)

    def answer(self, body: bytes, address: str) -> Reply:
        """Answer one request or a batch of them."""
        if len(body) > LONGEST:
            return _refusal(413, _REQUEST, "the request is longer than 64 kB")
        try:
            asked = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return _refusal(200, _PARSE, "not JSON")
        batch = asked if isinstance(asked, list) else [asked]
        if not batch or len(batch) > MOST:
            return _refusal(200, _REQUEST, f"1 to {MOST} requests at a time")
        if not self._budget.spend(address, len(batch)):
            return _refusal(429, _LIMIT, "too many requests; wait a little")
        answers = self._answers(batch)
        status = 503 if answers is None else 200
        if answers is None:
            answers = [_error(_id(one), _AWAY, "the chain does not answer") for one in batch]
        return Reply(
            status, msgspec.json.encode(answers if isinstance(asked, list) else answers[0])
        )

    def _answers(self, batch: list[object]) -> list[dict[str, object]] | None:
        """Answer each in its place; None if the chain is away."""
        answers: list[dict[str, object]] = []
        passing: list[tuple[int, str, tuple[object, ...]]] = []
        for at, one in enumerate(batch):
            judged = self._judge(one)
            answers.append(judged if isinstance(judged, dict) else {})
            if not isinstance(judged, dict):
                passing.append((at, *judged))
        try:
            found = self._client.relay([(method, params) for _, method, params in passing])
        except OutageError:
            return None
        for (at, *_), result in zip(passing, found, strict=True):
            answers[at] = _result(_id(batch[at]), result)
        return answers

    def _judge(self, one: object) -> dict[str, object] | tuple[str, tuple[object, ...]]:
        """Admit one request as method and parameters, or write its refusal."""
        if not isinstance(one, dict) or not isinstance(one.get("method"), str):
            return _error(_id(one), _REQUEST, "not a JSON-RPC request")
        method, params = one["method"], one.get("params", [])
        check = self._checks().get(method)
        if check is None:
            return _error(_id(one), _METHOD, "this door does not open for that method")
        if not isinstance(params, list) or not check(params):
            return _error(_id(one), _PARAMS, "not the parameters this door lets through")
        return method, tuple(params)

    def _checks(self) -> dict[str, Callable[[list[object]], bool]]:
        return {
            "eth_chainId": lambda params: not params,
            "eth_blockNumber": lambda params: not params,
            "eth_getBlockByNumber": lambda params: (
                len(params) == 2 and _is_place(params[0]) and params[1] is False
            ),
            "eth_getTransactionReceipt": lambda params: (
                len(params) == 1 and _matches(_HASH, params[0])
            ),
            "eth_call": self._is_view,
        }

    def _is_view(self, params: list[object]) -> bool:
        if len(params) != 2 or not isinstance(params[0], dict):
            return False
        call, place = params
        if not isinstance(call, dict) or call.keys() != {"to", "data"}:
            return False
        known = _matches(_ADDRESS, call["to"]) and call["to"].lower() in self._contracts
        return known and _matches(_DATA, call["data"]) and (_is_place(place) or _is_block(place))


def _is_place(value: object) -> bool:
    return (
        value in _TAGS
        if isinstance(value, str) and value[:2] != "0x"
        else _matches(_QUANTITY, value)
    )


def _is_block(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"blockHash"}
        and _matches(_HASH, value["blockHash"])
    )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _network(address: str) -> str:
    """Name who asks; whoever has an IPv6 address has a whole /64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return parsed.ipv4_mapped.compressed if parsed.ipv4_mapped else parsed.exploded[:19]
    return address


def _id(one: object) -> object:
    found = one.get("id") if isinstance(one, dict) else None
    return found if isinstance(found, int | str) and not isinstance(found, bool) else None


def _result(identity: object, result: bytes | RefusedError) -> dict[str, object]:
    if isinstance(result, RefusedError):
        return _error(identity, result.number, result.message, result.data)
    return {"jsonrpc": "2.0", "id": identity, "result": msgspec.Raw(result)}


def _error(identity: object, number: int, message: str, data: str = "") -> dict[str, object]:
    error: dict[str, object] = {"code": number, "message": message}
    if data:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": identity, "error": error}


def _refusal(status: int, number: int, message: str) -> Reply:
    return Reply(status, msgspec.json.encode(_error(None, number, message)))
