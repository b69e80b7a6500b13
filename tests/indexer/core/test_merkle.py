import contextlib
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import merkle
from indexer.core.errors import EvidenceError
from tests.indexer.core import make_merkle_vectors
from tests.indexer.core.vector_file import cases

LEAVES = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(131)]
HASHES = st.binary(min_size=32, max_size=32)


def plain_root(leaves):
    """RFC 9162 §2.1.1 as its text reads, to hold the level-by-level root to it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = plain_root(leaves[:split]), plain_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def unhex(values):
    return [bytes.fromhex(value) for value in values]


@pytest.mark.parametrize(
    "case", cases(make_merkle_vectors.FILE, "root"), ids=lambda case: case["name"]
)
def test_published_and_computed_roots(case):
    leaves = [merkle.leaf_hash(data) for data in unhex(case["leaves"])]
    assert merkle.root(leaves).hex() == case["root"]


@pytest.mark.parametrize(
    "case", cases(make_merkle_vectors.FILE, "inclusion"), ids=lambda case: case["name"]
)
def test_inclusion_vectors(case):
    def check():
        merkle.check_inclusion(
            bytes.fromhex(case["leaf"]),
            case["index"],
            case["size"],
            unhex(case["path"]),
            bytes.fromhex(case["root"]),
        )

    if case["accept"]:
        check()
    else:
        with pytest.raises(EvidenceError):
            check()


@pytest.mark.parametrize(
    "case", cases(make_merkle_vectors.FILE, "consistency"), ids=lambda case: case["name"]
)
def test_consistency_vectors(case):
    def check():
        merkle.check_consistency(
            case["oldSize"],
            bytes.fromhex(case["oldRoot"]),
            case["size"],
            bytes.fromhex(case["root"]),
            unhex(case["path"]),
        )

    if case["accept"]:
        check()
    else:
        with pytest.raises(EvidenceError):
            check()


def test_the_root_is_the_recursive_definition():
    for size in range(len(LEAVES)):
        assert merkle.root(LEAVES[:size]) == plain_root(LEAVES[:size])


def test_every_leaf_climbs_in_every_size():
    for size in range(1, 131):
        root = merkle.root(LEAVES[:size])
        for index in range(size):
            path = merkle.inclusion(index, LEAVES[:size])
            merkle.check_inclusion(LEAVES[index], index, size, path, root)


def test_no_other_index_or_leaf_passes_with_a_good_path():
    for size in range(1, 40):
        root = merkle.root(LEAVES[:size])
        for index in range(size):
            path = merkle.inclusion(index, LEAVES[:size])
            for other in range(size + 2):
                if other != index:
                    with pytest.raises(EvidenceError):
                        merkle.check_inclusion(LEAVES[index], other, size, path, root)
            with pytest.raises(merkle.RootDiffersError):
                merkle.check_inclusion(LEAVES[size], index, size, path, root)


def test_every_pair_of_sizes_is_consistent():
    roots = [merkle.root(LEAVES[:size]) for size in range(131)]
    for size in range(131):
        for old_size in range(size + 1):
            path = merkle.consistency(old_size, LEAVES[:size])
            merkle.check_consistency(old_size, roots[old_size], size, roots[size], path)


def test_no_other_old_size_passes_with_a_good_proof():
    roots = [merkle.root(LEAVES[:size]) for size in range(34)]
    for size in range(1, 33):
        for old_size in range(1, size):
            path = merkle.consistency(old_size, LEAVES[:size])
            for other in range(size + 2):
                if other != old_size:
                    with pytest.raises(EvidenceError):
                        merkle.check_consistency(other, roots[old_size], size, roots[size], path)
                    with pytest.raises(EvidenceError):
                        merkle.check_consistency(other, roots[other], size, roots[size], path)


def test_a_rewritten_past_has_no_proof():
    for size in range(2, 33):
        for old_size in range(1, size):
            rewritten = [merkle.leaf_hash(b"rewritten"), *LEAVES[1:size]]
            path = merkle.consistency(old_size, rewritten)
            old_root = merkle.root(LEAVES[:old_size])
            with pytest.raises(merkle.RootDiffersError):
                merkle.check_consistency(old_size, old_root, size, merkle.root(rewritten), path)


@given(st.data())
def test_no_altered_byte_of_an_inclusion_proof_survives(data):
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    parts = [LEAVES[index], merkle.root(LEAVES[:size]), *merkle.inclusion(index, LEAVES[:size])]
    which = data.draw(st.integers(0, len(parts) - 1))
    altered = bytearray(parts[which])
    altered[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    parts[which] = bytes(altered)
    with pytest.raises(merkle.RootDiffersError):
        merkle.check_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.data())
def test_no_altered_byte_of_a_consistency_proof_survives(data):
    size = data.draw(st.integers(2, 130))
    old_size = data.draw(st.integers(1, size - 1))
    path = merkle.consistency(old_size, LEAVES[:size])
    parts = [merkle.root(LEAVES[:old_size]), merkle.root(LEAVES[:size]), *path]
    which = data.draw(st.integers(0, len(parts) - 1))
    altered = bytearray(parts[which])
    altered[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    parts[which] = bytes(altered)
    with pytest.raises(merkle.RootDiffersError):
        merkle.check_consistency(old_size, parts[0], size, parts[1], parts[2:])


@given(st.data())
def test_no_longer_or_shorter_path_passes(data):
    size = data.draw(st.integers(2, 130))
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root(LEAVES[:size])
    path = merkle.inclusion(index, LEAVES[:size])
    place = data.draw(st.integers(0, len(path)))
    longer = [*path[:place], data.draw(HASHES), *path[place:]]
    with pytest.raises(EvidenceError):
        merkle.check_inclusion(LEAVES[index], index, size, longer, root)
    if place < len(path):
        with pytest.raises(merkle.PathLengthError):
            merkle.check_inclusion(
                LEAVES[index], index, size, path[:place] + path[place + 1 :], root
            )


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.binary(max_size=40),
    HASHES,
    st.lists(st.one_of(HASHES, st.binary(max_size=3), st.integers(), st.none()), max_size=70),
)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_anything_at_all_raises_nothing_but_evidence_errors(a, b, c, d, e):
    for check in (merkle.check_inclusion, merkle.check_consistency):
        with contextlib.suppress(EvidenceError):
            check(a, b, c, d, e)


@given(st.integers(), st.integers(), st.lists(HASHES, min_size=1, max_size=120), HASHES, HASHES)
def test_well_shaped_nonsense_is_refused(first, second, path, leaf, root):
    with pytest.raises(EvidenceError):
        merkle.check_inclusion(leaf, first, second, path, root)
    with pytest.raises(EvidenceError):
        merkle.check_consistency(first, leaf, second, root, path)


WRONG_SIZES: list[Any] = [2**53, 10**400, -1, True, 1.0, "1", None]


def test_sizes_that_javascript_cannot_hold_and_booleans_are_no_sizes():
    leaf = LEAVES[0]
    for size in WRONG_SIZES:
        with pytest.raises(merkle.ProofMisshapenError):
            merkle.check_inclusion(leaf, 0, size, [], leaf)
        with pytest.raises(merkle.ProofMisshapenError):
            merkle.check_consistency(size, leaf, size, leaf, [])
    merkle.check_inclusion(leaf, 0, 1, [], leaf)


def test_a_leaf_of_a_tree_of_nine_quadrillion_climbs():
    size = merkle.MAX_SIZE
    path, root = [], LEAVES[0]
    last = size - 1
    while last:
        path.append(LEAVES[1])
        root = merkle.node_hash(root, LEAVES[1])
        last >>= 1
    assert len(path) == 53
    merkle.check_inclusion(LEAVES[0], 0, size, path, root)


def test_building_a_proof_outside_the_tree_is_refused():
    for index in (-1, 3, 4):
        with pytest.raises(merkle.IndexBeyondError):
            merkle.inclusion(index, LEAVES[:3])
    for old_size in (-1, 4):
        with pytest.raises(merkle.IndexBeyondError):
            merkle.consistency(old_size, LEAVES[:3])


def test_growth_from_nothing_and_to_itself_needs_no_path():
    root = merkle.root(LEAVES[:5])
    merkle.check_consistency(0, merkle.EMPTY, 5, root, [])
    merkle.check_consistency(0, merkle.EMPTY, 0, merkle.EMPTY, [])
    merkle.check_consistency(5, root, 5, root, [])
    for old_size, old_root, path in (
        (0, root, []),
        (0, merkle.EMPTY, [root]),
        (5, merkle.EMPTY, []),
        (5, root, [root]),
    ):
        with pytest.raises(EvidenceError):
            merkle.check_consistency(old_size, old_root, 5, root, path)


def test_the_committed_vectors_are_what_their_maker_computes():
    assert make_merkle_vectors.FILE.read_bytes() == make_merkle_vectors.written()
