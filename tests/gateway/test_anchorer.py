from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.anchorer import (
    Anchorer,
    AnchorRefusedError,
    HeadDiffersError,
    LogUnopenedError,
)
from gateway.devnet import DevnetRefusedError
from gateway.leader import LeadershipLostError, Term
from gateway.recount import LoggedAlteredError
from indexer.chain.client import Client, UnreachableError
from indexer.chain.identity import WrongChainError
from indexer.core.submission import address
from tests.gateway.faults import Died, dying
from tests.gateway.making import NOW
from tests.gateway.tampering import tamper


def test_an_empty_log_is_left_alone(world):
    assert world.anchorer.step(NOW) == "idle"
    assert world.head().number == 0
    assert world.transactions() == []


def test_the_head_goes_on_chain_and_comes_back_final(world):
    world.submit(3)
    assert world.anchorer.step(NOW) == "anchored"
    assert (world.head().number, world.head().size) == (1, 4)
    world.settle()
    world.check()
    [sent] = world.transactions()
    assert (sent.size, sent.outcome, sent.attempts, sent.created) == (4, "mined", 1, NOW)


def test_each_anchor_extends_the_last(world):
    for count in (1, 2, 300, 254, 1):
        world.submit(count)
        world.settle()
        world.check()
    assert world.head().number == 5


def go_around(world):
    """Run anchorer, follower and publisher for a while."""
    for _ in range(9):
        world.anchorer.step(NOW)
        world.follow()
        world.publisher.step()


def die_with_a_transaction_stored(world):
    """Die right after the first transaction was stored, before it was sent."""
    at = 0
    while not world.transactions():
        at += 1
        world.restart()
        with dying(world.loop, at, "after"), pytest.raises(Died):
            world.anchorer.step(NOW)
    world.restart()


def test_files_are_on_the_disk_and_nothing_is_sent_when_a_transaction_is_stored(world):
    world.submit(2)
    die_with_a_transaction_stored(world)
    assert (world.folder / "tile/entries/000.p/3").exists()
    assert (world.folder / "tile/0/000.p/3").exists()
    assert not (world.folder / "checkpoint").exists()
    assert world.head().number == 0
    world.settle()
    world.check()
    assert len(world.transactions()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 15))
def test_death_at_any_commit_is_made_good(world, at, when):
    world.submit(2)
    world.settle()
    world.submit(3)
    with dying(world.loop, at, when), pytest.raises(Died):
        go_around(world)
    world.restart()
    world.settle()
    world.check()
    assert world.head().size == 7
    assert world.head().number == 2


def test_only_one_anchor_is_under_way(own_world):
    own_world.net.call("evm_setAutomine", False)
    own_world.submit(1)
    assert own_world.anchorer.step(NOW) == "anchored"
    own_world.submit(1)
    assert own_world.anchorer.step(NOW) == "waiting"
    assert len(own_world.transactions()) == 1
    own_world.net.call("evm_mine")
    own_world.net.call("evm_setAutomine", True)
    own_world.settle()
    own_world.check()


def test_what_is_under_way_is_sent_again_as_the_same_bytes(own_world):
    own_world.net.call("evm_setAutomine", False)
    own_world.submit(1)
    own_world.anchorer.step(NOW)
    [first] = own_world.transactions()
    own_world.restart()
    own_world.anchorer.step(NOW + timedelta(seconds=9))
    [again] = own_world.transactions()
    assert (again.raw, again.hash) == (first.raw, first.hash)
    assert (again.attempts, again.sent) == (2, NOW + timedelta(seconds=9))
    own_world.net.call("evm_mine")
    own_world.net.call("evm_setAutomine", True)
    own_world.settle()
    own_world.check()


def test_anchors_keep_their_interval(world):
    world.interval = timedelta(seconds=2)
    world.restart()
    world.submit(1)
    assert world.anchorer.step(NOW) == "anchored"
    world.submit(1)
    assert world.anchorer.step(NOW + timedelta(seconds=1)) == "idle"
    assert world.anchorer.step(NOW + timedelta(seconds=2)) == "anchored"


def test_a_long_way_is_gone_in_parts_that_end_with_a_submission(world):
    for _ in range(5):
        world.submit(9)
    world.anchorer.most = 15
    sizes = []
    for _ in range(9):
        if world.anchorer.step(NOW) == "anchored":
            sizes.append(world.head().size)
    assert sizes == [20, 40, 50]
    world.settle()
    world.check()


def test_a_reorg_brings_the_transaction_back(own_world):
    own_world.submit(1)
    own_world.settle()
    before = own_world.net.call("evm_snapshot")
    own_world.submit(1)
    own_world.anchorer.step(NOW)
    own_world.anchorer.step(NOW)
    assert own_world.transactions()[1].outcome == "mined"
    assert own_world.net.call("evm_revert", before) is True
    assert own_world.head().size == 2
    own_world.anchorer.step(NOW)
    assert own_world.head().size == 4
    own_world.settle()
    own_world.check()
    assert len(own_world.transactions()) == 2


