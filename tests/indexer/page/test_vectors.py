"""The browser's code and the core read the same vectors and come to the same results."""

import json
import subprocess
from pathlib import Path

import pytest

from contracts.node import ROOT, binary

VECTORS = ROOT / "indexer/core/vectors"
# Tiles are for monitors, event hashes for indexes; the page reads neither.
SUBJECTS = sorted(path.name.split(".")[0] for path in VECTORS.glob("*.v1.json"))
OURS = [subject for subject in SUBJECTS if subject not in ("tile", "eventhash")]


@pytest.mark.parametrize("subject", OURS)
def test_vectors_hold(subject):
    file = VECTORS / f"{subject}.v1.json"
    run = subprocess.run(
        [binary(), Path(__file__).with_name("vectors.mts"), file], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert sum(json.loads(run.stdout).values()) > 10


def test_every_subject_is_run():
    assert {
        "canonical",
        "checkpoint",
        "code",
        "disclosure",
        "merkle",
        "proof",
        "record",
        "submission",
    } <= set(OURS)
