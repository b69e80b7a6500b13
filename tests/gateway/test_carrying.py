"""A log goes on where its chain is gone: the same tree under an opening, nothing forgotten, nothing twice."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from contracts import consent
from contracts.operate import Hand
from gateway.carrying import Carrying, Keys, LeftBehindError, LoopLeadsError, OpenedOtherwiseError
from gateway.leader import Term
from gateway.members import Proofs
from indexer.chain.deployment import Deployment
from indexer.core.submission import address
from indexer.follower import Follower
from indexer.store import former
from indexer.store.engine import engine
from tests.gateway.chain import World, contracts
from tests.gateway.making import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


@pytest.fixture
def carrying(world: World, owner, tmp_path: Path) -> Carrying:
    """A log with a little past, and new contracts to carry it to: the old ones count as lost."""
    world.submit(3)
    world.settle()
    world.submit(2)
    world.settle()
    file = tmp_path / "deployment.json"
    file.write_bytes(world.deployment.to_json())
    new = contracts(world.net)
    admin, registrar, *_ = world.net.accounts
    return Carrying(
        engine=owner,
        rpc=world.net.url,
        deployment=new,
        origin=world.origin,
        keys=Keys(
            admin=admin,
            registrar=registrar,
            operator=address(world.operator),
            receipt=address(world.desk.receipt_key),
            log=world.signer,
        ),
        folder=world.folder,
        file=file,
        proofs=Proofs(world.desk.vault, new),
    )


def run(carrying: Carrying):
    return carrying.run(LATER, lambda _: None)


def move(world: World, new: Deployment) -> None:
    """Let the stages of a test go on at the new contracts."""
    world.deployment = new
    world.follower = Follower(world.node, world.client, new, logs=[world.log])
    world.lead()


def test_all_that_was_published_lies_under_the_opening_at_once(world, carrying, owner):
    world.term.end()
    done = run(carrying)
    assert (done.size, done.tail) == (7, 0)
    move(world, carrying.deployment)
    world.follow()
    with owner.connect() as connection:
        rows = connection.execute(text("select number, old_size, size from ledger.anchor")).all()
        kept = former.anchors(connection, world.log, 0, 2**53, 10)
        newest = connection.execute(text("select max(size) from ledger.checkpoint")).scalar_one()
    assert [tuple(row) for row in rows] == [(1, 0, 7)]
    assert [(one.number, one.size) for one in kept] == [(1, 4), (2, 7)]
    assert newest == 7


def test_the_log_goes_on_and_what_had_no_anchor_gets_one(world, carrying, owner):
    world.submit(4)
    world.term.end()
    done = run(carrying)
    assert (done.size, done.tail) == (7, 5)
    move(world, carrying.deployment)
    world.settle(LATER)
    world.submit()
    world.settle(LATER)
    assert world.head().number == 3
    with owner.connect() as connection:
        sizes = connection.scalars(text("select size from ledger.anchor order by number")).all()
        nonces = connection.scalars(text("select outcome from ledger.tx")).all()
    assert sizes == [7, 12, 14]
    assert len(nonces) == 2


def test_a_final_anchor_without_its_checkpoint_gets_one_first(world, carrying):
    world.submit(1)
    while world.anchorer.step(LATER) != "idle":
        world.follow()
    world.term.end()
    assert run(carrying).size == 9


def test_both_files_are_there_afterwards(world, carrying):
    world.term.end()
    old = world.deployment
    run(carrying)
    assert Deployment.load(carrying.file) == carrying.deployment
    kept = carrying.file.with_name(f"deployment.{old.chain_id}.{old.genesis.hex()[:8]}.json")
    assert Deployment.load(kept) == old


def test_nothing_is_done_while_a_loop_leads(world, carrying):
    with pytest.raises(LoopLeadsError):
        run(carrying)
    assert Deployment.load(carrying.file) == world.deployment


def test_once_done_there_is_nothing_to_do_again(world, carrying):
    world.term.end()
    run(carrying)
    with pytest.raises(former.NothingFollowedError):
        run(carrying)
    move(world, carrying.deployment)
    world.follow()
    world.term.end()
    with pytest.raises(former.StillFollowedError):
        run(carrying)


def test_a_command_that_was_killed_is_given_again(world, carrying):
    world.term.end()
    term = Term.begin(carrying.engine, world.origin, LATER)
    assert term is not None
    carrying._publish(term)
    carrying._register()
    carrying._open()
    term.end()
    assert run(carrying).size == 7


def test_a_log_that_somebody_else_opened_there_is_refused(world, carrying, owner):
    world.term.end()
    admin = Hand(world.net.url, carrying.deployment, world.net.accounts[0])
    parties = (carrying.keys.operator, world.signer.verifier.public, carrying.keys.receipt)
    admin.open_log(world.origin, *parties)
    with pytest.raises(OpenedOtherwiseError, match="open on the new chain with 0 leaves"):
        run(carrying)
    with owner.begin() as connection:
        assert former.followed(connection).trace_log == world.deployment.trace_log


def test_keys_that_would_be_forgotten_stop_it_unless_that_is_wanted(world, carrying):
    key = secrets.token_bytes(32)
    possession = consent.sign(
        consent.Possession(world.participant, address(key)), world.deployment, key
    )
    registrar = Hand(world.net.url, world.deployment, world.net.accounts[1])
    registrar.admit(
        world.participant,
        "安装服务有限公司",
        "91110000600037341L",
        address(key),
        custodial=False,
        possession=possession,
    )
    world.follow()
    world.term.end()
    with pytest.raises(LeftBehindError, match=address(key).hex()):
        run(carrying)
    done = run(replace(carrying, leave_behind=True))
    assert address(key) in done.left
