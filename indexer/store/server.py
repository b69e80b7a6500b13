"""The embedded PostgreSQL: one cluster in one data directory, alive exactly as long as the program that started it.

Whoever runs us and wherever the directory lies, nothing outside it changes (but see binaries for one passing copy):

    data_dir/                 0700; it and all in it belong to the account that runs PostgreSQL
    ├── lock                  held by the starter: one at a time
    ├── passwords.json        0600: every login's password, the superuser's among them
    ├── port                  the port of last time, taken again if it is free
    ├── start.log             what PostgreSQL said before it opened its own log
    └── cluster/              PGDATA, with a log for each day of the week in log/

Only loopback TCP and only SCRAM passwords lead in, for the superuser too.
"""

import contextlib
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import URL

from indexer.core.errors import InputError, OutageError
from indexer.store.binaries import Account, Binaries, find
from indexer.store.cluster import HOST, SUPERUSER, Cluster, PortError, Postmaster, take


class BusyError(OutageError):
    """Another program runs a server in this data directory."""

    code = "POSTGRES_BUSY"
    sentence = "{data_dir} is in use by process {pid}: stop it first"


class DataDirectoryError(InputError):
    """The data directory cannot be made or used by us."""

    code = "POSTGRES_DATA_DIRECTORY"
    sentence = "{data_dir} cannot hold a cluster: {reason}"


class UnansweredError(OutageError):
    """The server runs no more, or not yet."""

    code = "POSTGRES_UNANSWERED"
    sentence = "PostgreSQL on port {port} does not answer: {reason}"


class Server:
    """A running PostgreSQL on 127.0.0.1; a context manager that stops it."""

    data_dir: Path
    port: int
    pid: int  # the postmaster's

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self._account = Account.of(self.data_dir / "cluster")
        self._end = contextlib.ExitStack()

    @classmethod
    def start(cls, data_dir: Path, *, binaries: Path | None = None) -> Self:
        """Start the cluster in `data_dir`, made if it is not there, and return when it answers.

        `binaries` names the directory of `postgres` and `initdb`; without it they are found. A second starter on the
        same directory gets a BusyError; one whose predecessor was killed first ends what that one left.
        """
        server = cls(data_dir)
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, server._open())
            cluster = Cluster(server.data_dir / "cluster", server._account)
            made = cluster.major
            if made:
                cluster.settle()
            bag = find(binaries, server._account, server.data_dir, made)
            undo.callback(bag.discard)
            if not made:
                cluster.initialise(bag, server._password(SUPERUSER))
            postmaster = server._run(cluster, bag)
            undo.callback(cluster.settle)
            undo.callback(postmaster.end)
            server.pid = postmaster.pid
            server._write("port", str(server.port).encode())
            server._end = undo.pop_all()
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End sessions, write a checkpoint and wait until every process is gone. Twice does no harm."""
        self._end.close()

    def superuser_url(self, database: str = "postgres") -> str:
        """Give the superuser's URL, for migrations and for nobody else."""
        return self.url(database, SUPERUSER, self._password(SUPERUSER))

    def url(self, database: str, user: str, password: str) -> str:
        """Give a SQLAlchemy URL of this server."""
        made = URL.create("postgresql+psycopg", user, password, HOST, self.port, database)
        return made.render_as_string(hide_password=False)

    def ensure_database(self, name: str, owner: str | None = None) -> None:
        """Create the database unless it is there, and give it to `owner`, who must exist."""
        with self._superuser() as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if not known.rowcount:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            if owner:
                change = SQL("ALTER DATABASE {} OWNER TO {}")
                connection.execute(change.format(Identifier(name), Identifier(owner)))

    def ensure_login(
        self, name: str, password: str | None = None, *, member_of: Sequence[str] = ()
    ) -> str:
        """Create or renew a login in the existing roles `member_of` and return its password.

        Without `password` it is the one kept from last time, or a new random one. PostgreSQL is sent its SCRAM
        verifier only, so that no log can hold it.
        """
        password = self._password(name, password)
        with self._superuser() as connection:
            verifier = connection.pgconn.encrypt_password(
                password.encode(), name.encode(), b"scram-sha-256"
            )
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
            verb = SQL("ALTER" if known.rowcount else "CREATE")
            change = SQL("{} ROLE {} LOGIN PASSWORD {}")
            connection.execute(change.format(verb, Identifier(name), Literal(verifier.decode())))
            for role in member_of:
                connection.execute(SQL("GRANT {} TO {}").format(Identifier(role), Identifier(name)))
        return password

    def _superuser(self) -> psycopg.Connection:
        try:
            return psycopg.connect(
                host=HOST,
                port=self.port,
                user=SUPERUSER,
                password=self._password(SUPERUSER),
                dbname="postgres",
                autocommit=True,
                connect_timeout=10,
            )
        except psycopg.OperationalError as error:
            raise UnansweredError(port=self.port, reason=str(error)) from error

    def _open(self) -> int:
        """Make the data directory and take the starter's lock."""
        try:
            self._make()
            lock = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise DataDirectoryError(data_dir=self.data_dir, reason=str(error)) from error
        if not take(lock):
            holder = os.read(lock, 20).decode()
            os.close(lock)
            raise BusyError(data_dir=self.data_dir, pid=holder)
        self._account.own(lock)
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        return lock

    def _make(self) -> None:
        """Make what is missing of the path; what was there keeps its mode and owner."""
        for missing in reversed([at for at in self.data_dir.parents if not at.exists()]):
            missing.mkdir(0o700)
        if not self.data_dir.exists():
            self.data_dir.mkdir(0o700)
            self._account.own(self.data_dir)
        cluster = self.data_dir / "cluster"
        if cluster.exists() and cluster.stat().st_uid != self._account.uid:
            reason = f"the cluster in it belongs to user {cluster.stat().st_uid}"
            raise DataDirectoryError(data_dir=self.data_dir, reason=reason)

    def _run(self, cluster: Cluster, bag: Binaries) -> Postmaster:
        """Run on the port of last time, or another if somebody has it."""
        recorded = self.data_dir / "port"
        self.port = _free(int(recorded.read_text()) if recorded.exists() else 0)
        words = self.data_dir / "start.log"
        for _ in range(3):
            with contextlib.suppress(PortError):
                return cluster.run(bag, self.port, words)
            self.port = _free(0)
        return cluster.run(bag, self.port, words)

    def _password(self, name: str, password: str | None = None) -> str:
        path = self.data_dir / "passwords.json"
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
        chosen = password or kept.get(name) or secrets.token_urlsafe(24)
        if chosen != kept.get(name):
            self._write(path.name, msgspec.json.encode(kept | {name: chosen}))
        return chosen

    def _write(self, name: str, data: bytes) -> None:
        """Replace a file of ours whole, readable by the account alone."""
        fresh = self.data_dir / f"{name}.new"
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            self._account.own(descriptor)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(self.data_dir / name)


def _free(wanted: int) -> int:
    """Find a port nobody listens on: `wanted` if it can be had."""
    for port in (wanted, 0):
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((HOST, port))
            return int(trial.getsockname()[1])
    return 0
