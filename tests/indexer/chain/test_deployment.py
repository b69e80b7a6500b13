"""A deployment file says which chain and where, or is refused by the place that is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.chain.deployment import ARTIFACTS, Deployment, exchange
from indexer.core.errors import InputError

DEPLOYMENT = Deployment(31337, b"\1" * 32, b"\2" * 20, b"\3" * 20, 7)
MEMBERS = json.loads(DEPLOYMENT.to_json())


def test_what_is_written_is_read(tmp_path: Path):
    path = tmp_path / "deployment.json"
    path.write_bytes(DEPLOYMENT.to_json())
    assert Deployment.load(path) == DEPLOYMENT


def test_bytes_are_hex_without_a_prefix():
    assert MEMBERS == {
        "format": "suyuan/deployment/v1",
        "chainId": 31337,
        "genesis": "01" * 32,
        "traceLog": "02" * 20,
        "participants": "03" * 20,
        "block": 7,
    }


def test_members_of_later_versions_are_ignored():
    data = json.dumps(MEMBERS | {"note": "x"}).encode()
    assert Deployment.from_json(data) == DEPLOYMENT


def test_a_file_is_exchanged_and_the_old_one_kept_beside_it(tmp_path: Path):
    path, new = tmp_path / "deployment.json", replace(DEPLOYMENT, genesis=b"\4" * 32)
    path.write_bytes(DEPLOYMENT.to_json())
    for _ in range(2):  # an interrupted command is given again
        kept = exchange(path, DEPLOYMENT, new)
        assert Deployment.load(path) == new
        assert kept.name == "deployment.31337.01010101.json"
        assert Deployment.load(kept) == DEPLOYMENT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "suyuan/deployment/v2"),
        ("chainId", -1),
        ("chainId", True),
        ("chainId", "31337"),
        ("block", 1.5),
        ("genesis", "01" * 31),
        ("genesis", "0x" + "01" * 31),
        ("traceLog", "ZZ" * 20),
        ("traceLog", "AB" * 20),
        ("participants", None),
    ],
)
def test_what_is_wrong_is_named_by_its_place(name: str, value: object):
    with pytest.raises(InputError) as caught:
        Deployment.from_json(json.dumps(MEMBERS | {name: value}).encode())
    assert caught.value.place == f"/{name}"


@pytest.mark.parametrize("name", MEMBERS)
def test_what_is_missing_is_named_by_its_place(name: str):
    rest = {member: value for member, value in MEMBERS.items() if member != name}
    with pytest.raises(InputError) as caught:
        Deployment.from_json(json.dumps(rest).encode())
    assert caught.value.place == f"/{name}"


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b"1", b'"x"', b"null", b"{}"]))
def test_any_other_bytes_are_wrong_input(data: bytes):
    with pytest.raises(InputError):
        Deployment.from_json(data)


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_every_deployment_survives_its_file(number: int, genesis: bytes):
    deployment = replace(DEPLOYMENT, chain_id=number, genesis=genesis, block=number)
    assert Deployment.from_json(deployment.to_json()) == deployment


def test_the_artifacts_are_beside_it():
    assert {path.name for path in ARTIFACTS.iterdir()} == {"TraceLog.json", "Participants.json"}
