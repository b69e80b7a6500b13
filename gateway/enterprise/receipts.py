"""Receipts held to the public log and to the chain, as trust settings and another party's node show them.

The gateway's word decides nothing: what a head is, when its block was stamped and whose key served the log are the
chain's; the log's tiles must climb to that head's root. A hint where a submission stands only saves the search.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.enterprise.sending import Gateway
from indexer.chain import calls, finality
from indexer.chain.calls import Header
from indexer.chain.client import Client, NonsenseError, RefusedError
from indexer.core import canonical, merkle, promise, tile
from indexer.core.canonical import Json
from indexer.core.errors import EvidenceError, InputError, OutageError
from indexer.core.promise import Head, Outcome, Promise, Seen
from indexer.core.submission import log_id
from indexer.core.tile import Tree
from indexer.core.trust import Endpoint, Trust

# JSON-RPC's number for "too many requests", which says nothing about the block that was asked for.
_LIMIT = -32005

Hint = Callable[[Promise], int | None]


class OtherChainError(EvidenceError):
    """A node on another chain than trust names."""

    code = "RECEIPTS_OTHER_CHAIN"
    sentence = "the node of {party} is on another chain than the trust settings name"


class LogNotOpenedError(EvidenceError):
    """A log that the chain does not know."""

    code = "RECEIPTS_NO_LOG"
    sentence = "the chain knows no log {origin!r}"


class LogDiffersError(EvidenceError):
    """A public log that is not the one whose head is on chain."""

    code = "RECEIPTS_LOG_DIFFERS"
    sentence = "the log that {url} shows does not climb to the root of {size} leaves that is anchored on chain"


class LogWithheldError(OutageError):
    """A part of the public log that is not given."""

    code = "RECEIPTS_LOG_WITHHELD"
    sentence = "{url} does not give {path}, though a final anchor covers it"


class LogUnnamedError(InputError):
    """Receipts of a log that trust settings do not name."""

    code = "RECEIPTS_LOG_UNNAMED"
    sentence = "the trust settings name no log {origin!r}"


class ReceiptsShapeError(InputError):
    """A file that holds no receipts."""

    code = "RECEIPTS_SHAPE"
    sentence = "a file of receipts is an answer of the gateway, or a list of them"


class NobodyToAskError(InputError):
    """Trust settings that name no node, and no other was named."""

    code = "RECEIPTS_NOBODY"
    sentence = "the trust settings name no node of the chain: name one with --rpc"


@dataclass(frozen=True)
class Checked:
    """One receipt and what became of it by `party`'s node; `index` is where its submission stands."""

    party: str
    promise: Promise
    outcome: Outcome
    index: int | None
    told: bool  # whether the node could look back to the deadline


def read(data: bytes) -> list[Promise]:
    """Read receipts from a file."""
    value = canonical.decode(data)
    found: list[Json] = value if isinstance(value, list) else [value]
    if not found:
        raise ReceiptsShapeError
    return [Promise.read(one) for one in found]


def origins(trust: Trust, promises: Sequence[Promise], known: str = "") -> dict[str, list[Promise]]:
    """Sort receipts by their log: the one that is known, else that of trust's for which the signature holds."""
    named = list(dict.fromkeys(log.origin for log in trust.logs))
    if known and known not in named:
        raise LogUnnamedError(origin=known)
    sorted_: dict[str, list[Promise]] = {}
    for one in promises:
        fits = (origin for origin in named if one.of(origin).signed())
        origin = known or next(fits, named[0] if named else "")
        sorted_.setdefault(origin, []).append(one.of(origin))
    return sorted_


def asked(trust: Trust, origin: str, rpc: str = "") -> list[Endpoint]:
    """List whom to ask: a node of one's own, else parties that do not operate the log, else those that do."""
    if rpc:
        return [Endpoint("you", rpc)]
    operators = {log.operator for log in trust.of(origin)}
    return sorted(trust.rpc, key=lambda one: one.party in operators)


def check(
    trust: Trust,
    origin: str,
    promises: Sequence[Promise],
    gateway: Gateway,
    endpoints: Sequence[Endpoint],
    now: int,
    hint: Hint,
) -> list[Checked]:
    """Check receipts of one log by the first of the nodes that answers."""
    failed: OutageError | None = None
    for endpoint in endpoints:
        try:
            with Client([endpoint.url], batch=40) as client:
                checker = Checker(client, endpoint, trust, origin, gateway)
                return checker.check(promises, now, hint)
        except OutageError as error:
            failed = error
    raise failed or NobodyToAskError()


