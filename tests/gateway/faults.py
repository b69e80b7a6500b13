"""Death and failure at one moment: at a commit, on the way to a node or back, in the log's folder.

Nothing of ours is replaced: the database ends the session, a node's door drops what passes, a folder stands where a
file should go. Death is an exception that no handler of errors catches, raised where a process would have been killed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import psycopg
from sqlalchemy import Connection, Engine, event

from tests.indexer.chain.liar import Liar

When = Literal["before", "after"]


class Died(BaseException):
    """Raised where a process would have been killed; nothing that handles errors catches it."""


class Deaths:
    """Counts commits and dies at one of them."""

    def __init__(self, at: int, when: When) -> None:
        self.at = at
        self.when = when
        self.commits = 0

    def __call__(self, connection: Connection) -> None:
        self.commits += 1
        if self.commits != self.at:
            return
        if self.when == "after":
            dbapi = connection.connection.dbapi_connection
            assert dbapi is not None
            dbapi.commit()
        raise Died


@contextmanager
def dying(engine: Engine, at: int, when: When) -> Iterator[Deaths]:
    """Die at the `at`-th commit over `engine` while this is open."""
    deaths = Deaths(at, when)
    event.listen(engine, "commit", deaths)
    try:
        yield deaths
    finally:
        event.remove(engine, "commit", deaths)


@dataclass
class Fault:
    """One thing that goes wrong once; `struck` once it has."""

    struck: bool = False


@dataclass
class Commit(Fault):
    """The first transaction with a statement that matches `mark`: its commit fails, or its process dies there."""

    mark: str = ""
    when: When = "before"
    kills: bool = False
    superuser: str = ""
    _marked: Connection | None = None

    def executing(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        if not self.struck and re.search(self.mark, statement):
            self._marked = connection

    def committing(self, connection: Connection) -> None:
        if self.struck or connection is not self._marked:
            return
        self.struck = True
        dbapi = connection.connection.dbapi_connection
        session = connection.connection.driver_connection
        assert dbapi is not None
        assert session is not None
        if self.when == "after":
            dbapi.commit()
        if self.kills:
            raise Died
        with psycopg.connect(self.superuser, autocommit=True) as root:
            root.execute("select pg_terminate_backend(%s, 5000)", [session.info.backend_pid])
        if self.when == "after":
            # There is nothing left to commit, so only a closed connection makes our driver say that it broke.
            dbapi.close()


@contextmanager
def at_commit(mark: str, when: When, superuser: str, *, kills: bool) -> Iterator[Fault]:
    """Strike at the commit of the first transaction, of whichever program, that executes what `mark` matches."""
    fault = Commit(mark=mark, when=when, kills=kills, superuser=superuser.replace("+psycopg", ""))
    event.listen(Engine, "before_cursor_execute", fault.executing)
    event.listen(Engine, "commit", fault.committing)
    try:
        yield fault
    finally:
        event.remove(Engine, "before_cursor_execute", fault.executing)
        event.remove(Engine, "commit", fault.committing)


class Door(Liar):
    """A node's door that drops one question on its way in, or the answer on its way out."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.method = ""
        self.when: When = "before"
        self.fault = Fault()

    def answer(self, upstream: str, body: bytes) -> tuple[int, bytes]:
        methods = {one["method"] for one in msgspec.json.decode(body)}
        if self.fault.struck or self.method not in methods:
            return super().answer(upstream, body)
        self.fault.struck = True
        if self.when == "after":
            super().answer(upstream, body)
        return 502, b"lost"

    @contextmanager
    def dropping(self, method: str, when: When) -> Iterator[Fault]:
        self.method, self.when, self.fault = method, when, Fault()
        try:
            yield self.fault
        finally:
            self.method = ""


@contextmanager
def barred(path: Path) -> Iterator[Fault]:
    """Let a folder stand where a file is to be written."""
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    try:
        yield Fault(struck=True)
    finally:
        path.rmdir()
