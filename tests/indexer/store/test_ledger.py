from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy import event as sql_event

from indexer.core import code, merkle, record, submission, tile
from indexer.core.code import CodeError
from indexer.core.event import Naming
from indexer.store import ledger, tables
from indexer.store.engine import engine


@dataclass
class Shelf:
    """A ledger written row by row, as superuser; what a test says of each submission is all there is."""

    engine: Engine
    leaves: list[bytes] = field(default_factory=list)
    submissions: int = 0

    def add(self, count: int, *, placed: bool = True) -> UUID:
        number = self.submissions
        self.submissions += 1
        one = UUID(int=1 << 64 | number)
        contents = [f"content {number}.{position}".encode() for position in range(count)]
        digests = [sha256(content).digest() for content in contents]
        root = submission.root(digests)
        row = {
            "id": one,
            "participant": UUID(int=7),
            "key": b"\x07" * 20,
            "sequence": number,
            "count": count,
            "root": root,
            "digests": b"".join(digests),
            "signature": bytes([number % 256]) * 65,
            "received_at": 1_790_000_000_000 + number,
            "anchor_by": 1_790_000_600,
            "receipt": bytes(65),
        }
        records = [
            {
                "id": UUID(int=(number << 32) + position + 1),
                "submission": one,
                "position": position,
                "kind": 1 + position % 2,
                "digest": digest,
                "content": content,
            }
            for position, (digest, content) in enumerate(zip(digests, contents, strict=True))
        ]
        with self.engine.begin() as connection:
            connection.execute(insert(tables.submission), row)
            connection.execute(insert(tables.record), records)
            if placed:
                place = {"first_index": len(self.leaves), "submission": one, "count": count}
                connection.execute(insert(tables.placement), place)
        if placed:
            self.leaves.append(
                record.submission_leaf(
                    UUID(int=7), b"\x07" * 20, number, count, root, bytes([number % 256]) * 65
                )
            )
            self.leaves += [
                record.record_leaf(1 + position % 2, 1_790_000_000_000 + number, digest)
                for position, digest in enumerate(digests)
            ]
        return one

    def tiles(self) -> None:
        """Write the tiles of all leaves."""
        hashes = [merkle.leaf_hash(leaf) for leaf in self.leaves]
        rows = [
            {"level": one.level, "number": one.index, "hashes": one.data}
            for one in tile.appended(0, hashes, lambda *_: b"")
        ]
        with self.engine.begin() as connection:
            connection.execute(insert(tables.tile), rows)


@pytest.fixture
def shelf(database):
    owner = engine(database.url("superuser"))
    yield Shelf(owner)
    owner.dispose()


@pytest.fixture
def reading(database):
    """The database as a process sees it that may only read the ledger."""
    node = engine(database.url("node"))
    with node.connect() as connection:
        yield connection
    node.dispose()


def test_an_empty_log_has_size_nothing_and_no_entries(reading):
    assert ledger.size(reading) == 0
    assert list(ledger.entries(reading, 0, 10)) == []
    assert tile.Tree(ledger.reader(reading)).root(0) == merkle.EMPTY


def test_the_size_is_all_leaves_of_what_is_placed(shelf, reading):
    shelf.add(3)
    shelf.add(1)
    shelf.add(5, placed=False)
    assert ledger.size(reading) == 6 == len(shelf.leaves)


def test_entries_come_in_the_logs_order_with_their_records(shelf, reading):
    ids = [shelf.add(count) for count in (2, 1, 3)]
    found = list(ledger.entries(reading, 0, 10))
    assert [one.submission for one in found] == ids
    assert [(one.first_index, one.next_index) for one in found] == [(0, 3), (3, 5), (5, 9)]
    assert [one.position for one in found[2].records if one] == [0, 1, 2]
    assert [one.content for one in found[0].records if one] == [b"content 0.0", b"content 0.1"]


def test_entries_begin_with_the_one_in_whose_leaves_the_index_lies(shelf, reading):
    for count in (2, 1, 3):
        shelf.add(count)
    firsts = [next(ledger.entries(reading, index, 1)).first_index for index in range(9)]
    assert firsts == [0, 0, 0, 3, 3, 5, 5, 5, 5]
    assert len(list(ledger.entries(reading, 4, 10))) == 2
    assert len(list(ledger.entries(reading, 0, 2))) == 2


def test_leaves_are_made_from_what_is_stored(shelf, reading):
    for count in (2, 1, 3):
        shelf.add(count)
    made = [leaf for one in ledger.entries(reading, 0, 10) for leaf in ledger.leaves(one)]
    assert made == shelf.leaves


def test_records_are_found_by_their_digest_with_their_place(shelf, reading):
    shelf.add(2)
    shelf.add(3)
    digests = reading.scalars(
        text(
            "select r.digest from ledger.record r join ledger.placement p using (submission)"
            " order by first_index, position"
        )
    ).all()
    placed = [ledger.found(reading, digest) for digest in digests]
    assert [[one.index for one in found] for found in placed] == [[1], [2], [4], [5], [6]]
    assert {found[0].participant for found in placed} == {UUID(int=7)}
    assert ledger.found(reading, bytes(32)) == []


