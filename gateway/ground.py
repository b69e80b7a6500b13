"""What a machine stands on: its keys, its chain, and the contracts on it, in one folder that may outlive the chain.

A folder's deployment is made once. Later starts hold it to the chain they find: a chain that is another one, or that
has less than was final, stops everything before anything is written.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from contracts.operate import Hand, deploy
from gateway.anvil import FILE
from gateway.settings import read_key, write_key
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.identity import Identity, WrongChainError
from indexer.core import submission
from indexer.core.checkpoint import Signer
from indexer.core.errors import InconsistencyError
from indexer.store import blocks
from indexer.store.engine import engine

ROLES = ("admin", "registrar", "regulator", "operator")
CHAIN = "chain"
DEPLOYMENT = "deployment.json"
_KEYS = (*ROLES, "log", "receipt", "vault")


class ChainLostError(InconsistencyError):
    """The folder's database stands on a chain that is not there."""

    code = "CHAIN_LOST"
    sentence = (
        "{folder} holds a log that is anchored on chain {chain} with genesis {genesis}, and that chain is not in "
        "{place}: {found}. Nothing was started or changed. Put the chain's file back; if it is lost for good, let the "
        "log carry on on a new chain with `suyuan log carry-on --data {folder}`"
    )


def key_files(folder: Path, accounts: Sequence[bytes] = ()) -> dict[str, bytes]:
    """Read the folder's keys by name; those that are missing are drawn, a role's from `accounts` where it is given."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    given = dict(zip(ROLES, accounts, strict=False))
    for name in _KEYS:
        path = keys / f"{name}.key"
        if not path.exists():
            write_key(path, given.get(name) or secrets.token_bytes(32))
    return {name: read_key(keys / f"{name}.key") for name in _KEYS}


def put_on_chain(rpc: str, keys: Mapping[str, bytes]) -> Deployment:
    """Put the contracts on a chain, for the folder's four accounts."""
    parties = {role: submission.address(keys[role]) for role in ROLES[1:]}
    return deploy(rpc, admin=keys["admin"], **parties)


def deployed(
    folder: Path, rpc: str, database: str, signer: Signer, say: Callable[[str], None]
) -> Deployment:
    """Take the deployment the folder has, held to its chain, or make one and open the log there."""
    file = folder / DEPLOYMENT
    if file.exists():
        known = Deployment.load(file)
        hold(folder, rpc, database, known)
        return known
    say("deploying the contracts and opening the log")
    keys = key_files(folder)
    made = put_on_chain(rpc, keys)
    parties = (submission.address(keys["operator"]), signer.verifier.public)
    Hand(rpc, made, keys["admin"]).open_log(
        signer.verifier.name, *parties, submission.address(keys["receipt"])
    )
    fresh = folder / f"{DEPLOYMENT}.new"
    fresh.write_bytes(made.to_json())
    fresh.replace(file)
    return made


def hold(folder: Path, rpc: str, database: str, known: Deployment) -> None:
    """Refuse a chain that is not the folder's, or that has less than was final."""
    store = engine(database)
    try:
        with Client([rpc]) as client, store.connect() as connection:
            latest = Identity(client, known).check()
            at = blocks.position(connection, known)
            last = at.final_number if at else known.block
            there = client.header(last)
            if there is None or (at and there.hash != at.final_hash):
                found = f"its newest block is {latest.number}, and block {last} was final"
                raise lost(folder, known, found)
    except (WrongChainError, blocks.OtherDeploymentError) as error:
        raise lost(folder, known, str(error)) from None
    finally:
        store.dispose()


def lost(folder: Path, known: Deployment, found: str) -> ChainLostError:
    """Say that the folder's chain is gone, and what to do."""
    return ChainLostError(
        folder=folder,
        place=folder / CHAIN / FILE,
        chain=known.chain_id,
        genesis=known.genesis.hex(),
        found=found,
    )
