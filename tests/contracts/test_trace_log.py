"""TraceLog accepts exactly the growth that indexer.core.merkle accepts, and only from who may."""

from itertools import pairwise, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web3 import Web3

from contracts.operate import EMPTY_ROOT
from indexer.core import merkle
from indexer.core.errors import EvidenceError
from indexer.core.submission import log_id
from tests.contracts.synthetic import Growth
from tests.contracts.world import LOG_KEY, World

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]
SIZES = st.integers(1, 2**53 - 2)


def core_accepts(old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> bool:
    try:
        merkle.check_consistency(old, old_root, size, root, proof)
    except EvidenceError:
        return False
    return True


def crafted(proof: list[bytes], draw: Random) -> dict[str, list[bytes]]:
    """Wrong proofs made from a right one; some come out right again and then both sides accept."""
    spot = draw.randrange(len(proof)) if proof else 0
    other = bytes(draw.randrange(256) for _ in range(32))
    wrong = {
        "empty": [],
        "too long": [*proof, other],
        "one before": [other, *proof],
        "repeated end": [*proof, *proof[-1:]],
        "reversed": proof[::-1],
        "cut at the end": proof[:-1],
        "cut at the start": proof[1:],
        "cut in the middle": proof[:spot] + proof[spot + 1 :],
    }
    if proof:
        bit = bytearray(proof[spot])
        bit[draw.randrange(32)] ^= 1 << draw.randrange(8)
        wrong["altered byte"] = [*proof[:spot], bytes(bit), *proof[spot + 1 :]]
    if len(proof) > 1:
        a, b = draw.sample(range(len(proof)), 2)
        swapped = list(proof)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        wrong["swapped"] = swapped
    return wrong


@pytest.mark.parametrize("old", range(14))
def test_every_growth_of_small_logs_is_accepted(world: World, old: int):
    log = world.new_log(old, merkle.root(LEAVES[:old]))
    for size in range(old + 1, 18):
        grown = LEAVES[:size]
        call = world.anchoring(log, size, merkle.root(grown), merkle.consistency(old, grown))
        assert world.verdict("operator", call) == "", (old, size)


@pytest.mark.parametrize("old", [0, 1, 2, 3, 4, 6, 7, 8, 11, 16])
def test_wrong_proofs_of_small_logs_are_judged_as_the_core_judges_them(world: World, old: int):
    draw = Random(old)
    old_root = merkle.root(LEAVES[:old])
    log = world.new_log(old, old_root)
    refused = 0
    for size in (old + 1, old + 2, old + 5, 2 * old + 9):
        root = merkle.root(LEAVES[:size])
        for name, proof in crafted(merkle.consistency(old, LEAVES[:size]), draw).items():
            accepted = core_accepts(old, old_root, size, root, proof)
            verdict = world.verdict("operator", world.anchoring(log, size, root, proof))
            assert (verdict == "") == accepted, (old, size, name)
            assert accepted or verdict == "TraceLogInconsistent"
            refused += not accepted
    assert refused >= 4


@pytest.mark.parametrize("old", [1, 5, 8, 13])
def test_a_size_off_by_one_is_judged_as_the_core_judges_it(world: World, old: int):
    old_root = merkle.root(LEAVES[:old])
    log = world.new_log(old, old_root)
    for size in range(old + 2, 30):
        root = merkle.root(LEAVES[:size])
        proof = merkle.consistency(old, LEAVES[:size])
        for claimed in (size - 1, size + 1):
            accepted = core_accepts(old, old_root, claimed, root, proof)
            verdict = world.verdict("operator", world.anchoring(log, claimed, root, proof))
            assert (verdict == "") == accepted, (old, size, claimed)


@pytest.mark.parametrize("old", range(1, 14))
def test_another_history_is_refused(world: World, old: int):
    log = world.new_log(old, merkle.root(LEAVES[:old]))
    for altered in {0, old // 2, old - 1}:
        forged = list(LEAVES[: old + 5])
        forged[altered] = merkle.leaf_hash(b"forged")
        for size in (old + 1, old + 5):
            grown = forged[:size]
            call = world.anchoring(log, size, merkle.root(grown), merkle.consistency(old, grown))
            assert world.verdict("operator", call) == "TraceLogInconsistent", (altered, size)


@pytest.mark.parametrize("old", [1, 2, 3, 5, 7, 8, 12])
def test_another_root_than_the_proofs_is_refused(world: World, old: int):
    log = world.new_log(old, merkle.root(LEAVES[:old]))
    for size in (old + 1, old + 4):
        proof = merkle.consistency(old, LEAVES[:size])
        for root in (LEAVES[0], EMPTY_ROOT, merkle.root(LEAVES[: size + 1])):
            call = world.anchoring(log, size, root, proof)
            assert world.verdict("operator", call) == "TraceLogInconsistent"


@pytest.mark.parametrize("claimed", range(1, 8))
def test_a_root_carried_on_under_another_size_is_judged_as_the_core_judges_it(
    world: World, claimed: int
):
    for old in range(1, 8):
        old_root = merkle.root(LEAVES[:old])
        log = world.new_log(claimed, old_root)
        for size, grown in product(range(claimed + 1, 9), range(old + 1, 9)):
            root = merkle.root(LEAVES[:grown])
            proof = merkle.consistency(old, LEAVES[:grown])
            accepted = core_accepts(claimed, old_root, size, root, proof)
            verdict = world.verdict("operator", world.anchoring(log, size, root, proof))
            assert (verdict == "") == accepted, (claimed, old, size, grown)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(ends=st.lists(SIZES, min_size=2, max_size=2, unique=True), seed=st.randoms())
def test_logs_of_any_size_agree_with_the_core(world: World, ends: list[int], seed: Random):
    old, size = sorted(ends)
    growth = Growth(old, size)
    log = world.new_log(old, growth.old_root)
    proof = growth.proof()
    assert core_accepts(old, growth.old_root, size, growth.root, proof)
    assert world.verdict("operator", world.anchoring(log, size, growth.root, proof)) == ""
    for wrong in crafted(proof, seed).values():
        accepted = core_accepts(old, growth.old_root, size, growth.root, wrong)
        verdict = world.verdict("operator", world.anchoring(log, size, growth.root, wrong))
        assert (verdict == "") == accepted


def test_the_longest_proof_fits_and_a_longer_one_is_not_climbed(world: World):
    growth = Growth(2**52 - 1, 2**53 - 1)
    proof = growth.proof()
    longest = max(len(Growth(2**k - 1, 2**53 - 1).proof()) for k in range(1, 53))
    assert len(proof) == longest <= 54
    log = world.new_log(growth.old, growth.old_root)
    assert world.verdict("operator", world.anchoring(log, growth.new, growth.root, proof)) == ""
    long = [*proof, *[bytes(32)] * (55 - len(proof))]
    call = world.anchoring(log, growth.new, growth.root, long)
    assert world.verdict("operator", call) == "TraceLogProofTooLong"


def test_anchors_are_numbered_and_carry_old_and_new(world: World):
    log = world.new_log()
    assert world.log.functions.head(log).call() == [0, 0, EMPTY_ROOT]
    for number, (old, size) in enumerate(pairwise([0, 1, 7, 8, 30]), start=1):
        leaves = LEAVES[:size]
        root = merkle.root(leaves)
        proof = merkle.consistency(old, leaves)
        receipt = world.send("operator", world.anchoring(log, size, root, proof))
        (event,) = world.told(receipt, "Anchored")
        expected = {"log": log, "number": number, "oldSize": old, "size": size, "root": root}
        assert event == expected
        assert world.log.functions.head(log).call() == [number, size, root]


def test_the_present_head_again_succeeds_without_effect(world: World):
    log = world.new_log()
    call = world.anchoring(log, 3, merkle.root(LEAVES[:3]), [])
    world.send("operator", call)
    again = world.send("operator", call)
    assert again["status"] == 1
    assert again["logs"] == []
    assert world.log.functions.head(log).call() == [1, 3, merkle.root(LEAVES[:3])]
    assert world.verdict("stranger", call) == "TraceLogNotOperator"


@pytest.mark.parametrize(
    ("size", "error"),
    [
        (0, "TraceLogNotGrowing"),
        (4, "TraceLogNotGrowing"),
        (5, "TraceLogNotGrowing"),
        (2**53, "TraceLogTooLarge"),
        (2**64 - 1, "TraceLogTooLarge"),
    ],
)
def test_sizes_grow_and_stay_below_2_to_53(world: World, size: int, error: str):
    log = world.new_log(5, merkle.root(LEAVES[:5]))
    call = world.anchoring(log, size, merkle.root(LEAVES[:6]), [])
    assert world.verdict("operator", call) == error


def test_from_an_empty_log_only_an_empty_proof(world: World):
    log = world.new_log()
    root = merkle.root(LEAVES[:2])
    assert world.verdict("operator", world.anchoring(log, 2, root, [])) == ""
    call = world.anchoring(log, 2, root, [LEAVES[0]])
    assert world.verdict("operator", call) == "TraceLogInconsistent"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_includes_is_what_the_core_says(world: World, size: int):
    leaves = LEAVES[:size]
    root = merkle.root(leaves)
    log = world.new_log(size, root)
    includes = world.log.functions.includes
    for index, leaf in enumerate(leaves):
        path = merkle.inclusion(index, leaves)
        assert includes(log, leaf, index, path).call()
        wrong = [
            (LEAVES[-1], index, path),
            (leaf, index, [*path, root]),
            (leaf, size, path),
            (leaf, 2**64 - 1, path),
            *((leaf, index, path[:cut]) for cut in range(len(path))),
            *((leaf, other, path) for other in range(size) if other != index),
        ]
        for claim in wrong:
            with pytest.raises(EvidenceError):
                merkle.check_inclusion(claim[0], claim[1], size, claim[2], root)
            assert not includes(log, *claim).call(), (index, claim)


def test_includes_takes_no_longer_path_than_the_size_allows(world: World):
    root = merkle.root(LEAVES[:2])
    log = world.new_log(1, root)
    assert world.log.functions.includes(log, root, 0, []).call()
    assert not world.log.functions.includes(log, LEAVES[1], 0, [LEAVES[0]]).call()


def test_includes_is_false_for_a_log_without_leaves(world: World):
    log = world.new_log()
    assert not world.log.functions.includes(log, EMPTY_ROOT, 0, []).call()


def opening(world: World, origin: str, **changes: object):
    facts = {
        "operator": world.address("operator"),
        "logKey": LOG_KEY,
        "receiptKey": world.address("stranger"),
        "size": 0,
        "root": EMPTY_ROOT,
        "predecessor": bytes(32),
    } | changes
    return world.log.functions.open(origin, *facts.values())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, ""),
        ({"root": LEAVES[0]}, "TraceLogBadBeginning"),
        ({"size": 1, "root": LEAVES[0]}, "TraceLogBadBeginning"),
        ({"size": 1, "root": LEAVES[0], "predecessor": LEAVES[1]}, "TraceLogUnknown"),
        ({"size": 2**53, "root": LEAVES[0]}, "TraceLogTooLarge"),
        ({"logKey": bytes(32)}, "TraceLogIncomplete"),
        ({"receiptKey": bytes(20)}, "TraceLogIncomplete"),
        ({"operator": bytes(20)}, "TraceLogRolesNotSeparate"),
    ],
)
def test_a_log_begins_empty_or_says_whose_past_it_has(world: World, changes, error: str):
    assert world.verdict("admin", opening(world, "fresh.example", **changes)) == error


