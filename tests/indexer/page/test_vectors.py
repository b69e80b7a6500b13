"""The browser's code and the core read the same vectors and come to the same results."""

import json
import subprocess
from pathlib import Path

import pytest

from contracts.node import ROOT, binary

VECTORS = ROOT / "indexer/core/vectors"
# Tiles are for monitors, event hashes for other repositories; the page reads neither.
FILES = sorted(
    path for path in VECTORS.glob("*.json") if not path.name.startswith(("tile.", "eventhash."))
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_vectors_hold(file):
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
        "event",
        "masterdata",
        "merkle",
        "proof",
        "record",
        "safeuse",
        "submission",
        "walk",
    } <= {file.name.split(".")[0] for file in FILES}
