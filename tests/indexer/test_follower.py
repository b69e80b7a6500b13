"""The follower on a real chain and a real database: forward, back, and stopped."""

import contextlib
import random
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from gateway.devnet import Devnet
from indexer.chain.client import Client, NonsenseError, RefusedError
from indexer.chain.deployment import Deployment
from indexer.chain.identity import WrongChainError
from indexer.core import merkle
from indexer.core.errors import OutageError
from indexer.core.submission import address
from indexer.follower import FinalChangedError, Follower, IncoherentError
from indexer.store.blocks import OtherDeploymentError, OvertakenError
from tests.contracts.world import World
from tests.indexer.chain.liar import Liar

LEAVES = [merkle.leaf_hash(bytes([i])) for i in range(64)]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    """A chain of our own: it is rewound here."""
    with Devnet.start(tmp_path_factory.mktemp("reorg")) as net:
        yield World.on(net)


@pytest.fixture
def log(world):
    return world.new_log()


def anchor(world: World, log: bytes, size: int) -> None:
    _, old, _ = world.log.functions.head(log).call()
    proof = merkle.consistency(old, LEAVES[:size])
    world.send("operator", world.anchoring(log, size, merkle.root(LEAVES[:size]), proof))


def mine(world: World, count: int) -> None:
    # One by one: blocks of hardhat_mine are filled in later and do not link.
    for _ in range(count):
        world.net.call("evm_mine")


def catch_up(follower: Follower) -> list[str]:
    done = [follower.step()]
    while done[-1] not in ("idle", "behind"):
        done.append(follower.step())
        assert len(done) < 200
    return done


def rows(node, query, **values):
    with node.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def anchors(node, log):
    query = (
        "select number, old_size, size, root from ledger.anchor where log = :log order by number"
    )
    return rows(node, query, log=log)


def expected(*sizes):
    olds = (0, *sizes)
    return [
        (number, olds[number - 1], size, merkle.root(LEAVES[:size]))
        for number, size in enumerate(sizes, 1)
    ]


def test_anchors_arrive_once_in_order_whatever_the_span(world, node, client, log):
    for size in (1, 3, 8):
        anchor(world, log, size)
        mine(world, 3)
    catch_up(Follower(node, client, world.deployment, logs=[log], span=2))
    assert anchors(node, log) == expected(1, 3, 8)
    anchor(world, log, 9)
    catch_up(Follower(node, client, world.deployment, logs=[log]))
    assert anchors(node, log) == expected(1, 3, 8, 9)


def test_of_several_logs_those_that_are_named_are_kept_or_all(world, node, client, log, owner):
    other = world.new_log()
    anchor(world, log, 1)
    anchor(world, other, 2)
    catch_up(Follower(node, client, world.deployment, logs=[log]))
    assert (len(anchors(node, log)), len(anchors(node, other))) == (1, 0)
    with owner.begin() as connection:
        connection.execute(text("truncate ledger.cursor, ledger.block cascade"))
    catch_up(Follower(node, client, world.deployment))
    assert (len(anchors(node, log)), len(anchors(node, other))) == (1, 1)


def test_registrations_are_kept_as_the_chain_has_them(world, node, client):
    participant, key = world.new_participant(custodial=True)
    world.hands["registrar"].suspend(participant)
    world.hands["registrar"].reinstate(participant)
    world.hands["registrar"].revoke(address(key), 7)
    catch_up(Follower(node, client, world.deployment))
    found = rows(
        node,
        "select event, key, name, credit_code, custodial, next_sequence from ledger.registration"
        " where participant = :participant order by block_number, log_index",
        participant=participant,
    )
    assert found == [
        ("Admitted", None, "燃气具制造有限公司", "91110000600037341L", None, None),
        ("KeyAdded", address(key), None, None, True, None),
        ("Suspended", None, None, None, None, None),
        ("Reinstated", None, None, None, None, None),
        ("KeyRevoked", address(key), None, None, None, 7),
    ]
    assert isinstance(participant, UUID)


