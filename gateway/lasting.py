"""The command `suyuan log carry-on`: what carrying.py needs, from a folder of `suyuan up --data` or from the settings."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway import ground, machine
from gateway.anvil import FILE, Anvil
from gateway.carrying import Carried, Carrying, Keys, Say, aside
from gateway.members import Proofs, applications
from gateway.settings import Settings, read_key
from gateway.up import ORIGIN
from gateway.vault import Vault
from indexer.chain.deployment import Deployment
from indexer.core import submission
from indexer.core.checkpoint import Signer
from indexer.core.errors import InputError
from indexer.store.engine import engine


class NotEnoughError(InputError):
    """The command does not say from where to where."""

    code = "CARRY_ON_WHAT"
    sentence = "name a folder with --data, or all of --admin-key, --registrar-key and --deployment"


class NothingThereError(InputError):
    """A folder without a log."""

    code = "NOTHING_TO_CARRY"
    sentence = "{folder} holds no log that `suyuan up --data` made"


@dataclass(frozen=True)
class How:
    """What is done about keys that only their owners can register: their files' folder, or going on without."""

    applications: Path | None
    leave_behind: bool = False


@dataclass(frozen=True)
class Given:
    """Whose keys act, and on which contracts of which chain."""

    admin_key: Path
    registrar_key: Path
    rpc: str
    deployment: Path


def carry(known: Settings, given: Given, how: How, now: datetime, say: Say) -> Carried:
    """Carry the settings' log on. The database's URL must be its owner's."""
    new = Deployment.load(given.deployment)
    keys = Keys(
        admin=read_key(given.admin_key),
        registrar=read_key(given.registrar_key),
        operator=submission.address(read_key(known.operator_key_file)),
        receipt=submission.address(read_key(known.receipt_key_file)),
        log=Signer(known.log_origin, read_key(known.log_key_file)),
    )
    store = engine(known.database_url, statement=None, idle=None)
    try:
        return Carrying(
            engine=store,
            rpc=given.rpc,
            deployment=new,
            origin=known.log_origin,
            keys=keys,
            folder=known.data_dir / "log",
            file=known.deployment,
            proofs=_proofs(known.vault_key_file, new, how),
            leave_behind=how.leave_behind,
        ).run(now, say)
    finally:
        store.dispose()


def carry_folder(
    folder: Path, how: How, binaries: Path | None, now: datetime, say: Say
) -> Carried:
    """Give a folder whose chain is lost a new one, and carry its log on there."""
    file, place = folder / ground.DEPLOYMENT, folder / ground.CHAIN
    if not file.exists():
        raise NothingThereError(folder=folder)
    keys, old = ground.key_files(folder), Deployment.load(file)

    def chain() -> Anvil:
        return Anvil.keep(place, [keys[role] for role in ground.ROLES], now)

    with ExitStack() as undo:
        net, server = machine.start(chain, folder, binaries, undo)
        machine.prepare(server)
        new = _contracts(folder, net.url, keys)
        store = engine(server.superuser_url(machine.DATABASE), statement=None, idle=None)
        undo.callback(store.dispose)
        done = Carrying(
            engine=store,
            rpc=net.url,
            deployment=new,
            origin=ORIGIN,
            keys=Keys(
                admin=keys["admin"],
                registrar=keys["registrar"],
                operator=submission.address(keys["operator"]),
                receipt=submission.address(keys["receipt"]),
                log=Signer(ORIGIN, keys["log"]),
            ),
            folder=folder / "log",
            file=file,
            proofs=_proofs(folder / "keys" / "vault.key", new, how),
            leave_behind=how.leave_behind,
        ).run(now, say)
        trust = folder / "trust.json"
        if trust.exists():
            trust.replace(aside(trust, old))
    return done
