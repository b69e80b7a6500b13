"""A whole deployment for one journey, in real processes, and `check()`, which proves its state as an outsider would.

The outsider has the public log, the chain through the regulator's node, and trust settings; of the database it reads
only which records were accepted.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import psycopg
from web3 import Web3

from contracts import sending
from gateway import demo, up
from gateway.admission import Admitted, admitted, enter
from gateway.machine import Machine
from gateway.processes import Process, Processes
from gateway.settings import inherited
from gateway.vault import Vault
from indexer.chain import sighting
from indexer.chain.client import Client
from indexer.core import checkpoint, event, merkle, proof, tile
from indexer.core.bundle import Bundle
from indexer.core.checkpoint import Verifier
from indexer.core.code import canonical
from indexer.core.submission import log_id
from indexer.core.trust import Trust
from indexer.core.verdict import Verdict
from indexer.store.engine import engine

PATIENCE = 60.0


@dataclass
class World:
    """Everything of one deployment, and short ways to use it."""

    machine: Machine
    where: up.Addresses
    processes: Processes
    enterprises: list[Admitted] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    known: set[tuple[str, str | None]] = field(default_factory=set)

    @classmethod
    def open(cls, folder: Path, *, finality: str = "immediate") -> Self:
        """Start everything and admit three enterprises."""
        said: list[str] = []
        machine = Machine.open(folder, said.append, origin="journey.example/log", finality=finality)
        world = cls(
            machine, up.addresses(lan=False, say=said.append, usual=(0, 0)), Processes(said.append)
        )
        world.said = said
        try:
            up.start(machine, world.where, world.processes)
            world.admit(*demo.ENTERPRISES)
        except BaseException:
            world.close()
            raise
        return world

    def close(self) -> None:
        """Stop everything."""
        self.processes.stop()
        self.machine.close()

    # What the operator does.

    def admit(self, *enterprises: demo.Enterprise) -> None:
        """Admit enterprises under custodial keys, and wait until the registry shows them as final."""
        accounts, deployment = engine(self.machine.database_url("admin")), self.machine.deployment
        vault, now = Vault.open(self.machine.keys / "vault.key"), datetime.now(UTC)
        with accounts.begin() as connection:
            entered = [
                enter(connection, vault, deployment, one.name, one.credit_code, now)
                for one in enterprises
            ]
        # With a finality in depth nothing is final on a chain that stands still.
        depth = int(self.machine.finality) if self.machine.finality.isdigit() else 0
        until(lambda: self._registered() >= len(self.enterprises) + len(entered), "all are sent")
        for _ in range(depth + 1):
            self.machine.devnet.call("evm_mine")
        self.enterprises += [admitted(accounts, deployment, one, now) for one in entered]
        accounts.dispose()

    def _registered(self) -> int:
        query = "select count(*) from ledger.registration where event = 'Admitted'"
        return int(self.ask(query)[0][0])

    # What an enterprise does.

    def post(
        self, items: Sequence[dict[str, Any]], *, who: int = 0, again: str | None = None
    ) -> httpx.Response:
        """Send a submission, `again` being its idempotency key, and return the answer, whatever it is."""
        authorised = {"Authorization": f"Bearer {self.enterprises[who].api_key}"}
        if again is not None:
            authorised["Idempotency-Key"] = again
        url = f"{self.where.gateway}/api/v1/submissions"
        return httpx.post(url, json={"items": list(items)}, headers=authorised, timeout=30)

    def submit(self, *items: dict[str, Any], who: int = 0) -> dict[str, Any]:
        """Send a submission that must be taken."""
        answer = self.post(items, who=who)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def state(self, submission: str, *, who: int = 0) -> str:
        """Ask for the state of a submission."""
        headers = {"Authorization": f"Bearer {self.enterprises[who].api_key}"}
        url = f"{self.where.gateway}/api/v1/submissions/{submission}"
        return str(httpx.get(url, headers=headers).raise_for_status().json()["state"])

    def settle(self) -> None:
        """Wait until every accepted record is under a final anchor that has its checkpoint."""
        until(lambda: self._covered() >= self._stored(), "everything is final")

    def _stored(self) -> int:
        query = "select coalesce(sum(count + 1), 0) from ledger.submission"
        return int(self.ask(query)[0][0])

    def _covered(self) -> int:
        return int(self.ask("select coalesce(max(size), 0) from ledger.checkpoint")[0][0])

    # What a consumer does.

    def bundle(self, code: str) -> bytes:
        """Scan a code and take the evidence along."""
        path = code.removeprefix("https://id.gs1.org")
        answer = httpx.get(self.where.gateway + path, headers={"Accept": "application/json"})
        return answer.content

    def judge(self, bundle: bytes, code: str) -> Verdict:
        """Check a bundle against the regulator's trust settings and node."""
        trust = self.trust()
        parsed = Bundle.from_json(bundle)
        seen = []
        for end in trust.rpc:
            with Client([end.url]) as client:
                seen.append(sighting.gather(client, end.party, trust, parsed))
        return proof.check(parsed, code, trust, seen)

    def scan(self, code: str) -> Verdict:
        """Scan a code and check what comes."""
        return self.judge(self.bundle(code), code)

    def trust(self) -> Trust:
        """Take the regulator's trust settings, as its node hands them out."""
        return Trust.from_json(httpx.get(f"{self.where.node}/trust").raise_for_status().content)

    # What an attacker or an accident does.

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the store."""
        with self._superuser() as connection:
            return connection.execute(query, values or None).fetchall()

    def tamper(self, statement: str, *values: object) -> None:
        """Write to the store past every grant and trigger."""
        with self._superuser() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(statement, values)

    def _superuser(self) -> "psycopg.Connection[tuple[Any, ...]]":
        url = self.machine.database_url("superuser").replace("+psycopg", "")
        return psycopg.connect(url)

    def process(self, name: str) -> Process:
        """Find one of the four programs."""
        return next(one for one in self.processes.children if one.name == name)

    # What an outsider proves.

    def check(
        self, findings: Iterable[tuple[str, str | None]] = (), tampered: Iterable[str] = ()
    ) -> None:
        """Prove the log, the anchors and every record; name what is expected not to fit."""
        self.settle()
        leaves = self._public_log()
        self._check_anchors(leaves)
        self._check_records(set(tampered))
        assert self.findings() == set(findings)

    def findings(self) -> set[tuple[str, str | None]]:
        """Reconcile everything with the node's own command: kinds and records of what does not fit."""
        done = self.node("reconcile", "--json")
        assert done.returncode in (0, 1), done.stderr
        found = msgspec.json.decode(done.stdout)["findings"]
        assert (done.returncode == 1) == bool(found)
        return {(one["kind"], one["record"]) for one in found}

    def desk(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run `suyuan participant …` as the operator."""
        return subprocess.run(
            [Path(sys.executable).parent / "suyuan", "participant", *arguments],
            env=inherited() | self.machine.environment("admin"),
            capture_output=True,
            text=True,
            check=False,
        )

    def node(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a command of the regulator's node with the node's settings."""
        return subprocess.run(
            [Path(sys.executable).parent / "suyuan-node", *arguments],
            env=inherited() | {**self.machine.environment("node"), **self._trusting()},
            capture_output=True,
            text=True,
            check=False,
        )

    def _trusting(self) -> dict[str, str]:
        return {"SUYUAN_TRUST_FILE": str(self.machine.folder / "trust.json")}

    def _public_log(self) -> list[bytes]:
        """Fetch the checkpoint and all leaf hashes, and recompute the root."""
        note = httpx.get(f"{self.where.gateway}/log/checkpoint").raise_for_status().text
        head = checkpoint.parse(note, [Verifier.parse(self.machine.log_verifier)])
        assert head.origin == self.machine.origin
        leaves: list[bytes] = []
        while len(leaves) < head.size:
            number, width = len(leaves) // 256, min(256, head.size - len(leaves))
            url = f"{self.where.gateway}/log/{tile.path(0, number, width)}"
            data = httpx.get(url).raise_for_status().content
            leaves += [data[at : at + 32] for at in range(0, len(data), 32)]
        assert len(leaves) == head.size
        assert merkle.root(leaves) == head.root
        assert len(set(leaves)) == len(leaves), "something is logged twice"
        return leaves

    def _check_anchors(self, leaves: Sequence[bytes]) -> None:
        """Hold every anchor on chain to the public log; read with web3, not with our own client."""
        web3 = sending.connect(self.machine.devnet.url)
        contract = sending.contract(web3, "TraceLog", self.machine.deployment.trace_log)
        logged = contract.events.Anchored().get_logs(from_block=0)
        size = 0
        for number, one in enumerate(logged, start=1):
            told = one["args"]
            assert bytes(told["log"]) == log_id(self.machine.origin)
            assert (told["number"], told["oldSize"]) == (number, size)
            size = told["size"]
            assert merkle.root(list(leaves[:size])) == bytes(told["root"])
        assert size == len(leaves)
        assert Web3.is_connected(web3)

    def _check_records(self, tampered: set[str]) -> None:
        rows = self.ask("select id from ledger.record order by id")
        for (one,) in rows:
            answer = httpx.get(f"{self.where.gateway}/api/v1/records/{one}/proof")
            bundle = answer.raise_for_status().content
            body = Bundle.from_json(bundle).records[0].content["body"]
            code = event.names(body)[0].code  # type: ignore[arg-type]
            state = self.judge(bundle, canonical(code)).state
            assert (state == "VERIFIED") == (str(one) not in tampered), (one, state)


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience} s and not: {what}"
        time.sleep(0.05)
