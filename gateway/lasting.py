"""What carrying.py needs for `suyuan log carry-on`, from a folder of `suyuan up --data` or from the settings."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway import ground, machine
from gateway.anvil import FILE, Anvil
from gateway.carrying import Carried, Carrying, Keys, Say
from gateway.members import Proofs, applications
from gateway.settings import Settings, read_key
from gateway.up import ORIGIN
from gateway.vault import Vault
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment, aside
from indexer.core import submission
from indexer.core.checkpoint import Signer
from indexer.core.errors import InputError
from indexer.store.engine import engine
from indexer.store.server import Server

_NEXT = "deployment.next.json"


class NotEnoughError(InputError):
    """The command does not say from where to where."""

    code = "CARRY_ON_WHAT"
    sentence = "name a folder with --data, or all of --admin-key, --registrar-key and --deployment"


class NothingThereError(InputError):
    """A folder without a log."""

    code = "NOTHING_TO_CARRY"
    sentence = "{folder} holds no log that `suyuan up --data` made"


class ChainThereError(InputError):
    """The old chain is there and holds all that was final."""

    code = "CHAIN_THERE"
    sentence = "the chain in {chain} is the log's own and lacks nothing: start it with `suyuan up --data {folder}`"


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


def carry_folder(folder: Path, how: How, binaries: Path | None, now: datetime, say: Say) -> Carried:
    """Give a folder whose chain is lost a new one, and carry its log on there."""
    file, next_file = folder / ground.DEPLOYMENT, folder / _NEXT
    if not file.exists():
        raise NothingThereError(folder=folder)
    keys, old = ground.key_files(folder), Deployment.load(file)
    with ExitStack() as undo:
        server = undo.enter_context(Server.start(folder / "postgres", binaries=binaries))
        machine.prepare(server)
        database = server.superuser_url(machine.DATABASE)
        net = undo.enter_context(_new_chain(folder, old, database, now))
        new = _contracts(next_file, net.url, keys)
        store = engine(database, statement=None, idle=None)
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
        next_file.unlink()
    return done


def _new_chain(folder: Path, old: Deployment, database: str, now: datetime) -> Anvil:
    """Start a chain that is not the old one; what is left of the old one goes aside."""
    place, keys = folder / ground.CHAIN, ground.key_files(folder)
    accounts = [keys[role] for role in ground.ROLES]
    net = Anvil.keep(place, accounts, now)
    with Client([net.url]) as client:
        genesis = client.genesis()
    if genesis != old.genesis:
        return net
    try:
        ground.hold(folder, net.url, database, old)
    except ground.ChainLostError:
        net.stop()
        place.rename(aside(place, old))
        return Anvil.keep(place, accounts, now)
    net.stop()
    raise ChainThereError(folder=folder, chain=place / FILE)


def _contracts(file: Path, rpc: str, keys: Mapping[str, bytes]) -> Deployment:
    """Put the contracts on the new chain, or take those that an interrupted command put there."""
    if file.exists():
        known = Deployment.load(file)
        with Client([rpc]) as client:
            if client.genesis() == known.genesis:
                return known
    made = ground.put_on_chain(rpc, keys)
    file.write_bytes(made.to_json())
    return made


def _proofs(vault: Path, new: Deployment, how: How) -> Proofs:
    given = applications(how.applications, new) if how.applications else {}
    return Proofs(Vault.open(vault), new, given)
