"""How a decision stands is told by what the follower read, never by who sent it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from gateway.accounts import acts, decisions
from gateway.accounts.decisions import DecisionMissingError, DecisionUnderWayError, State
from tests.gateway.making import NOW
from tests.gateway.office import Office


def test_it_waits_until_the_chain_shows_it_and_is_done_once_that_is_final(database, register):
    office = Office(database, register, finality=3)
    made = office.enter()
    assert office.state(made.decision) is State.WAITING
    office.registrar.step(NOW)
    assert office.state(made.decision) is State.WAITING  # the follower has not read it yet
    office.follow()
    assert office.state(made.decision) is State.SEEN
    for _ in range(3):
        register.net.call("evm_mine")
    office.follow()
    stands = office.read(made.decision)
    assert (stands.state, stands.act, stands.key) == (State.DONE, "admit", made.address)
    assert stands.block is not None
    assert set(stands.facts) == {"name", "creditCode", "custodial", "possession"}
    office.close()


def test_whoever_listens_hears_of_a_decision(database, office):
    plain = database.url("superuser").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("listen suyuan_decision")
        office.enter()
        assert list(listener.notifies(timeout=10, stop_after=1))


def test_the_same_is_decided_once_until_it_is_done(office):
    who = office.admit().id
    first = office.do(acts.suspend, who)
    with pytest.raises(DecisionUnderWayError, match=str(first)), office.admin.begin() as connection:
        decisions.decide(connection, office.deployment, "suspend", who, NOW)
    back = office.do(acts.reinstate, who)
    office.settle()
    assert [office.state(one) for one in (first, back)] == [State.DONE, State.DONE]
    again = office.do(acts.suspend, who)
    assert (
        office.state(again) is State.WAITING
    )  # what happened before it was decided is not its doing
    office.settle()
    assert office.state(again) is State.DONE


def test_of_each_participant_one_is_due_at_a_time_in_the_order_of_decision(office):
    first, second = office.admit(0), office.admit(1)
    with office.admin.begin() as connection:
        made = [
            decisions.decide(connection, office.deployment, act, who.id, NOW)
            for act in ("suspend", "reinstate")
            for who in (first, second)
        ]
        early = NOW - timedelta(seconds=1)
        at_once = decisions.decide(
            connection, office.deployment, "cancel_recovery", second.id, early
        )
        due = decisions.due(connection, office.deployment)
    assert [one.id for one in due] == [at_once, made[0]]


def test_a_refusal_is_its_last_word(office):
    made = office.enter()
    with office.loop.begin() as connection:
        connection.execute(
            text("insert into gateway.refusal values (:id, 'no', now())"), {"id": made.decision}
        )
    stands = office.read(made.decision)
    assert (stands.state, stands.reason, stands.open) == (State.REFUSED, "no", False)
    assert office.registrar.step(NOW) is False


def test_what_was_decided_for_another_register_has_lapsed(office):
    made = office.enter()
    elsewhere = replace(office.deployment, participants=b"\7" * 20)
    with office.admin.begin() as connection:
        stands = decisions.read(connection, elsewhere, made.decision)
        assert (stands.state, stands.open) == (State.LAPSED, False)
        assert not decisions.due(connection, elsewhere)


def test_a_decision_nobody_made_is_missing(office):
    with pytest.raises(DecisionMissingError):
        office.read(uuid4())
