"""The chain changes its mind: above what is final we follow, below it we stop and call a person."""

from collections.abc import Iterator

import pytest

from gateway.processes import PERSON
from tests.journeys import stories
from tests.world import World, until

DEPTH = 4


@pytest.fixture
def deep(tmp_path) -> Iterator[World]:
    world = World.open(tmp_path / "world", finality=str(DEPTH))
    yield world
    world.close()


def mine(world: World, blocks: int) -> None:
    world.machine.devnet.call("hardhat_mine", hex(blocks))


def anchored(world: World) -> int:
    return int(world.ask("select coalesce(max(number), 0) from ledger.anchor")[0][0])


def test_a_shallow_reorg_is_repaired(deep: World):
    chain = deep.machine.devnet
    mine(deep, DEPTH)
    before = chain.call("evm_snapshot")
    said = deep.submit(stories.seen(stories.serial()))
    until(lambda: anchored(deep) == 1, "the anchor is seen")
    assert deep.state(said["submission"]) == "anchored"
    chain.call("evm_revert", before)
    mine(deep, 2)  # another branch, without the anchor, longer than the one we followed
    until(lambda: anchored(deep) == 1 and _on_chain(deep), "the anchor is sent again and seen")
    mine(deep, DEPTH)
    deep.settle()
    assert deep.state(said["submission"]) == "final"
    deep.check()


def _on_chain(world: World) -> bool:
    number, known = world.ask(
        "select number, encode(hash, 'hex') from ledger.block order by number desc limit 1"
    )[0]
    there = world.machine.devnet.call("eth_getBlockByNumber", hex(number), False)
    return isinstance(there, dict) and there["hash"] == "0x" + known


def test_a_reorg_below_what_was_final_stops_the_follower(deep: World):
    chain = deep.machine.devnet
    before = chain.call("evm_snapshot")
    deep.submit(stories.seen(stories.serial()))
    until(lambda: anchored(deep) == 1, "the anchor is seen")
    mine(deep, DEPTH + 1)
    deep.settle()
    chain.call("evm_revert", before)
    mine(deep, 3 * DEPTH)
    follower = deep.process("follower")
    until(lambda: follower.status is not None, "the follower stops")
    assert follower.status == PERSON
    deep.processes.watch()
    assert follower.status == PERSON, "nobody starts it again"
    assert "final" in follower.tail(20)