def test_a_past_lies_under_the_logs_opening_at_once(world: World):
    log, root = log_id("past.example"), merkle.root(LEAVES[:6])
    past = {"size": 6, "root": root, "predecessor": log}
    receipt = world.send("admin", opening(world, "past.example", **past))
    (event,) = world.told(receipt, "Anchored")
    assert event == {"log": log, "number": 1, "oldSize": 0, "size": 6, "root": root}
    grown = world.anchoring(log, 7, merkle.root(LEAVES[:7]), merkle.consistency(6, LEAVES[:7]))
    (event,) = world.told(world.send("operator", grown), "Anchored")
    assert (event["number"], event["oldSize"]) == (2, 6)
    empty = world.send("admin", opening(world, "empty.example"))
    assert world.told(empty, "Anchored") == []


def test_who_anchors_neither_administers_nor_regulates(world: World):
    log = world.new_log()
    for role in ("admin", "regulator"):
        party = world.address(role)
        call = opening(world, "fresh.example", operator=party)
        assert world.verdict("admin", call) == "TraceLogRolesNotSeparate"
        call = world.log.functions.rotate(log, party, LOG_KEY, party)
        assert world.verdict("admin", call) == "TraceLogRolesNotSeparate"


def test_an_origin_is_needed_and_used_once(world: World):
    assert world.verdict("admin", opening(world, "")) == "TraceLogIncomplete"
    world.send("admin", opening(world, "once.example"))
    assert world.verdict("admin", opening(world, "once.example")) == "TraceLogExists"


