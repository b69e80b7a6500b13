"""The edge of a tree walked leaf by leaf is the tree's own."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.core import merkle, tile
from indexer.frontier import Frontier

LEAVES = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(70_000)]


class Kept:
    """Tiles in memory, read as those of the store are."""

    def __init__(self, size: int) -> None:
        self.tiles = {
            (one.level, one.index): one.data
            for one in tile.appended(0, LEAVES[:size], lambda *_: b"")
        }

    def hash(self, level: int, at: int) -> bytes | None:
        data = self.tiles.get((level, at // 256), b"")
        found = data[at % 256 * 32 :][:32]
        return found or None


@given(st.integers(0, 1200))
def test_its_root_is_the_trees_at_every_size(size):
    edge = Frontier()
    for leaf in LEAVES[:size]:
        edge.push(leaf)
    assert edge.root() == merkle.root(LEAVES[:size])


def test_completed_nodes_are_the_hashes_of_the_tiles_above():
    edge, done = Frontier(), []
    for leaf in LEAVES:
        done += edge.push(leaf)
    kept = Kept(len(LEAVES))
    assert [node for node in done if kept.hash(node.level, node.at) != node.hash] == []
    assert [node.level for node in done].count(1) == len(LEAVES) // 256
    assert [node.level for node in done].count(2) == 1


@given(st.integers(0, 66_000))
def test_the_edge_read_from_tiles_is_the_one_walked_to(size):
    found = Frontier.at(KEPT, size)
    assert found is not None
    assert found.size == size
    grown, whole = found.copy(), merkle.root(LEAVES[: size + 1]) if size < 2000 else None
    grown.push(LEAVES[size])
    assert found.size == size
    if whole:
        assert grown.root() == whole


KEPT = Kept(len(LEAVES))


def test_where_tiles_are_gone_there_is_no_edge():
    kept = Kept(600)
    assert Frontier.at(kept, 600) is not None
    del kept.tiles[1, 0]
    assert Frontier.at(kept, 600) is None
