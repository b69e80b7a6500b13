"""From a code to the records of its whole story: the walk of indexer/core/walk.py, fed from the store round by round.

Each round looks the newly reached codes up in the index of names, open and concealed, reads the records that name
them, and walks again over all that was read, until nothing new is reached. A record that nobody asked for by a code
that was reached already is never read, and never opened: so the trace shows a reader no more of what others conceal
than the reader could ask for one by one. What was altered leads nowhere, but is not left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Row

from gateway import amendments, lookup
from gateway.evidence import content
from gateway.opener import Opener
from indexer.core import code as codes
from indexer.core import disclosure, event, link
from indexer.core.canonical import Members
from indexer.core.code import Code, Scheme
from indexer.core.errors import EvidenceError, InputError
from indexer.core.event import Naming
from indexer.core.link import Link, Statement
from indexer.core.record import Kind
from indexer.core.walk import Direction, Reached, Walk, is_process, walk
from indexer.store import ledger

# Records that one trace reads: a lot of a thousand valves in as many heaters, each with a dozen records. They take
# about two seconds and 60 MB here; whoever needs more asks with less depth, or for the single things.
MOST_READ: Final = 20_000
_AMENDING = (Kind.AMENDMENT, Kind.WITHDRAWAL, Kind.ERASURE)
# Without one of these in its bytes a content conceals nothing, and is read as it stands.
_CONCEALING: Final = (b'"_sd"', b'"..."')
# Codes looked up in one statement.
_BATCH: Final = 1_000


@dataclass(frozen=True)
class Told:
    """One record that was read: what it says to this reader, and whether that is what was hashed."""

    row: Row[Any]
    body: Members
    names: Sequence[Naming]
    at: str | None
    sound: bool
    statement: Statement | None = None  # where it is a sound event that says when

    @property
    def event(self) -> bool:
        """Whether it states what happened, be it as a correction."""
        return self.row.kind in (Kind.EVENT, Kind.AMENDMENT) and "eventTime" in self.body


@dataclass(frozen=True)
class Story:
    """A code's story as one reader may see it.

    `steps` says of each record that belongs to it how far it is from the asked code, `missing` what is gone of it,
    `over` which records were corrected or withdrawn, `statements` those that lead anywhere; `whole` is False where
    the limit of reading ended it.
    """

    asked: str
    walk: Walk
    told: Mapping[UUID, Told]
    steps: Mapping[UUID, int]
    missing: Sequence[UUID]
    over: Set[UUID]
    statements: Sequence[Statement]
    whole: bool

    def forward(self) -> "Story":
        """Walk only forward over what was read, which must have been read in this direction too."""
        return replace(self, walk=walk(self.asked, Direction.FORWARD, self.statements))

    @property
    def order(self) -> list[UUID]:
        """The records of the story, the nearest first, of equally near ones the newest."""
        newest = sorted(self.steps, reverse=True)
        return sorted(newest, key=self.steps.__getitem__)

    @property
    def left_out(self) -> list[Literal["depth", "reading"]]:
        """What ended the trace before its end: the depth that was asked for, or how much is read for one."""
        if not self.whole:
            return ["reading"]
        return [] if self.walk.whole else ["depth"]

    def leading(self, records: Iterable[UUID]) -> list[UUID]:
        """List the records that lead from the asked code to what these speak of, so that they prove it alone."""
        things = self.walk.things
        ends = defaultdict[str, list[Link]](list)
        for each in self.walk.links:
            near, far = sorted((each.inner, each.outer), key=lambda one: things[one].depth)
            ends[far].append(each)
            if things[near].depth == things[far].depth:
                ends[near].append(each)
        told = (self.told[one] for one in records)
        waiting = [link.key(name) for one in told for name in one.names]
        met, found = set[str](), dict[UUID, None]()
        while waiting:
            far = waiting.pop()
            if far not in met:
                met.add(far)
                found |= {UUID(str(one)): None for each in ends[far] for one in each.records}
                waiting += [end for each in ends[far] for end in (each.inner, each.outer)]
        return list(found)


class Tracer:
    """One trace, in one snapshot of the store, for one reader."""

    def __init__(self, connection: Connection, opener: Opener, most: int = MOST_READ) -> None:
        self._connection = connection
        self._opener = opener
        self._most = most
        self._told: dict[UUID, Told] = {}
        self._naming: dict[UUID, set[str]] = {}  # which codes the index finds a record by
        self._gone: dict[UUID, None] = {}
        self._sought: dict[str, str] = {}
        self._known: set[str] = set()
        self._whole = True

    def trace(self, asked: Code, direction: Direction, depth: int | None = None) -> Story:
        """Read and walk until nothing new is reached."""
        start = codes.canonical(asked)
        fresh = {start: start, ledger.pieces(start): start}
        while True:
            self._look_up(fresh)
            over = amendments.superseded([one.row for one in self._told.values()])
            stated = self._statements(over)
            found = walk(start, direction, stated, depth)
            wanted = _wanted(found.things.values())
            fresh = {text: one for text, one in wanted if text not in self._sought}
            if not fresh or not self._whole:
                break
        return Story(
            asked=start,
            walk=found,
            told=self._told,
            steps=self._steps(start, found),
            missing=list(self._gone),
            over=over,
            statements=stated,
            whole=self._whole,
        )

    def _look_up(self, fresh: Mapping[str, str]) -> None:
        """Read what names these, by the index's spelling of each."""
        self._sought |= fresh
        self._known.update(fresh.values())
        by_name: dict[bytes, str] = {}
        for text, one in fresh.items():
            by_name |= dict.fromkeys(lookup.names(self._opener.vault, text), one)
        names = list(by_name)
        for at in range(0, len(names), _BATCH):
            found = lookup.named(self._connection, names[at : at + _BATCH], self._most + 1)
            new = [one for one in found if one not in self._told]
            left = set(new[self._most - len(self._told) :])
            for record, hits in found.items():
                self._naming.setdefault(record, set()).update(by_name[one] for one in hits)
            self._take([one for one in found if one not in left])
            if left or len(found) > self._most:
                self._whole = False
                return

    def _take(self, ids: Sequence[UUID]) -> None:
        """Read what was not read yet, with what amends it; look again at what now opens further."""
        rows = lookup.light(self._connection, [one for one in ids if one not in self._told])
        self._gone |= dict.fromkeys(one for one in ids if one not in rows and one not in self._told)
        rows, gone = lookup.amended(self._connection, rows, lookup.light, self._most)
        self._gone |= dict.fromkeys(gone)
        self._opener.read((row.id, row.participant) for row in rows.values())
        met = (one for one in ids if one in self._told and self._opener.holds(one))
        again = {one: self._told[one].row for one in met}
        for row in (again | rows).values():
            self._told[row.id] = self._tell(row)

    def _tell(self, row: Row[Any]) -> Told:
        said = content(row.content).get("body") if row.kind in set(Kind) else None
        body = said if isinstance(said, dict) else {}
        try:
            body = disclosure.reveal(
                body, self._opener.disclosures(row.id, self._known), partial=True
            )
            names = event.names(body)
        except (EvidenceError, InputError):
            names = []
        told = Told(row, body, names, link.moment(body), sha256(row.content).digest() == row.digest)
        if not (told.sound and told.event):
            return told
        return replace(told, statement=link.read(row.id, body, names))

    def _statements(self, over: Set[UUID]) -> list[Statement]:
        told = self._told.values()
        return [one.statement for one in told if one.statement and one.row.id not in over]

    def _steps(self, start: str, found: Walk) -> dict[UUID, int]:
        """Tell which records belong to the story, and how far each is from its beginning.

        What names the asked code does, whatever it says by now; what names a thing that was reached while it belongs to
        the story; what was altered of those that the index finds; and what amends any of them.
        """
        steps: dict[UUID, int] = {}
        for record, one in self._told.items():
            near = {start} & self._naming.get(record, set())
            if one.event:
                near |= {link.key(name) for name in found.named(record, one.at, one.names)}
            if not one.sound:
                near |= self._naming.get(record, set())
            if near := near & found.things.keys():
                steps[record] = min(found.things[each].depth for each in near)
        digests = {self._told[record].row.digest.hex(): step for record, step in steps.items()}
        for record in sorted(self._told):  # what amends is newer than what it amends
            row = self._told[record].row
            if (
                row.kind in _AMENDING
                and (base := digests.get(amendments.amended(row) or "")) is not None
            ):
                steps[record] = min(base, steps.get(record, base))
                digests.setdefault(row.digest.hex(), steps[record])
        return steps


def _wanted(things: Iterable[Reached]) -> Iterator[tuple[str, str]]:
    """Spell what was reached as the index does; a lot's pieces are of interest only where it leads to them."""
    for one in things:
        code = link.unprocessed(one.code)
        yield code, one.code
        leads = one.forward is not None and not is_process(one.code)
        if leads and codes.read(code).scheme is Scheme.LGTIN:
            yield ledger.pieces(code), one.code
