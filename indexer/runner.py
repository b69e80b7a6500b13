"""Follower and reconciler in turns, until somebody says stop or only a person can help.

An outage is waited out, twice as long each time and half a minute at most; whatever the chain does meanwhile, the
store is looked at. What no retry mends is written down as a finding and raised.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog

from indexer.core.errors import InconsistencyError, OutageError
from indexer.follower import Follower
from indexer.reconciler import Reconciler
from indexer.store.findings import Finding

LONGEST_WAIT = 30.0
_REMEMBERED = 10_000
_log = structlog.get_logger("indexer.runner")


class Runner:
    """Runs one follower and one reconciler. `clock` is the program's."""

    def __init__(
        self,
        follower: Follower,
        reconciler: Reconciler,
        clock: Callable[[], datetime],
        interval: float,
    ) -> None:
        self._follower = follower
        self._reconciler = reconciler
        self._clock = clock
        self._interval = interval
        self._wait = interval
        self._away = ""
        self._said: set[tuple[str, str]] = set()

    def run(self, stop: Event) -> None:
        """Run until `stop` is set."""
        while not stop.is_set():
            stop.wait(self.turn())

    def turn(self) -> float:
        """Take one turn of each, and return how many seconds to wait before the next."""
        wait = self._follow()
        if wait > 0:
            try:
                for found in self._reconciler.step(self._clock()):
                    self._tell(found)
            except OutageError as error:
                return self._back_off(error)
        return wait

    def _follow(self) -> float:
        try:
            done = self._follower.step()
        except OutageError as error:
            return self._back_off(error)
        except InconsistencyError as error:
            self._tell(self._reconciler.stopped(error, self._clock()))
            raise
        if self._away:
            _log.info("back", after=self._away)
        self._wait, self._away = self._interval, ""
        if done == "rewound":
            _log.warning("chain_reorganised")
        return 0.0 if done in ("appended", "rewound") else self._interval

    def _back_off(self, error: OutageError) -> float:
        if error.code != self._away:
            _log.warning("away", code=error.code, reason=str(error))
        self._away = error.code
        wait, self._wait = self._wait, min(LONGEST_WAIT, self._wait * 2)
        return wait

    def _tell(self, found: Finding) -> None:
        """Log a finding once; it is met again at every round."""
        if found.name in self._said:
            return
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said.add(found.name)
        _log.error(
            "finding",
            kind=found.kind,
            subject=found.subject,
            record=str(found.record) if found.record else None,
            first=found.first_index,
            last=found.last_index,
        )
