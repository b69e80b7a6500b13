"""Everything on one machine: database, local chain, contracts, keys, and the four programs over them.

What `suyuan up` and the journeys of the tests stand on. Each program gets its own database login, its own settings
through the environment and only the key files it needs; all files lie in one folder, modes 0700 and 0600. Opened, a
machine's chain is of this run alone; kept, the folder holds the chain too and is the same deployment at every start.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from contracts.operate import Hand
from gateway import ground
from gateway.accounts.tables import MIGRATIONS
from gateway.anvil import FILE, Anvil
from gateway.devnet import Devnet
from gateway.ground import ROLES
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
    "loop": (
        "suyuan_sequencer",
        "suyuan_anchorer",
        "suyuan_eraser",
        "suyuan_registrar",
        "suyuan_examiner",
    ),
    "node": ("suyuan_follower", "suyuan_reconciler"),
    "admin": ("suyuan_accounts",),
}


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
    lasting: bool = False

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
        say("starting PostgreSQL and a local chain")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

        def chain() -> Devnet:
            net = Devnet.start(folder)
            ground.key_files(folder, net.accounts)
            return net

        return cls._over(folder, say, chain, origin, finality, binaries, lasting=False)

    @classmethod
    def keep(
        cls,
        folder: Path,
        say: Callable[[str], None],
        now: datetime,
        *,
        origin: str,
        binaries: Path | None = None,
    ) -> Self:
        """Start what `folder` holds, or make it; a folder whose chain is gone is refused."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = ground.key_files(folder)
        held, place = folder / ground.DEPLOYMENT, folder / ground.CHAIN
        if held.exists() and not (place / FILE).exists():
            raise ground.lost(folder, Deployment.load(held), "there is no file of a chain")
        say("starting PostgreSQL and the chain in this folder")

        def chain() -> Devnet:
            return Anvil.keep(place, [keys[role] for role in ROLES], now)

        return cls._over(folder, say, chain, origin, "immediate", binaries, lasting=True)

    @classmethod
    def _over(
        cls,
        folder: Path,
        say: Callable[[str], None],
        chain: Callable[[], Devnet],
        origin: str,
        finality: str,
        binaries: Path | None,
        *,
        lasting: bool,
    ) -> Self:
        with ExitStack() as undo:
            devnet, server = start(chain, folder, binaries, undo)
            say("bringing the schemas, their roles and logins to this version")
            passwords = prepare(server)
            keys = ground.key_files(folder)
            signer = Signer(origin, keys["log"])
            store = server.superuser_url(DATABASE)
            deployment = ground.deployed(folder, devnet.url, store, signer, say)
            undo.pop_all()
        return cls(
            folder=folder,
            server=server,
            devnet=devnet,
            deployment=deployment,
            origin=origin,
            log_verifier=str(signer.verifier),
            receipt_address=submission.address(keys["receipt"]),
            keys=folder / "keys",
            passwords=passwords,
            finality=finality,
            lasting=lasting,
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
            "SUYUAN_DEPLOYMENT": str(self.folder / ground.DEPLOYMENT),
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


def start(
    chain: Callable[[], Devnet], folder: Path, binaries: Path | None, undo: ExitStack
) -> tuple[Devnet, Server]:
    """Start chain and database at once; `undo` stops what was started."""
    with ThreadPoolExecutor(2) as pool:
        net = pool.submit(chain)
        store = pool.submit(Server.start, folder / "postgres", binaries=binaries)
        for started in (net, store):
            if started.exception() is None:
                undo.callback(started.result().stop)
        return net.result(), store.result()


def prepare(server: Server) -> dict[str, str]:
    """Migrate, and make each process its login; return the passwords."""
    server.ensure_database(DATABASE)
    owner = engine(server.superuser_url(DATABASE))
    migrate.upgrade(owner)
    migrate.upgrade(owner, MIGRATIONS)
    owner.dispose()
    return {
        role: server.ensure_login(f"suyuan_{role}", member_of=groups)
        for role, groups in LOGINS.items()
    }
