"""Writes indexer/core/vectors/merkle.v1.json; a test holds the committed file to it.

python -m tests.indexer.core.make_merkle_vectors
"""

import random
from hashlib import sha256
from pathlib import Path

from indexer.core import merkle
from tests.indexer.core import vector_file

FILE = Path("indexer/core/vectors/merkle.v1.json")

# The tree of RFC 6962's reference implementation (google/certificate-transparency, merkletree
# tests). The roots are theirs, not computed here.
REFERENCE_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31, 33, 64, 100, 129)


def hexed(hashes):
    return [value.hex() for value in hashes]


def made():
    """Return the vectors as a JSON value."""
    chance = random.Random(9162)
    data = [chance.randbytes(chance.randrange(0, 40)) for _ in range(max(SIZES) + 1)]
    leaves = [merkle.leaf_hash(item) for item in data]
    return {
        "format": "suyuan/vectors/v1",
        "subject": "merkle",
        "about": "RFC 9162 section 2.1 with SHA-256. root: these leaf data (hex) have this root. "
        "inclusion, consistency: the check accepts, or refuses with any error. Source of the "
        "reference roots: google/certificate-transparency, merkletree tests.",
        "cases": [
            *reference_roots(),
            *random_roots(data, leaves),
            *good_inclusions(leaves),
            *wrong_inclusions(leaves),
            *good_consistencies(leaves),
            *wrong_consistencies(leaves),
        ],
    }


def reference_roots():
    for size, root in enumerate(REFERENCE_ROOTS):
        yield {
            "name": f"reference {size}",
            "op": "root",
            "leaves": REFERENCE_LEAVES[:size],
            "root": root,
        }


def random_roots(data, leaves):
    for size in SIZES:
        root = merkle.root(leaves[:size]).hex()
        yield {"name": f"random {size}", "op": "root", "leaves": hexed(data[:size]), "root": root}


def include(name, leaf, index, size, path, root, accept):
    return {
        "name": name,
        "op": "inclusion",
        "leaf": leaf.hex(),
        "index": index,
        "size": size,
        "path": hexed(path),
        "root": root.hex(),
        "accept": accept,
    }


def good_inclusions(leaves):
    for size in SIZES:
        root = merkle.root(leaves[:size])
        for index in sorted({0, 1, size // 2, size - 2, size - 1} & set(range(size))):
            path = merkle.inclusion(index, leaves[:size])
            yield include(f"{index} of {size}", leaves[index], index, size, path, root, True)


def wrong_inclusions(leaves):
    """Each takes a good proof and does to it one thing that a forger would."""
    for size, index in ((1, 0), (2, 1), (5, 4), (7, 3), (8, 7), (13, 12), (33, 32), (100, 63)):
        root, leaf = merkle.root(leaves[:size]), leaves[index]
        path = merkle.inclusion(index, leaves[:size])
        flipped = [bytes([leaf[0] ^ 1]) + leaf[1:], *path]
        forgeries = {
            "another leaf": (leaves[size], index, size, path, root),
            "one bit of the leaf": (flipped[0], index, size, path, root),
            "the next index": (leaf, index + 1, size, path, root),
            "index at size": (leaf, size, size, path, root),
            "a step too many": (leaf, index, size, [*path, root], root),
            "a step too many in front": (leaf, index, size, [leaf, *path], root),
            "another root": (leaf, index, size, path, leaves[size]),
            "an empty tree": (leaf, 0, 0, [], root),
        }
        if path:
            forgeries |= {
                "no path": (leaf, index, size, [], root),
                "no path, the root itself as leaf": (root, index, size, [], root),
                "a step too few": (leaf, index, size, path[:-1], root),
                "the first step missing": (leaf, index, size, path[1:], root),
                "a size of half": (leaf, index, (size + 1) // 2, path, root),
                "an inner node as leaf": (
                    merkle.node_hash(*((path[0], leaf) if index & 1 else (leaf, path[0]))),
                    index >> 1, size, path[1:], root,
                ),
                "a step replaced": (leaf, index, size, [leaves[size], *path[1:]], root),
            }  # fmt: skip
        if len(path) > 1:
            forgeries["steps turned round"] = (leaf, index, size, path[::-1], root)
        for name, parts in forgeries.items():
            yield include(f"{index} of {size}: {name}", *parts, False)


def consist(name, old_size, old_root, size, root, path, accept):
    return {
        "name": name,
        "op": "consistency",
        "oldSize": old_size,
        "oldRoot": old_root.hex(),
        "size": size,
        "root": root.hex(),
        "path": hexed(path),
        "accept": accept,
    }


def good_consistencies(leaves):
    for size in (0, *SIZES):
        for old_size in sorted(
            {0, 1, 2, size // 2, 4, 8, 64, size - 1, size} & set(range(size + 1))
        ):
            old_root, root = merkle.root(leaves[:old_size]), merkle.root(leaves[:size])
            path = merkle.consistency(old_size, leaves[:size])
            yield consist(f"{old_size} to {size}", old_size, old_root, size, root, path, True)


def wrong_consistencies(leaves):
    for old_size, size in ((1, 2), (2, 3), (3, 7), (4, 8), (6, 8), (7, 13), (32, 33), (64, 129)):
        old, new = merkle.root(leaves[:old_size]), merkle.root(leaves[:size])
        path = merkle.consistency(old_size, leaves[:size])
        changed = [sha256(b"changed").digest(), *leaves[1:size]]
        forgeries = {
            "the past rewritten, its proof": (
                old_size, old, size, merkle.root(changed), merkle.consistency(old_size, changed),
            ),
            "the past rewritten, the good proof": (old_size, old, size, merkle.root(changed), path),
            "shrinking": (size, new, old_size, old, path),
            "no proof": (old_size, old, size, new, []),
            "a step too many": (old_size, old, size, new, [*path, new]),
            "a step too few": (old_size, old, size, new, path[:-1]),
            "a step replaced": (old_size, old, size, new, [leaves[size], *path[1:]]),
            "old root replaced": (old_size, leaves[size], size, new, path),
            "new root replaced": (old_size, old, size, leaves[size], path),
            "the old root for the new": (old_size, old, size, old, path),
            "another old size": (old_size + 1, old, size, new, path),
            "from nothing, with a proof": (0, merkle.EMPTY, size, new, path),
            "from nothing, which was something": (0, old, size, new, []),
            "the same size, another root": (size, old, size, new, []),
            "the same size, with a proof": (size, new, size, new, path),
        }  # fmt: skip
        for name, parts in forgeries.items():
            yield consist(f"{old_size} to {size}: {name}", *parts, False)


def written():
    """Return the file's bytes."""
    return vector_file.written(made())


if __name__ == "__main__":
    FILE.write_bytes(written())
