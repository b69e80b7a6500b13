"""Death at a commit: just before it, when nothing is there, or just after it, when nobody heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, Engine, event

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
