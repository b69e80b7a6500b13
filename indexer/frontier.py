"""The right edge of a growing tree: the few hashes from which every later root follows.

Leaves go in one by one and are forgotten; what stays is one hash for each complete subtree (RFC 9162 section 2.1), so
a log of any length is walked in the memory of its edge.
"""

from dataclasses import dataclass, field
from typing import Protocol

from indexer.core import merkle
from indexer.core.tile import HEIGHT, WIDTH


class Hashes(Protocol):
    """Stored hashes of a log, by level and place; None where there is none."""

    def hash(self, level: int, at: int) -> bytes | None:
        """Return one hash."""


@dataclass(frozen=True)
class Node:
    """A hash that belongs into a tile above the leaves': its level and its place on it."""

    level: int
    at: int
    hash: bytes


@dataclass
class Frontier:
    """The complete subtrees of the first `size` leaves, largest first, each with its height."""

    size: int = 0
    nodes: list[tuple[int, bytes]] = field(default_factory=list)

    def copy(self) -> "Frontier":
        """Grow two ways from here."""
        return Frontier(self.size, list(self.nodes))

    def push(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash; return the hashes of tiles above that it completes."""
        self.size += 1
        self.nodes.append((0, leaf))
        done = []
        while len(self.nodes) > 1 and self.nodes[-1][0] == self.nodes[-2][0]:
            height, right = self.nodes.pop()
            _, left = self.nodes.pop()
            found = merkle.node_hash(left, right)
            height += 1
            self.nodes.append((height, found))
            if height % HEIGHT == 0:
                done.append(Node(height // HEIGHT, (self.size >> height) - 1, found))
        return done

    def root(self) -> bytes:
        """Return the root of all that went in."""
        if not self.nodes:
            return merkle.EMPTY
        found = self.nodes[-1][1]
        for _, left in reversed(self.nodes[:-1]):
            found = merkle.node_hash(left, found)
        return found

    @classmethod
    def at(cls, tiles: Hashes, size: int) -> "Frontier | None":
        """Read the edge at `size` from stored tiles, None where some are gone. Compare its root before you trust it."""
        made = cls(size)
        start = 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                found = _subtree(tiles, start, height)
                if found is None:
                    return None
                made.nodes.append((height, found))
                start += 1 << height
        return made


def _subtree(tiles: Hashes, start: int, height: int) -> bytes | None:
    level, inner = divmod(height, HEIGHT)
    first = start >> HEIGHT * level
    hashes = [tiles.hash(level, at) for at in range(first, first + (1 << inner))]
    known = [found for found in hashes if found is not None]
    return merkle.root(known) if len(known) == len(hashes) <= WIDTH else None