def test_only_blocks_that_matter_are_kept_below_the_final_one(world, node, client, log):
    anchor(world, log, 2)
    mine(world, 40)
    catch_up(Follower(node, client, world.deployment, 5, logs=[log], span=7))
    tip, final = rows(node, "select tip_number, final_number from ledger.cursor")[0]
    assert tip - final == 5
    numbers = {number for (number,) in rows(node, "select number from ledger.block")}
    told = {
        number
        for (number,) in rows(
            node,
            "select block_number from ledger.anchor union select block_number from ledger.registration"
            " union select block_number from ledger.administration",
        )
    }
    assert {number for number in numbers if number >= final} == set(range(final, tip + 1))
    assert {number for number in numbers if number < final} - told <= {0}
    assert told <= numbers


def test_a_shallow_reorg_is_taken_back_and_the_other_fork_read(world, node, client, log):
    mine(world, 12)
    anchor(world, log, 2)
    follower = Follower(node, client, world.deployment, 10, logs=[log])
    catch_up(follower)
    snapshot = world.net.call("evm_snapshot")
    anchor(world, log, 5)
    participant, _ = world.new_participant()
    catch_up(follower)
    assert anchors(node, log) == expected(2, 5)
    world.net.call("evm_revert", snapshot)
    assert follower.step() == "behind"  # a shorter chain may just lag
    assert anchors(node, log) == expected(2, 5)
    anchor(world, log, 4)
    mine(world, 4)
    assert catch_up(follower)[0] == "rewound"
    assert anchors(node, log) == expected(2, 4)
    found = rows(node, "select 1 from ledger.registration where participant = :p", p=participant)
    assert found == []


def test_a_reorg_deeper_than_finality_stops_and_leaves_everything(world, node, client, log):
    snapshot = world.net.call("evm_snapshot")
    anchor(world, log, 2)
    mine(world, 6)
    follower = Follower(node, client, world.deployment, 3, logs=[log])
    catch_up(follower)
    before = rows(node, "select * from ledger.block order by number")
    world.net.call("evm_revert", snapshot)
    mine(world, 9)
    for _ in range(2):
        with pytest.raises(FinalChangedError, match="was final as"):
            follower.step()
    assert rows(node, "select * from ledger.block order by number") == before
    assert anchors(node, log) == expected(2)


def test_a_shorter_chain_with_another_final_block_is_no_lag(world, node, client, log):
    snapshot = world.net.call("evm_snapshot")
    anchor(world, log, 2)
    mine(world, 9)
    follower = Follower(node, client, world.deployment, logs=[log])
    catch_up(follower)
    world.net.call("evm_revert", snapshot)
    anchor(world, log, 3)
    # The block with the first anchor is kept and final; the node has another one there now.
    with pytest.raises(FinalChangedError):
        follower.step()


def test_another_chain_is_refused_with_what_was_expected(world, node, client):
    right = world.deployment
    cases = {
        "chain id is 31337, 1 was": Deployment(
            1, right.genesis, right.trace_log, right.participants, right.block
        ),
        "genesis block is .*, " + "ab" * 32: Deployment(
            right.chain_id, b"\xab" * 32, right.trace_log, right.participants, right.block
        ),
        "code of TraceLog at " + "00" * 20 + " is 0 bytes": Deployment(
            right.chain_id, right.genesis, bytes(20), right.participants, right.block
        ),
        "code of Participants": Deployment(
            right.chain_id, right.genesis, right.trace_log, right.trace_log, right.block
        ),
    }
    for said, wrong in cases.items():
        with pytest.raises(WrongChainError, match=said):
            Follower(node, client, wrong).step()
    assert rows(node, "select * from ledger.cursor") == []


def test_a_database_of_another_deployment_is_refused(world, node, client):
    catch_up(Follower(node, client, world.deployment))
    other = World.on(world.net)
    with pytest.raises(OtherDeploymentError, match=other.deployment.trace_log.hex()):
        Follower(node, client, other.deployment).step()


def test_two_followers_never_interleave(world, node, client, log):
    anchor(world, log, 1)
    first = Follower(node, client, world.deployment, logs=[log], span=1)
    catch_up(first)
    anchor(world, log, 2)
    anchor(world, log, 3)

    class Slow(Client):
        """Lets the other follower go first, between our reading and our writing."""

        def events(self, *arguments):
            found = super().events(*arguments)
            first.step()
            return found

    with Slow([world.net.url]) as slow, pytest.raises(OvertakenError):
        Follower(node, slow, world.deployment, logs=[log]).step()
    catch_up(first)
    assert anchors(node, log) == expected(1, 2, 3)


