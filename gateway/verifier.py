"""Stage 4: a code or a record becomes an answer with its evidence, all of it from one moment of the store.

The evidence hangs on the newest final anchor that has its checkpoint; what lies beyond it is pending. Nothing is
verified here on the reader's behalf, and nothing is held back because it looks wrong: content that was altered goes out
as it stands, and a record that is gone is named, for the reader's own device to judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Row, select

from gateway import opener
from gateway.vault import Vault
from indexer.core import canonical, code, merkle
from indexer.core.bundle import Anchor, Block, Bundle, Entry, Logged, Missing, Signed
from indexer.core.canonical import Members
from indexer.core.code import Code
from indexer.core.errors import EvidenceError, InputError, MissingError
from indexer.core.record import Kind
from indexer.core.submission import log_id
from indexer.core.tile import Tree
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
        kind = code.parent(asked) or asked
        stated = _named(connection, [ledger.name(code.canonical(kind))])
        master = _master_data(_read(connection, stated[:MOST]), rows)
        # A gap in what names the class may be the product's own data, so the reader is told of it.
        missing = [one for one in named[:MOST] if one not in rows]
        missing += [one for one in _gone(connection, stated[:MOST]) if one not in missing]
        found = {one: row for one, row in rows.items() if row.kind != Kind.MASTER_DATA}
        if master:
            found[master.id] = master
        return self._answer(
            connection,
            found,
            missing,
            asked=asked,
            reader=reader,
            product=master,
            more=len(named) > MOST,
        )

    def record(self, connection: Connection, one: UUID, reader: UUID | None = None) -> Answer:
        """Gather one record by its id; one that is gone, but that the index names, answers as missing."""
        rows = _read(connection, [one])
        indexed = select(_naming.record).where(_naming.record == one).limit(1)
        if not rows and connection.scalar(indexed) is None:
            raise NoRecordError(id=one)
        return self._answer(connection, rows, [] if rows else [one], asked=None, reader=reader)

    def _answer(
        self,
        connection: Connection,
        rows: _Rows,
        missing: Sequence[UUID],
        *,
        asked: Code | None,
        reader: UUID | None,
        product: Row[Any] | None = None,
        more: bool = False,
    ) -> Answer:
        anchor, note = _newest(connection, self.origin)
        owners = {row.id: row.participant for row in rows.values()}
        opened = opener.disclosures(connection, self.vault, owners, asked, reader)
        evidence = _Evidence(connection, anchor)
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
        body = _content(product.content).get("body") if product else None
        return Answer(
            bundle=bundle,
            kinds={row.id: row.kind for row in rows.values()},
            placed=placed,
            product=body if isinstance(body, dict) else None,
            more=more,
        )


class _Evidence:
    """What the entries of one answer share: the anchor and the tree's tiles."""

    def __init__(self, connection: Connection, anchor: Anchor | None) -> None:
        self._anchor = anchor
        self._tree = Tree(lru_cache(maxsize=None)(ledger.reader(connection)))

    def entry(self, row: Row[Any], disclosures: list[str]) -> Entry:
        """Put one record together with its two paths."""
        signed = Signed(row.participant, row.key, row.sequence, row.total, row.root, row.signature)
        return Entry(
            id=row.id,
            content=_content(row.content),
            disclosures=disclosures,
            submission=signed,
            position=row.position,
            submission_path=self._submission_path(row),
            received_at=row.received_at,
            logged=self._logged(row),
        )

    def _submission_path(self, row: Row[Any]) -> list[bytes]:
        # The digests as they were signed, so that a neighbour that is gone or altered harms this record in nothing.
        digests = [row.digests[at : at + 32] for at in range(0, len(row.digests), 32)]
        try:
            return list(merkle.inclusion(row.position, [merkle.leaf_hash(one) for one in digests]))
        except EvidenceError:
            return []

    def _logged(self, row: Row[Any]) -> Logged | None:
        if row.first_index is None or self._anchor is None:
            return None
        index = row.first_index + 1 + row.position
        if index >= self._anchor.size:
            return None
        try:
            return Logged(index, self._tree.inclusion(index, self._anchor.size))
        except (EvidenceError, ledger.TileMissingError):
            # Tiles that do not hold together prove nothing; the reader sees a path that does not climb.
            return Logged(index, [])


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


def _master_data(candidates: _Rows, rows: _Rows) -> Row[Any] | None:
    """Choose whose word on the product counts, and of that the newest.

    Whoever gave the piece its code counts, else whoever spoke of the class first: a stranger who later states master
    data for somebody else's product does not change what its buyers read.
    """
    stated = sorted(
        (row for row in candidates.values() if row.kind == Kind.MASTER_DATA), key=lambda row: row.id
    )
    if not stated:
        return None
    makers = [
        row.participant for row in sorted(rows.values(), key=lambda row: row.id) if _adds(row)
    ]
    own = [row for row in stated if makers and row.participant == makers[0]]
    return (
        own[-1] if own else [row for row in stated if row.participant == stated[0].participant][-1]
    )


def _adds(row: Row[Any]) -> bool:
    body = _content(row.content).get("body")
    return isinstance(body, dict) and body.get("action") == "ADD"


def _newest(connection: Connection, origin: str) -> tuple[Anchor | None, str | None]:
    """Find the newest final anchor for which a checkpoint of the same size and root was published."""
    one = tables.checkpoint.c
    query = (
        select(tables.anchor, _block.hash, _block.timestamp, one.note)
        .join(tables.block, _block.number == _anchor.block_number)
        .join(tables.checkpoint, (one.size == _anchor.size) & (one.root == _anchor.root))
        .where(
            _anchor.log == log_id(origin),
            _anchor.block_number <= select(tables.cursor.c.final_number).limit(1).scalar_subquery(),
        )
        .order_by(_anchor.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None, None
    block = Block(row.block_number, row.hash, row.timestamp)
    return Anchor(row.number, row.old_size, row.size, row.root, row.tx_hash, block), row.note


def _content(data: bytes) -> Members:
    """Read what is stored as content; bytes that are no JSON object any more go out as an empty one."""
    try:
        value = canonical.decode(data)
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}


def _in_order(entry: Entry) -> tuple[bool, int, UUID]:
    return (entry.logged is None, entry.logged.index if entry.logged else 0, entry.id)
