"""The committed vectors of trees and proofs, run by the contract: it accepts and refuses what everybody else does."""

import json

import pytest

from contracts.operate import EMPTY_ROOT
from indexer.chain.deployment import ARTIFACTS
from tests.contracts.world import World

VECTORS = ARTIFACTS.parents[1] / "core/vectors/merkle.v1.json"
CASES = json.loads(VECTORS.read_text())["cases"]
LIMIT = 2**53


def hashes(path):
    return [bytes.fromhex(one) for one in path]


@pytest.fixture(scope="module")
def log_at(world: World):
    """Open a log at a head, once for each head."""
    opened: dict[tuple[int, bytes], bytes] = {}

    def at(size: int, root: bytes) -> bytes:
        if (size, root) not in opened:
            opened[size, root] = world.new_log(size, root)
        return opened[size, root]

    return at


def consistencies():
    """Those that a log can be asked: it grows, it began empty or with a root, and sizes are sizes."""
    for case in CASES:
        if case["op"] == "consistency" and 0 <= case["oldSize"] < case["size"] < LIMIT:
            empty = case["oldRoot"] == EMPTY_ROOT.hex()
            if len(case["oldRoot"]) == len(case["root"]) == 64 and (case["oldSize"] > 0 or empty):
                yield case


def inclusions():
    for case in CASES:
        sized = (
            case["op"] == "inclusion" and 0 < case["size"] < LIMIT and 0 <= case["index"] < 2**64
        )
        if sized and len(case["leaf"]) == len(case["root"]) == 64:
            yield case


def fits(path):
    return all(len(one) == 64 for one in path)


def test_most_vectors_can_be_asked_on_chain():
    grown, included = list(consistencies()), list(inclusions())
    for some, least in ((grown, 150), (included, 150)):
        assert len(some) >= least
        assert {case["accept"] for case in some} == {True, False}


def test_consistency_on_chain_is_the_vectors(world: World, log_at):
    for case in consistencies():
        if not fits(case["path"]):
            assert not case["accept"]
            continue
        log = log_at(case["oldSize"], bytes.fromhex(case["oldRoot"]))
        root, path = bytes.fromhex(case["root"]), hashes(case["path"])
        said = world.verdict("operator", world.anchoring(log, case["size"], root, path))
        wanted = {""} if case["accept"] else {"TraceLogInconsistent", "TraceLogProofTooLong"}
        assert said in wanted, case["name"]


def test_inclusion_on_chain_is_the_vectors(world: World, log_at):
    for case in inclusions():
        if not fits(case["path"]):
            assert not case["accept"]
            continue
        log = log_at(case["size"], bytes.fromhex(case["root"]))
        leaf, path = bytes.fromhex(case["leaf"]), hashes(case["path"])
        said = world.log.functions.includes(log, leaf, case["index"], path).call()
        assert said is case["accept"], case["name"]
