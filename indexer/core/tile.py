"""The tree cut into tiles: how a log of any length is kept, grown and proven from a few small files.

Tiles, their paths and the bundles of entries are C2SP tlog-tiles: 256 hashes wide, a tile's root is
one hash of the tile above, and only the rightmost tile of a level is partial. A full tile never
changes, and a partial one is the beginning of each later one, so a reader may always be given a
wider tile than it asked for. Roots and proofs are those of indexer.core.merkle, at O(log n) tiles
each; whatever a reader answers, only EvidenceError comes of it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexer.core import merkle
from indexer.core.errors import EvidenceError, InputError

HEIGHT = 8
WIDTH = 1 << HEIGHT

# An entry's length is a uint16.
MAX_ENTRY = 2**16 - 1

# `reader(level, index, width)` answers the tile's bytes: `width` hashes, or more that begin so.
Reader = Callable[[int, int, int], bytes]

_PLACE = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


class TileMisshapenError(EvidenceError):
    """A tile or a bundle of entries is not as long as its place in the log demands."""

    code = "TILE_MISSHAPEN"
    sentence = "{path} has not the length that its width demands"


class EntryTooLongError(InputError):
    """A leaf is longer than a bundle of entries can say."""

    code = "ENTRY_TOO_LONG"
    sentence = "a leaf of {length} bytes does not fit into a bundle of entries"


class PlaceUnknownError(InputError):
    """A path is not that of a tile or of a bundle of entries."""

    code = "TILE_UNKNOWN"
    sentence = "{path!r} names no tile"


@dataclass(frozen=True)
class Tile:
    """One tile's place and its hashes; `width` is 256, or less for the rightmost of its level."""

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        """The tile's path below the log's prefix."""
        return path(self.level, self.index, self.width)


@dataclass(frozen=True)
class Place:
    """What a path names; `level` is None for a bundle of entries."""

    level: int | None
    index: int
    width: int


def path(level: int, index: int, width: int) -> str:
    """Return a tile's path, such as `tile/0/x001/234.p/5`."""
    return f"tile/{level}/{_numbered(index, width)}"


def entries_path(index: int, width: int) -> str:
    """Return the path of a bundle of entries, such as `tile/entries/000`."""
    return f"tile/entries/{_numbered(index, width)}"


def parse(text: str) -> Place:
    """Return what a path names. There is one spelling for each place; others are refused."""
    found = _PLACE.fullmatch(text)
    if found is None or len(text) > 64:
        raise PlaceUnknownError(path=text[:64])
    level = None if found["level"] == "entries" else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    place = Place(level, index, width)
    again = entries_path(index, width) if level is None else path(level, index, width)
    # No log has a leaf beyond, and readers may keep indexes in 64 bits.
    if again != text or (level or 0) > 63 or index > merkle.MAX_SIZE:
        raise PlaceUnknownError(path=text)
    return place


def width(level: int, index: int, size: int) -> int:
    """Return how wide the tile at this place is in a log of `size` leaves; 0 where there is none."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def appended(size: int, leaves: Sequence[bytes], reader: Reader) -> list[Tile]:
    """Return every tile that changes when `leaves` (hashes) are added to a log of `size`.

    `reader` is asked for the old log's rightmost partial tiles only.
    """
    changed = []
    level, fresh = 0, list(leaves)
    while fresh:
        index, old_width = divmod(size >> HEIGHT * level, WIDTH)
        if old_width:
            fresh = [*_read(reader, level, index, old_width), *fresh]
        above = []
        for start in range(0, len(fresh), WIDTH):
            hashes = fresh[start : start + WIDTH]
            changed.append(Tile(level, index + start // WIDTH, len(hashes), b"".join(hashes)))
            if len(hashes) == WIDTH:
                above.append(merkle.root(hashes))
        level, fresh = level + 1, above
    return changed


def entries(leaves: Iterable[bytes]) -> bytes:
    """Encode leaves (data, not hashes) as a bundle of entries."""
    parts = []
    for leaf in leaves:
        if len(leaf) > MAX_ENTRY:
            raise EntryTooLongError(length=len(leaf))
        parts += [len(leaf).to_bytes(2, "big"), leaf]
    return b"".join(parts)


def parse_entries(data: bytes, index: int, width: int) -> list[bytes]:
    """Decode the bundle of entries at `index`, which must hold exactly `width` leaves."""
    leaves: list[bytes] = []
    position = 0
    while position < len(data) and len(leaves) < width:
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        leaves.append(data[start:position])
    if position != len(data) or len(leaves) != width:
        raise TileMisshapenError(path=entries_path(index, width))
    return leaves


class Tree:
    """A log read through its tiles; each answer reads each tile at most once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves."""
        return _Reading(self._reader, size).over(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the path from the leaf at `index` to the root of `size` leaves."""
        if not 0 <= index < size:
            raise merkle.IndexBeyondError(index=index, size=size)
        reading = _Reading(self._reader, size)
        path, start, end = [], 0, size
        while end - start > 1:
            split = start + _split(end - start)
            if index < split:
                path.append(reading.over(split, end))
                end = split
            else:
                path.append(reading.over(start, split))
                start = split
        return path[::-1]

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """Return the proof that the log of `size` extends the log of `old_size`."""
        if not 0 <= old_size <= size:
            raise merkle.IndexBeyondError(index=old_size, size=size)
        if old_size in (0, size):
            return []
        reading = _Reading(self._reader, size)
        path, start, end = [], 0, size
        while end != old_size:
            split = start + _split(end - start)
            if old_size <= split:
                path.append(reading.over(split, end))
                end = split
            else:
                path.append(reading.over(start, split))
                start = split
        # The subtree that ends where the old log ended; its root is known when it is the old log.
        return ([reading.over(start, end)] if start else []) + path[::-1]


class _Reading:
    """The tiles of one tree of `size` leaves, read for one answer."""

    def __init__(self, reader: Reader, size: int) -> None:
        self._reader = reader
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def over(self, start: int, end: int) -> bytes:
        """Return the hash over the leaves from `start` to `end`, a subtree of RFC 9162's splits."""
        count = end - start
        if count == 0:
            return merkle.EMPTY
        if count & (count - 1) == 0:
            return self._whole(start, count.bit_length() - 1)
        split = start + _split(count)
        return merkle.node_hash(self.over(start, split), self.over(split, end))

    def _whole(self, start: int, height: int) -> bytes:
        """Return the root of the complete subtree of `height` that begins at `start`."""
        level, inner = divmod(height, HEIGHT)
        index, first = divmod(start >> HEIGHT * level, WIDTH)
        return merkle.root(self._tile(level, index)[first : first + (1 << inner)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        place = level, index
        if place not in self._tiles:
            self._tiles[place] = _read(self._reader, level, index, width(level, index, self._size))
        return self._tiles[place]


def _read(reader: Reader, level: int, index: int, width: int) -> list[bytes]:
    data = reader(level, index, width)
    if len(data) < 32 * width or len(data) % 32:
        raise TileMisshapenError(path=path(level, index, width))
    return [data[at : at + 32] for at in range(0, 32 * width, 32)]


def _split(count: int) -> int:
    """Return the largest power of two below `count`, which is more than one."""
    return 1 << (count - 1).bit_length() - 1


def _numbered(index: int, width: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return number if width == WIDTH else f"{number}.p/{width}"