def test_a_closed_log_ends_and_its_successor_may_go_on_from_what_counts(world: World):
    log = world.new_log(9, merkle.root(LEAVES[:9]))
    successor = {"size": 7, "root": merkle.root(LEAVES[:7]), "predecessor": log}
    assert (
        world.verdict("admin", opening(world, "next.example", **successor))
        == "TraceLogBadBeginning"
    )
    close = world.log.functions.close
    assert world.verdict("admin", close(log, 10, bytes(32))) == "TraceLogNotAnchored"
    assert world.verdict("admin", close(log, 7, log)) == "TraceLogExists"
    receipt = world.send("admin", close(log, 7, LEAVES[0]))
    (event,) = world.told(receipt, "Closed")
    assert event == {"log": log, "lastGood": 7, "successor": LEAVES[0]}
    state = world.log.functions.logOf(log).call()
    assert state[5:] == (merkle.root(LEAVES[:9]), True, 7, log, LEAVES[0], 9)
    anchor = world.anchoring(log, 9, merkle.root(LEAVES[:9]), [])
    assert world.verdict("operator", anchor) == "TraceLogClosed"
    assert world.verdict("admin", close(log, 7, LEAVES[0])) == "TraceLogClosed"
    party = world.address("operator")
    rotate = world.log.functions.rotate(log, party, LOG_KEY, party)
    assert world.verdict("admin", rotate) == "TraceLogClosed"
    assert world.verdict("admin", opening(world, "next.example", **successor)) == ""
    call = opening(world, "next.example", **(successor | {"size": 8}))
    assert world.verdict("admin", call) == "TraceLogBadBeginning"


