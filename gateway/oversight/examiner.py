"""What entered the log is looked over once, in the log's order, and what does not fit is remarked. Nothing is held up.

A part of the loop, of the leader alone; remarks and how far it came are written in one transaction. It opens what
records conceal, such as quantities and packed things: without the vault's key records wait for a loop that has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from gateway.leader import Term
from gateway.oversight import balance, packing, rules
from gateway.oversight.history import Archive, codes
from gateway.oversight.rules import Fault, Known
from gateway.oversight.tables import examined, remark
from gateway.vault import Vault

_log = structlog.get_logger(__name__)

# A record whose every code is wrong says so a few times, not a thousand.
MOST_REMARKS: Final = 100

_NEXT = text("select next_index from gateway.examined where log = :log")
_PLACED = text("""
select p.first_index, p.count as records, p.submission from ledger.placement p
where p.first_index >= :next order by p.first_index limit :most
""")
_RECORDS = text(
    "select r.id, r.submission from ledger.record r where r.submission = any(:submissions)"
)


@dataclass
class Examiner:
    """Examines up to `submissions` a step, and of them no more than `records` at once, but always one."""

    engine: Engine
    term: Term
    vault: Vault = field(repr=False)
    submissions: int = 100
    records: int = 200

    def step(self, now: datetime) -> int:
        """Examine what is new in the log; return how many submissions were examined."""
        with self.engine.begin() as connection:
            self.term.check(connection)
            placed = self._placed(connection)
            if not placed:
                return 0
            found = list(_remarks(connection, self.vault, [row.submission for row in placed]))
            if found:
                rows = [{**one, "id": uuid7(), "at": now} for one in found]
                connection.execute(remark.insert(), rows)
            self._advance(connection, placed[-1].first_index + 1 + placed[-1].records)
        _log.info("submissions_examined", count=len(placed), remarks=len(found))
        return len(placed)

    def _placed(self, connection: Connection) -> list[Row[Any]]:
        at = connection.execute(_NEXT, {"log": self.term.origin}).scalar_one_or_none() or 0
        rows = connection.execute(_PLACED, {"next": at, "most": self.submissions}).all()
        taken: list[Row[Any]] = []
        for row in rows:
            if taken and sum(one.records for one in taken) + row.records > self.records:
                break
            taken.append(row)
        return taken

    def _advance(self, connection: Connection, index: int) -> None:
        row = insert(examined).values(log=self.term.origin, next_index=index)
        at = {"next_index": row.excluded.next_index}
        connection.execute(row.on_conflict_do_update(index_elements=["log"], set_=at))


def _remarks(
    connection: Connection, vault: Vault, submissions: list[UUID]
) -> Iterator[dict[str, Any]]:
    archive = Archive(connection, vault)
    stated = connection.execute(_RECORDS, {"submissions": submissions})
    belongs = {row.id: row.submission for row in stated}
    for one in archive.records(belongs):
        for fault in list(_faults(archive, one))[:MOST_REMARKS]:
            yield {
                "participant": one.participant,
                "record": one.record,
                "submission": belongs[one.record],
                "rule": fault.rule,
                "place": fault.place,
                "others": list(fault.others),
            }


def _faults(archive: Archive, one: Known) -> Iterator[Fault]:
    yield from rules.alone(one)
    if one.void:
        return
    past = archive.past(codes(one.names), one.record)
    yield from rules.repeated(one, past, archive.same_id(one))
    yield from rules.ordered(one, past)
    yield from rules.unknown(one, past)
    yield from balance.exceeded(one, past)
    further = packing.parents(past) - past.keys()
    around = archive.past(further, one.record) if further else {}
    yield from packing.contradictions(one, {**past, **around})
