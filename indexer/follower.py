"""Stage 5: the chain's events become the store's blocks, anchors and registrations; a reorg takes them back.

One step at a time, and nothing remembered between steps but the store: a step that crashes is a step that was never
made. A node that lags is waited for, one that contradicts itself is named, and a chain that is not the one we follow,
or that changed what was final, stops everything until a person has looked.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine

from indexer.chain import calls, finality
from indexer.chain.calls import Head, Header
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.events import Anchored, Event
from indexer.chain.finality import Finality
from indexer.chain.identity import Identity
from indexer.core.errors import InconsistencyError, OutageError
from indexer.store import blocks
from indexer.store.blocks import Position

# Headers of one step: one round trip and a few hundred kilobytes.
WIDEST = 1000
_PROBE = 64


class FinalChangedError(InconsistencyError):
    """A block that was final is another one now."""

    code = "CHAIN_REORG"
    sentence = (
        "block {number} was final as {expected}, and {endpoint} has {found} in its place. Nothing was taken back. "
        "Ask another party's node which of the two it knows; if the chain we knew is lost for good, "
        "`suyuan log carry-on` opens the log on another"
    )


class IncoherentError(OutageError):
    """What an endpoint says does not hold together: it omits, repeats, or mixes forks."""

    code = "CHAIN_INCOHERENT"
    sentence = "what {endpoint} says of blocks {first} to {last} does not hold together: {reason}"


class Follower:
    """Follows one deployment, and of its logs those named in `logs`, or every one.

    Only a log that is named is held to its head before its first anchor is known: of others a node could hide it.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        settled: Finality = "immediate",
        *,
        logs: Iterable[bytes] = (),
        span: int = WIDEST,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._finality = settled
        self._logs = frozenset(logs)
        self._widest = span
        self._span = span
        self._identity = Identity(client, deployment)

    def step(self) -> str:
        """Do one thing and say which: `behind`, `rewound`, `appended` or `idle`."""
        with self._snapshot() as connection:
            at = blocks.position(connection, self._deployment)
            before = blocks.heads(connection)
        latest = self._identity.check()
        if at is None:
            return self._begin(latest)
        if latest.number < at.tip_number:
            return self._wait(at, latest)
        seen = self._client.header(at.tip_number)
        if seen is None:
            return "behind"
        if seen.hash != at.tip_hash:
            return self._rewind(at)
        try:
            done = self._advance(at, before, latest)
        except OutageError:
            self._span = max(1, self._span // 2)
            raise
        self._span = min(self._widest, self._span + self._span // 4 + 1)
        return done

    def _snapshot(self) -> Connection:
        """Read as of one moment, so that another follower's step is seen whole or not at all."""
        return self._engine.connect().execution_options(isolation_level="REPEATABLE READ")

    def _begin(self, latest: Header) -> str:
        before = max(0, self._deployment.block - 1)
        if latest.number < before:
            return "behind"
        genesis, start = self._client.header_at(0), self._client.header_at(before)
        with self._engine.begin() as connection:
            blocks.begin(connection, self._deployment, genesis, start)
        return "appended"

    def _wait(self, at: Position, latest: Header) -> str:
        """Wait for a node that lags; but a lagging node still has the final blocks it does have."""
        with self._engine.connect() as connection:
            kept = blocks.hashes(connection, min(latest.number, at.final_number), 1)
        for number, known in kept:
            seen = self._client.header(number)
            if seen is not None and seen.hash != known:
                raise self._final_changed(number, known, seen)
        return "behind"

    def _rewind(self, at: Position) -> str:
        to = self._ancestor(at)
        if to is None:
            return "behind"
        with self._engine.begin() as connection:
            blocks.rewind(connection, at, to)
            blocks.announce(connection, _newest(blocks.heads(connection)))
        return "rewound"

    def _ancestor(self, at: Position) -> tuple[int, bytes] | None:
        """Walk down to the highest block of ours that the node has too; None if it lags behind on its fork."""
        below = at.tip_number
        while below >= at.final_number:
            with self._engine.connect() as connection:
                kept = blocks.hashes(connection, below, _PROBE)
            theirs = self._client.ask_all([calls.header(number) for number, _ in kept])
            for (number, known), seen in zip(kept, theirs, strict=True):
                if seen is None:
                    return None
                if seen.hash == known:
                    return number, known
                if number <= at.final_number:
                    raise self._final_changed(number, known, seen)
            below = kept[-1][0] - 1
        raise self._incoherent(below, at.tip_number, "no common block is left")

    def _advance(self, at: Position, before: dict[bytes, Head], latest: Header) -> str:
        to = min(latest.number, at.tip_number + self._span)
        headers = self._client.headers(at.tip_number + 1, to)
        self._check_links(at, headers, to)
        events = self._events(at.tip_number + 1, to) if headers else []
        after = self._check_events(before, headers, events)
        if headers:
            self._check_heads(after, headers[-1])
        final = self._final(at, headers, latest)
        if not headers and final[0] == at.final_number:
            return "idle"
        with self._engine.begin() as connection:
            blocks.append(connection, at, headers, events, final)
            if after:
                blocks.announce(connection, _newest(after))
        return "appended"

    def _events(self, first: int, last: int) -> list[Event]:
        told = self._client.events(self._deployment, first, last)
        return [
            one
            for one in told
            if not (isinstance(one, Anchored) and self._logs and one.log not in self._logs)
        ]

    def _check_links(self, at: Position, headers: Sequence[Header], to: int) -> None:
        if [header.number for header in headers] != list(range(at.tip_number + 1, to + 1)):
            raise self._incoherent(at.tip_number + 1, to, "a block is missing")
        parent = at.tip_hash
        for header in headers:
            if header.parent != parent:
                raise self._incoherent(at.tip_number + 1, to, f"block {header.number} links badly")
            parent = header.hash

    def _check_events(
        self, before: dict[bytes, Head], headers: Sequence[Header], events: Sequence[Event]
    ) -> dict[bytes, Head]:
        """Check that the events stand in these blocks and continue each log, and return the heads they lead to."""
        known = {header.number: header.hash for header in headers}
        first, last = min(known, default=0), max(known, default=0)
        after = dict(before)
        places = set()
        for event in events:
            if known.get(event.block_number) != event.block_hash:
                raise self._incoherent(first, last, "an event stands in a block of another fork")
            if (event.block_number, event.log_index) in places:
                raise self._incoherent(first, last, "an event is told twice")
            places.add((event.block_number, event.log_index))
            if isinstance(event, Anchored):
                head = after.get(event.log)
                due = (head.number + 1, head.size) if head else (1, event.old_size)
                if (event.number, event.old_size) != due:
                    raise self._incoherent(
                        first, last, f"anchor {event.number} came where {due[0]} was due"
                    )
                after[event.log] = Head(event.number, event.size, event.root)
        return after

    def _check_heads(self, after: dict[bytes, Head], last: Header) -> None:
        """Hold the events to the contract's own state after the last block: an omitted anchor shows here."""
        logs = sorted(self._logs | after.keys())
        asked = [calls.head(self._deployment.trace_log, log, last.hash) for log in logs]
        for log, found in zip(logs, self._client.ask_all(asked), strict=True):
            expected = after.get(log)
            fits = found == expected if expected else found is None or found.number == 0
            if not fits:
                reason = f"events lead log {log.hex()[:16]} to {expected}, its head is {found}"
                raise self._incoherent(last.number, last.number, reason)

    def _final(self, at: Position, headers: Sequence[Header], latest: Header) -> tuple[int, bytes]:
        """Tell how far all is final: never beyond what was read, never back."""
        tip = headers[-1].number if headers else at.tip_number
        number = min(finality.highest(self._client, self._finality, latest.number), tip)
        if number <= at.final_number:
            return at.final_number, at.final_hash
        for header in headers:
            if header.number == number:
                return number, header.hash
        with self._engine.connect() as connection:
            return blocks.hashes(connection, number, 1)[0]

    def _incoherent(self, first: int, last: int, reason: str) -> IncoherentError:
        endpoint = self._client.endpoint
        self._client.distrust()
        return IncoherentError(endpoint=endpoint, first=first, last=last, reason=reason)

    def _final_changed(self, number: int, known: bytes, seen: Header) -> FinalChangedError:
        return FinalChangedError(
            endpoint=self._client.endpoint,
            number=number,
            expected=known.hex(),
            found=seen.hash.hex(),
        )


def _newest(heads: dict[bytes, Head]) -> int:
    return max((head.size for head in heads.values()), default=0)
