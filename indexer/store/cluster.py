"""The processes of the embedded PostgreSQL: a directory becomes a running postmaster, and nothing of it stays behind.

Three invariants. The lock on the cluster's directory is inherited by every process of the server and by nothing
else, so whoever gets it knows that none is left, whatever a stale postmaster.pid says. The postmaster's parent is a
guard that ends it as soon as a pipe held by the starter closes, so it cannot outlive a starter that is killed; a pipe
and not Linux's parent-death signal, which no other system has and which fires when the starting *thread* ends. And a
lent account enters the cluster through an open descriptor, so that no directory above it needs to be open to anybody
but root.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.core.errors import OutageError
from indexer.store.binaries import ENVIRONMENT, Account, Binaries

HOST = "127.0.0.1"
SUPERUSER = "postgres"
_READY = 300.0  # seconds; recovery after a crash takes most of it
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",  # compiling a short query takes longer than running it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "cluster_name": "suyuan",
}
# Descriptor 0 is the cluster's directory, 1 the pipe. The directory goes to the server alone: its lock is the server's
# life. A line on the pipe means the same as its end, for a fork of the starter may hold it open.
_GUARD = """
exec 9<&0 8<&1 </dev/null >&2
"$@" 8<&- &
server=$!
exec 9<&-
(
  read -r _ <&8
  for signal in INT QUIT KILL; do
    kill -$signal $server
    left=20
    while [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
  done
) &
watch=$!
wait $server
status=$?
kill $watch
exit $status
"""
_INITDB = 'exec 9<&1 >&2; exec "$@"'
_LOOK = """
exec 9<&0
for each in /proc/[0-9]*; do
  [ "$each/cwd" -ef /proc/self/fd/9 ] && echo "${each#/proc/} $(readlink "$each/exe")"
done
"""


class StartError(OutageError):
    """PostgreSQL ended before it was ready; `log` holds its last words."""

    code = "POSTGRES_START"
    sentence = "PostgreSQL did not start in {cluster}: {log}"


class PortError(StartError):
    """Somebody took the port between our look and PostgreSQL's."""

    code = "POSTGRES_PORT"


class RemainsError(OutageError):
    """Processes of an earlier server hold the cluster and could not be ended."""

    code = "POSTGRES_REMAINS"
    sentence = "processes of an earlier server still hold {cluster}"


@dataclass
class Postmaster:
    """A running server, its guard and the pipe that keeps both."""

    pid: int
    guard: subprocess.Popen[str]
    pipe: int

    def end(self) -> None:
        """Have the guard stop the server, gently at first, and wait for it."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.pipe, b"\n")
        os.close(self.pipe)
        self.guard.wait()


@dataclass(frozen=True)
class Cluster:
    """PGDATA at `path`, which `account` owns and runs; the caller holds the starter's lock."""

    path: Path
    account: Account

    @property
    def major(self) -> int | None:
        """The version that made it; None before it is made."""
        version = self.path / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def initialise(self, bag: Binaries, password: str) -> None:
        """Make the cluster beside its place and move it there whole: a killed initdb leaves nothing that counts."""
        fresh = self.path.with_name("cluster.new")
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        # Before version 17 the C library must bring C.UTF-8; where it does not, C orders the same bytes alike.
        locales = [builtin] if bag.major >= 17 else [("--locale=C.UTF-8",), ("--locale=C",)]
        said = ""
        for locale in locales:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(0o700)
            self.account.own(fresh)
            said = self._initdb(bag, fresh, password, locale)
            if not said:
                fresh.rename(self.path)
                return
        raise StartError(cluster=self.path, log=said)

    def run(self, bag: Binaries, port: int, words: Path) -> Postmaster:
        """Start the server on `port` and wait until it is ready; what it says before it has a log goes to `words`."""
        with _directory(self.path) as directory, contextlib.ExitStack() as undo:
            self._bury(directory)
            # Under the lock no server lives: the number in this file is stale, and may be somebody else's by now.
            (self.path / "postmaster.pid").unlink(missing_ok=True)
            program = [str(bag.directory / "postgres"), "-D", self._way(self.path)]
            for name, value in {**_SETTINGS, "port": str(port)}.items():
                program += ["-c", f"{name}={value}"]
            log = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            undo.callback(os.close, log)
            self.account.own(log)
            reader, pipe = os.pipe()
            undo.callback(os.close, reader)
            guard = self._spawn(_GUARD, *program, stdin=directory, stdout=reader, stderr=log)
            postmaster = Postmaster(0, guard, pipe)
            with contextlib.ExitStack() as failed:
                failed.callback(postmaster.end)
                self._await(postmaster, words)
                failed.pop_all()
        return postmaster

    def settle(self) -> None:
        """Wait until no process of the server is left; end those that stay."""
        with _directory(self.path) as directory:
            self._bury(directory)

    def _await(self, postmaster: Postmaster, words: Path) -> None:
        """Return when postmaster.pid says so: who answers on the port may be somebody else."""
        end = time.monotonic() + _READY
        while postmaster.guard.poll() is None and time.monotonic() < end:
            lines = self._lines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                postmaster.pid = int(lines[0])
                return
            time.sleep(0.01)
        said = self._last_words(words)
        kind = PortError if "Address already in use" in said else StartError
        raise kind(cluster=self.path, log=said)

    def _lines(self) -> list[str]:
        try:
            return (self.path / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _last_words(self, words: Path) -> str:
        logs = sorted(self.path.glob("log/*.log"), key=lambda log: log.stat().st_mtime)[-1:]
        said: list[str] = []
        for log in (words, *logs):
            with log.open(errors="replace") as lines:
                said += deque(lines, 15)
        return "".join(said).strip()

    def _initdb(self, bag: Binaries, fresh: Path, password: str, locale: Sequence[str]) -> str:
        reader, writer = os.pipe()
        self.account.own(reader)  # it is opened anew by name, as a file would be
        os.write(writer, password.encode())
        os.close(writer)
        # Not synced: it takes seconds on slow disks, and whoever loses power in that minute starts anew.
        options = (
            f"-U {SUPERUSER} --pwfile=/dev/stdin --auth=scram-sha-256 -E UTF8 --no-sync".split()
        )
        try:
            with _directory(fresh) as directory:
                program = [str(bag.directory / "initdb"), "-D", self._way(fresh), *options, *locale]
                streams = {"stdin": reader, "stdout": directory, "stderr": subprocess.PIPE}
                with self._spawn(_INITDB, *program, **streams) as initdb:
                    _, said = initdb.communicate()
        finally:
            os.close(reader)
        return said.strip() or f"status {initdb.returncode}" if initdb.returncode else ""

    def _way(self, directory: Path) -> str:
        """Say how the server reaches a directory it is handed as descriptor 9."""
        handed = self.account.lent and Path("/proc/self/fd").exists()
        return "/proc/self/fd/9" if handed else str(directory)

    def _bury(self, directory: int) -> None:
        """Take the lock of the cluster; if a killed starter left a server, end it first."""
        begin = time.monotonic()
        while not take(directory):
            waited = time.monotonic() - begin
            if waited > 60:
                raise RemainsError(cluster=self.path)
            self._hasten(directory, waited)
            time.sleep(0.05)

    def _hasten(self, directory: int, waited: float) -> None:
        """Signal what is left: the postmaster like its guard does, its orphans (they write no checkpoint) at once."""
        left = self._inhabitants(directory)
        lines = self._lines()
        if lines and lines[0].isdigit() and int(lines[0]) in left:
            left = {int(lines[0])} if waited < 30 else left
            number = signal.SIGINT if waited < 20 else signal.SIGQUIT
        else:
            number = signal.SIGQUIT
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if waited > 30 else number)

    def _inhabitants(self, directory: int) -> set[int]:
        """Find PostgreSQL's processes whose working directory this is; nothing where there is no /proc.

        The account looks, for a container's root may not see into other accounts' processes.
        """
        streams = {"stdin": directory, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with self._spawn(_LOOK, **streams) as look:
            found = [line.partition(" ") for line in look.communicate()[0].splitlines()]
        return {int(pid) for pid, _, name in found if Path(name).name.startswith("postgres")}

    def _spawn(
        self, script: str, *program: str, stdin: int, stdout: int, stderr: int
    ) -> subprocess.Popen[str]:
        """Run a shell as the account, out of the terminal's reach, from a directory open to all."""
        return subprocess.Popen(  # noqa: S603 - our own words and paths
            ["/bin/sh", "-c", script, "suyuan-postgres", *program],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            **self.account.identity,
        )


def take(descriptor: int) -> bool:
    """Take the lock of an open file or directory, unless another has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
