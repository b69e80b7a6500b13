import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from gateway.leader import PULSE, LeadershipLostError, Term
from indexer.store.engine import DatabaseError, engine
from tests.gateway.making import NOW, ORIGIN


@pytest.fixture
def store(database):
    made = engine(database.url("loop"))
    yield made
    made.dispose()


@pytest.fixture
def terms(store):
    begun = []

    def begin(origin=ORIGIN, channels=()):
        term = Term.begin(store, origin, NOW, channels)
        if term is not None:
            begun.append(term)
        return term

    yield begin
    for term in begun:
        term.end()


def kill_lock(database):
    """End the session that holds the lock, as a broken connection does."""
    root = engine(database.url("superuser"))
    with root.begin() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
            )
        )
    root.dispose()


def eventually(attempt):
    """Try until it is not None: a server takes a moment to notice that a session is gone."""
    until = time.monotonic() + 5
    while (found := attempt()) is None and time.monotonic() < until:
        time.sleep(0.02)
    return found


def test_one_leads_and_others_stand_by(terms):
    assert terms().epoch == 1
    assert terms() is None


def test_each_log_has_its_own_leader(terms):
    assert terms() is not None
    assert terms("other.example/log") is not None


def test_the_next_leader_begins_another_epoch(terms):
    first = terms()
    first.end()
    assert eventually(terms).epoch == 2


def test_the_leader_may_write(terms, store):
    term = terms()
    with store.begin() as connection:
        term.check(connection)


def test_a_leader_that_lost_its_connection_hears_of_it(terms, database):
    term = terms()
    kill_lock(database)
    with pytest.raises(LeadershipLostError):
        term.wait(0.1)


def test_a_leader_that_slept_through_the_loss_writes_nothing(terms, store, database):
    slept = terms()
    kill_lock(database)
    woken = eventually(terms)
    assert woken.epoch == 2
    with (
        pytest.raises(LeadershipLostError, match="epoch 1 ended, 2 runs"),
        store.begin() as connection,
    ):
        slept.check(connection)
    with store.begin() as connection:
        woken.check(connection)


def test_nobody_begins_while_a_transaction_of_the_last_leader_is_open(terms, store, database):
    old = terms()
    began = threading.Event()
    found = []

    def succeed():
        began.set()
        found.append(eventually(terms))

    with store.begin() as connection:
        old.check(connection)
        kill_lock(database)
        heir = threading.Thread(target=succeed)
        heir.start()
        began.wait()
        time.sleep(0.3)
        assert found == []
    heir.join(10)
    assert found[0].epoch == 2


def test_an_heir_waits_no_longer_than_a_statement_may(database, terms, store):
    impatient = engine(database.url("loop"), statement=timedelta(milliseconds=200))
    old = terms()
    with store.begin() as connection:
        old.check(connection)
        kill_lock(database)
        with pytest.raises(LeadershipLostError, match="statement timeout"):
            eventually(lambda: Term.begin(impatient, ORIGIN, NOW))
    impatient.dispose()


def test_what_is_said_on_a_channel_wakes_the_leader(terms, database):
    term = terms(channels=("suyuan_submission", "suyuan_log"))
    assert term.wait(0.05) == set()
    with psycopg.connect(database.url("web").replace("+psycopg", ""), autocommit=True) as web:
        web.execute("notify suyuan_log")
    started = time.monotonic()
    assert term.wait(10) == {"suyuan_log"}
    assert time.monotonic() - started < 5


def test_a_silent_wait_ends_in_its_time(terms):
    term = terms(channels=("suyuan_log",))
    started = time.monotonic()
    assert term.wait(0.2) == set()
    assert 0.15 < time.monotonic() - started < 3


def test_the_beginning_is_written_down(terms, store):
    terms()
    with store.begin() as connection:
        row = connection.execute(text("select epoch, since from ledger.leader")).one()
    assert (row.epoch, row.since) == (1, NOW)


def seen(store):
    with store.begin() as connection:
        return connection.execute(text("select seen from ledger.leader")).scalar_one()


def test_the_pulse_goes_on_while_a_step_takes_long(terms, store):
    term = terms()
    with store.begin() as connection:
        term.check(connection)
        before = seen(store)
        time.sleep(PULSE)
        term.wait(0)
        assert seen(store) > before


def test_the_pulse_is_kept_however_often_a_channel_speaks(terms, store):
    term = terms()
    before = seen(store)
    term.wait(0)
    assert seen(store) == before, "one beat is enough for a while"
    time.sleep(PULSE)
    term.wait(0)
    assert seen(store) > before


def test_who_waits_hears_that_another_epoch_runs(terms, store):
    term = terms()
    with store.begin() as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    time.sleep(PULSE)
    with pytest.raises(LeadershipLostError, match="epoch 1 ended"):
        term.wait(0)


def test_an_epoch_of_the_same_number_in_a_store_that_was_set_back_is_another(terms, store):
    term = terms()
    with store.begin() as connection:
        connection.execute(text("update ledger.leader set instance = 'another'"))
    with pytest.raises(LeadershipLostError), store.begin() as connection:
        term.check(connection)


def test_no_database_is_an_outage(database):
    nowhere = engine(database.url("loop").replace(database.url("loop").rsplit("/")[-1], "nowhere"))
    with pytest.raises(DatabaseError):
        Term.begin(nowhere, ORIGIN, datetime.now(UTC))
    nowhere.dispose()


def test_the_web_may_not_lead(database):
    web = engine(database.url("web"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        Term.begin(web, ORIGIN, NOW)
    web.dispose()
