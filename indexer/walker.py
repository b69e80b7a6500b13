"""The log walked leaf by leaf: what the store's rows say of a place, what its tiles say, and whom the chain bears out.

A stretch ends where an anchor does. If the leaves of the tiles climb to the anchored root, rows that make other leaves
were changed; if only the leaves made from the rows climb, the tiles were; if neither does, the whole stretch is named.
A leaf is never believed because two places of the store agree on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection

from indexer.core.canonical import Members
from indexer.core.tile import WIDTH
from indexer.frontier import Frontier, Node
from indexer.inspector import Standing, about_record, about_submission, inspect, stand
from indexer.reviewer import review
from indexer.store import places
from indexer.store.findings import Finding
from indexer.store.loose import RegisteredKey
from indexer.store.places import FinalAnchor, Place, Tiles

# Kinds that a walk over a stretch can find, and clear.
KINDS = frozenset(
    {
        "BODY_ALTERED",
        "LEAF_MISMATCH",
        "ROOT_MISMATCH",
        "RECORD_MISSING",
        "RECORD_UNSIGNED",
        "RECORD_MISSHAPEN",
        "SIGNATURE_INVALID",
        "KEY_NOT_ACTIVE",
        "NAMING_FALSE",
        "AMEND_FOREIGN",
        "TILE_ALTERED",
    }
)


@dataclass(frozen=True)
class Leaf:
    """One place of the log. `standing` is None where no submission stands, `position` for a submission's own leaf."""

    index: int
    made: bytes | None
    standing: Standing | None = None
    position: int | None = None


@dataclass(frozen=True)
class Doubt:
    """A leaf on which rows and tiles disagree."""

    leaf: Leaf
    logged: bytes | None


@dataclass
class Walk:
    """One stretch, `first` to `last` - 1, up to `anchor` where it is anchored.

    `frontier` is the proven edge at `first`, None where there is none; afterwards it is the one at `last`.
    """

    connection: Connection
    log: bytes
    keys: Mapping[bytes, RegisteredKey]
    first: int
    last: int
    anchor: FinalAnchor | None
    frontier: Frontier | None
    found: list[Finding] = field(default_factory=list)
    leaves: int = 0
    late: list[Standing] = field(default_factory=list)

    def run(self) -> list[Finding]:
        """Walk the stretch and return what does not fit."""
        tiles = Tiles(self.connection)
        logged = self.frontier.copy() if self.frontier and self.anchor else None
        made: Frontier | None = None
        doubts: list[Doubt] = []
        nodes: list[Node] = []
        lost = False
        for leaf in self._leaves():
            self.leaves += 1
            said = tiles.hash(0, leaf.index)
            if said != leaf.made:
                doubts.append(Doubt(leaf, said))
                made = made or (logged.copy() if logged else None)
                lost = lost or (said is None and leaf.made is None)
            else:
                self._check_signed(leaf)
            if logged and not lost:
                nodes += _differing(tiles, logged.push(said or leaf.made or b""))
                if made:
                    made.push(leaf.made or said or b"")
        self._judge(tiles, doubts, nodes, None if lost else logged, None if lost else made)
        if self.anchor and self.late:
            self.found.append(_late(self.anchor, self.late[0], self.late[-1]))
        return self.found

    def _judge(
        self,
        tiles: Tiles,
        doubts: list[Doubt],
        nodes: list[Node],
        logged: Frontier | None,
        made: Frontier | None,
    ) -> None:
        """Let the anchor say who is right, and name the others."""
        if self.anchor is None:
            self.found += self._rows_wrong(doubts)
            return
        root = self.anchor.root
        if logged and logged.root() == root:
            self.frontier = logged
            # Where a hash is gone the row's took its place, and the root has now borne the row out.
            self.found += [_tile_wrong(doubt) for doubt in doubts if doubt.logged is None]
            self.found += self._rows_wrong([doubt for doubt in doubts if doubt.logged])
            self.found += [_tile_altered(node) for node in nodes]
        elif made and made.root() == root:
            self.frontier = made
            self.found += [_tile_wrong(doubt) for doubt in doubts]
        else:
            if logged:
                facts: Members = {"root": root.hex(), "found": logged.root().hex()}
                subject = self.anchor.name
                self.found.append(
                    Finding("ROOT_MISMATCH", subject, self.first, self.last - 1, None, facts)
                )
            self.found += self._rows_wrong(doubts)
            edge = Frontier.at(tiles, self.last)
            self.frontier = edge if edge and edge.root() == root else None

    def _leaves(self) -> Iterator[Leaf]:
        """Yield every place of the stretch once, in order, whatever rows there are for it."""
        due = self.first
        for place in places.placed(self.connection, self.first, self.last):
            standing = stand(place)
            if self.first <= place.first_index < self.last:
                self.found += inspect(standing, self.log, self.keys, self.anchor)
                self.found += review(self.connection, standing, self.log)
                if self.anchor and _overdue(place, self.anchor):
                    self.late = [*self.late[:1], standing]
                if place.first_index < due:
                    self.found.append(about_submission("LEAF_MISMATCH", standing, reason="overlap"))
            yield from (Leaf(gap, None) for gap in range(due, min(place.first_index, self.last)))
            due = max(due, place.first_index)
            for offset, made in enumerate(standing.made):
                index = place.first_index + offset
                if index == due < self.last:
                    yield Leaf(index, made, standing, offset - 1 if offset else None)
                    due += 1
        yield from (Leaf(gap, None) for gap in range(due, self.last))

    def _check_signed(self, leaf: Leaf) -> None:
        """Name a record that stands in the log as it is stored, but that nobody signed."""
        standing, position = leaf.standing, leaf.position
        if standing is None or position is None or standing.signed is None:
            return
        stated = standing.place.records.get(position)
        if stated and standing.digests[position] != standing.signed[position]:
            self.found.append(about_record("RECORD_UNSIGNED", standing, position, stated.id))

    def _rows_wrong(self, doubts: list[Doubt]) -> Iterator[Finding]:
        """Name the rows that do not make the leaves that were logged."""
        holders = _holders(doubts)
        for submission, group in groupby(doubts, key=_submission):
            those = list(group)
            if submission is None:
                yield from _gaps([doubt.leaf.index for doubt in those])
                continue
            standing = those[0].leaf.standing
            if standing is None:
                continue
            if standing.place.row is None:
                yield about_submission("RECORD_MISSING", standing, reason="submission")
                continue
            names = _names(self.connection, standing, those)
            for doubt in those:
                yield self._row_wrong(standing, doubt, holders, names)

    def _row_wrong(
        self,
        standing: Standing,
        doubt: Doubt,
        holders: Mapping[bytes, UUID],
        names: Mapping[int, UUID],
    ) -> Finding:
        position = doubt.leaf.position
        if position is None:
            reason = "submission" if doubt.logged else "tile"
            return about_submission("LEAF_MISMATCH", standing, reason=reason)
        stated, digest = standing.place.records.get(position), standing.digests[position]
        if stated is None or digest is None:
            return about_record("RECORD_MISSING", standing, position, names.get(position))
        at = (standing, position, stated.id)
        signed = standing.signed[position] if standing.signed else stated.digest
        if digest == signed:
            return about_record("LEAF_MISMATCH", *at, reason="row" if doubt.logged else "tile")
        other = holders.get(digest)
        return about_record(
            "BODY_ALTERED",
            *at,
            digest=digest.hex(),
            signed=signed.hex(),
            contentOf=str(other) if other else None,
        )


