"""Stage 3: the log's head goes on chain; no other module of the gateway signs transactions itself.

Order: what is new is made again from stored contents, its files are on the disk, the signed transaction is in the
store, then it is sent. Sending the same bytes again is harmless, and so is a second leader: the contract takes only a
head that extends its own. One anchor at a time is unsettled.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from eth_abi.abi import encode
from eth_account import Account
from sqlalchemy import Engine

from gateway import files
from gateway.leader import Term
from gateway.recount import Recount, recount
from gateway.sender import NOTHING_GAS, Sender, Signed, count, reverted
from indexer.chain import calls
from indexer.chain.calls import Call, Head
from indexer.chain.client import Client, RefusedError
from indexer.chain.deployment import Deployment
from indexer.chain.identity import Identity
from indexer.core.errors import InconsistencyError
from indexer.core.submission import address, log_id
from indexer.core.tile import Tree
from indexer.store import ledger

_FUNCTION = calls.selector("anchor(bytes32,uint64,bytes32,bytes32[])")
_REFUSALS = {
    calls.hexed(calls.selector(signature)): signature.partition("(")[0]
    for signature in (
        "TraceLogUnknown(bytes32)",
        "TraceLogClosed(bytes32)",
        "TraceLogNotOperator(bytes32,address)",
        "TraceLogNotGrowing(bytes32,uint64,uint64)",
        "TraceLogTooLarge(uint64)",
        "TraceLogProofTooLong(uint256)",
        "TraceLogInconsistent(bytes32,uint64,uint64)",
    )
}

_log = structlog.get_logger(__name__)


class LogUnopenedError(InconsistencyError):
    """The contract knows nothing of our log."""

    code = "LOG_UNOPENED"
    sentence = "TraceLog does not know the log {origin}: let the administrator open it"


class HeadBeyondStoreError(InconsistencyError):
    """The chain has more of the log than the store, as after a restore from an old backup."""

    code = "HEAD_BEYOND_STORE"
    sentence = (
        "the chain's head of the log {origin} has {head} leaves and the store {size}: the store was set back. "
        "Restore a newer backup; if there is none, let the administrator close the log at {size} and open a successor"
    )


class HeadDiffersError(InconsistencyError):
    """The chain's head is of another log than ours."""

    code = "HEAD_DIFFERS"
    sentence = (
        "the chain's root of the log {origin} at {size} leaves is not the store's: the store was changed, or another "
        "gateway uses this log's name and key. Nothing is sent"
    )


class AnchorRefusedError(InconsistencyError):
    """The contract would refuse the anchor, for a reason that time does not mend."""

    code = "ANCHOR_REFUSED"
    sentence = "TraceLog would refuse to anchor {size} leaves of the log {origin}: {reason}"


@dataclass
class Anchorer:
    """Anchors the log of its term with the operator's key, once in `interval` at most, some `most` leaves a time."""

    engine: Engine
    client: Client
    term: Term
    deployment: Deployment
    key: bytes = field(repr=False)
    folder: Path  # the log's files
    interval: timedelta
    most: int = 1 << 16
    _held: Head | None = None  # the chain's head that was last held to the store

    def __post_init__(self) -> None:
        self._sender = Sender(self.engine, self.client, self.term, address(self.key))
        self._log = log_id(self.term.origin)
        self._identity = Identity(self.client, self.deployment)

    def step(self, now: datetime) -> str:
        """Settle what was mined, sign what is due, send what is under way; say in one word what came of it."""
        self._identity.check()
        latest, head = self._state()
        live = self._sender.settle(latest)
        signed = "waiting" if live else "idle"
        if live and live[0].nonce > latest:
            _log.warning("nonce_hole_filled", nonce=latest)
            self._sender.store(self._nothing(latest), now)
        elif not any(row.size is not None for row in live) and self._due(head, now):
            signed = self._anchor(latest, head, now)
        self._sender.send(latest, now)
        return signed

    def _state(self) -> tuple[int, Head]:
        """Ask one node for the next nonce and the log's head, and hold that head to the store."""
        batch: list[Call[int | Head | None]] = [
            count(self._sender.signer),
            calls.head(self.deployment.trace_log, self._log),
        ]
        latest, head = self.client.ask_all(batch)
        if not isinstance(head, Head) or not isinstance(latest, int):
            raise LogUnopenedError(origin=self.term.origin)
        if head != self._held:
            self._check_head(head)
            self._held = head
        return latest, head

    def _check_head(self, head: Head) -> None:
        with self.engine.begin() as connection:
            size = ledger.size(connection)
            if head.size > size:
                raise HeadBeyondStoreError(origin=self.term.origin, head=head.size, size=size)
            if Tree(ledger.reader(connection)).root(head.size) != head.root:
                raise HeadDiffersError(origin=self.term.origin, size=head.size)

    def _due(self, head: Head, now: datetime) -> bool:
        with self.engine.begin() as connection:
            grown = ledger.size(connection) > head.size
        last = self._sender.last_anchor() if grown else None
        return grown and (last is None or now - last >= self.interval)

    def _anchor(self, latest: int, head: Head, now: datetime) -> str:
        with self.engine.begin() as connection:
            counted = recount(connection, head.size, self.most, partial(files.read, self.folder))
            tree = Tree(ledger.reader(connection))
            root, proof = tree.root(counted.size), tree.consistency(head.size, counted.size)
        files.write(self.folder, counted.files)
        call = _FUNCTION + encode(
            ["bytes32", "uint64", "bytes32", "bytes32[]"], [self._log, counted.size, root, proof]
        )
        gas = self._simulate(call, head, counted)
        if gas is None:
            return "overtaken"
        nonce = self._sender.next_nonce(latest)
        raw, sent_as = self._sign(nonce, self.deployment.trace_log, call, gas)
        self._sender.store(Signed(nonce, sent_as, raw, counted.size, root), now)
        _log.info("anchor_signed", size=counted.size, old_size=head.size, nonce=nonce)
        return "anchored"

    def _simulate(self, call: bytes, head: Head, counted: Recount) -> int | None:
        """Ask what the anchor would cost and whether it would be taken; None if the head moved meanwhile.

        On some networks a reverted transaction holds up its sender's later ones, so none is sent that would revert.
        """
        transaction = {
            "from": calls.hexed(self._sender.signer),
            "to": calls.hexed(self.deployment.trace_log),
            "data": calls.hexed(call),
        }
        try:
            self.client.call("eth_call", transaction, "latest")
            gas = calls.quantity(str(self.client.call("eth_estimateGas", transaction)))
        except RefusedError as error:
            if not reverted(error):
                raise
            if self.client.head(self.deployment.trace_log, self._log) != head:
                return None
            reason = _REFUSALS.get(error.data[:10], error.message)
            raise AnchorRefusedError(
                origin=self.term.origin, size=counted.size, reason=reason
            ) from None
        return gas + gas // 4

    def _nothing(self, nonce: int) -> Signed:
        """Sign a transaction to ourselves that only uses up a nonce."""
        raw, sent_as = self._sign(nonce, self._sender.signer, b"", NOTHING_GAS)
        return Signed(nonce, sent_as, raw, None, None)

    def _sign(self, nonce: int, to: bytes, data: bytes, gas: int) -> tuple[bytes, bytes]:
        signed = Account.sign_transaction(
            {
                "chainId": self.deployment.chain_id,
                "nonce": nonce,
                "to": to,
                "value": 0,
                "data": data,
                "gas": gas,
                **self._sender.fees(),
            },
            self.key,
        )
        return bytes(signed.raw_transaction), bytes(signed.hash)
