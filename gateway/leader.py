"""Who may write the log: one process at a time, by a lock that dies with its connection and an epoch that outlives it.

The lock decides who leads; the epoch row is what every writing transaction checks, so that a leader which slept
through the loss of its lock writes nothing when it wakes. A new leader can only begin once no transaction that saw the
old epoch is still open. The session that holds the lock also keeps a pulse in that row: a leader that is paused keeps
its lock, and its pulse is how those who stand by know (standby.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final, Self

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


# A leader's pulse, in seconds: half of what is promised, so that one late beat is not a missed one.
PULSE: Final = 0.5

# The share is of the row's key alone: it bars the next leader, who locks the whole row, and lets the pulse through. A
# step may take as long as it likes.
_EPOCH = (
    select(leader.c.epoch, leader.c.instance)
    .where(leader.c.origin == bindparam("origin"))
    .with_for_update(read=True, key_share=True)
)

# What a transaction of the last leader still holds is waited for, but not for long: it may be paused in the middle.
_PATIENCE = "select set_config('lock_timeout', '2s', false)"
_SETTLED = "select from ledger.leader where origin = %s for update"
_BEGIN = """
insert into ledger.leader (origin, epoch, since, instance, seen)
values (%s, 1, %s, current_setting('application_name'), clock_timestamp())
on conflict (origin) do update
set epoch = leader.epoch + 1, since = excluded.since, instance = excluded.instance, seen = excluded.seen
returning epoch, instance
"""

# The pulse says nothing that must survive a power cut, and must not stop where the disk is slow.
_UNFORCED = "select set_config('synchronous_commit', 'off', false)"
_PULSE = "update ledger.leader set seen = clock_timestamp() where origin = %s and epoch = %s"

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
    instance: str  # the application name of all this process's sessions
    _session: psycopg.Connection[Any] = field(repr=False)
    _beat: float = field(default_factory=monotonic, repr=False)

    @classmethod
    def begin(
        cls, engine: Engine, origin: str, now: datetime, channels: Sequence[str] = ()
    ) -> Self | None:
        """Take the lead over a log; None while another process has it.

        The term listens on `channels` over the very connection that holds the lock.
        """
        session = _session(engine)
        term = None
        try:
            for channel in channels:
                session.execute(
                    psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel))
                )
            taken = "select pg_try_advisory_lock(hashtextextended(%s, 7305003))"
            if _row(session, taken, origin)[0]:
                term = cls(origin, *_epoch(session, origin, now), session)
        except psycopg.OperationalError as error:
            raise LeadershipLostError(origin=origin, reason=str(error).strip()) from None
        finally:
            if term is None:
                session.close()
        if term is not None:
            _log.info("leadership_taken", origin=origin, epoch=term.epoch, instance=term.instance)
        return term

    def check(self, connection: Connection) -> None:
        """Refuse to go on in a transaction once another leads; until it ends, nobody else can begin to."""
        row = connection.execute(_EPOCH, {"origin": self.origin}).one_or_none()
        # A store that was set back counts its epochs anew, so the epoch alone would not do.
        if row is None or tuple(row) != (self.epoch, self.instance):
            reason = f"epoch {self.epoch} ended, {row.epoch if row else None} runs"
            raise LeadershipLostError(origin=self.origin, reason=reason)

    def wait(self, seconds: float) -> set[str]:
        """Sleep until a channel speaks and name those that did; prove on the way that the lock is still held.

        Called at least every `PULSE` seconds, from a thread that does nothing else, it keeps the pulse.
        """
        try:
            heard = self._session.notifies(timeout=seconds, stop_after=1)
            channels = {notice.channel for notice in heard}
            self._pulse()
        except psycopg.OperationalError as error:
            raise LeadershipLostError(origin=self.origin, reason=str(error).strip()) from None
        return channels

    def _pulse(self) -> None:
        if monotonic() - self._beat < PULSE:
            self._session.execute("select 1")
            return
        self._beat = monotonic()
        if self._session.execute(_PULSE, (self.origin, self.epoch)).rowcount != 1:
            reason = f"epoch {self.epoch} ended"
            raise LeadershipLostError(origin=self.origin, reason=reason)

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


def _epoch(session: psycopg.Connection[Any], origin: str, now: datetime) -> tuple[int, str]:
    """Begin the next epoch once no transaction that checked the last one is open."""
    session.execute(_PATIENCE)
    with session.transaction():
        session.execute(_SETTLED, (origin,))
        epoch, instance = _row(session, _BEGIN, origin, now)
    session.execute(_UNFORCED)
    return epoch, instance


def _row(session: psycopg.Connection[Any], statement: str, *values: object) -> tuple[Any, ...]:
    (row,) = session.execute(statement, values)
    return tuple(row)
