"""A call becomes a mined transaction, or an error that says in the contract's own words why not.

Every call is simulated by the node before it is signed, so that what would revert is never sent; on some networks a
reverted transaction holds up its sender's next ones. For administration, one call at a time: the log's anchors go
another way.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.exceptions import ContractLogicError, TimeExhausted, Web3RPCError
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import TxReceipt

from indexer.chain.deployment import ARTIFACTS
from indexer.core.errors import InconsistencyError, InputError, OutageError
from indexer.core.submission import keccak

_PATIENCE = 120  # seconds for a transaction to be mined
_REQUEST = {"timeout": 30}


class RefusedError(InputError):
    """A contract refused the call with one of its errors."""

    code = "CONTRACT_REFUSED"
    sentence = "the contract refused: {error} {arguments}"


class RevertedError(InconsistencyError):
    """A transaction that would have worked when it was simulated was mined without effect."""

    code = "CONTRACT_REVERTED"
    sentence = "transaction {transaction} was mined and reverted"


class NodeAwayError(OutageError):
    """The node does not answer, or does not mine."""

    code = "CONTRACT_NODE_AWAY"
    sentence = "the chain's node does not answer: {reason}"


class KeyFileError(InputError):
    """A key file that holds no key, or that others can read."""

    code = "CONTRACT_KEY_FILE"
    sentence = "the key file {path} {reason}"


@dataclass(frozen=True)
class Artifact:
    """A compiled contract, as committed."""

    abi: list[dict[str, Any]]
    bytecode: str
    deployed: bytes


def artifact(name: str) -> Artifact:
    """Read a committed artifact."""
    content = msgspec.json.decode((ARTIFACTS / f"{name}.json").read_bytes())
    deployed = bytes.fromhex(content["deployedBytecode"])
    return Artifact(content["abi"], content["bytecode"], deployed)


def connect(rpc: str) -> Web3:
    """Speak to a node, of a proof-of-authority network or not."""
    web3 = Web3(HTTPProvider(rpc, request_kwargs=_REQUEST))
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return web3


def contract(web3: Web3, name: str, address: bytes) -> Contract:
    """Bind an artifact to where it lives."""
    return web3.eth.contract(Web3.to_checksum_address(address), abi=artifact(name).abi)


def read_key(path: Path) -> bytes:
    """Read a private key, 64 hex digits, from a file that only its owner can read."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(path=path, reason="can be read by others: chmod 600")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise KeyFileError(path=path, reason="does not hold 64 lower-case hex digits")
    return bytes.fromhex(text)


def send(web3: Web3, call: Any, private_key: bytes) -> TxReceipt:  # noqa: ANN401 - web3 has no one type for functions and constructors
    """Simulate, sign, send, and wait until it is mined."""
    sent = post(web3, call, private_key)
    try:
        receipt = web3.eth.wait_for_transaction_receipt(
            HexBytes(sent), timeout=_PATIENCE, poll_latency=0.05
        )
    except (requests.RequestException, TimeExhausted, Web3RPCError) as error:
        raise NodeAwayError(reason=error) from error
    if receipt["status"] != 1:
        raise RevertedError(transaction=sent.hex())
    return receipt


def post(web3: Web3, call: Any, private_key: bytes, nonce: int | None = None) -> bytes:  # noqa: ANN401 - as above
    """Simulate, sign and send, without a `nonce` as the account's next; return the transaction's hash."""
    signer: LocalAccount = Account.from_key(private_key)
    try:
        if nonce is None:
            nonce = web3.eth.get_transaction_count(signer.address)
        transaction = call.build_transaction({"from": signer.address, "nonce": nonce})
        signed = signer.sign_transaction(transaction)
        return bytes(web3.eth.send_raw_transaction(signed.raw_transaction))
    except ContractLogicError as error:
        raise refusal(error) from None
    except (requests.RequestException, Web3RPCError) as error:
        raise NodeAwayError(reason=error) from error


def refusal(error: ContractLogicError) -> RefusedError:
    """Name the contract's error and its arguments."""
    found: object = error.data
    if isinstance(found, dict):
        found = found.get("data")
    data = bytes.fromhex(found.removeprefix("0x")) if isinstance(found, str) else b""
    for name in ("TraceLog", "Participants"):
        for entry in artifact(name).abi:
            if entry["type"] == "error" and _selector(entry) == data[:4]:
                types = [one["type"] for one in entry["inputs"]]
                values = Web3().codec.decode(types, data[4:])
                named = {
                    one["name"]: _shown(value)
                    for one, value in zip(entry["inputs"], values, strict=True)
                }
                return RefusedError(error=entry["name"], arguments=named)
    return RefusedError(error=error.message, arguments={})


def _selector(entry: dict[str, Any]) -> bytes:
    types = ",".join(one["type"] for one in entry["inputs"])
    return keccak(f"{entry['name']}({types})".encode())[:4]


def _shown(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.removeprefix("0x").lower() if isinstance(value, str) else value
