"""A log on a real chain for the gateway's tests: contracts, the operator's key, and the follower that reads it back."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.operate import Hand, deploy
from gateway.anchorer import Anchorer
from gateway.devnet import Devnet
from gateway.leader import Term
from gateway.publisher import Publisher
from gateway.sequencer import Sequencer
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.core.checkpoint import Signer
from indexer.core.submission import address, log_id
from indexer.follower import Follower
from indexer.store.engine import engine
from tests.gateway.making import NOW, Desk, body, event


def contracts(net: Devnet) -> Deployment:
    """Deploy both contracts with four of the chain's accounts."""
    admin, registrar, regulator, operator = net.accounts[:4]
    return deploy(
        net.url,
        admin=admin,
        registrar=address(registrar),
        regulator=address(regulator),
        operator=address(operator),
    )


@dataclass
class World:
    """One gateway with a log of its own, step by step in the test's hand."""

    net: Devnet
    deployment: Deployment
    database: Any
    folder: Path
    origin: str = field(default_factory=lambda: f"test-{secrets.token_hex(8)}.example/log")
    finality: Any = "immediate"
    interval: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.signer = Signer(self.origin, secrets.token_bytes(32))
        self.operator = secrets.token_bytes(32)
        self.net.call("hardhat_setBalance", "0x" + address(self.operator).hex(), hex(10**20))
        self.desk = Desk(self.database)
        self.participant = self.desk.admit().participant
        self.hand = Hand(self.net.url, self.deployment, self.net.accounts[0])
        self.hand.open_log(
            self.origin,
            address(self.operator),
            self.signer.verifier.public,
            address(self.desk.receipt_key),
        )
        self.log = log_id(self.origin)
        self.loop = engine(self.database.url("loop"))
        self.client = Client([self.net.url])
        self.follower = Follower(
            engine(self.database.url("node")),
            self.client,
            self.deployment,
            self.finality,
            logs=[self.log],
        )
        self.lead()

    def lead(self) -> None:
        term = Term.begin(self.loop, self.origin, NOW)
        assert term is not None
        self.term = term
        self.restart()

    def restart(self) -> None:
        """Forget everything but store, files and chain, as a process that died does."""
        self.sequencer = Sequencer(self.loop, self.term)
        self.publisher = Publisher(self.loop, self.term, self.signer, self.folder)
        self.anchorer = Anchorer(
            self.loop,
            self.client,
            self.term,
            self.deployment,
            self.operator,
            self.folder,
            self.interval,
        )

    def submit(self, count: int = 1, *, place: bool = True) -> None:
        self.desk.submit(self.participant, body(*(event(str(n)) for n in range(count))))
        while place and self.sequencer.step():
            pass

    def follow(self) -> None:
        while self.follower.step() != "idle":
            pass

    def settle(self, now=NOW) -> None:
        """Run all stages until nothing is left to do."""
        for _ in range(30):
            self.sequencer.step()
            done = self.anchorer.step(now)
            self.follow()
            if not self.publisher.step() and done == "idle":
                return
        pytest.fail("never idle")

    def head(self):
        return self.client.head(self.deployment.trace_log, self.log)

    def close(self) -> None:
        self.term.end()
        self.loop.dispose()
        self.client.close()
