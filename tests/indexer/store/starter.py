"""What the store's tests of the embedded server share: questions to it, and a program of its own that starts one."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from indexer.store.binaries import _candidates
from indexer.store.server import Server

ROOT = Path(__file__).parents[3]
WHEEL = next(bag for bag in _candidates(None) if bag.parent.name == "pginstall18")


def dsn(server: Server, password: str | None = None) -> str:
    url = server.superuser_url().replace("+psycopg", "")
    return url if password is None else f"postgresql://postgres:{password}@127.0.0.1:{server.port}"


def ask(server: Server, question: str) -> object:
    with psycopg.connect(dsn(server), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def tell(server: Server, statement: str) -> None:
    with psycopg.connect(dsn(server), autocommit=True) as connection:
        connection.execute(statement.encode())


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@dataclass(frozen=True)
class Process:
    """What Linux tells everybody about a process."""

    pid: int
    args: str
    parent: int
    session: int
    owner: int


def processes() -> dict[int, Process]:
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent, _, session = (place / "stat").read_text().rpartition(")")[2].split()[:4]
            args = (place / "cmdline").read_text(errors="replace")
            if state != "Z":
                pid, owner = int(place.name), (place / "cmdline").stat().st_uid
                found[pid] = Process(pid, args, int(parent), int(session), owner)
    return found


def gone(pid: int) -> bool:
    return pid not in processes()


class Starter:
    """A program of its own that starts a server and prints its port and pid; `then` is what it does next."""

    def __init__(
        self,
        data_dir: Path,
        then: str,
        *,
        before: str = "",
        binaries: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        program = f"""
import os, sys, time, psycopg
from pathlib import Path
from indexer.store.server import Server
{textwrap.dedent(before)}
given = {str(binaries or "")!r}
server = Server.start(Path({str(data_dir)!r}), binaries=Path(given) if given else None)
print(server.port, server.pid, flush=True)
{textwrap.dedent(then)}
"""
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            start_new_session=True,
            # Whoever runs us in the background ignores interrupts, and so would our child.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert self.process.stdout
        self.port, self.pid = map(int, self.process.stdout.readline().split())

    def say(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def copy_owned(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
    for path in (source, *source.rglob("*")):
        facts = path.stat()
        os.chown(target / path.relative_to(source), facts.st_uid, facts.st_gid)


def copy_bag(packages: Path) -> Path:
    """Copy the wheel's programs, as a virtual environment of its own would hold them."""
    package = WHEEL.parents[1]
    target = packages / package.name / WHEEL.parent.name
    shutil.copytree(WHEEL.parent, target, ignore=shutil.ignore_patterns("*.a", "include"))
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, packages / libraries.name)
    return target / "bin"
