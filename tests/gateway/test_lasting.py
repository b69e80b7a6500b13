"""The command that carries a log on, as a shell gives it; tests/journeys/test_lasting.py goes all the way."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import ground, lasting
from gateway.anvil import FILE
from gateway.lasting import How
from gateway.machine import Machine
from gateway.up import ORIGIN
from indexer.chain.deployment import Deployment
from indexer.store.former import NothingFollowedError
from tests.gateway.test_cli import run

HOW = How(None)


def carry(folder: Path):
    return lasting.carry_folder(folder, HOW, None, datetime.now(UTC), lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Machine.keep(tmp_path / "data", lambda _: None, datetime.now(UTC), origin=ORIGIN):
        pass
    return tmp_path / "data"


@pytest.mark.parametrize("words", [(), ("--admin-key", "a.key"), ("--deployment", "d.json")])
def test_it_must_be_told_from_where_to_where(tmp_path, words):
    done = run("log", "carry-on", *words, cwd=tmp_path)
    assert (done.returncode, "CARRY_ON_WHAT" in done.stderr) == (2, True)


def test_a_folder_without_a_log_is_told(tmp_path):
    with pytest.raises(lasting.NothingThereError):
        carry(tmp_path)


def test_a_chain_that_is_there_is_left_alone(folder):
    before = (folder / ground.CHAIN / FILE).read_bytes()
    with pytest.raises(lasting.ChainThereError):
        carry(folder)
    assert (folder / ground.CHAIN / FILE).read_bytes() == before


def test_a_chain_that_lacks_blocks_goes_aside_and_is_kept(folder):
    old, file = Deployment.load(folder / ground.DEPLOYMENT), folder / ground.CHAIN / FILE
    first, *_ = file.read_text().splitlines(keepends=True)
    file.write_text(first)
    with pytest.raises(NothingFollowedError):  # no follower ever ran here
        carry(folder)
    kept = folder / f"chain.{old.chain_id}.{old.genesis.hex()[:8]}" / FILE
    assert kept.read_text() == first
    assert file.exists()


def test_contracts_of_an_interrupted_command_are_taken(tmp_path, devnet):
    keys = dict(zip(ground.ROLES, devnet.accounts, strict=False))
    made = lasting._contracts(tmp_path / "next.json", devnet.url, keys)
    assert lasting._contracts(tmp_path / "next.json", devnet.url, keys) == made
