"""A gateway's web side as its users meet it: over HTTP, on a real database, logged in as its own role.

The loop's and the follower's part is played by hand, in rows those roles may write, so that a test says exactly what
is placed, anchored and final.
"""

import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from sqlalchemy import func, select, text

from gateway.accounts import desk
from gateway.accounts.tables import idempotency
from gateway.app import create_app
from gateway.enterprise.signing import Signer
from gateway.leader import Term
from gateway.sequencer import Sequencer
from gateway.settings import Settings, write_key
from gateway.vault import Vault
from gateway.verifier import Verifier
from indexer.chain.deployment import Deployment
from indexer.core import checkpoint, code, proof, submission
from indexer.core.bundle import Bundle
from indexer.core.checkpoint import Checkpoint
from indexer.core.checkpoint import Signer as NoteSigner
from indexer.core.sighting import KeySeen, ParticipantSeen, Sighting
from indexer.core.tile import Tree
from indexer.core.trust import Log, Trust
from indexer.core.verdict import Verdict
from indexer.store import ledger, tables
from tests.gateway import making

ORIGIN = making.ORIGIN
PARTY = "regulator"
DEPLOYMENT = Deployment(31337, b"\x11" * 32, b"\x22" * 20, b"\x33" * 20, 0)


def epc(serial: str) -> str:
    """Name one piece of the usual product canonically."""
    return code.canonical(code.parse(f"(01){making.GTIN}(21){serial}"))


@dataclass
class Member:
    """A participant with its API key."""

    id: UUID
    name: str
    address: bytes
    api_key: str

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.api_key}"}


