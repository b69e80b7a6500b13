import secrets

import pytest
from sqlalchemy import text

from gateway.leader import LeadershipLostError
from gateway.publisher import FinalAnchorForeignError, Publisher
from indexer.core import checkpoint
from indexer.core.checkpoint import Checkpoint, Signer
from indexer.follower import Follower
from tests.gateway.faults import Died, dying
from tests.gateway.making import NOW
from tests.gateway.tampering import tamper


def notes(world):
    with world.loop.begin() as connection:
        return connection.execute(
            text("select size, note from ledger.checkpoint order by size")
        ).all()


def anchor(world, count=1):
    world.submit(count)
    world.anchorer.step(NOW)
    world.anchorer.step(NOW)


def test_nothing_final_is_nothing_to_publish(world):
    world.follow()
    assert world.publisher.step() == 0
    anchor(world)
    assert world.publisher.step() == 0
    assert notes(world) == []


def test_a_final_anchor_gets_a_checkpoint_of_its_size(world):
    anchor(world, 2)
    world.follow()
    assert world.publisher.step() == 1
    [one] = notes(world)
    head = world.head()
    assert checkpoint.parse(one.note, [world.signer.verifier]) == Checkpoint(
        world.origin, 3, head.root
    )
    assert (world.folder / "checkpoint").read_text() == one.note
    assert world.publisher.step() == 0


def test_every_final_anchor_gets_its_own(world):
    for _ in range(3):
        anchor(world)
    world.follow()
    assert Publisher(world.loop, world.term, world.signer, world.folder, most=2).step() == 2
    assert (world.folder / "checkpoint").read_text() == notes(world)[-1].note
    assert world.publisher.step() == 1
    assert [one.size for one in notes(world)] == [2, 4, 6]


def test_an_anchor_that_is_not_final_yet_gets_none(world):
    deep = Follower(world.node, world.client, world.deployment, 5, logs=[world.log])
    anchor(world)
    while deep.step() != "idle":
        pass
    assert world.publisher.step() == 0
    for _ in range(5):
        world.net.call("evm_mine")
    while deep.step() != "idle":
        pass
    assert world.publisher.step() == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_death_at_the_commit_is_made_good(world, when):
    anchor(world)
    world.follow()
    with dying(world.loop, 1, when), pytest.raises(Died):
        world.publisher.step()
    world.restart()
    world.settle()
    world.check()


def test_a_final_anchor_of_another_tree_gets_none(world):
    anchor(world)
    world.follow()
    tamper(world.database, "update ledger.tile set hashes = sha256('x') || substr(hashes, 33)")
    with pytest.raises(FinalAnchorForeignError, match="it gets no checkpoint"):
        world.publisher.step()
    assert notes(world) == []
    assert not (world.folder / "checkpoint").exists()


def test_who_leads_no_more_publishes_nothing(world):
    anchor(world)
    world.follow()
    with world.loop.begin() as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    with pytest.raises(LeadershipLostError):
        world.publisher.step()
    assert not (world.folder / "checkpoint").exists()


def put_file(world, data):
    (world.folder / "checkpoint").write_bytes(data)


def file(world):
    return (world.folder / "checkpoint").read_text()


def test_an_older_note_that_a_paused_leader_left_is_replaced(world):
    anchor(world)
    world.settle()
    older = file(world)
    anchor(world)
    world.settle()
    put_file(world, older.encode())
    assert world.publisher.step() == 0
    assert file(world) == notes(world)[-1].note != older


@pytest.mark.parametrize("found", [b"", b"\xff", b"x\n99\n"])
def test_a_file_that_is_no_note_of_ours_is_replaced(world, found):
    anchor(world)
    world.settle()
    put_file(world, found)
    world.publisher.step()
    assert file(world) == notes(world)[-1].note


def test_a_newer_note_of_a_store_that_is_lost_is_left_alone(world):
    anchor(world)
    world.settle()
    newer = checkpoint.format(Checkpoint(world.origin, 99, b"\1" * 32), [world.signer])
    put_file(world, newer.encode())
    world.publisher.step()
    assert file(world) == newer


def test_an_anchor_beyond_a_store_that_was_set_back_waits(world):
    for _ in range(2):
        anchor(world)
    world.follow()
    tamper(
        world.database,
        "delete from ledger.placement where first_index > 0",
        "update ledger.tile set hashes = substr(hashes, 1, 64)",
    )
    assert world.publisher.step() == 1
    assert [one.size for one in notes(world)] == [2]


def test_the_logs_key_does_not_show(world):
    key = Signer(world.origin, secrets.token_bytes(32))
    shown = repr(Publisher(world.loop, world.term, key, world.folder))
    assert key.private.hex() not in shown
    assert str(key.private) not in shown
