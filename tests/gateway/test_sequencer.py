from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.leader import LeadershipLostError, Term
from gateway.sequencer import Sequencer, UnloggedAlteredError
from indexer.core import merkle
from indexer.core.tile import Tree
from indexer.store import ledger
from tests.gateway.faults import Died, dying
from tests.gateway.making import NOW, ORIGIN, Desk, body, event
from tests.gateway.tampering import tamper


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def maker(desk):
    return desk.admit().participant


@pytest.fixture
def store(desk):
    made = desk.engine("loop")
    yield made
    made.dispose()


@pytest.fixture
def term(store):
    begun = Term.begin(store, ORIGIN, NOW)
    assert begun is not None
    yield begun
    begun.end()


@pytest.fixture
def sequencer(store, term):
    return Sequencer(store, term)


def run(sequencer):
    placed = []
    while count := sequencer.step():
        placed.append(count)
    return placed


def entries(store):
    with store.begin() as connection:
        return list(ledger.entries(connection, 0, 10_000))


def check(store):
    """Hold the tiles to the leaves of everything placed, and the places to each other."""
    placed = entries(store)
    with store.begin() as connection:
        size = ledger.size(connection)
        root = Tree(ledger.reader(connection)).root(size)
        unplaced = connection.execute(
            text(
                "select count(*) from ledger.submission s where not exists"
                " (select from ledger.placement p where p.submission = s.id)"
            )
        ).scalar_one()
    ends = [0, *(one.next_index for one in placed)]
    assert [one.first_index for one in placed] == ends[:-1]
    assert ends[-1] == size
    leaves = [leaf for one in placed for leaf in ledger.leaves(one)]
    assert None not in leaves
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in leaves if leaf is not None]) == root
    assert unplaced == 0
    return size


def send(desk, *requests):
    desk.submit_all(
        [(who, body(*(event(str(n)) for n in range(count))), None) for who, count in requests]
    )


def test_an_empty_store_is_nothing_to_do(sequencer, store):
    assert sequencer.step() == 0
    assert check(store) == 0


def test_a_submission_and_its_records_stand_together(desk, maker, sequencer, store):
    send(desk, (maker, 3))
    assert sequencer.step() == 1
    assert check(store) == 4
    [one] = entries(store)
    assert [stated.position for stated in one.records if stated] == [0, 1, 2]


def test_every_key_is_placed_in_the_order_of_its_sequence(desk, maker, store, term):
    other = desk.admit(1).participant
    send(desk, *[(maker, 1)] * 9, *[(other, 2)] * 4)
    assert run(Sequencer(store, term, submissions=2)) == [2] * 6 + [1]
    check(store)
    placed = entries(store)
    for who in (maker, other):
        mine = [one.sequence for one in placed if one.participant == who]
        assert mine == sorted(mine)


def test_clocks_that_disagree_decide_nothing(desk, maker, store, term):
    # Web processes on several machines: what came later may be stamped earlier, and a step cuts between the two.
    other = desk.admit(1).participant
    for who, hours in ((maker, 9), (maker, 1), (maker, 0), (other, 5), (other, 4)):
        desk.submit(who, body(event()), now=NOW + timedelta(hours=hours))
    assert run(Sequencer(store, term, submissions=2)) == [2, 2, 1]
    check(store)
    placed = entries(store)
    assert [one.sequence for one in placed if one.participant == maker] == [0, 1, 2]
    assert [one.sequence for one in placed if one.participant == other] == [0, 1]


def test_a_busy_key_does_not_hold_up_the_others(desk, maker, store, term):
    other = desk.admit(1).participant
    send(desk, *[(maker, 1)] * 8)
    send(desk, (other, 1))
    Sequencer(store, term, submissions=2).step()
    assert {one.participant for one in entries(store)} == {maker, other}


def test_a_step_is_bounded_in_leaves_and_never_splits_a_submission(desk, maker, store, term):
    send(desk, (maker, 5), (maker, 5), (maker, 30))
    assert run(Sequencer(store, term, leaves=12)) in ([2, 1], [1, 2], [1, 1, 1])
    assert check(store) == 43


def test_it_goes_on_over_the_edges_of_tiles(desk, maker, sequencer, store):
    for count in (254, 1, 255, 300):
        send(desk, (maker, count))
        run(sequencer)
        check(store)
    assert check(store) == 254 + 1 + 255 + 300 + 4


@pytest.mark.parametrize("when", ["before", "after"])
def test_death_at_the_commit_leaves_all_or_nothing(desk, maker, sequencer, store, when):
    send(desk, (maker, 3))
    run(sequencer)
    send(desk, (maker, 2), (maker, 2))
    with dying(store, 1, when), pytest.raises(Died):
        sequencer.step()
    with store.begin() as connection:
        assert ledger.size(connection) == {"before": 4, "after": 10}[when]
    run(Sequencer(store, sequencer.term))
    assert check(store) == 10


def test_who_leads_no_more_places_nothing(desk, maker, sequencer, store, database):
    send(desk, (maker, 1))
    with store.begin() as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    with pytest.raises(LeadershipLostError):
        sequencer.step()
    assert entries(store) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update ledger.record set content = content || ' '::bytea where position = 1", "record "),
        ("delete from ledger.record where position = 1", "the record at position 1"),
        (
            "update ledger.record set digest = sha256('x'), content = 'x' where position = 1",
            "the list",
        ),
        ("update ledger.submission set root = sha256('x')", "the list"),
    ],
)
def test_what_was_changed_before_it_was_logged_does_not_enter(
    desk, maker, sequencer, store, statement, what
):
    send(desk, (maker, 2))
    tamper(desk.database, statement)
    with pytest.raises(UnloggedAlteredError) as error:
        sequencer.step()
    assert what in str(error.value)
    assert entries(store) == []


def test_a_changed_tile_is_not_built_upon(desk, maker, sequencer, store):
    send(desk, (maker, 2))
    run(sequencer)
    tamper(desk.database, "update ledger.tile set hashes = substr(hashes, 1, 32)")
    send(desk, (maker, 1))
    with pytest.raises(ledger.TileMissingError):
        sequencer.step()


def test_the_web_may_place_nothing(desk, maker, term):
    send(desk, (maker, 1))
    web = desk.engine("web")
    with pytest.raises(DBAPIError, match="permission denied"):
        Sequencer(web, term).step()
    web.dispose()
