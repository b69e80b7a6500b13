"""Writes indexer/core/vectors/tile.v1.json; a test holds the committed file to it.

python -m tests.indexer.core.make_tile_vectors
"""

from hashlib import sha256
from pathlib import Path

from indexer.core import merkle, tile
from tests.indexer.core import vector_file

FILE = Path("indexer/core/vectors/tile.v1.json")

# Around every edge: nothing, one, a full tile, a second level, and the specification's 70,000.
SIZES = (0, 1, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 70000)

PATHS = [
    # The specification's own example of an index, and places around it.
    ("tile/0/x001/x234/067", 0, 1234067, 256),
    ("tile/0/000", 0, 0, 256),
    ("tile/0/000.p/1", 0, 0, 1),
    ("tile/1/999.p/255", 1, 999, 255),
    ("tile/2/x001/000", 2, 1000, 256),
    ("tile/63/x123/456.p/17", 63, 123456, 17),
    ("tile/entries/x001/x234/067.p/8", None, 1234067, 8),
    ("tile/entries/000", None, 0, 256),
]
REFUSED = [
    "", "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/000.p/0",
    "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/001/234", "tile/0/x001", "tile/0/000/",
    "/tile/0/000", "tile/-1/000", "tile/0/x001/x234/67", "tile/0/٠٠٠", "tile/8/0/000",
]  # fmt: skip


def leaf(index):
    """Leaf data of the vectors' log: the index as 8 bytes."""
    return index.to_bytes(8, "big")


class Shelf:
    """Tiles kept in memory, the widest of each place."""

    def __init__(self):
        self.tiles = {}
        self.asked = []

    def read(self, level, index, width):
        self.asked.append((level, index, width))
        return self.tiles[level, index].data

    def put(self, tiles):
        for item in tiles:
            self.tiles[item.level, item.index] = item


def made():
    """Return the vectors as a JSON value."""
    leaves = [merkle.leaf_hash(leaf(index)) for index in range(max(SIZES))]
    return {
        "format": "suyuan/vectors/v1",
        "subject": "tile",
        "about": "C2SP tlog-tiles. path: the place's one spelling; level null is a bundle of "
        "entries. refuse-path: names no tile. log: a log of this size, whose leaf i is i as 8 "
        "bytes big-endian, has this root, so many tiles and these on its right edge, each by the "
        "SHA-256 of its bytes. entries: leaves (hex) and their bundle.",
        "cases": [
            *(
                {"name": path, "op": "path", "level": level, "index": index, "width": width}
                for path, level, index, width in PATHS
            ),
            *({"name": path, "op": "refuse-path"} for path in REFUSED),
            *(log(size, leaves[:size]) for size in SIZES),
            {
                "name": "three leaves",
                "op": "entries",
                "leaves": ["", "00", "0102030405"],
                "bundle": tile.entries([b"", b"\x00", b"\x01\x02\x03\x04\x05"]).hex(),
            },
        ],
    }


def log(size, leaves):
    """Describe one log by its root and by the SHA-256 of each tile on its right edge."""
    shelf = Shelf()
    shelf.put(tile.appended(0, leaves, shelf.read))
    last = max((item.level for item in shelf.tiles.values()), default=-1)
    edge = [
        max((t for t in shelf.tiles.values() if t.level == level), key=lambda item: item.index)
        for level in range(last + 1)
    ]
    return {
        "name": f"log of {size}",
        "op": "log",
        "size": size,
        "root": merkle.root(leaves).hex(),
        "tiles": len(shelf.tiles),
        "edge": [{"path": item.path, "sha256": sha256(item.data).hexdigest()} for item in edge],
    }


def written():
    """Return the file's bytes."""
    return vector_file.written(made())


if __name__ == "__main__":
    FILE.write_bytes(written())