class Site:
    """One gateway. `start` serves it, `place` and `anchor` do what loop and follower would."""

    def __init__(self, database, folder: Path, **settings):
        self.database = database
        self.vault_key, self.receipt_key = secrets.token_bytes(32), secrets.token_bytes(32)
        self.signer = NoteSigner(ORIGIN, secrets.token_bytes(32))
        write_key(folder / "vault.key", self.vault_key)
        write_key(folder / "receipt.key", self.receipt_key)
        (folder / "deployment.json").write_bytes(DEPLOYMENT.to_json())
        self.desk = making.Desk(database, Vault(self.vault_key), self.receipt_key)
        self.settings = Settings(
            **{
                "database_url": database.url("web"),
                "deployment": folder / "deployment.json",
                "log_origin": ORIGIN,
                "vault_key_file": folder / "vault.key",
                "receipt_key_file": folder / "receipt.key",
                "service_phone": "400-000-0694",
                "second_opinion_url": "http://127.0.0.1:9",
                "operator_name": "suyuan-gateway",
                **settings,
            }
        )
        self.operator = secrets.token_bytes(32)
        self.members: list[Member] = []
        self.anchors = 0
        self.app = create_app(self.settings)

    def __enter__(self):
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=5
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=30)
        return self

    def __exit__(self, *_):
        self.http.close()
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def member(self, number: int = 0, name: str = "佛山市禅溪热能科技有限公司") -> Member:
        """Admit a participant, off chain and in the registry as the follower would have seen it."""
        admitted = self.desk.admit(number, name)
        with self._as("admin") as connection:
            issued = desk.issue(connection, admitted.participant, making.NOW)
        with self._as("node") as connection:
            block = self._block(connection)
            connection.execute(
                tables.registration.insert(),
                {
                    "block_number": block,
                    "log_index": 0,
                    "event": "Admitted",
                    "participant": admitted.participant,
                    "key": admitted.address,
                    "name": name,
                    "credit_code": making.CODES[number],
                    "custodial": True,
                },
            )
        self.members.append(Member(admitted.participant, name, admitted.address, issued.secret))
        return self.members[-1]

    def holder(self, signer: Signer) -> Member:
        """Issue an API key to a participant that signs for itself."""
        with self._as("admin") as connection:
            issued = desk.issue(connection, signer.participant, making.NOW)
        key = submission.address(signer.private_key)
        return Member(signer.participant, "", key, issued.secret)

    def open_log(self) -> None:
        """Name the account that operates the log, as the follower would have seen it."""
        facts = {
            "log": submission.log_id(ORIGIN).hex(),
            "operator": submission.address(self.operator).hex(),
        }
        with self._as("node") as connection:
            row = {"block_number": self._block(connection), "log_index": 7, "contract": "TraceLog"}
            connection.execute(
                tables.administration.insert(), row | {"event": "Opened", "facts": facts}
            )

    def reviewer(self, number: int = 2) -> Member:
        """Admit the operator itself, with an API key for its desk."""
        member = self.member(number, "演示溯源平台")
        with self._as("superuser") as connection:
            connection.execute(
                text("update gateway.api_key set role = 'operator' where participant = :one"),
                {"one": member.id},
            )
        return member

    def approval(self, application: dict[str, Any], at: int | None = None, key=None):
        """Sign what the operator says of an application when it agrees."""
        at = int(time.time()) if at is None else at
        said = submission.Approval(
            submission.log_id(ORIGIN), bytes.fromhex(application["digest"]), at
        )
        signature = submission.sign(said.signing_hash(), key or self.operator).hex()
        return {"reason": "核对无误", "at": at, "signature": signature}

    def send(self, member: Member, *events, **headers):
        """Send events and expect a receipt."""
        answer = self.post(member, making.body(*events), **headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def post(self, member: Member | None, body: bytes, path="/api/v1/submissions", **headers):
        own = member.headers if member else {}
        return self.http.post(path, content=body, headers={**own, **headers})

    def place(self) -> None:
        """Sequence everything stored."""
        loop = self.desk.engine("loop")
        term = Term.begin(loop, ORIGIN, datetime.now(UTC))
        assert term is not None
        while Sequencer(loop, term).step():
            pass
        term.end()
        loop.dispose()

    def anchor(self, *, final: bool = True, with_checkpoint: bool = True) -> int:
        """Anchor the log's head; return its size."""
        with self._as("loop") as connection:
            size = ledger.size(connection)
            root = Tree(ledger.reader(connection)).root(size)
            if with_checkpoint:
                note = checkpoint.format(Checkpoint(ORIGIN, size, root), [self.signer])
                row = {"size": size, "root": root, "note": note}
                connection.execute(tables.checkpoint.insert(), row)
        with self._as("node") as connection:
            number = self._block(connection, final=final)
            old = select(func.coalesce(func.max(tables.anchor.c.size), 0)).scalar_subquery()
            self.anchors += 1
            connection.execute(
                tables.anchor.insert().values(
                    log=submission.log_id(ORIGIN),
                    number=self.anchors,
                    old_size=old,
                    size=size,
                    root=root,
                    block_number=number,
                    log_index=0,
                    tx_hash=sha256(b"tx%d" % number).digest(),
                )
            )
        return size

    def settle(self) -> None:
        """Make every block final."""
        with self._as("node") as connection:
            self._block(connection)

    def find(self, kind: str, subject: str, *, cleared: datetime | None) -> None:
        """Write a finding, as the reconciler would."""
        row = {
            "kind": kind,
            "subject": subject,
            "facts": {},
            "first_seen": making.NOW,
            "last_seen": making.NOW,
            "cleared": cleared,
        }
        with self._as("node") as connection:
            connection.execute(tables.finding.insert(), row)

    @contextmanager
    def asking(self):
        """Give a verifier and a connection of the web's own role."""
        web = self.desk.engine("web")
        try:
            with web.connect() as connection:
                yield Verifier(ORIGIN, Vault(self.vault_key)), connection
        finally:
            web.dispose()

    def about(self, serial: str = "1", reader=None):
        """Ask about one piece of the usual product, past HTTP."""
        with self.asking() as (verifier, connection):
            return verifier.about(connection, code.parse(epc(serial)), reader)

    def trust(self) -> Trust:
        """What a reader of this log believes beforehand."""
        return Trust(
            chain_id=DEPLOYMENT.chain_id,
            genesis=DEPLOYMENT.genesis,
            trace_log=DEPLOYMENT.trace_log,
            participants=DEPLOYMENT.participants,
            logs=[Log(ORIGIN, self.signer.verifier, "suyuan-gateway")],
            finality="immediate",
            witnesses=[],
            rpc=[],
        )

    def sighting(self, bundle) -> Sighting:
        """What the regulator's node would see of the anchor and the members' keys."""
        return Sighting(
            party=PARTY,
            chain_id=DEPLOYMENT.chain_id,
            genesis=DEPLOYMENT.genesis,
            final=10_000,
            anchor=bundle.anchor,
            closed=None,
            keys={one.address: KeySeen(one.id, True, 0, None) for one in self.members},
            participants={
                one.id: ParticipantSeen(one.name, "", "admitted") for one in self.members
            },
            approvers=[submission.address(self.operator)],
        )

    def check(self, data: bytes, code: str) -> Verdict:
        """Judge a bundle as a reader with a second party at hand would."""
        bundle = Bundle.from_json(data)
        return proof.check(bundle, code, self.trust(), [self.sighting(bundle)])

    def tamper(self, statement: str, **values) -> None:
        """Change the store past everything that refuses it, as its superuser may."""
        with self._as("superuser") as connection:
            connection.execute(text("set session_replication_role = replica"))
            changed = connection.execute(text(statement), values)
            assert changed.rowcount > 0

    def count(self, query: str) -> int:
        """Ask the store one number, as its superuser."""
        with self._as("superuser") as connection:
            return int(connection.scalar(text(query)) or 0)

    def rows(self) -> dict[str, int]:
        """Count everything intake may write."""
        names = ("submission", "record", "record_key", "sealed", "naming")
        counted = {}
        with self._as("superuser") as connection:
            for name in names:
                table = tables.metadata.tables[f"ledger.{name}"]
                counted[name] = connection.scalar(select(func.count()).select_from(table))
            counted["idempotency"] = connection.scalar(
                select(func.count()).select_from(idempotency)
            )
        return counted

    def _block(self, connection, *, final: bool = True) -> int:
        newest = connection.scalar(select(func.max(tables.block.c.number))) or 0
        number = newest + 1
        block = {
            "number": number,
            "hash": sha256(b"%d" % number).digest(),
            "parent": sha256(b"%d" % newest).digest(),
            "timestamp": int(datetime.now(UTC).timestamp()),
        }
        connection.execute(tables.block.insert(), block)
        cursor = {"tip_number": number, "tip_hash": block["hash"]}
        if final:
            cursor |= {"final_number": number, "final_hash": block["hash"]}
        changed = connection.execute(tables.cursor.update().values(cursor))
        if not changed.rowcount:
            whole = {
                "trace_log": DEPLOYMENT.trace_log,
                "participants": DEPLOYMENT.participants,
                "chain_id": DEPLOYMENT.chain_id,
                "genesis": DEPLOYMENT.genesis,
                "final_number": number,
                "final_hash": block["hash"],
                "version": 1,
            }
            connection.execute(tables.cursor.insert(), whole | cursor)
        return number

    def _as(self, role: str):
        return _Session(self.desk.engine(role))


class _Session:
    """One transaction of one role."""

    def __init__(self, engine):
        self._engine = engine

    def __enter__(self):
        self._context = self._engine.begin()
        return self._context.__enter__()

    def __exit__(self, *raised):
        try:
            return self._context.__exit__(*raised)
        finally:
            self._engine.dispose()
