"""The processes of one machine: started together, restarted when one dies, stopped last first.

A child lives in a session of its own, so that Ctrl-C reaches `suyuan up` alone and everything ends in
order; on Linux the kernel also ends it when its parent is killed. A child that exits with 70 is not restarted: it
says that a person must look.
"""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Never

from indexer.core.errors import EXIT, InconsistencyError, OutageError

PERSON = EXIT[InconsistencyError]
_PR_SET_PDEATHSIG = 1


class ProcessDiedError(OutageError):
    """A process ended before it was ready."""

    code = "PROCESS_DIED"
    sentence = (
        "{name} ended with status {status} before it was ready; the end of {log} says: {tail}"
    )


@dataclass
class Process:
    """One child and how to start it again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    child: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0

    def start(self) -> None:
        """Start it, its output appended to the log."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(  # noqa: S603 - our own programs
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs."""
        return None if self.child is None else self.child.poll()

    def tail(self, lines: int = 5) -> str:
        """Return the last lines of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return " | ".join(text.strip().splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.child is not None:
            self.child.send_signal(number)

    def fail(self) -> Never:
        """Raise what its ending means to whoever waited for it."""
        raise ProcessDiedError(name=self.name, status=self.status, log=self.log, tail=self.tail())

    def stop(self, patience: float = 10.0) -> None:
        """Ask it to end, then end it."""
        if self.child is None or self.child.poll() is not None:
            return
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


@dataclass
class Processes:
    """All children of one machine, in the order of their starting."""

    say: Callable[[str], None]
    children: list[Process] = field(default_factory=list)

    def start(self, process: Process) -> Process:
        """Start a child and keep it."""
        process.start()
        self.children.append(process)
        return process

    def watch(self) -> None:
        """Start again whoever died, once a look; leave alone whoever asks for a person."""
        for process in self.children:
            status = process.status
            if status is None or status == PERSON or time.monotonic() - process.started < 1:
                continue
            self.say(f"{process.name} ended with status {status}; starting it again")
            process.start()

    def stop(self) -> None:
        """Stop all, last first."""
        for process in reversed(self.children):
            process.stop()
        self.children.clear()


def free_port(wanted: int, host: str = "127.0.0.1") -> int:
    """Return `wanted`, or the next port nobody listens on; 0 is any that the system has free."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NoPortError(wanted=wanted, last=wanted + 199)


class NoPortError(OutageError):
    """Two hundred ports in a row are taken."""

    code = "NO_PORT"
    sentence = "every port from {wanted} to {last} is taken"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
