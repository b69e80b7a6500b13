"""Receipts against a real chain and a log shown over HTTP, honest and not. Whole stories are in the journeys."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from gateway.enterprise import receipts
from gateway.enterprise.receipts import Checker
from gateway.enterprise.sending import Gateway
from indexer.chain.client import Client
from indexer.core import canonical, merkle, submission, tile
from indexer.core.checkpoint import Signer
from indexer.core.errors import OutageError
from indexer.core.promise import Promise
from indexer.core.submission import Receipt
from indexer.core.trust import Endpoint, Log, Trust
from tests.contracts.world import World
from tests.gateway.enterprise.test_sending import Answer, serving
from tests.indexer.core.test_promise import answer
from tests.world import until

FAR = 2**40


@pytest.fixture(scope="module")
def chain(devnet) -> World:
    return World.on(devnet)


@dataclass
class Kept:
    """A log on chain whose receipts the world's stranger signs, and whose leaves grow with each anchor."""

    world: World
    origin: str
    leaves: list[bytes] = field(default_factory=list)

    @property
    def trust(self) -> Trust:
        where = self.world.deployment
        key = Signer(self.origin, b"\1" * 32).verifier
        return Trust(
            chain_id=where.chain_id,
            genesis=where.genesis,
            trace_log=where.trace_log,
            participants=where.participants,
            logs=[Log(self.origin, key, "operator")],
            finality="immediate",
            witnesses=[],
            rpc=[],
        )

    def promise(self, sequence: int, due: int = FAR, role: str = "stranger") -> Promise:
        said = Receipt(
            submission.log_id(self.origin), UUID(int=7), b"\6" * 20, sequence, 1, bytes(32), 0, due
        )
        return Promise.read(answer(said, self.world.keys[role])).of(self.origin)

    def anchor(self, *promises: Promise) -> int:
        """Log these submissions, anchor, and tell when the anchor's block was stamped."""
        old = len(self.leaves)
        for one in promises:
            self.leaves += [one.leaf_hash(), merkle.leaf_hash(b"record %d" % len(self.leaves))]
        proof = merkle.consistency(old, self.leaves) if old else []
        call = self.world.anchoring(
            submission.log_id(self.origin), len(self.leaves), merkle.root(self.leaves), proof
        )
        mined = self.world.send("operator", call)
        web3 = self.world.hands["operator"].web3
        return int(web3.eth.get_block(mined["blockNumber"])["timestamp"])

    @contextmanager
    def shown(self, leaves: list[bytes] | None = None) -> Iterator[str]:
        """Show the log, or other leaves in its place."""
        shown = self.leaves if leaves is None else leaves

        def next_(path: str) -> Answer:
            place = tile.parse(path.removeprefix("/log/"))
            data = tile_data(shown, place.level or 0, place.index, place.width)
            return (200, data, {}) if len(data) == 32 * place.width else (404, {"code": "X"}, {})

        with serving((200, b"", {})) as script:
            script.next = lambda: next_(script.asked[-1][1])  # type: ignore[method-assign]
            yield script.url


def tile_data(leaves: list[bytes], level: int, index: int, width: int) -> bytes:
    if level == 0:
        return b"".join(leaves[256 * index : 256 * index + width])
    return b""


@pytest.fixture
def log(chain) -> Kept:
    origin = f"receipts-{secrets.token_hex(8)}.example"
    hand = chain.hands["admin"]
    stranger = chain.address("stranger")
    hand.open_log(origin, chain.address("operator"), bytes(range(32)), stranger)
    return Kept(chain, origin)


def outcomes(log: Kept, *promises: Promise, now: int = 0, hint=lambda _: None, leaves=None):
    with (
        log.shown(leaves) as url,
        Client([log.world.net.url]) as client,
        Gateway(url, patience=0) as way,
    ):
        checker = Checker(client, Endpoint("regulator", "x"), log.trust, log.origin, way)
        return checker.check(promises, now, hint)


def words(found):
    return [one.outcome.value for one in found]


def test_what_was_anchored_in_time_holds_and_says_where(log):
    first, second, third = (log.promise(number) for number in range(3))
    log.anchor(first)
    log.anchor(second)
    found = outcomes(log, second, first, third)
    assert words(found) == ["HOLDS", "HOLDS", "PENDING"]
    assert [one.index for one in found] == [2, 0, None]
    assert {one.party for one in found} == {"regulator"}
    assert all(one.told for one in found)


