"""What the page hears from a node is what the core's own reader of nodes would write down."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.node import ROOT, binary
from indexer.core.canonical import decode
from indexer.core.submission import address
from tests.indexer.core.proof_world import ACCOUNT
from tests.indexer.page.scene import REGULATOR, life

SIGHT = Path(__file__).with_name("sight.mts")


def run(*arguments):
    done = subprocess.run([binary(), SIGHT, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def gather(site, tmp_path):
    def gather(scene, node=None):
        site.node = node or scene.answer
        (tmp_path / "bundle").write_bytes(scene.bundle.to_json())
        trust = scene.trust(f"http://127.0.0.1:{site.port}")
        (tmp_path / "trust").write_bytes(trust.to_json())
        return run(tmp_path / "bundle", tmp_path / "trust")

    return gather


def test_a_sighting_is_what_the_chain_holds(gather):
    scene = life(amended=True)
    expected = scene.world.sighting(REGULATOR, final=scene.last).to_json()
    assert gather(scene) == [decode(expected)]


def test_only_who_signed_an_approval_is_asked_about_and_only_who_served_is_named(gather):
    (seen,) = gather(life())
    assert seen["approvers"] == []
    scene = life(amended=True)
    (correction,) = (one for one in scene.records if one.content["kind"] == 4)
    correction.approval = scene.world.approve(bytes(32), private=b"\7" * 32)
    (seen,) = gather(scene)
    assert seen["approvers"] == [address(ACCOUNT).hex()]
    correction.approval = replace(correction.approval, signature=bytes(65))
    (seen,) = gather(scene)
    assert seen["approvers"] == [address(ACCOUNT).hex()]


def test_a_node_that_lags_has_not_seen_the_anchor(gather):
    scene = life()
    scene.last = 3
    (seen,) = gather(scene)
    assert (seen["final"], seen["anchor"]) == (3, None)


def test_of_another_chain_nothing_but_that_is_written_down(gather):
    scene = life()

    def node(method, params):
        return "0x7" if method == "eth_chainId" else scene.answer(method, params)

    (seen,) = gather(scene, node)
    assert (seen["chainId"], seen["anchor"], seen["keys"]) == (7, None, {})


def test_a_block_that_was_replaced_carries_no_anchor(gather):
    scene = life()
    block = hex(scene.world.anchors[-1].block.number)

    def node(method, params):
        found = scene.answer(method, params)
        return found | {"hash": "0x" + "99" * 32} if params[:1] == [block] else found

    (seen,) = gather(scene, node)
    assert seen["anchor"] is None


def test_of_several_anchors_in_one_transaction_the_claimed_one_is_taken(gather):
    scene = life()
    claimed = scene.bundle.anchor
    assert claimed is not None
    before = (claimed.number + 7).to_bytes(32, "big")

    def node(method, params):
        found = scene.answer(method, params)
        if method != "eth_getTransactionReceipt":
            return found
        (log,) = found["logs"]
        other = log | {"topics": [*log["topics"][:2], "0x" + before.hex()]}
        return found | {"logs": [other, log]}

    (seen,) = gather(scene, node)
    assert seen["anchor"] == claimed.members()


@pytest.mark.parametrize("nonsense", [None, "0x", 7, "0x" + "ff" * 32])
@pytest.mark.parametrize(
    "method", ["eth_chainId", "eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_call"]
)
def test_nonsense_is_no_sighting(gather, method, nonsense):
    scene = life()
    unseen = method == "eth_getTransactionReceipt" and nonsense is None

    def node(asked, params):
        return nonsense if asked == method else scene.answer(asked, params)

    assert bool(gather(scene, node)) == unseen


def test_it_asks_for_what_the_contracts_have():
    wanted = run()
    have: dict[str, Any] = {}
    for name in ("TraceLog", "Participants"):
        artifact = json.loads((ROOT / f"indexer/chain/artifacts/{name}.json").read_text())
        have |= {one["name"]: one for one in artifact["abi"] if "name" in one}
    for signature in wanted.values():
        name, _, types = signature.rstrip(")").partition("(")
        assert ",".join(one["type"] for one in have[name]["inputs"]) == types

    def given(name):
        return [one["name"] for one in have[name]["outputs"]]

    (state,) = have["logOf"]["outputs"]
    assert [one["name"] for one in state["components"]][6:8] == ["closed", "lastGood"]
    assert given("keyOf") == [
        "participant",
        "custodial",
        "admittedBlock",
        "revoked",
        "nextSequence",
    ]
    assert given("served") == ["asOperator", "asReceiptKey"]
    assert given("participantOf") == ["name", "creditCode", "status"]
    assert [one["name"] for one in have["Anchored"]["inputs"]] == [
        "log", "number", "oldSize", "size", "root",
    ]  # fmt: skip
