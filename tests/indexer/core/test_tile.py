import contextlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import merkle, tile
from indexer.core.errors import EvidenceError
from tests.indexer.core import make_tile_vectors
from tests.indexer.core.make_tile_vectors import Shelf, leaf
from tests.indexer.core.vector_file import cases

FILE = make_tile_vectors.FILE
LEAVES = [merkle.leaf_hash(leaf(index)) for index in range(70_000)]


def shelf_of(size):
    shelf = Shelf()
    shelf.put(tile.appended(0, LEAVES[:size], shelf.read))
    return shelf


def test_the_committed_vectors_are_what_their_maker_computes():
    assert make_tile_vectors.FILE.read_bytes() == make_tile_vectors.written()


@pytest.mark.parametrize("case", cases(FILE, "path"), ids=lambda case: case["name"])
def test_paths_both_ways(case):
    level, index, width = case["level"], case["index"], case["width"]
    if level is None:
        assert tile.entries_path(index, width) == case["name"]
    else:
        assert tile.path(level, index, width) == case["name"]
    assert tile.parse(case["name"]) == tile.Place(level, index, width)


@pytest.mark.parametrize("case", cases(FILE, "refuse-path"), ids=lambda case: case["name"])
def test_other_spellings_are_refused(case):
    with pytest.raises(tile.PlaceUnknownError):
        tile.parse(case["name"])


@given(st.text(max_size=30) | st.from_regex(r"tile/[\dx/.p]{0,30}", fullmatch=True))
def test_any_text_is_a_place_in_its_one_spelling_or_refused(text):
    with contextlib.suppress(tile.PlaceUnknownError):
        place = tile.parse(text)
        again = (
            tile.entries_path(place.index, place.width)
            if place.level is None
            else tile.path(place.level, place.index, place.width)
        )
        assert again == text


@pytest.mark.parametrize("case", cases(FILE, "log"), ids=lambda case: case["name"])
def test_logs_of_the_vectors(case):
    shelf = shelf_of(case["size"])
    assert len(shelf.tiles) == case["tiles"]
    by_path = {item.path: item for item in shelf.tiles.values()}
    for edge in case["edge"]:
        assert sha256(by_path[edge["path"]].data).hexdigest() == edge["sha256"]
    assert tile.Tree(shelf.read).root(case["size"]).hex() == case["root"]


def test_the_specifications_seventy_thousand():
    paths = {item.path for item in shelf_of(70_000).tiles.values()}
    assert {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} < (
        paths
    )
    assert len(paths) == 273 + 1 + 1 + 1 + 1