@dataclass
class Checker:
    """One log through one party's node and one gateway's public tiles, as of the newest final block."""

    client: Client
    endpoint: Endpoint
    trust: Trust
    origin: str
    gateway: Gateway
    _headers: dict[int, Header] = field(default_factory=dict)

    def check(
        self, promises: Sequence[Promise], now: int, hint: Hint = lambda _: None
    ) -> list[Checked]:
        """Say of each receipt what became of it; `now` is in seconds, `hint` may say where to look."""
        chain = self.client.chain_id(), self.client.genesis()
        if chain != (self.trust.chain_id, self.trust.genesis):
            raise OtherChainError(party=self.endpoint.party)
        latest = self.client.header_at("latest").number
        wanted = finality.parse(self.trust.finality)
        final = self._header(finality.highest(self.client, wanted, latest))
        head = self._head(final)
        if head is None:
            raise LogNotOpenedError(origin=self.origin)
        served = self._served({one.receipt_key for one in promises})
        places = self._places(promises, head, hint)
        found, party = [], self.endpoint.party
        for one in promises:
            index = places.get(one.leaf_hash())
            due = self._due(one.said.anchor_by, final, head)
            seen = Seen(one.receipt_key in served, head, due, index, max(now, final.timestamp))
            found.append(Checked(party, one, promise.judge(one, seen), index, due is not None))
        return found

    def _served(self, keys: Iterable[bytes]) -> set[bytes]:
        """Find the accounts that serve or served the log as its receipt key."""
        each, log = sorted(keys), log_id(self.origin)
        answers = self.client.ask_all(
            [calls.served(self.trust.trace_log, log, one) for one in each]
        )
        return {
            key for key, (_, as_receipt_key) in zip(each, answers, strict=True) if as_receipt_key
        }

    def _head(self, at: Header) -> Head | None:
        found = self.client.head(self.trust.trace_log, log_id(self.origin), at.hash)
        return Head(found.number, found.size, found.root) if found else None

    def _due(self, deadline: int, final: Header, head: Head) -> Head | None:
        """Return the head in the last block stamped no later than the deadline.

        None if that cannot be told: the node forgot that state, or the log was carried on to this chain later.
        """
        if final.timestamp <= deadline:
            return head
        number = bisect_right(range(final.number), deadline, key=self._stamp) - 1
        try:
            return self._head(self._header(number)) if number >= 0 else None
        except RefusedError as error:
            if error.number == _LIMIT:
                raise
        except NonsenseError:
            if self.client.code(self.trust.trace_log, number):
                raise
        return None

    def _stamp(self, number: int) -> int:
        return self._header(number).timestamp

    def _header(self, number: int) -> Header:
        if number not in self._headers:
            self._headers[number] = self.client.header_at(number)
        return self._headers[number]

    def _places(self, promises: Sequence[Promise], head: Head, hint: Hint) -> dict[bytes, int]:
        """Find where each submission's leaf stands under the head, proven; those that stand nowhere are left out."""
        found: dict[bytes, int] = {}
        sought = {one.leaf_hash() for one in promises}
        tree = Tree(self._tile)
        for one in promises:
            index = hint(one)
            if index is not None and self._stands(tree, one.leaf_hash(), index, head):
                found[one.leaf_hash()] = index
        if sought - found.keys():
            found |= self._search(sought, head)
        return found

    def _stands(self, tree: Tree, leaf: bytes, index: int, head: Head) -> bool:
        if not 0 <= index < head.size:
            return False
        try:
            path = tree.inclusion(index, head.size)
            merkle.check_inclusion(leaf, index, head.size, path, head.root)
        except EvidenceError:
            return False
        return True

    def _search(self, sought: set[bytes], head: Head) -> dict[bytes, int]:
        """Read all leaves up to the head, hold them to its root, and look for those that are sought."""
        leaves: list[bytes] = []
        for number in range(-(-head.size // tile.WIDTH)):
            width = tile.width(0, number, head.size)
            data = self._tile(0, number, width)
            leaves += [data[at : at + 32] for at in range(0, 32 * width, 32)]
        if merkle.root(leaves) != head.root:
            raise LogDiffersError(url=self.gateway.url, size=head.size)
        return {leaf: index for index, leaf in enumerate(leaves) if leaf in sought}

    def _tile(self, level: int, index: int, width: int) -> bytes:
        path = tile.path(level, index, width)
        data = self.gateway.tile(path)
        if data is None:
            raise LogWithheldError(url=self.gateway.url, path=path)
        return data