def test_who_listens_hears_of_new_anchors(world, node, client, log, database):
    plain = database.url("superuser").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("listen suyuan_anchor")
        anchor(world, log, 6)
        catch_up(Follower(node, client, world.deployment, logs=[log]))
        heard = list(listener.notifies(timeout=5, stop_after=1))
    assert [notice.payload for notice in heard]


@pytest.mark.parametrize(
    "lie",
    ["omit_anchor", "repeat_log", "foreign_block", "drop_header", "unlink_header", "omit_all"],
)
def test_a_node_that_contradicts_itself_is_named_and_nothing_is_written(
    world, node, client, log, lie
):
    anchor(world, log, 1)
    catch_up(Follower(node, client, world.deployment, logs=[log]))
    anchor(world, log, 2)
    anchor(world, log, 3)
    with Liar(world.net.url, lie) as liar, Client([liar.url]) as lied_to:
        follower = Follower(node, lied_to, world.deployment, logs=[log])
        with pytest.raises((IncoherentError, NonsenseError), match=liar.url):
            follower.step()
    assert anchors(node, log) == expected(1)
    # The next endpoint is honest: the same step goes on.
    with Liar(world.net.url, lie) as liar, Client([liar.url, world.net.url]) as mixed:
        follower = Follower(node, mixed, world.deployment, logs=[log])
        with pytest.raises(IncoherentError):
            follower.step()
        assert mixed.endpoint == world.net.url
        catch_up(follower)
    assert anchors(node, log) == expected(1, 2, 3)


def test_a_node_that_refuses_wide_questions_is_asked_narrower_ones(world, node, log):
    for size in (1, 2, 5, 6):
        anchor(world, log, size)
        mine(world, 2)
    with Liar(world.net.url, "narrow") as narrow, Client([narrow.url]) as client:
        follower = Follower(node, client, world.deployment, logs=[log], span=64)
        refused = 0
        for _ in range(400):
            try:
                if follower.step() == "idle":
                    break
            except RefusedError:
                refused += 1
    assert refused >= 2
    assert anchors(node, log) == expected(1, 2, 5, 6)


LIES = ("omit_anchor", "repeat_log", "foreign_block", "drop_header", "omit_all", "status", "forget")


@pytest.mark.parametrize("seed", range(4))
def test_any_schedule_of_reorgs_lies_and_restarts_ends_where_the_chain_is(world, node, log, seed):
    """The chain is real; the schedule is drawn. Reorgs stay above the final block."""
    chance = random.Random(seed)
    size, rewound = 0, 0
    mine(world, 6)
    with Liar(world.net.url) as liar, Client([liar.url]) as client:
        follower = Follower(node, client, world.deployment, 5, logs=[log])
        for _ in range(60):
            act = chance.choice(
                ("anchor", "mine", "step", "step", "step", "fork", "lie", "restart")
            )
            if act == "anchor" and size < 60:
                size += chance.randint(1, 2)
                anchor(world, log, size)
            elif act == "mine":
                mine(world, chance.randint(1, 2))
            elif act == "fork":
                liar.lie = ""
                size, back = fork(world, log, size, chance, follower)
                rewound += back
            elif act == "restart":
                span = chance.choice((1, 3, 50))
                follower = Follower(node, client, world.deployment, 5, logs=[log], span=span)
            else:
                liar.lie = chance.choice(LIES) if act == "lie" else ""
                with contextlib.suppress(OutageError):
                    follower.step()
        liar.lie = ""
        mine(world, 1)
        catch_up(follower)
    oracle = world.log.events.Anchored().get_logs(from_block=0, argument_filters={"log": log})
    told = [(one["args"]["number"], one["args"]["size"], one["blockNumber"]) for one in oracle]
    assert rewound > 0
    query = "select number, size, block_number from ledger.anchor where log = :log order by number"
    assert rows(node, query, log=log) == told


def fork(world, log, size, chance, follower) -> tuple[int, bool]:
    """Let the follower read two blocks, take them back, and mine others instead; tell whether it rewound."""
    snapshot = world.net.call("evm_snapshot")
    if size < 58:
        anchor(world, log, size + chance.randint(1, 3))
    mine(world, 1)
    for _ in range(chance.randint(0, 80)):
        if follower.step() == "idle":
            break
    world.net.call("evm_revert", snapshot)
    mine(world, chance.randint(1, 3))
    if chance.random() < 0.5 and size < 58:
        size += 1
        anchor(world, log, size)
    return size, follower.step() == "rewound"