def test_before_the_first_anchor_everything_is_open(log):
    assert words(outcomes(log, log.promise(0))) == ["PENDING"]
    assert words(outcomes(log, log.promise(0, due=1), now=2)) == ["ANCHOR_LATE"]


def test_late_is_told_from_broken_and_both_from_an_outage(log):
    at = log.anchor(log.promise(0))
    covered, left_out = log.promise(1, due=at), log.promise(2, due=at)
    waiting = log.promise(3, due=FAR)
    assert words(outcomes(log, covered, left_out, now=at + 1)) == ["ANCHOR_LATE"] * 2
    until(lambda: time.time() > at + 1, "blocks are stamped later than the deadline")
    assert log.anchor(covered) > at
    assert words(outcomes(log, covered, left_out, waiting)) == ["LATE", "RECEIPT_BROKEN", "PENDING"]


def test_a_receipt_by_nobody_who_served_the_log_is_forged(log):
    first, other = log.promise(0), log.promise(0, role="regulator")
    log.anchor(first)
    altered = replace(first, said=replace(first.said, anchor_by=FAR + 1))
    assert words(outcomes(log, first, other, altered)) == ["HOLDS", "FORGED", "FORGED"]


def test_a_hint_saves_the_search_and_a_wrong_one_harms_nothing(log):
    first, second = log.promise(0), log.promise(1)
    log.anchor(first, second)
    for hint in (lambda one: 2 * one.said.sequence, lambda _: 1, lambda _: 10**9, lambda _: None):
        assert words(outcomes(log, first, second, hint=hint)) == ["HOLDS", "HOLDS"]


def test_a_log_that_is_not_the_anchored_one_proves_nothing(log):
    first = log.promise(0)
    log.anchor(first, log.promise(1))
    other = [*log.leaves[:-1], merkle.leaf_hash(b"other")]
    with pytest.raises(receipts.LogDiffersError):
        outcomes(log, log.promise(5), leaves=other)
    with pytest.raises(receipts.LogDiffersError):
        outcomes(log, first, hint=lambda _: 0, leaves=other)
    with pytest.raises(receipts.LogWithheldError):
        outcomes(log, first, leaves=log.leaves[:2])


def test_another_chain_and_an_unknown_log_are_said(log):
    with Client([log.world.net.url]) as client, Gateway("http://127.0.0.1:9") as way:
        one = log.promise(0)
        end = Endpoint("regulator", "x")
        elsewhere = replace(log.trust, chain_id=1)
        with pytest.raises(receipts.OtherChainError):
            Checker(client, end, elsewhere, log.origin, way).check([one], 0)
        with pytest.raises(receipts.LogNotOpenedError):
            Checker(client, end, log.trust, "absent.example", way).check([one], 0)


def test_nodes_are_asked_in_turn_and_others_than_the_operators_first(log):
    url = log.world.net.url
    trust = replace(
        log.trust, rpc=[Endpoint("operator", url), Endpoint("regulator", "http://127.0.0.1:9")]
    )
    ends = receipts.asked(trust, log.origin)
    assert [one.party for one in ends] == ["regulator", "operator"]
    assert receipts.asked(trust, log.origin, url) == [Endpoint("you", url)]
    first = log.promise(0)
    log.anchor(first)
    with log.shown() as shown, Gateway(shown) as way:
        found = receipts.check(trust, log.origin, [first], way, ends, 0, lambda _: None)
        assert [(one.party, one.outcome.value) for one in found] == [("operator", "HOLDS")]
        with pytest.raises(OutageError):
            receipts.check(trust, log.origin, [first], way, ends[:1], 0, lambda _: None)
        with pytest.raises(receipts.NobodyToAskError):
            receipts.check(trust, log.origin, [first], way, [], 0, lambda _: None)


def test_receipts_are_sorted_by_their_log(log):
    one = log.promise(0)
    bare = one.of("unknown.example")
    assert receipts.origins(log.trust, [bare]) == {log.origin: [one]}
    assert receipts.origins(log.trust, [bare], log.origin) == {log.origin: [one]}
    with pytest.raises(receipts.LogUnnamedError):
        receipts.origins(log.trust, [bare], "unknown.example")


def test_a_file_holds_one_receipt_or_a_list():
    assert len(receipts.read(canonical.encode(answer()))) == 1
    assert len(receipts.read(canonical.encode([answer(), answer()]))) == 2
    with pytest.raises(receipts.ReceiptsShapeError):
        receipts.read(b"[]")
