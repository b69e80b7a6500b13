"""Trees of any size without their leaves: every subtree on one side of the old size is an arbitrary hash."""

from dataclasses import dataclass
from hashlib import sha256

from indexer.core.merkle import node_hash


@dataclass(frozen=True)
class Growth:
    """A log of `old` leaves and the same log grown to `new`."""

    old: int
    new: int
    seed: bytes = b""

    @property
    def old_root(self) -> bytes:
        return self._hash(0, self.old)

    @property
    def root(self) -> bytes:
        return self._hash(0, self.new)

    def proof(self) -> list[bytes]:
        """The consistency proof of RFC 9162 section 2.1.4.1."""
        return self._subproof(0, self.new, whole=True)

    def _hash(self, start: int, size: int) -> bytes:
        apart = start + size <= self.old or start >= self.old
        if size & (size - 1) == 0 and apart:
            return sha256(b"%s/%d/%d" % (self.seed, start, size)).digest()
        left = _split(size)
        return node_hash(self._hash(start, left), self._hash(start + left, size - left))

    def _subproof(self, start: int, size: int, *, whole: bool) -> list[bytes]:
        if start + size == self.old:
            return [] if whole else [self._hash(start, size)]
        left = _split(size)
        if self.old - start <= left:
            right = self._hash(start + left, size - left)
            return [*self._subproof(start, left, whole=whole), right]
        proof = self._subproof(start + left, size - left, whole=False)
        return [*proof, self._hash(start, left)]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
