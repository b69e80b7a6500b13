"""A chain for one machine, for the demo and the tests: Hardhat's node on 127.0.0.1, started here and gone with us.

Its accounts are drawn anew each time and their keys stay in this process; the node itself can sign for nobody. It
keeps nothing: what it anchored is worth nothing once it stops.
"""

import selectors
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import msgspec
from coincurve import PrivateKey

from contracts import node
from indexer.core import submission
from indexer.core.canonical import Json
from indexer.core.errors import OutageError

PROJECT = node.ROOT / "hardhat-devnet"
BALANCE = 10**24  # wei: a million of the coin, more than any test burns
_PATIENCE = 60.0  # seconds; a cold start takes one or two
_FAREWELL = 10.0  # seconds between asking and killing


class DevnetFailedError(OutageError):
    """The local chain did not start."""

    code = "DEVNET_FAILED"
    sentence = "the local chain did not start; its log is {log}"


class DevnetRefusedError(OutageError):
    """The local chain answered with an error."""

    code = "DEVNET_REFUSED"
    sentence = "the local chain refused {method}: {message}"


@dataclass
class Devnet:
    """A running node. `accounts` are the private keys, 32 bytes each, of accounts with plenty of coin."""

    url: str
    accounts: list[bytes]
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, workdir: Path, *, accounts: int = 10, port: int = 0, interval: int = 0) -> Self:
        """Start a node that logs to `workdir` and wait until it answers.

        A `port` of 0 takes any free one. An `interval` of 0 mines each transaction at once, otherwise there is a block
        every so many milliseconds.
        """
        node.package("hardhat")
        workdir.mkdir(parents=True, exist_ok=True)
        log = workdir / "devnet.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own script and two numbers
                [node.binary(), PROJECT / "node.js", str(port), str(interval)],
                cwd=PROJECT,
                stdin=subprocess.PIPE,  # never written to: its end tells the node that we are gone
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for us, who then stop it in order
            )
        port = listening(process)
        keys = [PrivateKey().secret for _ in range(accounts)]
        net = cls(f"http://127.0.0.1:{port}", keys, process)
        with ExitStack() as stack:
            stack.callback(net.stop)
            if not port:
                raise DevnetFailedError(log=log)
            for key in keys:
                net.call("hardhat_setBalance", "0x" + submission.address(key).hex(), hex(BALANCE))
            stack.pop_all()
        return net

    def call(self, method: str, *params: Json) -> Json:
        """Ask the node by JSON-RPC, its own methods (`evm_snapshot`, `evm_revert`, `evm_mine` …) included."""
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(self.url, json=question, timeout=_PATIENCE).json()
        if "error" in answer:
            raise DevnetRefusedError(method=method, message=answer["error"].get("message"))
        result: Json = answer["result"]
        return result

    def stop(self) -> None:
        """Stop the node and wait until it is gone. Stopping twice is fine."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        try:
            self.process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def listening(process: subprocess.Popen[bytes], patience: float | None = _PATIENCE) -> int:
    """Wait for the one line a node prints and return its port; 0 if it ends or dawdles."""
    if process.stdout is None:
        return 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(patience):
            return 0
    line = process.stdout.readline()
    return msgspec.json.decode(line, type=dict[str, int])["port"] if line else 0
