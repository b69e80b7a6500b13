"""A log on a real chain for the gateway's tests: contracts, the operator's key, and the follower that reads it back."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from sqlalchemy import text

from contracts.operate import Hand, deploy
from gateway.anchorer import Anchorer
from gateway.devnet import Devnet
from gateway.leader import Term
from gateway.publisher import Publisher
from gateway.sequencer import Sequencer
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.core import checkpoint, merkle, tile
from indexer.core.checkpoint import Signer
from indexer.core.submission import address, log_id
from indexer.follower import Follower
from indexer.store import ledger
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
        self.node = engine(self.database.url("node"))
        self.follower = Follower(
            self.node,
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

    def check(self) -> None:
        """Hold chain, store, files and checkpoint to each other, and all to the stored contents."""
        with self.loop.begin() as connection:
            size = ledger.size(connection)
            entries = list(ledger.entries(connection, 0, 10_000)) if size else []
            notes = connection.execute(text("select size, root, note from ledger.checkpoint")).all()
            anchors = connection.execute(
                text("select * from ledger.anchor where log = :log order by number"),
                {"log": self.log},
            ).all()
        leaves = [leaf or b"" for one in entries for leaf in ledger.leaves(one)]
        root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
        head = self.head()
        assert head is not None
        assert (head.size, head.root, len(leaves)) == (size, root, size)
        # Nothing is anchored twice, and each final anchor has a checkpoint of exactly its size.
        assert [one.number for one in anchors] == list(range(1, len(anchors) + 1))
        assert [one.old_size for one in anchors] == [0, *(one.size for one in anchors)][:-1]
        assert {(one.size, one.root) for one in notes} == {(one.size, one.root) for one in anchors}
        for one in notes:
            found = checkpoint.parse(one.note, [self.signer.verifier])
            assert found == checkpoint.Checkpoint(self.origin, one.size, one.root)
        if size:
            self.check_files(leaves, max(notes, key=lambda one: one.size).note)

    def check_files(self, leaves: list[bytes], note: str) -> None:
        """Read the log from its files alone, as a monitor does."""
        assert (self.folder / "checkpoint").read_text() == note
        size, bundled = len(leaves), list[bytes]()

        def read(level: int, index: int, width: int) -> bytes:
            return (self.folder / tile.path(level, index, width)).read_bytes()

        for index in range(-(-size // tile.WIDTH)):
            width = tile.width(0, index, size)
            data = (self.folder / tile.entries_path(index, width)).read_bytes()
            bundled += tile.parse_entries(data, index, width)
        assert bundled == leaves
        assert tile.Tree(read).root(size) == merkle.root([merkle.leaf_hash(one) for one in leaves])

    def transactions(self) -> list[Any]:
        with self.loop.begin() as connection:
            return list(connection.execute(text("select * from ledger.tx order by nonce")).all())

    def spend(self, nonce: int) -> None:
        """Use the operator's key elsewhere: a transaction that is not in the table."""
        to = "0x" + "11" * 20
        fields = {
            "chainId": self.deployment.chain_id,
            "nonce": nonce,
            "to": to,
            "value": 0,
            "gas": 21000,
        }
        signed = Account.sign_transaction({**fields, "gasPrice": 10**10}, self.operator)
        self.net.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())

    def head(self):
        return self.client.head(self.deployment.trace_log, self.log)

    def close(self) -> None:
        self.term.end()
        self.loop.dispose()
        self.node.dispose()
        self.client.close()
