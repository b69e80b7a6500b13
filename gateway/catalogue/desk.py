"""Master data as they stand in the ledger: whose they are, what they describe, which versions count.

Nothing is written here: master data are records like all others and come in by intake. They are found by names of
their own (ledger.described, ledger.describing), so that a class with a million events has its few versions at hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select

from gateway import amendments, opener
from gateway.catalogue import versions
from gateway.vault import Vault
from indexer.core import code, event, header, masterdata, site
from indexer.core.canonical import Members
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.record import Kind
from indexer.store import ledger, tables

# A thing is what one type of master data says of one code.
Thing: TypeAlias = tuple[str, str]
_Rows: TypeAlias = dict[UUID, Row[Any]]
_record, _submission, _naming = tables.record.c, tables.submission.c, tables.naming.c
_STATING = (Kind.MASTER_DATA, Kind.AMENDMENT)


@dataclass(frozen=True)
class Page:
    """Versions that stand, newest first, each with all versions of the same thing; `before` leads to the next page."""

    current: dict[UUID, list[UUID]]
    before: UUID | None = None


@dataclass(frozen=True)
class Described:
    """What was stated about one thing: the version that counts, all of that party's, and what others' newest are."""

    current: UUID | None
    versions: list[UUID]
    others: list[UUID]


@dataclass(frozen=True)
class Shelf:
    """One participant's view of its own master data."""

    connection: Connection
    vault: Vault = field(repr=False)
    owner: UUID

    def page(self, types: Sequence[str], before: UUID | None, limit: int) -> Page:
        """List what stands of these types, looking at `limit` records before one."""
        names = [ledger.describing(str(self.owner), one) for one in types]
        query = select(_naming.record).where(_naming.code.in_(names)).distinct()
        if before is not None:
            query = query.where(_naming.record < before)
        newest = query.order_by(_naming.record.desc()).limit(limit)
        ids = list(self.connection.scalars(newest))
        rows = _read(self.connection, _record.id.in_(ids))
        wanted = {one for _, one in self._things(rows.values())}
        current = self._current(rows | self._about(wanted))
        kept = {one: every for one, every in current.items() if one in rows}
        return Page(kept, ids[-1] if len(ids) == limit else None)

    def of(self, asked: Code, types: Sequence[str]) -> Page:
        """List what stands about one thing."""
        named = code.canonical(asked)
        rows = self._about({named})
        current = self._current(rows)
        about = {
            one: every
            for one, every in current.items()
            if any(kind in types and what == named for kind, what in self._things([rows[one]]))
        }
        return Page(about)

    def fresh(self, document: Members) -> list[tuple[str, Members]]:
        """List the elements of an EPCIS document's header, with their places, that say something new.

        One that equals its newest version is left out, so that every document may carry all of them.
        """
        found = list(header.split(document))
        wanted = {what for _, stated in found for _, what in _things(stated)}
        rows = self._about(wanted)
        opened = self._opened(rows.values())
        known = {
            _key(opened[row.id]): opened[row.id]
            for row in reversed(versions.standing(list(rows.values())))
        }
        kept = []
        for place, stated in found:
            if known.get(_key(stated)) != stated:
                known[_key(stated)] = stated
                kept.append((place, stated))
        return kept

    def _about(self, canonical_codes: set[str]) -> _Rows:
        # Whoever conceals what its master data describe still finds them.
        names = [
            name
            for one in canonical_codes
            for name in (ledger.described(one), self.vault.concealed_name(one))
        ]
        return _named(self.connection, names, self.owner)

    def _current(self, rows: _Rows) -> dict[UUID, list[UUID]]:
        """Find the newest version of each thing that stands, newest first, with all versions of that thing."""
        every: dict[Thing, list[UUID]] = {}
        opened = self._opened(rows.values())
        for row in sorted(rows.values(), key=lambda row: row.id, reverse=True):
            for thing in _things(opened[row.id]):
                every.setdefault(thing, []).append(row.id)
        found: dict[UUID, list[UUID]] = {}
        seen: set[Thing] = set()
        for row in versions.standing(list(rows.values())):
            things = _things(opened[row.id])
            if not seen & things:
                both = {one for thing in things for one in every[thing]}
                found[row.id] = sorted(both, reverse=True)
            seen |= things
        return found

    def _things(self, rows: Iterable[Row[Any]]) -> set[Thing]:
        return {thing for said in self._opened(rows).values() for thing in _things(said)}

    def _opened(self, rows: Iterable[Row[Any]]) -> dict[UUID, Members]:
        """Put back what the owner concealed; what does not open stays as it is stored."""
        bodies = {row.id: versions.body(row) for row in rows}
        found = opener.everything(self.connection, self.vault, list(bodies))
        return {one: opener.revealed(said, found.get(one, [])) for one, said in bodies.items()}


