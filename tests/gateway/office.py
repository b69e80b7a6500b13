"""The operator's side for tests: a store, a register on the shared chain, a registrar, and the follower's word."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from coincurve import PrivateKey
from sqlalchemy import Engine

from gateway import admission
from gateway.accounts import decisions
from gateway.accounts.claim import Claim
from gateway.accounts.decisions import Decision, State
from gateway.leader import Term
from gateway.registrar import Registrar
from gateway.vault import Vault
from indexer.chain.client import Client
from indexer.core.submission import address
from indexer.follower import Follower
from indexer.store.engine import engine
from tests.contracts.world import World
from tests.gateway.making import CODES, NOW
from tests.world import until


@dataclass
class Office:
    """One store, step by step in the test's hand."""

    database: Any
    world: World
    finality: Any = "immediate"
    vault: Vault = field(default_factory=lambda: Vault(secrets.token_bytes(32)))
    origin: str = "office.example/log"

    def __post_init__(self) -> None:
        self.deployment = self.world.deployment
        self.admin: Engine = engine(self.database.url("admin"))
        self.loop: Engine = engine(self.database.url("loop"))
        self.node: Engine = engine(self.database.url("node"))
        self.client = Client([self.world.net.url])
        self.lead()
        self.follow()

    def lead(self) -> None:
        """Take the lead as a process that has just started, with no memory."""
        # The lock of a connection that has just been closed goes when the server notices.
        until(self._begin, "the lead is free")
        self.registrar = self.hire("registrar")

    def _begin(self) -> bool:
        term = Term.begin(self.loop, self.origin, NOW)
        if term is not None:
            self.term = term
        return term is not None

    def hire(self, role: str, *urls: str) -> Registrar:
        return Registrar(
            self.loop,
            self.term,
            self.deployment,
            list(urls) or [self.world.net.url],
            self.world.keys[role],
        )

    def follow(self) -> None:
        follower = Follower(self.node, self.client, self.deployment, self.finality)
        while follower.step() not in ("idle", "behind"):
            pass

    def settle(self) -> None:
        """Let registrar and follower work until nothing moves."""
        self.registrar._tried.clear()
        for _ in range(20):
            moved = self.registrar.step(NOW)
            self.follow()
            if not moved:
                return

    def enter(self, number: int = 0, name: str = "甲公司") -> admission.Entered:
        with self.admin.begin() as connection:
            return admission.enter(
                connection, self.vault, self.deployment, name, CODES[number], NOW
            )

    def enter_own(self, claim: Claim) -> admission.Entered:
        with self.admin.begin() as connection:
            return admission.enter_own(connection, self.deployment, claim, NOW)

    def admit(self, number: int = 0) -> admission.Entered:
        made = self.enter(number)
        self.settle()
        assert self.state(made.decision) is State.DONE
        return made

    def claim(self, who: UUID, key: bytes, **more: Any) -> Claim:
        return Claim(who, address(key), self.world.possession(who, key), **more)

    def do(self, act: Any, *given: Any, **more: Any) -> Any:
        """Do one of the operator's acts in a transaction of its own."""
        with self.admin.begin() as connection:
            return act(connection, self.deployment, *given, NOW, **more)

    def read(self, one: UUID) -> Decision:
        with self.admin.connect() as connection:
            return decisions.read(connection, self.deployment, one)

    def state(self, one: UUID) -> State:
        return self.read(one).state

    def sent(self) -> int:
        """How many transactions the registrar's account has had mined."""
        registrar = self.world.hands["registrar"]
        account = registrar.web3.to_checksum_address(self.world.address("registrar"))
        return int(registrar.web3.eth.get_transaction_count(account))

    def close(self) -> None:
        self.term.end()
        self.client.close()
        for one in (self.admin, self.loop, self.node):
            one.dispose()


def key() -> bytes:
    return PrivateKey().secret


def written(file: Path, claim: Claim, **changes: Any) -> Path:
    """Write a claim as the enterprise's program does."""
    said: dict[str, Any] = {
        "participant": str(claim.participant),
        "key": claim.key.hex(),
        "possession": claim.possession.hex(),
        "name": claim.name,
        "creditCode": claim.credit_code,
        "consent": claim.consent.hex() if claim.consent else None,
    }
    file.write_bytes(msgspec.json.encode({**said, **changes}))
    return file
