"""Stage 4: a code or a record becomes an answer with its evidence, all of it from one moment of the store.

The evidence hangs on the newest final anchor that has its checkpoint; what lies beyond it is pending. Nothing is
verified here on the reader's behalf, and nothing is held back because it looks wrong: content that was altered goes out
as it stands, and a record that is gone is named, for the reader's own device to judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Row, select

from gateway import amendments, opener
from gateway.evidence import Evidence, content, newest
from gateway.vault import Vault
from indexer.core import code, event, product
from indexer.core.bundle import Bundle, Entry, Missing
from indexer.core.canonical import Members
from indexer.core.code import Code
from indexer.core.errors import MissingError
from indexer.core.record import Kind
from indexer.store import ledger, tables

# Records in one answer. A piece has dozens; a phone verifies a hundred in a second.
MOST = 500

_Rows: TypeAlias = Mapping[UUID, Row[Any]]
_record, _submission, _placement = tables.record.c, tables.submission.c, tables.placement.c
_naming, _anchor, _block = tables.naming.c, tables.anchor.c, tables.block.c
# A row's own `count` is tuple's.
_SIGNED = (
    _submission.participant,
    _submission.key,
    _submission.sequence,
    _submission.count.label("total"),
    _submission.root,
    _submission.digests,
    _submission.signature,
    _submission.received_at,
)


class NoRecordError(MissingError):
    """No record has this id."""

    code = "RECORD_UNKNOWN"
    sentence = "there is no record {id}"


@dataclass(frozen=True)
class Answer:
    """A bundle, and what the answering side knows beside it. `more` says that older records were left out.

    `product` is the body of the master data that counts for the code, `placed` the log index of every record that
    has one, anchored or not.
    """

    bundle: Bundle
    kinds: Mapping[UUID, int] = field(default_factory=dict)
    placed: Mapping[UUID, int] = field(default_factory=dict)
    product: Members | None = None
    more: bool = False


@dataclass(frozen=True)
class Verifier:
    """Answers out of one log. Its callers open one repeatable-read transaction for each answer."""

    origin: str
    vault: Vault = field(repr=False)

    def about(self, connection: Connection, asked: Code, reader: UUID | None = None) -> Answer:
        """Gather the records that name a code, and the master data of its class.

        `reader` is the participant who asks: it sees its own records whole, and of others' what names the code.
        """
        text = code.canonical(asked)
        named = _named(connection, [ledger.name(text), self.vault.concealed_name(text)])
        rows = _read(connection, named[:MOST])
        if not named:
            # Its class's master data alone would vouch for any serial number that somebody makes up.
            return self._answer(connection, {}, [], asked=asked, reader=reader)
        found, gone = _amended(
            connection, {one: row for one, row in rows.items() if not _is_master(row)}
        )
        kind = code.parent(asked) or asked
        stated = _named(connection, [ledger.name(code.canonical(kind))])
        candidates, lost = _amended(connection, _read(connection, stated[:MOST]))
        master = _master_data(candidates, rows)
        # A gap in what names the class may be the product's own data, so the reader is told of it.
        missing = dict.fromkeys(one for one in named[:MOST] if one not in rows)
        missing |= dict.fromkeys([*_gone(connection, stated[:MOST]), *gone, *lost])
        if master:
            found |= _whole(connection, {master.id: master})
        return self._answer(
            connection,
            found,
            list(missing),
            asked=asked,
            reader=reader,
            stated=master,
            more=len(named) > MOST,
        )

    def record(self, connection: Connection, one: UUID, reader: UUID | None = None) -> Answer:
        """Gather one record by its id, with what it amends and what amends it.

        One that is gone, but that the index names, answers as missing.
        """
        rows = _read(connection, [one])
        indexed = select(_naming.record).where(_naming.record == one).limit(1)
        if not rows and connection.scalar(indexed) is None:
            raise NoRecordError(id=one)
        found, gone = _amended(connection, _whole(connection, rows))
        missing = gone if rows else [one]
        return self._answer(connection, found, missing, asked=None, reader=reader)

    def _answer(
        self,
        connection: Connection,
        rows: _Rows,
        missing: Sequence[UUID],
        *,
        asked: Code | None,
        reader: UUID | None,
        stated: Row[Any] | None = None,
        more: bool = False,
    ) -> Answer:
        anchor, note = newest(connection, self.origin)
        owners = {row.id: row.participant for row in rows.values()}
        opened = opener.disclosures(connection, self.vault, owners, asked, reader)
        evidence = Evidence(connection, anchor, [row.digest for row in rows.values()])
        entries = [evidence.entry(row, opened.get(row.id, [])) for row in rows.values()]
        bundle = Bundle(
            origin=self.origin,
            checkpoint=note,
            anchor=anchor,
            records=sorted(entries, key=_in_order),
            missing=_missing(connection, missing),
        )
        placed = {
            row.id: row.first_index + 1 + row.position
            for row in rows.values()
            if row.first_index is not None
        }
        body = content(stated.content).get("body") if stated else None
        return Answer(
            bundle=bundle,
            kinds={row.id: row.kind for row in rows.values()},
            placed=placed,
            product=body if isinstance(body, dict) else None,
            more=more,
        )


def _named(connection: Connection, names: Sequence[bytes]) -> list[UUID]:
    """List the newest records that name one of these, gone ones included, one more than goes into an answer."""
    query = (
        select(_naming.record)
        .where(_naming.code.in_(names))
        .distinct()
        .order_by(_naming.record.desc())
        .limit(MOST + 1)
    )
    return list(connection.scalars(query))


def _gone(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    there = set(connection.scalars(select(_record.id).where(_record.id.in_(ids))))
    return [one for one in ids if one not in there]


def _missing(connection: Connection, ids: Sequence[UUID]) -> list[Missing]:
    """Say where records that are gone had stood in the log, null while their submission has no place."""
    query = (
        select(_naming.record, _placement.first_index + 1 + _naming.position)
        .outerjoin(tables.placement, _placement.submission == _naming.submission)
        .where(_naming.record.in_(ids))
        .distinct()
        .order_by(_naming.record)
    )
    return [Missing(record, index) for record, index in connection.execute(query)]


def _read(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Read records with submission and place; one whose submission is gone proves nothing and is left out."""
    query = (
        select(tables.record, *_SIGNED, _placement.first_index)
        .join(tables.submission, _submission.id == _record.submission)
        .outerjoin(tables.placement, _placement.submission == _record.submission)
        .where(_record.id.in_(ids))
    )
    return {row.id: row for row in connection.execute(query)}