def test_a_log_that_has_not_ended_has_no_successor(world: World):
    call = opening(world, "early.example", predecessor=world.new_log())
    assert world.verdict("admin", call) == "TraceLogBadBeginning"


def test_rotation_replaces_operator_and_keys(world: World):
    log = world.new_log()
    old, new = world.address("operator"), world.address("stranger")
    receipt_key = world.address("registrar")
    rotate = world.log.functions.rotate(log, new, LEAVES[0], receipt_key)
    receipt = world.send("admin", rotate)
    (event,) = world.told(receipt, "Rotated")
    assert event["logKey"] == LEAVES[0]
    anchor = world.anchoring(log, 1, LEAVES[0], [])
    assert world.verdict("operator", anchor) == "TraceLogNotOperator"
    assert world.verdict("stranger", anchor) == ""
    assert old != new


def test_who_ever_served_a_log_is_remembered(world: World):
    log = world.new_log()
    old, new = world.address("operator"), world.address("stranger")
    receipt_key = world.address("admin")

    def served(account: bytes) -> list[bool]:
        told = world.log.functions.served(log, Web3.to_checksum_address(account)).call()
        return list(told)

    assert served(old) == [True, False]
    assert served(new) == [False, True]
    assert served(receipt_key) == [False, False]
    world.send("admin", world.log.functions.rotate(log, new, LEAVES[0], receipt_key))
    assert served(old)[0]
    assert served(new) == [True, True]
    assert served(receipt_key) == [False, True]
    unknown = world.log.functions.served(bytes(32), Web3.to_checksum_address(old)).call()
    assert list(unknown) == [False, False]


def test_the_regulator_attests_what_is_anchored_and_disputes_what_it_will(world: World):
    root = merkle.root(LEAVES[:6])
    log = world.new_log(6, root)
    attest = world.log.functions.attest
    assert world.verdict("regulator", attest(log, 7, root)) == "TraceLogNotAnchored"
    assert world.verdict("regulator", attest(log, 6, LEAVES[0])) == "TraceLogNotAnchored"
    assert world.verdict("regulator", attest(log, 5, LEAVES[0])) == ""
    receipt = world.send("regulator", attest(log, 6, root))
    (event,) = world.told(receipt, "Attested")
    assert (event["size"], event["root"]) == (6, root)
    receipt = world.send("regulator", world.log.functions.dispute(log, 99, "检查点与链不符"))
    (event,) = world.told(receipt, "Disputed")
    assert (event["size"], event["reason"]) == (99, "检查点与链不符")


def test_an_unknown_log_is_refused_everywhere(world: World):
    log, party = LEAVES[0], world.address("operator")
    functions = world.log.functions
    calls = {
        "operator": [functions.anchor(log, 1, LEAVES[0], [])],
        "admin": [functions.rotate(log, party, LOG_KEY, party), functions.close(log, 0, bytes(32))],
        "regulator": [functions.attest(log, 0, EMPTY_ROOT), functions.dispute(log, 0, "x")],
        "stranger": [
            functions.head(log),
            functions.logOf(log),
            functions.includes(log, LEAVES[0], 0, []),
        ],
    }
    for role, some in calls.items():
        for call in some:
            assert world.verdict(role, call) == "TraceLogUnknown", call.fn_name
