"""One stretch walked: who is right is the anchor's to say. What tampering comes to is test_reconciler.py's."""

import pytest

from indexer.core import merkle
from indexer.frontier import Frontier
from indexer.store import loose, places
from indexer.walker import Walk


@pytest.fixture
def walk(book, node, follow):
    """Walk a stretch of the book, from its very beginning unless told otherwise."""

    def made(first: int = 0, last: int | None = None, frontier: Frontier | None = None) -> Walk:
        follow()
        with node.connect() as connection:
            anchor = next(iter(places.anchors(connection, book.log, first, 1)), None)
            stretch = Walk(
                connection,
                book.log,
                loose.keys(connection),
                first,
                last or (anchor.size if anchor else 0),
                None if last else anchor,
                frontier if first else Frontier(),
            )
            stretch.run()
            return stretch

    return made


def test_an_honest_stretch_hands_on_a_proven_edge(book, walk):
    book.grow(1, 2)
    first = walk()
    assert first.found == []
    assert first.leaves == first.frontier.size == 5
    book.grow(3)
    second = walk(5, frontier=first.frontier)
    assert second.found == []
    assert second.frontier.size == 9
    assert second.frontier.root() == book.bundle(book.records[0]).anchor.root


def test_without_an_edge_the_leaves_are_still_compared_and_the_edge_found_again(book, walk):
    book.grow(1, 2)
    ids = book.grow(3)
    book.tamper("delete from ledger.record where id = :id", id=ids[0])
    stretch = walk(5, frontier=None)
    assert [one.record for one in stretch.found] == [ids[0]]
    assert stretch.frontier.size == 9  # from the tiles, which the anchor bears out


def test_a_spoiled_stretch_is_named_and_the_next_one_is_not(book, walk):
    book.grow(1, 2)
    book.grow(3)
    book.tamper("update ledger.anchor set root = :r where number = 1", r=bytes(32))
    walk()  # follows, which keeps the row as it was changed
    book.tamper("update ledger.anchor set root = :r where number = 1", r=bytes(32))
    spoiled = walk()
    assert [(one.kind, one.first_index, one.last_index) for one in spoiled.found] == [
        ("ROOT_MISMATCH", 0, 4)
    ]
    assert spoiled.frontier is None
    assert walk(5, frontier=None).found == []


def test_tile_and_content_altered_in_one_stretch_are_both_named(book, walk):
    ids = book.grow(1, 1, 1)
    book.tamper("update ledger.record set content = content || ' ' where id = :id", id=ids[0])
    book.tamper(
        "update ledger.tile set hashes = overlay(hashes placing :h from 97) where level = 0",
        h=bytes(32),
    )
    kinds = {(one.kind, one.first_index) for one in walk().found}
    assert ("ROOT_MISMATCH", 0) in kinds
    assert ("BODY_ALTERED", 1) in kinds
    assert ("LEAF_MISMATCH", 3) in kinds


def test_a_missing_tile_is_made_good_from_the_rows_if_they_climb(book, walk):
    book.grow(1, 1)
    book.tamper("delete from ledger.tile where level = 0")
    stretch = walk()
    assert {(one.kind, one.facts["reason"]) for one in stretch.found} == {("LEAF_MISMATCH", "tile")}
    assert len(stretch.found) == 4
    assert stretch.frontier is not None


def test_a_place_that_overlaps_another_is_named_and_the_others_leaves_count_once(book, walk):
    book.grow(2, 1)
    (loose_one,) = book.submit(1)
    book.tamper(
        "insert into ledger.placement select 1, submission, 1 from ledger.record where id = :id",
        id=loose_one,
    )
    stretch = walk()
    assert [(one.kind, one.facts["reason"]) for one in stretch.found] == [
        ("LEAF_MISMATCH", "overlap")
    ]
    assert stretch.leaves == 5


def test_rows_that_make_no_leaf_at_all_are_found_and_nothing_breaks(book, walk):
    ids = book.grow(1, 1)
    book.tamper("update ledger.record set kind = -5 where id = :id", id=ids[0])
    book.tamper("update ledger.record set content = '\\xff' where id = :id", id=ids[1])
    assert {(one.kind, one.record) for one in walk().found} == {
        ("LEAF_MISMATCH", ids[0]),
        ("RECORD_MISSHAPEN", ids[0]),
        ("BODY_ALTERED", ids[1]),
    }


def test_leaves_beyond_the_last_anchor_are_compared_without_a_root(book, walk):
    book.grow(1)
    ids = book.submit(2)
    size = book.place()
    assert walk(2, last=size).found == []
    book.tamper("update ledger.record set content = content || ' ' where id = :id", id=ids[1])
    (one,) = walk(2, last=size).found
    assert (one.kind, one.record, one.first_index) == ("BODY_ALTERED", ids[1], 4)
    assert one.facts["digest"] != one.facts["signed"]
    assert merkle.EMPTY.hex() != one.facts["digest"]


def test_a_refilled_stretch_misses_its_records_and_promises_nothing(book, walk):
    book.due = 0
    book.grow(2)
    assert [one.kind for one in walk().found] == ["ANCHOR_LATE"]
    book.tamper("update ledger.submission set anchor_by = null, receipt = null")
    book.tamper("delete from ledger.naming")
    book.tamper("delete from ledger.record")
    found = walk().found
    assert [(one.kind, one.subject) for one in found] == [
        ("RECORD_MISSING", "leaf 1"),
        ("RECORD_MISSING", "leaf 2"),
    ]
