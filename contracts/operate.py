"""The administrator's hand: puts the contracts on a chain, opens logs, admits participants.

Each call is one transaction (deploying is two) by one account; contracts/cli.py is the same from a shell.
Administrator, registrar, regulator and operator must be four accounts: whoever could play two of them could admit a
participant and speak for it, or rewrite a log and approve of it.
"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import requests
from web3 import Web3
from web3.contract import Contract

from contracts import sending
from indexer.chain.deployment import Deployment
from indexer.core import submission
from indexer.core.errors import InconsistencyError, InputError

EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
NONE = bytes(32)


class RolesNotSeparateError(InputError):
    """One account was named for two roles."""

    code = "CONTRACT_ROLES_NOT_SEPARATE"
    sentence = "administrator, registrar, regulator and operator must be four accounts"


class WrongCodeError(InconsistencyError):
    """What lies at a contract's address is not our contract."""

    code = "CONTRACT_WRONG_CODE"
    sentence = "the code at {address} is not that of {contract}"


class WrongChainError(InconsistencyError):
    """The node is on another chain than the deployment."""

    code = "CONTRACT_WRONG_CHAIN"
    sentence = "the node is on chain {chain} with genesis {genesis}, not on that of the deployment"


def deploy(
    rpc: str, *, admin: bytes, registrar: bytes, regulator: bytes, operator: bytes
) -> Deployment:
    """Put both contracts on the chain, administered by the account of the private key `admin`.

    The other three are addresses. `operator` gets no role yet, logs name it; it is asked for so that it can be refused.
    """
    if len({submission.address(admin), registrar, regulator, operator}) != 4:
        raise RolesNotSeparateError
    web3 = sending.connect(rpc)
    account = submission.address(admin)
    log, block = _create(web3, admin, "TraceLog", account, regulator)
    participants, _ = _create(web3, admin, "Participants", account, registrar, regulator)
    chain_id, genesis = _chain(web3)
    return Deployment(chain_id, genesis, log, participants, block)


def _create(web3: Web3, key: bytes, name: str, *accounts: bytes) -> tuple[bytes, int]:
    built = sending.artifact(name)
    factory = web3.eth.contract(abi=built.abi, bytecode=built.bytecode)
    call = factory.constructor(*map(Web3.to_checksum_address, accounts))
    receipt = sending.send(web3, call, key)
    address = receipt["contractAddress"]
    if address is None or web3.eth.get_code(address) != built.deployed:
        raise WrongCodeError(address=address, contract=name)
    return bytes.fromhex(address.removeprefix("0x")), receipt["blockNumber"]


def _chain(web3: Web3) -> tuple[int, bytes]:
    return web3.eth.chain_id, bytes(web3.eth.get_block(0)["hash"])


