"""Stage 6: store and chain are held to each other, both ways, and what does not fit becomes a finding.

`run` goes over everything; `step` looks at what is new at once and goes over everything again a little at a time, so
that an old alteration is found after one round at the latest. A finding is cleared by the look that no longer finds
it, and by nothing else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from indexer import comparer, walker
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.identity import Identity
from indexer.core.errors import InconsistencyError, OutageError
from indexer.core.submission import log_id
from indexer.frontier import Frontier
from indexer.store import blocks, findings, loose, places
from indexer.store.findings import Finding, Scope
from indexer.store.places import Tiles
from indexer.walker import Walk

# Leaves of one step's share of the round: about half a second.
PACE = 2000
# Blocks whose events are compared at once.
SPAN = 1000
# How often the questions about the whole store are asked, and the chain's identity.
OFTEN = timedelta(seconds=30)

Progress = Callable[[int, int], None]

_STORE = (
    Scope(
        (
            "RECORD_UNLOGGED",
            "SUBMISSION_GAP",
            "SUBMISSION_REPEATED",
            "RECEIPT_BROKEN",
            "STORE_REFILLED",
        )
    ),
    Scope(("ANCHOR_LATE",), "leaf "),
    Scope(("ANCHOR_UNKNOWN", "ANCHOR_MISSING"), "store "),
    Scope(("ROLE_CHANGED",)),
)
_CHAIN = Scope(("CHAIN_REPLACED", "CHAIN_REORG"), "chain")


@dataclass
class Edge:
    """How far a walk has come, and the proven edge of the tree there, if any."""

    index: int = 0
    frontier: Frontier | None = field(default_factory=Frontier)


class Reconciler:
    """Holds one log's store to its chain. Without a `client` only the store and what the follower read are compared."""

    def __init__(
        self,
        engine: Engine,
        client: Client | None,
        deployment: Deployment,
        origin: str,
        *,
        pace: int = PACE,
    ) -> None:
        self._engine = engine
        self._client = client
        self._identity = Identity(client, deployment) if client else None
        self._deployment = deployment
        self._log = log_id(origin)
        self._pace = pace
        self._front: Edge | None = None
        self._tail = 0
        self._round = Edge()
        self._blocks = deployment.block
        self._differing: list[Finding] = []
        self._asked: datetime | None = None
        self.away: OutageError | None = None  # why the chain's part was left out last time

    def run(self, now: datetime, progress: Progress = lambda *_: None) -> list[Finding]:
        """Go over everything from the first leaf on; `progress` hears of leaves done and leaves in all."""
        found = self._whole_store(now)
        edge, done = Edge(), False
        while not done:
            fresh, done = self._walk(edge, self._pace, now)
            found += fresh
            progress(edge.index, self._size())
        return found + self._asking(self._whole_chain, now)

    def step(self, now: datetime) -> list[Finding]:
        """Look at what is new, and take the round a little farther."""
        found = self._new(now)
        fresh, done = self._walk(self._round, self._pace, now)
        found += fresh
        if done:
            self._round = Edge()
        if self._asked is None or now - self._asked >= OFTEN:
            found += self._whole_store(now)
            found += self._asking(self._some_chain, now)
            self._asked = now
        return found

    def _asking(self, part: Callable[[datetime], list[Finding]], now: datetime) -> list[Finding]:
        """Do the chain's part; the store's stands on its own when the chain is away."""
        self.away = None
        try:
            return part(now)
        except OutageError as error:
            self.away = error
            return []

    def stopped(self, error: InconsistencyError, now: datetime) -> Finding:
        """Keep, for people to see, why the follower stopped."""
        facts = {name: _fact(value) for name, value in error.facts.items()}
        kind = error.code if error.code.startswith("CHAIN_") else "CHAIN_REPLACED"
        found = Finding(kind, "chain", facts={**facts, "said": str(error)})
        self._write([found], [], now)
        return found

    def _new(self, now: datetime) -> list[Finding]:
        """Walk to each new final anchor, and look at the leaves beyond the last."""
        if self._front is None:
            self._front = self._start()
        found: list[Finding] = []
        done = False
        while not done:
            fresh, done = self._walk(self._front, self._pace, now, tail=False)
            found += fresh
        self._tail = max(self._tail, self._front.index)
        size = self._size()
        if self._tail < size:
            found += self._walk(Edge(self._tail, None), size - self._tail, now)[0]
            self._tail = size
        return found

    def _start(self) -> Edge:
        """Begin behind the newest final anchor if the tiles there bear it out; the round sees to the rest."""
        with self._snapshot() as connection:
            size = places.size(connection)
            anchored = loose.anchored(connection, self._log)
            newest = places.anchors(connection, self._log, anchored - 1, 1)
            if newest and newest[0].size <= size:
                edge = Frontier.at(Tiles(connection), newest[0].size)
                if edge and edge.root() == newest[0].root:
                    return Edge(newest[0].size, edge)
        return Edge()

    def _walk(
        self, edge: Edge, leaves: int, now: datetime, *, tail: bool = True
    ) -> tuple[list[Finding], bool]:
        """Walk stretch by stretch until about so many leaves are done, or the end is reached."""
        found: list[Finding] = []
        first, done = edge.index, False
        with self._snapshot() as connection:
            size, keys = places.size(connection), loose.keys(connection)
            while edge.index < first + leaves and not done:
                following = places.anchors(connection, self._log, edge.index, 1)
                anchor = following[0] if following and following[0].size <= size else None
                last = anchor.size if anchor else size
                done = edge.index >= last or (anchor is None and not tail)
                if not done:
                    walk = Walk(
                        connection, self._log, keys, edge.index, last, anchor, edge.frontier
                    )
                    found += walk.run()
                    edge.index, edge.frontier = last, walk.frontier
        if edge.index > first:
            self._write(found, _walked(first, edge.index), now)
        return found, done

    def _whole_store(self, now: datetime) -> list[Finding]:
        with self._snapshot() as connection:
            size = places.size(connection)
            found = [
                *loose.unlogged(connection, now),
                *loose.refilled(connection),
                *loose.gaps(connection),
                *loose.waiting(connection, self._log, now),
                *loose.broken_receipts(connection, self._log),
                *loose.unknown_anchors(connection, self._log, size),
                *loose.missing_anchors(connection, self._log, now),
                *loose.changed_roles(connection),
            ]
        self._write(found, _STORE, now)
        return found

    def _whole_chain(self, now: datetime) -> list[Finding]:
        at, found = self._identify(now)
        if at is None:
            return found
        self._blocks, self._differing = self._deployment.block, []
        done = False
        while not done:
            fresh, done = self._compare(at, now)
            found += fresh
        return found

    def _some_chain(self, now: datetime) -> list[Finding]:
        at, found = self._identify(now)
        return found if at is None else found + self._compare(at, now)[0]

    def _identify(self, now: datetime) -> tuple[blocks.Position | None, list[Finding]]:
        """Ask whether the chain is still the one we follow, as far as it was final. No position, no comparing."""
        if self._client is None or self._identity is None:
            return None, []
        try:
            with self._snapshot() as connection:
                at = blocks.position(connection, self._deployment)
            if at is None:
                return None, []
            self._identity.check()
        except InconsistencyError as error:
            return None, [self.stopped(error, now)]
        changed = comparer.compare_block(self._client, at)
        found = [changed] if changed else []
        self._write(found, [_CHAIN], now)
        return None if changed else at, found

    def _compare(self, at: blocks.Position, now: datetime) -> tuple[list[Finding], bool]:
        """Compare the next blocks' events; what no longer differs is cleared once all were compared."""
        last = min(self._blocks + SPAN - 1, at.final_number)
        if self._client is None or last < self._blocks:
            return [], True
        with self._snapshot() as connection:
            span = (self._blocks, last)
            found = comparer.compare(connection, self._client, self._deployment, self._log, span)
        self._differing += found
        whole = last == at.final_number
        scopes = [Scope(comparer.KINDS, comparer.SUBJECT)] if whole else []
        self._write(self._differing, scopes, now)
        self._blocks = self._deployment.block if whole else last + 1
        if whole:
            self._differing = []
        return found, whole

    def _size(self) -> int:
        with self._snapshot() as connection:
            return places.size(connection)

    def _write(
        self, found: list[Finding], scopes: list[Scope] | tuple[Scope, ...], now: datetime
    ) -> None:
        with self._engine.begin() as connection:
            findings.write(connection, found, scopes, now)

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        """Read everything as of one moment."""
        with self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ")


def _walked(first: int, last: int) -> list[Scope]:
    return [
        Scope(walker.KINDS, first=first, last=last),
        Scope(("ANCHOR_LATE",), "anchor ", first, last),
        Scope(("ANCHOR_LATE",), "former ", first, last),
    ]


def _fact(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)
