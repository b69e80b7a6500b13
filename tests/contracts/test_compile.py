"""The committed artifacts are what the committed sources give, to the byte."""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from contracts import compile as compiling
from contracts import node
from indexer.chain.deployment import ARTIFACTS


def test_the_committed_artifacts_are_what_the_sources_give():
    assert compiling.main(["--check"]) == 0


def test_other_artifacts_are_found_out_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for path in ARTIFACTS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    spoiled = tmp_path / "TraceLog.json"
    spoiled.write_bytes(spoiled.read_bytes().replace(b"6080", b"6081", 1))
    into = ["--into", str(tmp_path)]
    assert compiling.main(["--check", *into]) == 1
    assert "TraceLog.json is not what the sources give" in capsys.readouterr().err
    assert compiling.main(into) == 0
    assert spoiled.read_bytes() == (ARTIFACTS / "TraceLog.json").read_bytes()


@pytest.mark.parametrize("name", compiling.CONTRACTS)
def test_an_artifact_says_what_it_was_made_from(name: str):
    artifact = msgspec.json.decode((ARTIFACTS / f"{name}.json").read_bytes())
    installed = json.loads((node.package("solc") / "package.json").read_text())["version"]
    assert artifact["contractName"] == name
    assert artifact["compiler"].split("+")[0] == installed
    assert artifact["evmVersion"] == compiling.EVM_VERSION
    for source, digest in artifact["sources"].items():
        ours = source.startswith("contracts/")
        path = node.ROOT / source if ours else node.ROOT / "node_modules" / source
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert f"contracts/I{name}.sol" in artifact["sources"]


def test_no_contract_outgrows_what_a_chain_takes():
    for name in compiling.CONTRACTS:
        artifact = msgspec.json.decode((ARTIFACTS / f"{name}.json").read_bytes())
        assert len(artifact["deployedBytecode"]) // 2 <= 24_576  # EIP-170
