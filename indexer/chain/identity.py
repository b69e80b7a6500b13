"""Whether an endpoint serves the chain and the contracts we were told of; nothing it says counts before.

Chain number and genesis are asked for at every step, as a node may be exchanged behind its address; the contracts' code
once for each endpoint.
"""

import msgspec

from indexer.chain import calls
from indexer.chain.calls import Call, Header
from indexer.chain.client import Client, NonsenseError
from indexer.chain.deployment import ARTIFACTS, Deployment
from indexer.core.errors import InconsistencyError
from indexer.core.submission import keccak


class WrongChainError(InconsistencyError):
    """The endpoint serves another chain, or other contracts, than those we were told to follow."""

    code = "CHAIN_REPLACED"
    sentence = (
        "{endpoint} is not the chain we follow: {what} is {found}, {expected} was expected. Nothing was written. "
        "Find out who runs the endpoint; if the old chain is lost for good, `suyuan log carry-on` opens the log on a "
        "new one"
    )


class Identity:
    """Holds a client to a deployment."""

    def __init__(self, client: Client, deployment: Deployment) -> None:
        self._client = client
        self._deployment = deployment
        self._checked = ""

    def check(self) -> Header:
        """Refuse a chain that is not the deployment's, and return its newest block."""
        chain_id, genesis, latest = self._ask()
        self._expect("the chain id", chain_id, self._deployment.chain_id)
        self._expect("the genesis block", genesis.hash.hex(), self._deployment.genesis.hex())
        if self._checked != self._client.endpoint and latest.number >= self._deployment.block:
            self._check_code(latest)
            self._checked = self._client.endpoint
        return latest

    def _ask(self) -> tuple[int, Header, Header]:
        asked: list[Call[object]] = [calls.chain_id(), calls.header(0), calls.header("latest")]
        match self._client.ask_all(asked):
            case [int() as chain_id, Header() as genesis, Header() as latest]:
                return chain_id, genesis, latest
        raise NonsenseError(
            endpoint=self._client.endpoint, method="eth_getBlockByNumber", reason="no blocks"
        )

    def _check_code(self, latest: Header) -> None:
        for name, contract in (
            ("TraceLog", self._deployment.trace_log),
            ("Participants", self._deployment.participants),
        ):
            found = _digest(self._client.code(contract, latest.number))
            self._expect(f"the code of {name} at {contract.hex()}", found, _digest(_compiled(name)))

    def _expect(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            raise WrongChainError(
                endpoint=self._client.endpoint, what=what, found=found, expected=expected
            )


def _digest(code: bytes) -> str:
    return f"{len(code)} bytes, keccak {keccak(code).hex()[:16]}"


def _compiled(name: str) -> bytes:
    artifact = msgspec.json.decode(
        (ARTIFACTS / f"{name}.json").read_bytes(), type=dict[str, object]
    )
    return bytes.fromhex(str(artifact["deployedBytecode"]).removeprefix("0x"))
