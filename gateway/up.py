"""The command `suyuan up`: everything on one machine until Ctrl-C, and with --demo a product's life played on it.

Order: database and chain, contracts, then web, loop, follower and the regulator's node as processes of their own, each
ready before the next thing is said. Without --data the folder is made afresh each time: the chain of one run forgets,
so what an older one anchored would have nothing to stand on. With --data the folder keeps database, log and chain.
"""

import shlex
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from gateway.machine import REGULATOR_PARTY, Machine
from gateway.processes import Process, Processes, free_port
from gateway.settings import inherited
from indexer.core.errors import InputError, OutageError

ORIGIN = "suyuan.example/demo"
READY_WITHIN = 60.0
_MARK = "made-by-suyuan-up"


class FolderTakenError(InputError):
    """A folder that holds something `suyuan up` did not make is never emptied."""

    code = "FOLDER_TAKEN"
    sentence = "{folder} is not empty and was not made by `suyuan up`: name another one"


class NotReadyError(OutageError):
    """A program started and did not answer in time."""

    code = "NOT_READY"
    sentence = "{name} did not answer at {url} within {seconds} s; the end of its log says: {tail}"


@dataclass(frozen=True)
class Addresses:
    """Where the two web programs listen, and the name others reach them by."""

    bind: str
    host: str
    gateway_port: int
    node_port: int

    @property
    def gateway(self) -> str:
        """Base URL of the gateway."""
        return f"http://{self.host}:{self.gateway_port}"

    @property
    def node(self) -> str:
        """Base URL of the regulator's node."""
        return f"http://{self.host}:{self.node_port}"


def addresses(
    *, lan: bool, say: Callable[[str], None], usual: tuple[int, int] = (8000, 8001)
) -> Addresses:
    """Choose free ports, next to the usual ones, and say when they are not the usual ones."""
    bind = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104 - asked for by name
    ports: list[int] = []
    for wanted in usual:
        port = free_port(max([wanted, *[port + 1 for port in ports]]) if wanted else 0, bind)
        if wanted not in (0, port):
            say(f"port {wanted} is taken, using {port}")
        ports.append(port)
    host = _lan_address() if lan else "127.0.0.1"
    return Addresses(bind, host, *ports)


def fresh(folder: Path) -> Path:
    """Empty a folder that an earlier run made, and mark it as ours."""
    mark = folder / _MARK
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise FolderTakenError(folder=folder)
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    return folder


def kept(folder: Path) -> bool:
    """Mark a folder as ours that is to be kept, and tell whether it is a new one."""
    mark = folder / _MARK
    new = not folder.exists() or not any(folder.iterdir())
    if not new and not mark.exists():
        raise FolderTakenError(folder=folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    return new


def start(machine: Machine, where: Addresses, processes: Processes) -> None:
    """Start the four programs and wait until each is ready."""
    trust = machine.folder / "trust.json"
    trust.write_bytes(machine.trust(f"{where.node}/rpc"))
    node = {
        **machine.environment("node"),
        "SUYUAN_HOST": where.bind,
        "SUYUAN_PORT": str(where.node_port),
        "SUYUAN_PARTY": REGULATOR_PARTY,
        "SUYUAN_TRUST_FILE": str(trust),
        "SUYUAN_GATEWAY_URL": where.gateway,
    }
    web = {
        **machine.environment("web"),
        "SUYUAN_HOST": where.bind,
        "SUYUAN_PORT": str(where.gateway_port),
        "SUYUAN_PUBLIC_URL": where.gateway,
        "SUYUAN_SECOND_OPINION_URL": where.node,
        "SUYUAN_SERVICE_PHONE": "400-000-0694",
    }
    _note(machine.folder / "node.env", node)
    _note(machine.folder / "web.env", web)
    _note(machine.folder / "admin.env", machine.environment("admin"))
    _begin(processes, machine, "follower", "suyuan-node", "follow", node)
    _begin(processes, machine, "loop", "suyuan", "loop", machine.environment("loop"))
    serving = _begin(processes, machine, "node", "suyuan-node", "serve", node)
    answering = _begin(processes, machine, "gateway", "suyuan", "gateway", web)
    ready(serving, f"{where.node}/healthz")
    ready(answering, f"{where.gateway}/healthz")


def until_told(processes: Processes) -> None:
    """Watch the children until SIGINT or SIGTERM."""
    told = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: told.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        while not told.wait(0.2):
            processes.watch()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _note(path: Path, settings: Mapping[str, str]) -> None:
    """Leave a program's settings where a shell can read them, and nobody else."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{key}={shlex.quote(value)}\n" for key, value in settings.items()))


def _begin(
    processes: Processes,
    machine: Machine,
    name: str,
    program: str,
    command: str,
    settings: Mapping[str, str],
) -> Process:
    executable = str(Path(sys.executable).parent / program)
    log = machine.folder / f"{name}.log"
    return processes.start(Process(name, [executable, command], {**inherited(), **settings}, log))


def ready(process: Process, url: str) -> None:
    """Wait until a program answers, or say what became of it."""
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        if process.status is not None:
            process.fail()
        try:
            answered = httpx.get(url, timeout=2).status_code == httpx.codes.OK
            if answered and process.status is None:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise NotReadyError(name=process.name, url=url, seconds=READY_WITHIN, tail=process.tail())


def _lan_address() -> str:
    # Nothing is sent: connecting a datagram socket only asks the routing table.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
