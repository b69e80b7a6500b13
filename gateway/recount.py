"""The log's newest part made again from stored contents, and held to its tiles before an anchor speaks for it.

Placement and anchoring are apart in time, and whoever can write to the database could use the moment in between. What
was anchored before is held by the chain's own root and is the reconciler's to watch: the leaves that begin a
half-full entry bundle come from the file of the last anchor, so that a record altered since stops nothing here. What is
new is held leaf by leaf.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Connection

from indexer.core import merkle, tile
from indexer.core.errors import EvidenceError, InconsistencyError
from indexer.core.tile import WIDTH, Tile
from indexer.store import ledger
from indexer.store.ledger import HASH_SIZE, Entry

# Reads a tile of leaf hashes by its number.
Logged = Callable[[int], bytes]

# Contents are read in portions: a submission is at most a request's body long.
_PORTION = 50


class LoggedAlteredError(InconsistencyError):
    """A stored content, or what stands beside it, no longer gives the leaf that is in the log."""

    code = "LOGGED_ALTERED"
    sentence = (
        "{what} no longer gives the leaf at index {index} of the log, which waits for its anchor: "
        "restore it from a backup, nothing is anchored until then"
    )


class PlaceMissingError(InconsistencyError):
    """No submission stands at a place of the log that has a leaf."""

    code = "PLACE_MISSING"
    sentence = (
        "nothing in the store stands at index {index} of the log: nothing is anchored until it does"
    )


class TilesAlteredError(InconsistencyError):
    """The stored tiles are not those of the stored contents."""

    code = "TILES_ALTERED"
    sentence = "tile {path} is not what the contents below it give: nothing is anchored until it is restored"


@dataclass(frozen=True)
class Recount:
    """The log up to `size`, as files: the tiles and entry bundles that are new since the last anchor."""

    size: int
    files: dict[str, bytes] = field(repr=False)


def recount(
    connection: Connection, old_size: int, most: int, kept: Callable[[str], bytes | None]
) -> Recount:
    """Make the leaves after `old_size` again, some `most` of them up to a submission's end, and check the tiles.

    `kept` reads a file of the last anchor by its path; where there is none, its leaves are made again too.
    """
    stored = ledger.size(connection)
    start = old_size // WIDTH * WIDTH
    read = ledger.reader(connection)
    logged: Logged = lru_cache(lambda number: read(0, number, tile.width(0, number, stored)))
    leaves = _begun(kept, start, old_size, logged)
    made = start + len(leaves)
    for entry in _entries(connection, made, min(old_size + most, stored)):
        leaves += _checked(entry, made, logged)
    size = start + len(leaves)
    fresh = [merkle.leaf_hash(leaf) for leaf in leaves[old_size - start :]]
    tiles = tile.appended(old_size, fresh, read)
    for one in tiles:
        if read(one.level, one.index, one.width) != one.data:
            raise TilesAlteredError(path=one.path)
    return Recount(size, {**_hashes(tiles), **_bundles(leaves, start, size)})


def _begun(
    kept: Callable[[str], bytes | None], start: int, old_size: int, logged: Logged
) -> list[bytes]:
    """Take the leaves from `start` to `old_size` out of their file, or none if it is not what the tiles say."""
    number, width = start // WIDTH, old_size - start
    data = kept(tile.entries_path(number, width)) if width else None
    if data is None:
        return []
    try:
        leaves = tile.parse_entries(data, number, width)
    except EvidenceError:
        return []
    hashes = b"".join(map(merkle.leaf_hash, leaves))
    return leaves if logged(number).startswith(hashes) else []


def _entries(connection: Connection, start: int, bound: int) -> Iterator[Entry]:
    """Read the entries that hold the leaves from `start` to `bound`; the last one is whole."""
    while start < bound:
        before = start
        for entry in ledger.entries(connection, start, _PORTION):
            # The first holds `start` somewhere among its leaves, each next one begins where the last ended.
            if not entry.first_index <= start < entry.next_index:
                raise PlaceMissingError(index=start)
            yield entry
            start = entry.next_index
            if start >= bound:
                return
        if start == before:
            raise PlaceMissingError(index=start)


def _checked(entry: Entry, start: int, logged: Logged) -> list[bytes]:
    """Make an entry's leaves from `start` on and compare each with its hash in the tiles."""
    made: list[bytes] = []
    for index, leaf in enumerate(ledger.leaves(entry), entry.first_index):
        if index < start:
            continue
        number, at = divmod(index, WIDTH)
        wanted = logged(number)[at * HASH_SIZE : (at + 1) * HASH_SIZE]
        if leaf is None or merkle.leaf_hash(leaf) != wanted:
            raise LoggedAlteredError(what=_what(entry, index), index=index)
        made.append(leaf)
    return made


def _what(entry: Entry, index: int) -> str:
    if index == entry.first_index:
        return f"submission {entry.submission}"
    position = index - entry.first_index - 1
    stated = entry.records[position]
    return (
        f"record {stated.id}"
        if stated
        else f"submission {entry.submission}, record {position} of which is gone,"
    )


def _hashes(tiles: list[Tile]) -> dict[str, bytes]:
    return {one.path: one.data for one in tiles}


def _bundles(leaves: list[bytes], start: int, size: int) -> dict[str, bytes]:
    files = {}
    for number in range(start // WIDTH, -(-size // WIDTH)):
        width = tile.width(0, number, size)
        first = number * WIDTH - start
        files[tile.entries_path(number, width)] = tile.entries(leaves[first : first + width])
    return files
