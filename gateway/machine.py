"""Everything on one machine: database, local chain, contracts, keys, and the four programs over them.

What `suyuan up` and the journeys of the tests stand on. Each program gets its own database login, its own settings
through the environment and only the key files it needs; all files lie in one folder, modes 0700 and 0600.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from contracts.operate import Hand, deploy
from gateway.accounts.tables import MIGRATIONS
from gateway.devnet import Devnet
from gateway.settings import write_key
from indexer.chain.deployment import Deployment
from indexer.core import submission
from indexer.core.checkpoint import Signer
from indexer.store import migrate
from indexer.store.engine import engine
from indexer.store.server import Server

DATABASE = "suyuan"
GATEWAY_PARTY = "演示溯源平台"
REGULATOR_PARTY = "演示监管节点"
LOGINS = {
    "web": ("suyuan_intake", "suyuan_returns"),
    "loop": ("suyuan_sequencer", "suyuan_anchorer", "suyuan_eraser", "suyuan_registrar"),
    "node": ("suyuan_follower", "suyuan_reconciler"),
    "admin": ("suyuan_accounts",),
}
ROLES = ("admin", "registrar", "regulator", "operator")


@dataclass
class Machine:
    """A deployment in one folder. `key` files exist once `open` returned."""

    folder: Path
    server: Server
    devnet: Devnet
    deployment: Deployment
    origin: str
    log_verifier: str
    receipt_address: bytes
    keys: Path
    passwords: dict[str, str] = field(repr=False)
    finality: str = "immediate"

    @classmethod
    def open(
        cls,
        folder: Path,
        say: Callable[[str], None],
        *,
        origin: str,
        finality: str = "immediate",
        binaries: Path | None = None,
    ) -> Self:
        """Start database and chain at once, then migrate, deploy and open the log."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ThreadPoolExecutor(2) as pool:
            say("starting PostgreSQL and a local chain")
            chain = pool.submit(Devnet.start, folder)
            store = pool.submit(Server.start, folder / "postgres", binaries=binaries)
            devnet, server = chain.result(), store.result()
        say("creating the schemas, their roles and logins")
        passwords = _prepare(server)
        say("deploying the contracts and opening the log")
        keys = folder / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        signer, receipt = Signer(origin, secrets.token_bytes(32)), secrets.token_bytes(32)
        for name, key in zip(ROLES, devnet.accounts, strict=False):
            write_key(keys / f"{name}.key", key)
        write_key(keys / "log.key", signer.private)
        write_key(keys / "receipt.key", receipt)
        write_key(keys / "vault.key", secrets.token_bytes(32))
        deployment = _deploy(devnet, origin, signer, receipt)
        (folder / "deployment.json").write_bytes(deployment.to_json())
        return cls(
            folder=folder,
            server=server,
            devnet=devnet,
            deployment=deployment,
            origin=origin,
            log_verifier=str(signer.verifier),
            receipt_address=submission.address(receipt),
            keys=keys,
            passwords=passwords,
            finality=finality,
        )

    def database_url(self, role: str) -> str:
        """Give the URL of one of our processes, or the superuser's."""
        if role == "superuser":
            return self.server.superuser_url(DATABASE)
        return self.server.url(DATABASE, f"suyuan_{role}", self.passwords[role])

    def registrar(self) -> Hand:
        """Act as the registrar, who admits participants on chain."""
        return Hand(
            self.devnet.url, self.deployment, self.devnet.accounts[ROLES.index("registrar")]
        )

    def trust(self, rpc_url: str) -> bytes:
        """Spell the trust settings a regulator hands out: the chain, the log's key, its own endpoint."""
        return msgspec.json.encode(
            {
                "format": "suyuan/trust/v1",
                "chainId": self.deployment.chain_id,
                "genesis": self.deployment.genesis.hex(),
                "traceLog": self.deployment.trace_log.hex(),
                "participants": self.deployment.participants.hex(),
                "logs": [
                    {"origin": self.origin, "key": self.log_verifier, "operator": GATEWAY_PARTY}
                ],
                "finality": int(self.finality) if self.finality.isdigit() else self.finality,
                "witnesses": [],
                "rpc": [{"party": REGULATOR_PARTY, "url": rpc_url}],
            }
        )

    def environment(self, role: str) -> dict[str, str]:
        """Give the settings that are the same for every process of `role`."""
        return {
            "SUYUAN_DATABASE_URL": self.database_url(role),
            "SUYUAN_CHAIN_RPC_URLS": self.devnet.url,
            "SUYUAN_CHAIN_FINALITY": self.finality,
            "SUYUAN_DEPLOYMENT": str(self.folder / "deployment.json"),
            "SUYUAN_LOG_ORIGIN": self.origin,
            "SUYUAN_DATA_DIR": str(self.folder),
            "SUYUAN_LOG_KEY_FILE": str(self.keys / "log.key"),
            "SUYUAN_RECEIPT_KEY_FILE": str(self.keys / "receipt.key"),
            "SUYUAN_OPERATOR_KEY_FILE": str(self.keys / "operator.key"),
            "SUYUAN_REGISTRAR_KEY_FILE": str(self.keys / "registrar.key"),
            "SUYUAN_VAULT_KEY_FILE": str(self.keys / "vault.key"),
            "SUYUAN_OPERATOR_NAME": GATEWAY_PARTY,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop chain and database."""
        self.devnet.stop()
        self.server.stop()


def _prepare(server: Server) -> dict[str, str]:
    server.ensure_database(DATABASE)
    owner = engine(server.superuser_url(DATABASE))
    migrate.upgrade(owner)
    migrate.upgrade(owner, MIGRATIONS)
    owner.dispose()
    return {
        role: server.ensure_login(f"suyuan_{role}", member_of=groups)
        for role, groups in LOGINS.items()
    }


def _deploy(devnet: Devnet, origin: str, signer: Signer, receipt: bytes) -> Deployment:
    admin, registrar, regulator, operator = devnet.accounts[:4]
    address = submission.address
    deployment = deploy(
        devnet.url,
        admin=admin,
        registrar=address(registrar),
        regulator=address(regulator),
        operator=address(operator),
    )
    hand = Hand(devnet.url, deployment, admin)
    hand.open_log(origin, address(operator), signer.verifier.public, address(receipt))
    return deployment
