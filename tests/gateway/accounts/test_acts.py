"""Acts are checked against the registry as followed; a custodial key never signs beyond its end."""

import asyncio
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from gateway import intake
from gateway.accounts import acts, desk
from gateway.accounts.claim import Claim, NoPossessionError
from gateway.accounts.decisions import DecisionUnderWayError, State
from gateway.intake import SignatureRequiredError
from indexer.core.submission import address
from indexer.store import registry
from indexer.store.engine import async_engine
from tests.gateway.making import NOW, Desk, body, event
from tests.gateway.office import key


@pytest.fixture
def maker(office):
    return office.admit()


@pytest.fixture
def web(office):
    """An intake that shares the operator's vault."""
    return Desk(office.database, vault=office.vault)


def add_key(office, claim):
    with office.admin.begin() as connection:
        return acts.add_key(connection, office.vault, office.deployment, claim, NOW)


def keys(office, who):
    with office.admin.connect() as connection:
        return {one.key: one for one in registry.keys(connection, who)}


def custodial_keys(office):
    with office.admin.connect() as connection:
        return connection.execute(text("select count(*) from gateway.custodial_key")).scalar_one()


def test_the_first_own_key_ends_the_custodial_one_behind_all_it_signed(office, maker, web):
    for _ in range(2):
        web.submit(maker.id, body(event()))
    own = key()
    made = add_key(office, office.claim(maker.id, own))
    with pytest.raises(SignatureRequiredError):
        web.submit(maker.id, body(event()))
    office.settle()
    assert [office.state(one) for one in made] == [State.DONE, State.DONE]
    found = keys(office, maker.id)
    assert (found[maker.address].revoked, found[address(own)].revoked) == (2, None)
    assert custodial_keys(office) == 0


def test_a_submission_that_was_on_its_way_does_not_slip_in_behind_the_end(office, maker, web):
    """Intake has read the custodial key and waits for its sequence while that key is being taken away."""
    ended, outcome = threading.Event(), []

    async def submit(engine):
        async with engine.begin() as connection:
            caller = desk.Caller(maker.id)
            return await intake.receive(connection, web.intake, caller, body(event()), None, NOW)

    def sending():
        async def run():
            engine = async_engine(office.database.url("web"))
            try:
                await submit(engine)
            except SignatureRequiredError as error:
                outcome.append(error)
            finally:
                await engine.dispose()

        asyncio.run(run())

    with office.admin.begin() as connection:
        made = acts.add_key(
            connection, office.vault, office.deployment, office.claim(maker.id, key()), NOW
        )
        thread = threading.Thread(target=sending)
        thread.start()
        waiting = text(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        )
        for _ in range(400):
            if connection.execute(waiting).scalar_one():
                break
            ended.wait(0.025)
        else:
            pytest.fail("intake never waited")
    thread.join(30)
    assert len(outcome) == 1
    assert office.read(made[1]).facts["nextSequence"] == 0
    with office.admin.connect() as connection:
        assert connection.execute(text("select count(*) from ledger.submission")).scalar_one() == 0


def test_a_further_own_key_needs_the_word_of_one_in_use(office, maker):
    first, second, third = key(), key(), key()
    add_key(office, office.claim(maker.id, first))
    office.settle()
    with pytest.raises(acts.NoConsentError):
        add_key(office, office.claim(maker.id, second))
    strangers = office.world.consent(maker.id, second, False, third)
    with pytest.raises(acts.NoConsentError):
        add_key(office, office.claim(maker.id, second, consent=strangers))
    agreed = office.world.consent(maker.id, second, False, first)
    (made,) = add_key(office, office.claim(maker.id, second, consent=agreed))
    office.settle()
    assert office.state(made) is State.DONE
    office.do(acts.revoke, address(first))
    office.settle()
    late = office.world.consent(maker.id, third, False, first)
    with pytest.raises(acts.NoConsentError):
        add_key(office, office.claim(maker.id, third, consent=late))


def test_nothing_is_taken_away_for_a_key_that_would_be_refused(office, maker):
    others, shared = office.admit(1), key()
    taken = office.claim(others.id, shared)
    for claim, refused in (
        (Claim(maker.id, taken.key, bytes(65)), NoPossessionError),
        (Claim(maker.id, taken.key, taken.possession), NoPossessionError),
        (office.claim(uuid4(), shared), desk.ParticipantUnknownError),
    ):
        with pytest.raises(refused):
            add_key(office, claim)
    assert custodial_keys(office) == 2
    add_key(office, taken)
    office.settle()
    with pytest.raises(acts.KeyTakenError, match=str(others.id)):
        add_key(office, office.claim(maker.id, shared))
    office.do(acts.suspend, maker.id)
    with pytest.raises(acts.StatusError):
        add_key(office, office.claim(maker.id, key()))
    assert custodial_keys(office) == 1


def test_a_revoked_custodial_key_signs_nothing_more(office, maker, web):
    web.submit(maker.id, body(event()))
    with office.admin.begin() as connection:
        one = acts.revoke(connection, office.deployment, maker.address, NOW)
    assert office.read(one).facts == {"nextSequence": 1}
    with pytest.raises(SignatureRequiredError):
        web.submit(maker.id, body(event()))
    with office.admin.begin() as connection:
        kept = connection.scalars(text("select address from gateway.retired_key")).all()
    assert kept == [maker.address]
    office.settle()
    with pytest.raises(acts.KeyUnregisteredError), office.admin.begin() as connection:
        acts.revoke(connection, office.deployment, maker.address, NOW)


def test_the_end_of_a_key_can_be_named(office, maker):
    with office.admin.begin() as connection:
        one = acts.revoke(connection, office.deployment, maker.address, NOW, 40)
    office.settle()
    assert office.state(one) is State.DONE
    assert keys(office, maker.id)[maker.address].revoked == 40


def test_status_is_as_it_will_be_once_all_is_done(office, maker):
    with pytest.raises(acts.StatusError, match="admitted"):
        office.do(acts.reinstate, maker.id)
    office.do(acts.suspend, maker.id)
    with pytest.raises(acts.StatusError, match="suspended"):
        office.do(acts.suspend, maker.id)
    office.do(acts.reinstate, maker.id)
    with pytest.raises(DecisionUnderWayError):
        office.do(acts.suspend, maker.id)


def test_who_is_not_in_the_registry_yet_waits(office):
    made = office.enter()
    with pytest.raises(acts.NotRegisteredError):
        office.do(acts.suspend, made.id)


def test_a_recovery_runs_by_the_chains_clock(office, maker):
    claim = office.claim(maker.id, key())
    with pytest.raises(acts.RecoveryNotReadyError, match="none is under way"):
        office.do(acts.complete_recovery, maker.id)
    with pytest.raises(acts.RecoveryNotReadyError, match="none is under way"):
        office.do(acts.cancel_recovery, maker.id)
    office.do(acts.recover, claim)
    office.settle()
    with pytest.raises(acts.RecoveryNotReadyError, match="regulator"):
        office.do(acts.complete_recovery, maker.id)
    office.world.hands["regulator"].approve_recovery(maker.id, claim.key)
    office.follow()
    with pytest.raises(acts.RecoveryNotReadyError, match="not before"):
        office.do(acts.complete_recovery, maker.id)
    with office.admin.begin() as connection:
        later = NOW + timedelta(days=3650)
        made = acts.complete_recovery(connection, office.deployment, maker.id, later)
    assert office.state(made) is State.WAITING
