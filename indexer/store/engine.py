"""The way to PostgreSQL: one pool per program, and an outage that says so.

A database that is away, a connection that breaks and a statement that runs out of time leave here as `DatabaseError`,
an OutageError: the caller's loop waits and tries again. Everything else (a refused grant, a broken constraint) is
SQLAlchemy's own error, for it is no outage.
"""

from datetime import timedelta
from typing import TypedDict

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from indexer.core.errors import OutageError

_STATEMENT = timedelta(seconds=30)
_IDLE = timedelta(minutes=1)


class DatabaseError(OutageError):
    """PostgreSQL is away, or gave up on a statement; `sqlstate` is None if it never answered."""

    code = "DATABASE"
    sentence = "the database did not answer ({sqlstate}): {reason}"


class _Options(TypedDict):
    connect_args: dict[str, str | int]
    pool_size: int
    pool_recycle: int
    pool_pre_ping: bool
    hide_parameters: bool


def engine(
    url: str | URL,
    *,
    application: str = "suyuan",
    connections: int = 5,
    statement: timedelta | None = _STATEMENT,
    idle: timedelta | None = _IDLE,
) -> Engine:
    """Make a pool for a plain program; `statement` and `idle` (in a transaction) end what takes longer, None never."""
    made = create_engine(url, **_options(application, connections, statement, idle))
    event.listen(made, "handle_error", _say_outage)
    return made


def async_engine(
    url: str | URL,
    *,
    application: str = "suyuan",
    connections: int = 5,
    statement: timedelta | None = _STATEMENT,
    idle: timedelta | None = _IDLE,
) -> AsyncEngine:
    """Make a pool for the web's edge, with the same promises as `engine`."""
    made = create_async_engine(url, **_options(application, connections, statement, idle))
    event.listen(made.sync_engine, "handle_error", _say_outage)
    return made


def _options(
    application: str, connections: int, statement: timedelta | None, idle: timedelta | None
) -> _Options:
    return {
        "connect_args": {
            "application_name": application,
            "connect_timeout": 10,
            "options": f"-c statement_timeout={_milliseconds(statement)}"
            f" -c idle_in_transaction_session_timeout={_milliseconds(idle)}",
        },
        "pool_size": connections,
        # Firewalls forget connections that have been silent for about an hour.
        "pool_recycle": 1800,
        # A question before each transaction costs more than the one error after an outage.
        "pool_pre_ping": False,
        # Errors go into logs, and what is stored has no business there.
        "hide_parameters": True,
    }


def _milliseconds(limit: timedelta | None) -> int:
    return int(limit / timedelta(milliseconds=1)) if limit else 0


def _say_outage(context: ExceptionContext) -> None:
    if isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
        original = context.original_exception
        raise DatabaseError(
            reason=str(original).strip(), sqlstate=getattr(original, "sqlstate", None)
        )
