"""What an anchored notice of erasure names is forgotten here: record key, sealed values, the index over them.

A part of the loop, of the leader alone. The notice comes first, final on chain under a published checkpoint, so that
what is gone without one was lost or hidden, never erased; the database itself refuses any other order (triggers). The
record's content, digest and leaf stay and still prove.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, text

from gateway.evidence import content
from gateway.leader import Term
from indexer.store import ledger

_log = structlog.get_logger(__name__)

_NOTICES = text("""
select r.id, r.content, p.first_index + p.count as last from ledger.record r
left join ledger.placement p on p.submission = r.submission
where r.kind = 5 and r.id > :after order by r.id limit :most
""")
_COVERED = text("select coalesce(max(size), 0) from ledger.checkpoint")
_FORGET = (
    text("delete from ledger.naming where record = :record and concealed"),
    text("delete from ledger.sealed where record = :record"),
    text("delete from ledger.record_key where record = :record"),
)


@dataclass
class Eraser:
    """Carries out notices in the order of their ids, once in the life of its process for each."""

    engine: Engine
    term: Term
    most: int = 100
    _done: UUID | None = None

    def step(self) -> int:
        """Carry out the next notices that are under a checkpoint; return how many records lost their secrets."""
        erased = 0
        with self.engine.begin() as connection:
            self.term.check(connection)
            covered = connection.execute(_COVERED).scalar_one()
            rows = connection.execute(
                _NOTICES, {"after": self._done or UUID(int=0), "most": self.most}
            ).all()
            done = self._done
            for row in rows:
                if row.last is None or row.last >= covered:
                    break
                erased += self._carry_out(connection, row.content)
                done = row.id
        self._done = done
        return erased

    def _carry_out(self, connection: Connection, notice: bytes) -> int:
        amended = content(notice).get("amends")
        if not isinstance(amended, str):
            return 0
        erased = 0
        for one in ledger.found(connection, bytes.fromhex(amended)):
            gone = [connection.execute(step, {"record": one.id}).rowcount for step in _FORGET]
            if gone[-1]:
                erased += 1
                _log.info("record_erased", record=str(one.id))
        return erased
