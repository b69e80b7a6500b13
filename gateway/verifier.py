"""Stage 4: a code or a record becomes an answer with its evidence, all of it from one moment of the store.

The evidence hangs on the newest final anchor that has its checkpoint; what lies beyond it is pending. Nothing is
verified here on the reader's behalf, and nothing is held back because it looks wrong: content that was altered goes out
as it stands, and a record that is gone is named, for the reader's own device to judge.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Row

from gateway import lookup
from gateway.catalogue import versions
from gateway.evidence import Evidence, content, newest
from gateway.lookup import Rows
from gateway.opener import Opener
from gateway.tracer import MOST_READ, Story, Tracer
from gateway.vault import Vault
from indexer.core import code, event
from indexer.core.bundle import Bundle, Entry
from indexer.core.canonical import Members
from indexer.core.code import Code
from indexer.core.errors import MissingError
from indexer.core.walk import Direction
from indexer.store import ledger

# Records in one page of an answer. A piece has dozens; a phone verifies a hundred in a second.
MOST: Final = 500


class NoRecordError(MissingError):
    """No record has this id."""

    code = "RECORD_UNKNOWN"
    sentence = "there is no record {id}"


@dataclass(frozen=True)
class Answer:
    """A bundle, and what the answering side knows beside it.

    `product` is the body of the master data that counts for the code, `placed` the log index of every record that
    has one, anchored or not.
    """

    bundle: Bundle
    kinds: Mapping[UUID, int] = field(default_factory=dict)
    placed: Mapping[UUID, int] = field(default_factory=dict)
    product: Members | None = None


@dataclass(frozen=True, kw_only=True)
class Page(Answer):
    """One page of a code's story; `next` is its last record where another page follows."""

    story: Story
    next: UUID | None = None

    @property
    def left_out(self) -> list[Literal["records", "depth", "reading"]]:
        """Why something of the answer is not on this page: it is on the next, or beyond the trace's end."""
        return [*_PAGED[: self.next is not None], *self.story.left_out]

    @property
    def more(self) -> bool:
        """Whether there is such a thing."""
        return bool(self.left_out)


_BIRTH: Final = ("ObjectEvent", "ADD")
_PAGED: Final[list[Literal["records"]]] = ["records"]


