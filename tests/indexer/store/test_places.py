"""Places as they are, whole or not. The ledger is written by hand, as it is for the reconciler's tests."""

from uuid import UUID

import pytest

from indexer.store import places
from indexer.store.engine import engine
from indexer.store.places import RECORDS, Tiles
from tests.contracts.world import World
from tests.indexer.book import Book


@pytest.fixture(scope="session")
def world(devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def book(database, world):
    made = engine(database.url("superuser"))
    yield Book(made, world)
    made.dispose()


@pytest.fixture
def rows(database):
    made = engine(database.url("node"))
    with made.connect() as connection:
        yield connection
    made.dispose()


def test_places_come_in_order_with_their_records_and_names(book, rows):
    ids = [*book.submit(1), *book.submit(3)]
    book.place()
    first, second = places.placed(rows, 0, 6)
    assert (first.first_index, first.next_index, second.next_index) == (0, 2, 6)
    assert [second.records[position].id for position in range(3)] == ids[1:]
    assert second.row is not None
    assert second.row.participant == book.participant
    assert all(len(first.names[one]) == 1 for one in ids[:1])


def test_a_range_begins_with_the_place_its_first_leaf_lies_in(book, rows):
    book.submit(2)
    book.submit(2)
    book.submit(2)
    book.place()
    assert [one.first_index for one in places.placed(rows, 4, 7)] == [3, 6]
    assert [one.first_index for one in places.placed(rows, 3, 6)] == [3]
    assert list(places.placed(rows, 9, 12)) == []


def test_long_stretches_are_read_in_parts_and_none_is_lost(book, rows):
    for _ in range(5):
        book.submit(RECORDS // 3)
    size = book.place()
    found = list(places.placed(rows, 0, size))
    assert sum(one.count + 1 for one in found) == size
    assert [len(one.records) for one in found] == [RECORDS // 3] * 5


def test_what_is_gone_is_gone_and_nothing_raises(book, rows):
    ids = book.submit(2)
    book.place()
    book.tamper("delete from ledger.record where id = :id", id=ids[0])
    (one,) = places.placed(rows, 0, 3)
    assert set(one.records) == {1}
    assert places.named(rows, one.submission) == {0: ids[0], 1: ids[1]}
    rows.rollback()
    book.tamper("delete from ledger.submission")
    (one,) = places.placed(rows, 0, 3)
    assert one.row is None


def test_names_of_a_submission_nobody_knows_are_none(rows):
    assert places.named(rows, UUID(int=2**128 - 1)) == {}


def test_tiles_answer_hash_by_hash(book, rows):
    book.submit(300)
    size = book.place()
    tiles = Tiles(rows)
    assert [tiles.hash(0, at) is None for at in (0, 255, 256, size - 1, size)] == [
        False,
        False,
        False,
        False,
        True,
    ]
    assert tiles.hash(1, 0) is not None
    assert tiles.hash(1, 1) is None
    assert tiles.hash(9, 0) is None


def test_the_size_is_what_reaches_farthest(book, rows):
    assert places.size(rows) == 0
    book.submit(2)
    book.submit(2)
    size = book.place()
    rows.rollback()
    assert places.size(rows) == size == 6
    book.tamper("delete from ledger.placement where first_index = 3")
    rows.rollback()
    assert places.size(rows) == 6  # the hashes are still there
    book.tamper("delete from ledger.tile")
    rows.rollback()
    assert places.size(rows) == 3