def test_a_record_whose_submission_is_gone_is_found_without_participant(shelf, reading):
    shelf.add(1)
    digest = reading.scalar(text("select digest from ledger.record"))
    with shelf.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("delete from ledger.submission"))
    [one] = ledger.found(reading, digest)
    assert one.participant is None


def test_a_record_that_is_gone_leaves_its_place_empty(shelf, reading):
    shelf.add(3)
    with shelf.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("delete from ledger.record where position = 1"))
    [one] = ledger.entries(reading, 0, 10)
    assert one.records[1] is None
    made = ledger.leaves(one)
    assert made[2] is None
    assert [made[0], made[1], made[3]] == [shelf.leaves[0], shelf.leaves[1], shelf.leaves[3]]


def test_a_changed_content_changes_its_leaf_whatever_its_digest_says(shelf, reading):
    shelf.add(2)
    with shelf.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update ledger.record set content = 'other' where position = 0"))
    [one] = ledger.entries(reading, 0, 10)
    made = ledger.leaves(one)
    assert made[1] != shelf.leaves[1]
    assert made[2] == shelf.leaves[2]


def test_a_record_of_a_kind_that_no_leaf_can_hold_makes_none(shelf, reading):
    shelf.add(2)
    with shelf.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update ledger.record set kind = 300 where position = 0"))
    (one,) = ledger.entries(reading, 0, 1)
    assert ledger.leaves(one)[1] is None
    assert ledger.leaves(one)[2] == shelf.leaves[2]


def test_a_submission_that_is_gone_is_named(shelf, reading):
    one = shelf.add(1)
    with shelf.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("delete from ledger.submission"))
    with pytest.raises(ledger.SubmissionMissingError, match=str(one)):
        list(ledger.entries(reading, 0, 10))


def test_the_tree_is_read_from_the_stored_tiles(shelf, reading):
    for _ in range(6):
        shelf.add(99)
    shelf.tiles()
    tree = tile.Tree(ledger.reader(reading))
    hashes = [merkle.leaf_hash(leaf) for leaf in shelf.leaves]
    for size in (1, 255, 256, 257, 600):
        assert tree.root(size) == merkle.root(hashes[:size])
    assert tree.inclusion(300, 600) == merkle.inclusion(300, hashes)
    assert tree.consistency(256, 600) == merkle.consistency(256, hashes)


@pytest.mark.parametrize(("level", "index", "width"), [(0, 0, 5), (0, 1, 1), (1, 0, 1)])
def test_a_tile_that_is_short_or_gone_is_named(shelf, reading, level, index, width):
    shelf.add(3)
    shelf.tiles()
    read = ledger.reader(reading)
    assert read(0, 0, 4) == b"".join(merkle.leaf_hash(leaf) for leaf in shelf.leaves)
    with pytest.raises(ledger.TileMissingError, match=f"tile {level}/{index}"):
        read(level, index, width)


def test_a_proof_reads_a_handful_of_tiles_however_long_the_log(shelf, reading):
    for _ in range(30):
        shelf.add(99)
    shelf.tiles()
    statements = []
    sql_event.listen(reading, "before_cursor_execute", lambda *_: statements.append(1))
    tile.Tree(ledger.reader(reading)).inclusion(1234, 3000)
    assert 0 < len(statements) <= 6


def test_a_visible_code_has_one_name_of_sixteen_bytes():
    text_ = "https://id.gs1.org/01/06945000000015"
    assert ledger.name(text_) == sha256(text_.encode()).digest()[:16]


def test_master_data_are_indexed_under_whose_they_are_and_what_they_describe():
    gtin = "https://id.gs1.org/01/06945000000015"
    body = {"type": "Product", "gtin": "06945000000015"}
    content: dict[str, Any] = {"participant": "p", "kind": 2, "body": body}
    wanted = [ledger.describing("p", "Product"), ledger.described(gtin)]
    assert list(ledger.others(content)) == wanted
    base: dict[str, Any] = {"kind": 3, "amends": "00" * 32}
    assert list(ledger.others({**content, **base})) == [ledger.amends(bytes(32)), *wanted]
    assert list(ledger.others({**content, "body": {"type": "Product"}})) == wanted[:1]
    assert list(ledger.others({**content, "body": {"type": "ObjectEvent"}})) == []
    assert len({*wanted, ledger.name(gtin)}) == 3


def test_a_lot_is_spelt_otherwise_where_it_is_only_what_pieces_are_of():
    lot = code.parse("https://id.gs1.org/01/06945000000015/10/L")
    own, of_pieces = (ledger.spelt(Naming(role, "", lot)) for role in ("input", "lot"))
    assert own == code.canonical(lot)
    assert of_pieces == ledger.pieces(own) != own
    with pytest.raises(CodeError):
        code.parse(of_pieces)
