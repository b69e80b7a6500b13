"""The official ethers library agrees: with our signatures, and with what our contract says."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from coincurve import PrivateKey

from contracts import consent, node, sending
from indexer.core import merkle, submission
from indexer.core.submission import Approval, Receipt, Submission, address
from tests.contracts.world import World

SCRIPT = Path(__file__).with_name("ethers.mjs")
PARTICIPANT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(6)]
LARGEST = 2**53 - 1


def opinion(world: World, log: bytes, transaction: bytes, signed: list[dict[str, object]]):
    question = {
        "signed": signed,
        "url": world.net.url,
        "address": "0x" + world.deployment.trace_log.hex(),
        "abi": sending.artifact("TraceLog").abi,
        "log": "0x" + log.hex(),
        "transaction": "0x" + transaction.hex(),
        "inclusion": [
            "0x" + LEAVES[4].hex(),
            4,
            ["0x" + step.hex() for step in merkle.inclusion(4, LEAVES)],
        ],
    }
    done = subprocess.run(
        [node.binary(), SCRIPT],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def heard_as(typed_data: dict[str, object], signature: bytes) -> dict[str, object]:
    return {"typedData": typed_data, "signature": "0x" + signature.hex()}


@pytest.mark.parametrize("sequence", [0, LARGEST])
def test_ethers_reads_our_signatures_and_our_anchors(world: World, sequence: int):
    keys = [PrivateKey().secret for _ in range(3)]
    log = world.new_log(2, merkle.root(LEAVES[:2]))
    root = merkle.root(LEAVES)
    count = 2**32 - 1 if sequence else 1
    key = address(keys[0])
    spoken: list[Submission | Receipt | Approval] = [
        Submission(log, PARTICIPANT, sequence, count, root),
        Receipt(log, PARTICIPANT, key, sequence, count, root, LARGEST, 1_790_000_600),
        Approval(log, LEAVES[0], 1_790_000_600),
    ]
    signed = [
        heard_as(said.typed_data(), submission.sign(said.signing_hash(), key))
        for said, key in zip(spoken, keys, strict=True)
    ]
    sayings: list[consent.Possession | consent.Addition] = [
        consent.Possession(PARTICIPANT, key),
        consent.Addition(PARTICIPANT, key, custodial=True),
        consent.Addition(PARTICIPANT, key, custodial=False),
    ]
    signed += [
        heard_as(said.typed_data(world.deployment), consent.sign(said, world.deployment, keys[0]))
        for said in sayings
    ]
    proof = merkle.consistency(2, LEAVES)
    mined = world.send("operator", world.anchoring(log, 6, root, proof))
    heard = opinion(world, log, bytes(mined["transactionHash"]), signed)
    assert [signer.lower() for signer in heard["signers"]] == [
        "0x" + address(key).hex() for key in [*keys, keys[0], keys[0], keys[0]]
    ]
    assert heard["head"] == [2, 6, "0x" + root.hex()]
    assert heard["anchors"] == [["0x" + log.hex(), 2, 2, 6, "0x" + root.hex()]]
    assert heard["includes"] is True