def _overdue(place: Place, anchor: FinalAnchor) -> bool:
    due = place.row.anchor_by if place.row else None
    return due is not None and due < anchor.time


def _submission(doubt: Doubt) -> UUID | None:
    standing = doubt.leaf.standing
    return standing.place.submission if standing else None


def _names(connection: Connection, standing: Standing, doubts: list[Doubt]) -> Mapping[int, UUID]:
    """Look for the ids of records that are gone, if any is."""
    gone = any(
        doubt.leaf.position is not None and doubt.leaf.position not in standing.place.records
        for doubt in doubts
    )
    return places.named(connection, standing.place.submission) if gone else {}


def _holders(doubts: list[Doubt]) -> dict[bytes, UUID]:
    """Map what was signed in the doubtful places to their records: a swapped content is found in another's place."""
    found = {}
    for doubt in doubts:
        standing, position = doubt.leaf.standing, doubt.leaf.position
        if standing and standing.signed and position is not None:
            stated = standing.place.records.get(position)
            if stated:
                found[standing.signed[position]] = stated.id
    return found


def _gaps(indices: list[int]) -> Iterator[Finding]:
    """Name places where no submission stands, neighbours together."""
    first = last = indices[0]
    for index in [*indices[1:], None]:
        if index is not None and index == last + 1:
            last = index
            continue
        yield Finding("RECORD_MISSING", f"leaf {first}", first, last, None, {"reason": "placement"})
        if index is not None:
            first = last = index


def _differing(tiles: Tiles, nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if tiles.hash(node.level, node.at) != node.hash]


def _tile_altered(node: Node) -> Finding:
    last = (node.at + 1) * WIDTH**node.level - 1  # the leaf that completes it
    facts: Members = {"level": node.level, "at": node.at, "hash": node.hash.hex()}
    return Finding("TILE_ALTERED", f"tile {node.level} hash {node.at}", last, last, None, facts)


def _late(anchor: FinalAnchor, first: Standing, last: Standing) -> Finding:
    facts: Members = {"anchor": anchor.number, "time": anchor.time}
    return Finding(
        "ANCHOR_LATE", anchor.name, first.place.first_index, last.last_index, None, facts
    )


def _tile_wrong(doubt: Doubt) -> Finding:
    """Name a stored hash that is not the leaf's, whose rows are as they were logged."""
    leaf = doubt.leaf
    made = leaf.made.hex() if leaf.made else None
    logged = doubt.logged.hex() if doubt.logged else None
    facts: Members = {"reason": "tile", "logged": logged, "made": made}
    return Finding("LEAF_MISMATCH", f"leaf {leaf.index}", leaf.index, leaf.index, None, facts)
