"""A local chain that lasts: anvil over one file in a folder, the same chain at every start and after kill -9.

The file is all there is of the chain, and hardhat-devnet/anvil.js alone writes it: a transaction is on disk before
anvil mines it, so no block that anybody saw is ever missing from it. Its accounts are given once, when the file is
made. A node that dies while we live is started again on the same port.
"""

import contextlib
import os
import secrets
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from contracts import node
from gateway.devnet import BALANCE, PROJECT, Devnet, DevnetFailedError, listening
from gateway.processes import PERSON
from indexer.core import submission
from indexer.core.errors import InconsistencyError, OutageError
from indexer.store.cluster import take

FILE = "chain.jsonl"
# The last chain's processes end within moments of their starter; whoever holds the lock longer is at work.
_PATIENCE = 10.0
_PAUSE = 1.0
# Above what wallets know, within what every client takes for a chain id. Transactions and signatures of one chain mean
# nothing on another.
_IDS = (2**31, 2**32)
_GAS = 30_000_000


class ChainBusyError(OutageError):
    """Another program keeps this chain running."""

    code = "CHAIN_BUSY"
    sentence = "the chain in {folder} is in use by process {pid}: stop it first"


class ChainUnlikeError(InconsistencyError):
    """The file makes other blocks than it once made."""

    code = "CHAIN_UNLIKE"
    sentence = "the chain in {folder} cannot be made again: {reason}"


@dataclass
class Anvil(Devnet):
    """The running chain of `folder`."""

    folder: Path = Path()
    lock: int = -1
    _stopped: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def keep(cls, folder: Path, accounts: Sequence[bytes], now: datetime) -> Self:
        """Start the chain in `folder`, made with these accounts if there is none, and wait until it answers."""
        node.package("@foundry-rs/anvil")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            lock = _take(folder)
            undo.callback(os.close, lock)
            if not (folder / FILE).exists():
                _make(folder, accounts, now)
            process, port = _run(folder, 0, lock)
            made = cls(f"http://127.0.0.1:{port}", list(accounts), process, folder, lock)
            undo.pop_all()
        threading.Thread(target=made._mind, args=(port,), daemon=True).start()
        return made

    def stop(self) -> None:
        """Stop the chain and wait until it is gone. Stopping twice is fine."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        super().stop()
        os.close(self.lock)

    def _mind(self, port: int) -> None:
        """Start the node again whenever it dies, until we stop it or only a person can help."""
        while True:
            status = self.process.wait()
            if self._stopped.wait(_PAUSE) or status == PERSON:
                return
            _close(self.process)
            try:
                self.process, _ = _run(self.folder, port, self.lock)
            except DevnetFailedError:
                continue
            except ChainUnlikeError:
                return
            if self._stopped.is_set():
                super().stop()


def _run(folder: Path, port: int, lock: int) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / "anvil.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own script, a path and a number
            [node.binary(), PROJECT / "anvil.js", str(folder / FILE), str(port)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,  # never written to: its end tells the node that we are gone
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=[lock],  # whoever gets the lock knows that no node of ours is left
            start_new_session=True,  # Ctrl-C is for us, who then stop it in order
        )
    listens = listening(process, patience=None)
    if listens:
        return process, listens
    _close(process)
    if process.wait() == PERSON:
        reason = log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise ChainUnlikeError(folder=folder, reason=reason)
    raise DevnetFailedError(log=log)


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def _take(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    end = time.monotonic() + _PATIENCE
    while not take(lock):
        if time.monotonic() > end:
            holder = os.read(lock, 20).decode()
            os.close(lock)
            raise ChainBusyError(folder=folder, pid=holder)
        time.sleep(0.05)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _make(folder: Path, accounts: Sequence[bytes], now: datetime) -> None:
    """Write the first line of a new chain, whole or not at all."""
    # The genesis block holds its time and its gas limit, but not its accounts nor the chain id: what is drawn in the
    # gas limit keeps two chains of one second apart.
    genesis = {
        "timestamp": hex(int(now.timestamp())),
        "gasLimit": hex(_GAS + secrets.randbelow(2**24)),
        "difficulty": "0x0",
        "alloc": {submission.address(key).hex(): {"balance": hex(BALANCE)} for key in accounts},
    }
    low, high = _IDS
    first = {"chainId": low + secrets.randbelow(high - low), "genesis": genesis}
    fresh = folder / f"{FILE}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(first) + b"\n")
        file.flush()
        os.fsync(descriptor)
    fresh.replace(folder / FILE)
