"""The tree over a log's leaves: its root, and the two proofs a stranger can check against it.

The shape and both proofs are RFC 9162 §2.1 with SHA-256: leaves and inner nodes are hashed behind
different prefixes, so that no node can pass for a leaf, and a list of any length has exactly one
tree. contracts/TraceLog.sol climbs the same paths and so does the page in the browser;
vectors/merkle.v1.json holds the three together. Change one byte here and no root on any chain can
be reached again.

An index is a claim that a proof tests; size and root must come from the anchor together, for a path
alone does not tell every size from its neighbours. Whatever a `check_*` is given, it returns None or
raises EvidenceError.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from indexer.core.errors import EvidenceError

# The root of the empty log, and the old root from which a log's first anchor grows.
EMPTY = sha256(b"").digest()

# Every size is a JSON number that JavaScript holds exactly.
MAX_SIZE = 2**53 - 1


class ProofMisshapenError(EvidenceError):
    """A hash is not 32 bytes, a number is not a size, or a path is not a list."""

    code = "PROOF_MISSHAPEN"
    sentence = "{what} has not the shape of a proof's part"


class IndexBeyondError(EvidenceError):
    """An index lies outside the tree it is claimed for, or an old size outside the new one."""

    code = "INDEX_BEYOND"
    sentence = "{index} lies outside a tree of {size} leaves"


class PathLengthError(EvidenceError):
    """A path has more or fewer hashes than the way from that leaf or size to the root."""

    code = "PATH_LENGTH"
    sentence = "a path of {length} hashes does not fit"


class RootDiffersError(EvidenceError):
    """A path climbs well but arrives at another root."""

    code = "ROOT_DIFFERS"
    sentence = "the path arrives at {found}, not at the root {root}"


def leaf_hash(data: bytes) -> bytes:
    """Hash one leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the node above them."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, `EMPTY` for none."""
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _above(level)
    return level[0]


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the path from the leaf at `index` to the root, nearest sibling first (§2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise IndexBeyondError(index=index, size=len(leaves))
    path = []
    level = list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        level = _above(level)
        index >>= 1
    return path


def consistency(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof that `leaves` extend the first `old_size` of them (§2.1.4.1).

    From an empty log to any, and from any log to itself, the proof is empty.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexBeyondError(index=old_size, size=len(leaves))
    return [] if old_size == 0 else _subproof(old_size, leaves, whole=True)


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash `leaf` is the `index`-th of the `size` under `root` (§2.1.3.2)."""
    _check_hashes(leaf, root)
    _check_path(path)
    _check_sizes(index, size)
    if index >= size:
        raise IndexBeyondError(index=index, size=size)
    found = leaf
    for step, on_the_left in _turns(index, size - 1, path):
        found = node_hash(step, found) if on_the_left else node_hash(found, step)
    _check_same(found, root)


def check_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the log (`size`, `root`) extends the log (`old_size`, `old_root`) (§2.1.4.2)."""
    _check_hashes(old_root, root)
    _check_path(path)
    _check_sizes(old_size, size)
    if old_size > size:
        raise IndexBeyondError(index=old_size, size=size)
    if old_size in (0, size):
        _check_without_path(old_size, old_root, size, root, path)
        return
    steps = list(path)
    if old_size & (old_size - 1) == 0:  # a power of two: the old root is itself the first step
        steps.insert(0, old_root)
    if not steps:
        raise PathLengthError(length=len(path))
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_found = found = steps[0]
    for step, on_the_left in _turns(node, last, steps[1:]):
        if on_the_left:
            old_found, found = node_hash(step, old_found), node_hash(step, found)
        else:
            found = node_hash(found, step)
    _check_same(old_found, old_root)
    _check_same(found, root)


def _turns(node: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Walk up from `node` in a level whose last node is `last`: each step, and whether it is left.

    The path must end exactly at the root.
    """
    for step in path:
        if last == 0:
            raise PathLengthError(length=len(path))
        if node & 1 or node == last:
            yield step, True
            node, last = _past_left_edges(node, last)
        else:
            yield step, False
        node, last = node >> 1, last >> 1
    if last != 0:
        raise PathLengthError(length=len(path))


def _above(level: list[bytes]) -> list[bytes]:
    """Pair a level's hashes; a hash without a right neighbour rises as it is."""
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]


def _subproof(old_size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of §2.1.4.1; `whole` says that the verifier knows this subtree's root already."""
    size = len(leaves)
    if old_size == size:
        return [] if whole else [root(leaves)]
    split = 1 << (size - 1).bit_length() - 1
    if old_size <= split:
        return [*_subproof(old_size, leaves[:split], whole=whole), root(leaves[split:])]
    return [*_subproof(old_size - split, leaves[split:], whole=False), root(leaves[:split])]


def _past_left_edges(node: int, last: int) -> tuple[int, int]:
    """Rise past the levels at which the right edge has no left neighbour to be hashed with."""
    while node & 1 == 0 and node != 0:
        node, last = node >> 1, last >> 1
    return node, last


def _check_without_path(
    old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check the two growths that need no hashes: from nothing, and to itself."""
    if path:
        raise PathLengthError(length=len(path))
    if old_size == 0:
        _check_same(old_root, EMPTY)
    if old_size == size:
        _check_same(old_root, root)


def _check_hashes(*hashes: object) -> None:
    for value in hashes:
        if not isinstance(value, bytes) or len(value) != 32:
            raise ProofMisshapenError(what="a hash")


def _check_path(path: object) -> None:
    if not isinstance(path, list | tuple):
        raise ProofMisshapenError(what="the path")
    if len(path) > 2 * MAX_SIZE.bit_length():
        raise PathLengthError(length=len(path))
    _check_hashes(*path)


def _check_sizes(*sizes: object) -> None:
    for value in sizes:
        if type(value) is not int or not 0 <= value <= MAX_SIZE:
            raise ProofMisshapenError(what="a size or index")


def _check_same(found: bytes, root: bytes) -> None:
    if found != root:
        raise RootDiffersError(found=found.hex(), root=root.hex())