def test_a_hole_below_our_transactions_is_filled(own_world):
    before = own_world.net.call("evm_snapshot")
    own_world.spend(0)
    own_world.submit(1)
    own_world.settle()
    assert [one.nonce for one in own_world.transactions()] == [1]
    own_world.net.call("evm_revert", before)
    own_world.anchorer.step(NOW)
    own_world.anchorer.step(NOW)
    assert [(one.nonce, one.size) for one in own_world.transactions()] == [(0, None), (1, 2)]
    assert own_world.head().size == 2


def test_a_nonce_spent_elsewhere_is_noticed_and_the_anchor_signed_anew(world):
    world.submit(1)
    die_with_a_transaction_stored(world)
    assert [one.outcome for one in world.transactions()] == [None]
    world.spend(0)
    world.settle()
    world.check()
    assert [one.outcome for one in world.transactions()] == ["replaced", "mined"]


def test_a_reverted_anchor_is_settled_and_made_anew(world):
    world.submit(1)
    die_with_a_transaction_stored(world)
    [stored] = world.transactions()
    keys = (world.signer.verifier.public, address(world.desk.receipt_key))
    world.hand.rotate(world.log, b"\x11" * 20, *keys)
    with pytest.raises(DevnetRefusedError, match="reverted"):
        world.net.call("eth_sendRawTransaction", "0x" + stored.raw.hex())
    world.hand.rotate(world.log, address(world.operator), *keys)
    world.settle()
    world.check()
    assert [one.outcome for one in world.transactions()] == ["reverted", "mined"]


def test_the_chain_away_is_waited_for(world):
    world.submit(1)
    away = Client(["http://127.0.0.1:9"])
    lost = Anchorer(
        world.loop, away, world.term, world.deployment, world.operator, world.folder, timedelta(0)
    )
    with pytest.raises(UnreachableError):
        lost.step(NOW)
    away.close()
    assert world.transactions() == []
    world.restart()
    world.settle()
    world.check()


def test_who_leads_no_more_signs_nothing(world):
    world.submit(1)
    world.term.end()
    heir = None
    while heir is None:
        heir = Term.begin(world.loop, world.origin, NOW)
    with pytest.raises(LeadershipLostError):
        world.anchorer.step(NOW)
    assert world.transactions() == []
    assert world.head().number == 0
    world.term = heir
    world.restart()
    world.settle()
    world.check()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update ledger.record set content = content || ' '::bytea where position = 1", "record "),
        ("update ledger.record set kind = 2 where position = 1", "record "),
        ("delete from ledger.record where position = 1", "record 1 of which is gone"),
        ("update ledger.submission set sequence = 5", "submission "),
        ("update ledger.submission set received_at = received_at + 1", "record "),
    ],
)
def test_what_was_changed_after_it_was_logged_is_not_anchored(world, statement, what):
    world.submit(3)
    tamper(world.database, statement)
    with pytest.raises(LoggedAlteredError) as error:
        world.anchorer.step(NOW)
    assert what in str(error.value)
    assert world.transactions() == []
    assert world.head().number == 0
    assert not (world.folder / "tile").exists()


def test_a_store_that_was_set_back_is_filled_again_before_anything_is_placed(world):
    world.submit(2)
    world.settle()
    world.submit(2)
    world.settle()
    tamper(
        world.database,
        "delete from ledger.placement where first_index > 0",
        "update ledger.tile set hashes = substr(hashes, 1, 96)",
    )
    world.restart()
    world.anchorer.hold()
    assert len(world.transactions()) == 2
    world.check()


def test_another_tree_of_the_same_size_is_not_built_upon(world):
    world.submit(2)
    world.settle()
    tamper(world.database, "update ledger.tile set hashes = sha256('x') || substr(hashes, 33)")
    world.submit(1)
    world.restart()
    with pytest.raises(HeadDiffersError):
        world.anchorer.step(NOW)
    assert len(world.transactions()) == 1


def test_a_closed_log_is_explained(world):
    world.submit(1)
    world.settle()
    world.hand.close(world.log, 2)
    world.submit(1)
    with pytest.raises(AnchorRefusedError, match="TraceLogClosed"):
        world.anchorer.step(NOW)
    assert len(world.transactions()) == 1


def test_another_operators_log_is_explained(world):
    world.hand.rotate(world.log, b"\x11" * 20, world.signer.verifier.public, b"\x12" * 20)
    world.submit(1)
    with pytest.raises(AnchorRefusedError, match="TraceLogNotOperator"):
        world.anchorer.step(NOW)
    assert world.transactions() == []


def test_a_log_nobody_opened_is_explained(world):
    term = Term.begin(world.loop, "unopened.example/log", NOW)
    assert term is not None
    world.term.end()
    world.term = term
    world.restart()
    with pytest.raises(LogUnopenedError, match="unopened"):
        world.anchorer.step(NOW)


@pytest.mark.parametrize("other", [{"chain_id": 1}, {"genesis": bytes(32)}])
def test_nothing_is_signed_for_another_chain(world, other):
    world.submit(1)
    world.deployment = replace(world.deployment, **other)
    world.restart()
    with pytest.raises(WrongChainError):
        world.anchorer.step(NOW)
    assert world.transactions() == []


def test_the_operators_key_does_not_show(world):
    assert world.operator.hex() not in repr(world.anchorer)
    assert str(world.operator) not in repr(world.anchorer)
    assert address(world.operator) == world.anchorer._sender.signer