@dataclass(frozen=True)
class Verifier:
    """Answers out of one log. Its callers open one repeatable-read transaction for each answer."""

    origin: str
    vault: Vault = field(repr=False)
    most: int = MOST
    reading: int = MOST_READ

    def trace(
        self,
        connection: Connection,
        asked: Code,
        reader: UUID | None = None,
        direction: Direction = Direction.BOTH,
        depth: int | None = None,
    ) -> Story:
        """Find the whole story of a code, without its evidence."""
        opener = Opener(connection, self.vault, reader)
        return Tracer(connection, opener, self.reading).trace(asked, direction, depth)

    def about(
        self,
        connection: Connection,
        asked: Code,
        reader: UUID | None = None,
        direction: Direction = Direction.BOTH,
        depth: int | None = None,
        after: UUID | None = None,
    ) -> Page:
        """Gather the records of a code's story, and the master data of its class.

        `reader` is the participant who asks: it sees its own records whole, and of others' what names the code or
        what that led to. The nearest records come first, of equally near ones the newest, and `most` of them behind
        the record `after`.
        """
        opener = Opener(connection, self.vault, reader)
        story = Tracer(connection, opener, self.reading).trace(asked, direction, depth)
        if not story.steps and not story.missing:
            # Its class's master data alone would vouch for any serial number that somebody makes up.
            return _page(self._answer(connection, {}, [], opener), story)
        order = [one for one in story.order if not versions.is_master(story.told[one].row)]
        start = order.index(after) + 1 if after in order else 0
        page = order[start : start + self.most]
        wanted = page if start == 0 else dict.fromkeys([*page, *story.leading(page)])
        found, gone = lookup.amended(
            connection, lookup.whole(connection, list(wanted)), lookup.whole, 2 * self.most
        )
        master, lost = self._described(connection, asked, story)
        found |= lookup.based(connection, master, lookup.whole, 2 * self.most)
        answer = self._answer(
            connection,
            found,
            list(dict.fromkeys([*story.missing, *gone, *lost])),
            opener,
            known=story.walk.things.keys(),
            stated=next(iter(master.values()), None),
        )
        return _page(answer, story, page[-1] if len(order) > start + self.most else None)

    def record(self, connection: Connection, one: UUID, reader: UUID | None = None) -> Answer:
        """Gather one record by its id, with what it amends and what amends it.

        One that is gone, but that the index names, answers as missing.
        """
        rows = lookup.whole(connection, [one])
        if not rows and not lookup.indexed(connection, one):
            raise NoRecordError(id=one)
        based = lookup.based(connection, rows, lookup.whole, 2 * self.most)
        found, gone = lookup.amended(connection, based, lookup.whole, 2 * self.most)
        opener = Opener(connection, self.vault, reader)
        return self._answer(connection, found, gone if rows else [one], opener)

    def _described(
        self, connection: Connection, asked: Code, story: Story
    ) -> tuple[dict[UUID, Row[Any]], list[UUID]]:
        """Find the master data that counts for the code, and what is gone of all that there was.

        A gap in what describes the class may be the product's own data, so the reader is told of it.
        """
        kind = code.canonical(code.parent(asked) or asked)
        stated = list(lookup.named(connection, [ledger.described(kind)], self.most))
        candidates, lost = lookup.amended(
            connection, lookup.whole(connection, stated), lookup.whole, 2 * self.most
        )
        own = {one: story.told[one].row for one, steps in story.steps.items() if steps == 0}
        master = _master_data(candidates, own, kind)
        found = {} if master is None else {master.id: master}
        return found, [*lookup.gone(connection, stated), *lost]

    def several(
        self, connection: Connection, ids: Sequence[UUID], reader: UUID | None = None
    ) -> Answer:
        """Gather records by their ids, alone; what is gone of them is left out."""
        rows = lookup.whole(connection, ids)
        return self._answer(connection, rows, [], Opener(connection, self.vault, reader))

    def _answer(
        self,
        connection: Connection,
        rows: Rows,
        missing: Sequence[UUID],
        opener: Opener,
        *,
        known: Set[str] = frozenset(),
        stated: Row[Any] | None = None,
    ) -> Answer:
        anchor, note = newest(connection, self.origin)
        opener.read((row.id, row.participant) for row in rows.values())
        evidence = Evidence(connection, anchor, [row.digest for row in rows.values()])
        entries = [evidence.entry(row, opener.disclosures(row.id, known)) for row in rows.values()]
        bundle = Bundle(
            origin=self.origin,
            checkpoint=note,
            anchor=anchor,
            records=sorted(entries, key=_in_order),
            missing=lookup.missing(connection, missing),
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
        )


def _page(answer: Answer, story: Story, after: UUID | None = None) -> Page:
    return Page(
        bundle=answer.bundle,
        kinds=answer.kinds,
        placed=answer.placed,
        product=answer.product,
        story=story,
        next=after,
    )


def _master_data(candidates: Rows, rows: Rows, described: str) -> Row[Any] | None:
    """Choose whose word on the product counts, and of that the newest which was neither corrected nor withdrawn.

    Whoever gave the piece its code counts first.
    """
    makers = [
        row.participant for row in sorted(rows.values(), key=lambda row: row.id) if _adds(row)
    ]
    heard = {row.id for row in versions.heard(candidates.values(), makers[0] if makers else None)}
    stands = versions.standing(list(candidates.values()))
    # A correction may say that it was another thing; it speaks of this one no more.
    return next(
        (
            row
            for row in stands
            if row.id in heard and described in (versions.codes(row) or {described})
        ),
        None,
    )


def _adds(row: Row[Any]) -> bool:
    body = content(row.content).get("body")
    # Whoever packs it adds it too, to a case and not to the world.
    brings = isinstance(body, dict) and (body.get("type"), body.get("action")) == _BIRTH
    return brings and isinstance(body, dict) and not event.void(body)


def _in_order(entry: Entry) -> tuple[bool, int, UUID]:
    return (entry.logged is None, entry.logged.index if entry.logged else 0, entry.id)
