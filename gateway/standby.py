"""How a loop that stands by tells a paused leader from a slow one, and ends the one that is paused.

A paused process keeps its connections, and with them the lock and whatever a transaction of its holds. What it does
not keep is its pulse: once that has not moved for a while, by this process's own clock, every session of the leader is
ended, and its locks and open transactions with them. When it wakes it finds itself without a lead. Clocks of two
machines are never compared, and a pulse that moves is enough, however long the leader's steps take.
"""

from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy import Engine, select, text

from indexer.store.tables import leader

# Seconds without a pulse: ten missed beats. With a look every second the next leader begins well within ten seconds.
PATIENCE = 5.0
# Of the time between two looks this much counts at most, in seconds: who was paused itself has not seen anybody silent.
_LOOK = 2.5

# The instance is the application name of all of one process's sessions. Only sessions of our own login are ended, which
# PostgreSQL allows everybody, and only if the pulse still stands where it was seen. Each is waited for, half a second
# at most, so that the lock can be had at once.
_END = text("""
select count(pg_terminate_backend(a.pid, 500))
from ledger.leader l join pg_stat_activity a on a.application_name = l.instance
where l.origin = :origin and l.instance = :instance and l.seen = :seen
  and l.instance not in ('', current_setting('application_name'))
  and a.datname = current_database() and a.usename = current_user
""")

_log = structlog.get_logger(__name__)


@dataclass
class Standby:
    """Watches the pulse of a log's leader; to be asked often, about once a second."""

    engine: Engine
    origin: str
    patience: float = PATIENCE
    _pulse: tuple[object, ...] | None = field(default=None, init=False)
    _looked: float = field(default_factory=monotonic, init=False)
    _silent: float = field(default=0.0, init=False)

    def look(self) -> bool:
        """Look at the pulse once more; end the leader's sessions if it has stopped, and tell whether any was."""
        query = select(leader.c.instance, leader.c.epoch, leader.c.seen).where(
            leader.c.origin == self.origin
        )
        with self.engine.begin() as connection:
            row = connection.execute(query).one_or_none()
            pulse = None if row is None else tuple(row)
            now = monotonic()
            moved = pulse != self._pulse
            self._silent = 0.0 if moved else self._silent + min(now - self._looked, _LOOK)
            self._pulse, self._looked = pulse, now
            if row is None or self._silent < self.patience:
                return False
            given = {"origin": self.origin, "instance": row.instance, "seen": row.seen}
            ended: int = connection.execute(_END, given).scalar_one()
        if ended:
            _log.warning(
                "silent_leader_ended", instance=row.instance, epoch=row.epoch, sessions=ended
            )
        return ended > 0