def public(connection: Connection, asked: Code) -> Described | None:
    """Tell what is openly stated about one thing, and whose word on it counts; None where nobody said anything."""
    named = code.canonical(asked)
    rows = _named(connection, [ledger.described(named)], None)
    heard = {row.id: row.participant for row in versions.heard(rows.values(), None)}
    if not heard:
        return None
    stands = [
        row
        for row in versions.standing(list(rows.values()))
        if named in (versions.codes(row) or {named})
    ]
    others: dict[UUID, UUID] = {}
    for row in stands:
        if row.participant not in heard.values():
            others.setdefault(row.participant, row.id)
    current = next((row.id for row in stands if row.id in heard), None)
    return Described(current, sorted(heard, reverse=True), list(others.values()))


def sites(
    connection: Connection, wanted: Iterable[tuple[UUID, Code]]
) -> dict[tuple[UUID, str], Members]:
    """Find the master data of sites, by the participant that speaks of a place and the place's canonical code."""
    asked = {(who, code.canonical(place)) for who, place in wanted}
    names = [ledger.described(one) for one in {place for _, place in asked}]
    found: dict[tuple[UUID, str], Members] = {}
    for row in versions.standing(list(_named(connection, names, None).values())):
        said = versions.body(row)
        for one in versions.codes(row) if said.get("type") == site.TYPE else ():
            if (row.participant, one) in asked:
                found.setdefault((row.participant, one), said)
    return found


def described(connection: Connection, wanted: Iterable[str]) -> dict[str, Members]:
    """Find what is openly stated about things, by their canonical codes: of each the newest word that is heard."""
    asked = set(wanted)
    rows = _named(connection, [ledger.described(one) for one in asked], None)
    about: dict[str, list[Row[Any]]] = {}
    for row in rows.values():
        for one in versions.codes(row) & asked:
            about.setdefault(one, []).append(row)
    heard = {(one, row.id) for one, some in about.items() for row in versions.heard(some, None)}
    found: dict[str, Members] = {}
    for row in versions.standing(list(rows.values())):
        for one in versions.codes(row):
            if (one, row.id) in heard:
                found.setdefault(one, versions.body(row))
    return found


def _named(connection: Connection, names: Sequence[bytes], owner: UUID | None) -> _Rows:
    """Read the master data indexed under names, and what corrects or withdraws them, and that in turn."""
    if not names:
        return {}
    record = select(_naming.record).where(_naming.code.in_(names))
    fresh = _read(connection, _record.id.in_(record), _record.kind.in_(_STATING))
    found: _Rows = {}
    while fresh:
        found |= fresh
        ids = amendments.amending(connection, [row.digest for row in fresh.values()])
        fresh = _read(connection, _record.id.in_([one for one in ids if one not in found]))
    return {one: row for one, row in found.items() if owner is None or row.participant == owner}


def _read(connection: Connection, *where: Any) -> _Rows:  # noqa: ANN401 -- what SQLAlchemy takes
    query: Select[Any] = (
        select(_record.id, _record.kind, _record.digest, _record.content, _submission.participant)
        .join(tables.submission, _submission.id == _record.submission)
        .where(*where)
    )
    return {row.id: row for row in connection.execute(query)}


def _things(said: Members) -> set[Thing]:
    """Name what a body describes; one that was altered until it cannot be read describes nothing."""
    try:
        named = event.names(said) if masterdata.of(said) else []
    except InputError:
        return set()
    return {(str(said["type"]), code.canonical(one.code)) for one in named}


def _key(said: Members) -> tuple[str, str]:
    return str(said.get("vocabulary")), str(said.get("id"))