@dataclass(frozen=True)
class Hand:
    """One account acting on one deployment. Every method sends one transaction and returns its hash.

    It waits until the transaction is mined. With a `nonce` it does not, and the transaction takes this place among the
    account's or none: of two hands that counted the same, one acts.
    """

    rpc: str
    deployment: Deployment
    key: bytes
    nonce: int | None = None

    def __repr__(self) -> str:
        return f"Hand({submission.address(self.key).hex()})"

    @cached_property
    def web3(self) -> Web3:
        """The node, once it is seen to be on the deployment's chain."""
        web3 = sending.connect(self.rpc)
        try:
            chain, genesis = _chain(web3)
        except requests.RequestException as error:
            raise sending.NodeAwayError(reason=error) from error
        if (chain, genesis) != (self.deployment.chain_id, self.deployment.genesis):
            raise WrongChainError(chain=chain, genesis=genesis.hex())
        return web3

    @cached_property
    def trace_log(self) -> Contract:
        """The contract of logs."""
        return sending.contract(self.web3, "TraceLog", self.deployment.trace_log)

    @cached_property
    def participants(self) -> Contract:
        """The contract of participants."""
        return sending.contract(self.web3, "Participants", self.deployment.participants)

    def open_log(
        self,
        origin: str,
        operator: bytes,
        log_key: bytes,
        receipt_key: bytes,
        *,
        size: int = 0,
        root: bytes = EMPTY_ROOT,
        predecessor: bytes = NONE,
    ) -> bytes:
        """Open a log. Administrator. With a `size`, name what it carries on: itself from elsewhere, or a closed log."""
        parties = self._parties(operator, log_key, receipt_key)
        return self._log("open", origin, *parties, size, root, predecessor)

    def rotate(self, log: bytes, operator: bytes, log_key: bytes, receipt_key: bytes) -> bytes:
        """Replace a log's operator and keys. Administrator."""
        return self._log("rotate", log, *self._parties(operator, log_key, receipt_key))

    def close(self, log: bytes, last_good: int, successor: bytes = NONE) -> bytes:
        """End a log; what was anchored above `last_good` no longer counts. Administrator."""
        return self._log("close", log, last_good, successor)

    def admit(
        self,
        participant: UUID,
        name: str,
        credit_code: str,
        key: bytes,
        *,
        custodial: bool,
        possession: bytes,
    ) -> bytes:
        """Admit a participant with its first key, which signed contracts.consent.Possession. Registrar."""
        who = (participant.bytes, name, credit_code)
        return self._participants("admit", *who, _address(key), custodial, possession)

    def add_key(
        self, participant: UUID, key: bytes, *, custodial: bool, possession: bytes, consent: bytes
    ) -> bytes:
        """Add a key for which an active one signed contracts.consent.Addition. Registrar."""
        claims = (custodial, possession, consent)
        return self._participants("addKey", participant.bytes, _address(key), *claims)

    def revoke(self, key: bytes, next_sequence: int) -> bytes:
        """End a key; its submissions count below `next_sequence`. Registrar."""
        return self._participants("revoke", _address(key), next_sequence)

    def request_recovery(
        self, participant: UUID, key: bytes, *, custodial: bool, possession: bytes
    ) -> bytes:
        """Ask to add a key for which no earlier one speaks, in place of any such request before. Registrar."""
        claims = (custodial, possession)
        return self._participants("requestRecovery", participant.bytes, _address(key), *claims)

    def approve_recovery(self, participant: UUID, key: bytes) -> bytes:
        """Agree to a recovery that was asked for; its seven days begin. Regulator."""
        return self._participants("approveRecovery", participant.bytes, _address(key))

    def cancel_recovery(self, participant: UUID) -> bytes:
        """End a recovery without effect. Registrar or regulator."""
        return self._participants("cancelRecovery", participant.bytes)

    def complete_recovery(self, participant: UUID) -> bytes:
        """Add the recovered key once the seven days are over. Registrar."""
        return self._participants("completeRecovery", participant.bytes)

    def suspend(self, participant: UUID) -> bytes:
        """Accept nothing new of a participant. Registrar."""
        return self._participants("suspend", participant.bytes)

    def reinstate(self, participant: UUID) -> bytes:
        """End a suspension. Registrar."""
        return self._participants("reinstate", participant.bytes)

    def _parties(
        self, operator: bytes, log_key: bytes, receipt_key: bytes
    ) -> tuple[str, bytes, str]:
        """Refuse an operator that keeps the register, which TraceLog cannot see."""
        registrar = self.participants.functions.REGISTRAR_ROLE().call()
        if self.participants.functions.hasRole(registrar, _address(operator)).call():
            raise RolesNotSeparateError
        return _address(operator), log_key, _address(receipt_key)

    def _log(self, function: str, *arguments: object) -> bytes:
        return self._send(self.trace_log, function, arguments)

    def _participants(self, function: str, *arguments: object) -> bytes:
        return self._send(self.participants, function, arguments)

    def _send(self, contract: Contract, function: str, arguments: tuple[object, ...]) -> bytes:
        call = contract.functions[function](*arguments)
        if self.nonce is not None:
            return sending.post(self.web3, call, self.key, self.nonce)
        return bytes(sending.send(self.web3, call, self.key)["transactionHash"])


def _address(value: bytes) -> str:
    return Web3.to_checksum_address(value)
