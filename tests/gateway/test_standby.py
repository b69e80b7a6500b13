import time

import pytest
from sqlalchemy import text

from gateway.leader import PULSE, LeadershipLostError, Term
from gateway.standby import Standby
from indexer.store.engine import DatabaseError, engine
from tests.gateway.making import NOW, ORIGIN
from tests.world import until


@pytest.fixture
def named(database):
    """Make an engine of its own for each process, as `suyuan loop` does."""
    made = []

    def name(application, role="loop"):
        made.append(engine(database.url(role), application=application))
        return made[-1]

    yield name
    for one in made:
        one.dispose()


@pytest.fixture
def leading(named):
    term = Term.begin(named("loop-1"), ORIGIN, NOW)
    assert term is not None
    yield term
    term.end()


def silent(standby, seconds):
    """Look every tenth of a second for a while; tell whether anybody was ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if standby.look():
            return True
        time.sleep(0.1)
    return False


def test_a_leader_whose_pulse_has_stopped_is_ended_and_succeeded(named, leading, database):
    second = named("loop-2")
    standby = Standby(second, ORIGIN, patience=1)
    assert Term.begin(second, ORIGIN, NOW) is None
    assert silent(standby, 10)
    until(lambda: ends(database, "loop-1"), "its sessions are gone")
    heir = Term.begin(second, ORIGIN, NOW)
    assert heir is not None
    assert heir.epoch == 2
    with pytest.raises(LeadershipLostError):
        leading.wait(0.1)
    heir.end()


def test_a_leader_with_a_pulse_is_left_alone(named, leading):
    standby = Standby(named("loop-2"), ORIGIN, patience=3 * PULSE)
    end = time.monotonic() + 6 * PULSE
    while time.monotonic() < end:
        leading.wait(PULSE / 5)
        assert not standby.look()


def test_what_a_paused_leader_holds_open_ends_with_it(named, database):
    first, second = named("loop-1"), named("loop-2")
    term = Term.begin(first, ORIGIN, NOW)
    assert term is not None
    with first.connect() as connection:
        term.check(connection)
        assert silent(Standby(second, ORIGIN, patience=1), 10)
        until(lambda: ends(database, "loop-1"), "its sessions are gone")
        heir = Term.begin(second, ORIGIN, NOW)
        assert heir is not None
        heir.end()
        with pytest.raises(DatabaseError):
            term.check(connection)
    term.end()


def ends(database, application):
    root = engine(database.url("superuser"))
    with root.begin() as connection:
        query = text("select count(*) from pg_stat_activity where application_name = :name")
        left = connection.execute(query, {"name": application}).scalar_one()
    root.dispose()
    return left == 0


def test_who_was_paused_itself_has_not_seen_anybody_silent(named, leading):
    standby = Standby(named("loop-2"), ORIGIN, patience=5)
    standby.look()
    time.sleep(0.1)
    standby._looked -= 3600
    assert not standby.look()
    assert silent(standby, 10), "two and a half seconds were counted, the rest was watched"


def test_nobody_ends_itself_nor_a_leader_without_a_name(named, leading, database):
    first = Standby(named("loop-1"), ORIGIN, patience=0)
    assert not first.look()
    assert not first.look()
    with named("loop", "loop").begin() as connection:
        connection.execute(text("update ledger.leader set instance = ''"))
    nameless = Standby(named("loop-2"), ORIGIN, patience=0)
    assert not nameless.look()
    assert not nameless.look()


def test_other_programs_of_the_same_name_are_left_alone(named, leading):
    """A session of another login cannot be ended and is not touched, whatever it calls itself."""
    web = named("loop-1", "web")
    with web.connect() as connection:
        assert silent(Standby(named("loop-2"), ORIGIN, patience=0), 5)
        assert connection.execute(text("select 1")).scalar_one() == 1


def test_a_log_that_nobody_ever_led_is_nothing_to_watch(named):
    standby = Standby(named("loop-2"), ORIGIN, patience=0)
    assert not standby.look()
    assert not standby.look()


def test_of_two_that_stand_by_one_wins(named, leading):
    others = [named("loop-2"), named("loop-3")]
    watching = [Standby(one, ORIGIN, patience=1) for one in others]
    terms = []

    def race():
        for standby, store in zip(watching, others, strict=True):
            standby.look()
            term = Term.begin(store, ORIGIN, NOW)
            if term is not None:
                terms.append(term)
        return bool(terms)

    until(race, "one leads")
    assert [term.epoch for term in terms] == [2]
    assert not any(one.look() for one in watching), "the new leader has a pulse of its own"
    terms[0].end()