def _amended(connection: Connection, rows: _Rows) -> tuple[dict[UUID, Row[Any]], list[UUID]]:
    """Add what amends these, what amends that, and so on; name beside it those of them that are gone."""
    found, fresh, gone = dict(rows), rows, list[UUID]()
    while fresh and len(found) < 2 * MOST:
        amending = amendments.amending(connection, [row.digest for row in fresh.values()])
        wanted = [one for one in amending if one not in found]
        fresh = _read(connection, wanted[:MOST])
        gone += [one for one in wanted[:MOST] if one not in fresh]
        found |= fresh
    return found, gone


def _whole(connection: Connection, rows: _Rows) -> dict[UUID, Row[Any]]:
    """Add what these amend, what that amends, and so on."""
    found, fresh = dict(rows), rows
    while fresh and len(found) < 2 * MOST:
        wanted = amendments.bases(connection, fresh.values())
        fresh = _read(connection, [one for one in wanted if one not in found])
        found |= fresh
    return found


def _is_master(row: Row[Any]) -> bool:
    """Tell whether a record states what a class of things is, be it as a correction."""
    body = content(row.content).get("body") if row.kind == Kind.AMENDMENT else None
    corrected = isinstance(body, dict) and body.get("type") == product.TYPE
    return row.kind == Kind.MASTER_DATA or corrected


def _master_data(candidates: _Rows, rows: _Rows) -> Row[Any] | None:
    """Choose whose word on the product counts, and of that the newest which was neither corrected nor withdrawn.

    Whoever gave the piece its code counts, else whoever spoke of the class first: a stranger who later states master
    data for somebody else's product does not change what its buyers read.
    """
    stated = sorted(filter(_is_master, candidates.values()), key=lambda row: row.id)
    if not stated:
        return None
    makers = [
        row.participant for row in sorted(rows.values(), key=lambda row: row.id) if _adds(row)
    ]
    own = [row for row in stated if makers and row.participant == makers[0]]
    heard = own or [row for row in stated if row.participant == stated[0].participant]
    over = amendments.superseded(list(candidates.values()))
    return next((row for row in reversed(heard) if row.id not in over), None)


def _adds(row: Row[Any]) -> bool:
    body = content(row.content).get("body")
    return isinstance(body, dict) and body.get("action") == "ADD" and not event.void(body)


def _in_order(entry: Entry) -> tuple[bool, int, UUID]:
    return (entry.logged is None, entry.logged.index if entry.logged else 0, entry.id)