def test_growing_one_by_one_keeps_every_root_and_proof():
    shelf = Shelf()
    tree = tile.Tree(shelf.read)
    for size in range(701):
        root = tree.root(size)
        assert root == merkle.root(LEAVES[:size])
        for index in {0, size // 3, size - 1} & set(range(size)):
            assert tree.inclusion(index, size) == merkle.inclusion(index, LEAVES[:size])
        for old_size in {0, 1, size // 2, size - 1, size, 256} & set(range(size + 1)):
            assert tree.consistency(old_size, size) == merkle.consistency(old_size, LEAVES[:size])
        shelf.put(tile.appended(size, [LEAVES[size]], shelf.read))


def test_every_leaf_and_old_size_of_a_log_of_three_tiles():
    size = 519
    tree = tile.Tree(shelf_of(size).read)
    for index in range(size):
        assert tree.inclusion(index, size) == merkle.inclusion(index, LEAVES[:size])
        assert tree.consistency(index, size) == merkle.consistency(index, LEAVES[:size])


@pytest.mark.parametrize("size", [65_281, 65_535, 65_536, 65_537, 65_792, 65_793, 70_000])
def test_around_the_second_level(size):
    tree = tile.Tree(shelf_of(70_000).read)  # of an older size, a wider shelf answers as well
    root = tree.root(size)
    assert root == merkle.root(LEAVES[:size])
    for index in (0, 255, 256, 65_278, size - 1):
        merkle.check_inclusion(LEAVES[index], index, size, tree.inclusion(index, size), root)
    for old_size in (1, 255, 256, 257, 65_280, size - 1):
        merkle.check_consistency(
            old_size,
            merkle.root(LEAVES[:old_size]),
            size,
            root,
            tree.consistency(old_size, size),
        )


@given(st.lists(st.integers(0, 600), max_size=8))
def test_growing_in_any_steps_gives_the_same_tiles(steps):
    shelf, size = Shelf(), 0
    for step in steps:
        shelf.put(tile.appended(size, LEAVES[size : size + step], shelf.read))
        size += step
    assert shelf.tiles == shelf_of(size).tiles


def test_growing_writes_only_what_changes_and_reads_only_the_right_edge():
    shelf = shelf_of(65_536 + 300)
    shelf.asked.clear()
    changed = tile.appended(65_836, LEAVES[65_836:65_840], shelf.read)
    assert [item.path for item in changed] == ["tile/0/257.p/48"]
    assert shelf.asked == [(0, 257, 44)]
    changed = tile.appended(65_836, LEAVES[65_836:66_050], shelf.read)
    assert [item.path for item in changed] == ["tile/0/257", "tile/0/258.p/2", "tile/1/001.p/2"]
    assert tile.appended(65_836, [], shelf.read) == []


def test_an_answer_reads_few_tiles_each_once():
    shelf = shelf_of(70_000)
    tree = tile.Tree(shelf.read)
    for question in (
        lambda: tree.root(70_000),
        lambda: tree.inclusion(300, 70_000),
        lambda: tree.consistency(65_000, 70_000),
    ):
        shelf.asked.clear()
        question()
        assert len(shelf.asked) == len(set(shelf.asked)) <= 6


def test_each_tile_is_asked_for_at_the_width_it_has_in_that_log():
    shelf = shelf_of(700)
    tile.Tree(shelf.read).root(600)
    assert set(shelf.asked) == {(0, 2, 88), (1, 0, 2)}
    assert tile.width(0, 2, 600) == 88
    assert tile.width(0, 3, 600) == 0
    assert tile.width(0, 1, 600) == 256


def test_a_tile_that_is_too_short_or_torn_is_evidence_not_a_crash():
    for answer in (b"", bytes(31), bytes(32 * 99), bytes(32 * 256 + 1)):
        shelf = Shelf()
        shelf.put([tile.Tile(0, 0, 100, answer)])
        with pytest.raises(tile.TileMisshapenError):
            tile.Tree(shelf.read).root(100)
        with pytest.raises(tile.TileMisshapenError):
            tile.appended(100, LEAVES[:1], shelf.read)


def test_proofs_outside_the_log_are_refused():
    tree = tile.Tree(shelf_of(10).read)
    for index in (-1, 10):
        with pytest.raises(merkle.IndexBeyondError):
            tree.inclusion(index, 10)
    for old_size in (-1, 11):
        with pytest.raises(merkle.IndexBeyondError):
            tree.consistency(old_size, 10)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_both_ways(leaves):
    assert tile.parse_entries(tile.entries(leaves), 0, len(leaves)) == leaves


def test_entries_of_the_vectors():
    for case in cases(FILE, "entries"):
        leaves = [bytes.fromhex(item) for item in case["leaves"]]
        assert tile.entries(leaves).hex() == case["bundle"]


@given(st.binary(max_size=80), st.integers(0, 4))
def test_any_bytes_are_the_entries_they_encode_or_refused(data, width):
    with contextlib.suppress(EvidenceError):
        assert tile.entries(tile.parse_entries(data, 0, width)) == data


def test_a_bundle_cut_short_or_with_something_behind_is_refused():
    bundle = tile.entries([b"abc", b"", b"defg"])
    for data, width in ((bundle[:-1], 3), (bundle + b"\x00", 3), (bundle, 2), (bundle, 4)):
        with pytest.raises(tile.TileMisshapenError):
            tile.parse_entries(data, 0, width)


def test_a_leaf_too_long_for_a_bundle_is_refused():
    assert len(tile.entries([bytes(65_535)])) == 65_537
    with pytest.raises(tile.EntryTooLongError):
        tile.entries([bytes(65_536)])
