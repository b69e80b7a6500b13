"""What else is recorded of things: placed events that name them, opened, without those that were withdrawn.

Everything is found by the index of names and bounded, so that a pallet's thousand serial numbers or a code that all the
world names cost no more than their share. What a record was altered to is not read: that is the reconciler's to tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from gateway import amendments, identity, lookup, opener
from gateway.evidence import content
from gateway.oversight.rules import History, Known
from gateway.vault import Vault
from indexer.core import code, disclosure, event
from indexer.core.errors import EvidenceError, InputError
from indexer.core.event import Naming
from indexer.core.record import Kind
from indexer.store import ledger, tables

# Records that are read of one code, and of all codes of one event together.
MOST: Final = 500
MOST_TOGETHER: Final = 5000
_LEAST: Final = 20

_record, _submission, _placement = tables.record.c, tables.submission.c, tables.placement.c
_STATING = (Kind.EVENT, Kind.AMENDMENT)
_NAMED = text("""
select asked.code, found.record from unnest(cast(:codes as bytea[])) as asked (code)
cross join lateral (
  select n.record from ledger.naming n where n.code = asked.code order by n.record desc limit :most
) found
""")
_ROWS = (
    select(
        _record.id,
        _record.kind,
        _record.digest,
        _record.content,
        _submission.participant,
        _submission.received_at,
        (_placement.first_index + 1 + _record.position).label("place"),
    )
    .join(tables.submission, _submission.id == _record.submission)
    .join(tables.placement, _placement.submission == _record.submission)
    .where(_record.kind.in_(_STATING))
)


@dataclass
class Archive:
    """Reads histories in one transaction, each record once."""

    connection: Connection
    vault: Vault = field(repr=False)
    _known: dict[UUID, Known | None] = field(default_factory=dict, repr=False)

    def records(self, wanted: Iterable[UUID]) -> list[Known]:
        """Open records that still stand, in the log's order; those that are no events are left out."""
        asked = list(dict.fromkeys(wanted))
        new = [one for one in asked if one not in self._known]
        if new:
            self._known |= dict.fromkeys(new)
            self._known |= self._read(new)
        found = [known for one in asked if (known := self._known[one])]
        return sorted(found, key=lambda it: it.index)

    def past(self, codes: Iterable[str], but: UUID) -> dict[str, History]:
        """Gather by canonical code the other events that name it."""
        asked = list(dict.fromkeys(codes))
        most = max(_LEAST, min(MOST, MOST_TOGETHER // max(1, len(asked))))
        spelt = {name: one for one in asked for name in lookup.names(self.vault, one)}
        found: dict[str, set[UUID]] = {one: set() for one in asked}
        rows = self.connection.execute(_NAMED, {"codes": list(spelt), "most": most + 1})
        for name, record in rows:
            found[spelt[bytes(name)]].add(record)
        readable = {one: records - {but} for one, records in found.items() if len(records) <= most}
        self.records(one for records in readable.values() for one in records)
        return {one: self._history(readable.get(one)) for one in asked}

    def _history(self, records: set[UUID] | None) -> History:
        """Read a history but for what declares errors, which states nothing of things."""
        if records is None:
            return History(whole=False)
        return History([one for one in self.records(records) if not one.void])

    def same_id(self, one: Known) -> list[Known]:
        """Find the events that their participant recorded under the id of this one."""
        stated = one.event.get("eventID")
        if not isinstance(stated, str):
            return []
        names = identity.names(self.vault, one.participant, stated)
        rows = self.connection.execute(_NAMED, {"codes": names, "most": MOST})
        found = self.records(row.record for row in rows)
        return [it for it in found if it.record != one.record and not it.void]

    def _read(self, records: Sequence[UUID]) -> dict[UUID, Known]:
        rows = self.connection.execute(_ROWS.where(_record.id.in_(records))).all()
        gone = self._superseded(rows)
        standing = [row for row in rows if row.id not in gone]
        opened = opener.everything(self.connection, self.vault, [row.id for row in standing])
        read = {row.id: _known(row, opened.get(row.id, [])) for row in standing}
        return {one: known for one, known in read.items() if known}

    def _superseded(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> set[UUID]:
        """Name those that their participant corrected or withdrew; only what was approved is in the ledger."""
        names = {ledger.amends(row.digest): row for row in rows}
        asked = select(tables.naming.c.code, _record.kind, _submission.participant).where(
            tables.naming.c.code.in_(names),
            _record.id == tables.naming.c.record,
            _submission.id == _record.submission,
        )
        return {
            names[bytes(name)].id
            for name, kind, participant in self.connection.execute(asked)
            if kind in amendments.SUPERSEDING and participant == names[bytes(name)].participant
        }


def codes(names: Iterable[Naming]) -> list[str]:
    """Spell each code of an event once."""
    return list(dict.fromkeys(code.canonical(one.code) for one in names))


def _known(row: Row[*tuple[Any, ...]], disclosures: Sequence[str]) -> Known | None:
    if sha256(row.content).digest() != row.digest:
        return None
    body: Mapping[str, Any] | object = content(row.content).get("body")
    try:
        opened = (
            disclosure.reveal(dict(body), disclosures, partial=True)
            if isinstance(body, dict)
            else {}
        )
        names, at = event.names(opened), event.instant(opened)
    except (InputError, EvidenceError):
        # Master data, or an event whose time was erased: nothing that could be held to others.
        return None
    return Known(row.id, row.place, row.participant, row.received_at, at, opened, names)
