"""What a kept folder stands on is the same at every start, or nothing starts."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import ground
from gateway.anvil import FILE
from gateway.machine import Machine
from gateway.processes import PERSON
from indexer.chain.deployment import Deployment
from indexer.core.errors import EXIT, outside


def keep(folder: Path) -> Machine:
    return Machine.keep(folder, lambda _: None, datetime.now(UTC), origin="kept.example/log")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that was made and stopped."""
    with keep(tmp_path / "data"):
        pass
    return tmp_path / "data"


def test_keys_are_drawn_once(tmp_path: Path):
    drawn = ground.key_files(tmp_path)
    assert ground.key_files(tmp_path) == drawn
    assert len(set(drawn.values())) == len(drawn) == 7
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_roles_key_may_be_given(tmp_path: Path):
    drawn = ground.key_files(tmp_path, [b"\1" * 32, b"\2" * 32])
    assert (drawn["admin"], drawn["registrar"]) == (b"\1" * 32, b"\2" * 32)


def test_a_later_start_is_the_same_deployment_with_the_same_logins(folder: Path):
    before = (folder / ground.DEPLOYMENT).read_bytes()
    with keep(folder) as again:
        assert again.deployment.to_json() == before
        assert again.registrar().key == ground.key_files(folder)["registrar"]
        told = again.trust("http://127.0.0.1:1/rpc")
    with keep(folder) as again:
        assert again.trust("http://127.0.0.1:1/rpc") == told


def test_a_start_that_was_killed_before_the_contracts_were_named_makes_them_anew(folder: Path):
    before = Deployment.load(folder / ground.DEPLOYMENT)
    (folder / ground.DEPLOYMENT).unlink()
    with keep(folder) as again:
        assert again.deployment.genesis == before.genesis
        assert again.deployment.trace_log != before.trace_log


def test_a_chain_that_is_gone_starts_nothing_and_is_not_replaced(folder: Path):
    (folder / ground.CHAIN / FILE).unlink()
    with pytest.raises(ground.ChainLostError) as caught:
        keep(folder)
    assert outside(EXIT, caught.value) == PERSON
    said = str(caught.value)
    assert Deployment.load(folder / ground.DEPLOYMENT).genesis.hex() in said
    assert f"suyuan log carry-on --data {folder}" in said
    assert not (folder / ground.CHAIN / FILE).exists()


def test_another_chain_in_its_place_is_told(folder: Path, tmp_path: Path):
    with keep(tmp_path / "other"):
        pass
    (tmp_path / "other" / ground.CHAIN / FILE).replace(folder / ground.CHAIN / FILE)
    with pytest.raises(ground.ChainLostError, match="the chain id is"):
        keep(folder)


def test_an_older_copy_of_the_chain_is_told(folder: Path):
    file = folder / ground.CHAIN / FILE
    first, *_ = file.read_text().splitlines(keepends=True)
    file.write_text(first)
    with pytest.raises(ground.ChainLostError, match="newest block is 0, and block 1 was final"):
        keep(folder)
