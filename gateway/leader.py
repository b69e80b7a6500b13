"""Who may write the log: one process at a time, by a lock that dies with its connection and an epoch that outlives it.

The lock decides who leads; the epoch row is what every writing transaction checks, so that a leader which slept
through the loss of its lock writes nothing when it wakes. A new leader can only begin once no transaction that saw the
old epoch is still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import psycopg
import structlog
from sqlalchemy import Connection, Engine, bindparam, select

from indexer.core.errors import OutageError
from indexer.store.engine import DatabaseError
from indexer.store.tables import leader

_log = structlog.get_logger(__name__)


class LeadershipLostError(OutageError):
    """Another process leads now, or may: this one stops writing and stands by."""

    code = "LEADERSHIP_LOST"
    sentence = "this process no longer leads the log {origin}: {reason}"


_EPOCH = (
    select(leader.c.epoch).where(leader.c.origin == bindparam("origin")).with_for_update(read=True)
)

_BEGIN = """
insert into ledger.leader (origin, epoch, since) values (%s, 1, %s)
on conflict (origin) do update set epoch = leader.epoch + 1, since = excluded.since
returning epoch
"""

# A leader whose machine is gone should not block the log for two hours.
_SOON_GONE = """
select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false)
"""


@dataclass
class Term:
    """One process's time as leader. Lost for good once its connection breaks or the epoch moves on."""

    origin: str
    epoch: int
    _session: psycopg.Connection[Any] = field(repr=False)

    @classmethod
    def begin(
        cls, engine: Engine, origin: str, now: datetime, channels: Sequence[str] = ()
    ) -> Self | None:
        """Take the lead over a log; None while another process has it.

        The term listens on `channels` over the very connection that holds the lock.
        """
        session = _session(engine)
        epoch = None
        try:
            for channel in channels:
                session.execute(
                    psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel))
                )
            taken = "select pg_try_advisory_lock(hashtextextended(%s, 7305003))"
            if _only(session, taken, origin):
                epoch = int(_only(session, _BEGIN, origin, now))
        except psycopg.OperationalError as error:
            raise LeadershipLostError(origin=origin, reason=str(error).strip()) from None
        finally:
            if epoch is None:
                session.close()
        if epoch is None:
            return None
        _log.info("leadership_taken", origin=origin, epoch=epoch)
        return cls(origin, epoch, session)

    def check(self, connection: Connection) -> None:
        """Refuse to go on in a transaction once another leads; until it ends, nobody else can begin to."""
        found = connection.execute(_EPOCH, {"origin": self.origin}).scalar_one_or_none()
        if found != self.epoch:
            reason = f"epoch {self.epoch} ended, {found} runs"
            raise LeadershipLostError(origin=self.origin, reason=reason)

    def wait(self, seconds: float) -> set[str]:
        """Sleep until a channel speaks and name those that did; prove on the way that the lock is still held."""
        try:
            heard = self._session.notifies(timeout=seconds, stop_after=1)
            channels = {notice.channel for notice in heard}
            self._session.execute("select 1")
        except psycopg.OperationalError as error:
            raise LeadershipLostError(origin=self.origin, reason=str(error).strip()) from None
        return channels

    def end(self) -> None:
        """Let go of the lock."""
        self._session.close()


def _session(engine: Engine) -> psycopg.Connection[Any]:
    """Take a connection out of the pool for good: it is nobody else's and goes back to none."""
    try:
        held = engine.raw_connection()
        session = held.driver_connection
        held.detach()
        assert isinstance(session, psycopg.Connection)  # noqa: S101 -- the house's only driver
        session.autocommit = True
        session.execute(_SOON_GONE)
    except psycopg.OperationalError as error:
        # One that broke unnoticed is seldom the only one in a pool.
        engine.dispose()
        raise DatabaseError(reason=str(error).strip(), sqlstate=error.sqlstate) from None
    return session


def _only(session: psycopg.Connection[Any], statement: str, *values: object) -> Any:  # noqa: ANN401 -- a column's
    row = session.execute(statement, values).fetchone()
    return None if row is None else row[0]
