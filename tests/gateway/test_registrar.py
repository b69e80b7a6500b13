"""Whatever happens on the way, the register shows what was decided, once, or a refusal says why not."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from contracts.sending import NodeAwayError
from gateway.accounts import acts, decisions
from gateway.accounts.decisions import State
from gateway.leader import LeadershipLostError
from gateway.registrar import NotRegistrarError
from indexer.chain import calls
from indexer.chain.client import Client, UnreachableError
from indexer.core.canonical import Members
from tests.gateway.making import NOW
from tests.gateway.office import key


class Early(Client):
    """A node that, when first asked for logs, does not have the newest block yet."""

    late = False

    def ask(self, call):
        early, self.late = call.method == "eth_getLogs" and not self.late, True
        return call.read(b"[]") if early else super().ask(call)


def test_every_act_goes_on_chain_and_comes_back(office):
    made = office.admit()
    who = made.id
    suspended, own = office.do(acts.suspend, who), key()
    back = office.do(acts.reinstate, who)
    office.settle()
    with office.admin.begin() as connection:
        added = acts.add_key(
            connection, office.vault, office.deployment, office.claim(who, own), NOW
        )
    office.settle()
    assert [office.state(one) for one in (suspended, back, *added)] == [State.DONE] * 4
    asked = office.do(acts.recover, office.claim(who, key()))
    office.settle()
    ended = office.do(acts.cancel_recovery, who)
    office.settle()
    assert [office.state(one) for one in (asked, ended)] == [State.DONE] * 2


def test_a_process_that_dies_after_sending_sends_nothing_twice(office):
    made, before = office.enter(), office.sent()
    assert office.registrar.step(NOW)
    office.term.end()
    office.lead()
    assert not office.registrar.step(NOW)
    assert office.sent() == before + 1
    office.settle()
    assert office.state(made.decision) is State.DONE
    assert office.sent() == before + 1


def test_of_two_leaders_one_sends(office):
    """A request that the contract would take twice, and two who looked before either sent."""
    who = office.admit().id
    asked, before = office.do(acts.recover, office.claim(who, key())), office.sent()
    other = office.hire("registrar")
    (first,), at = office.registrar._waiting(NOW)
    (second,), _ = other._waiting(NOW)
    assert office.registrar._act(office.client, first, at, before, NOW)
    assert not other._act(office.client, second, at, before, NOW)
    blind = replace(at, final_number=10**9)  # as if nothing had been there to see yet
    with pytest.raises(NodeAwayError, match=r"[Nn]once"):
        other._act(office.client, second, blind, before, NOW)
    office.settle()
    assert (office.state(asked), office.sent()) == (State.DONE, before + 1)


def test_what_another_leader_has_just_done_is_no_refusal(office):
    made, before = office.enter(), office.sent()
    (one,), at = office.registrar._waiting(NOW)
    office.registrar.step(NOW)
    with Early([office.world.net.url]) as client:
        assert office.hire("registrar")._act(client, one, at, office.sent(), NOW)
    office.settle()
    assert (office.state(made.decision), office.sent()) == (State.DONE, before + 1)


def test_who_no_longer_leads_sends_nothing(office):
    office.enter()
    before = office.sent()
    with office.loop.begin() as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    with pytest.raises(LeadershipLostError):
        office.registrar.step(NOW)
    assert office.sent() == before


def test_what_the_contract_refuses_is_written_down_and_holds_nothing_up(office):
    who, other = office.admit(0).id, office.admit(1).id
    with office.admin.begin() as connection:
        refused = decisions.decide(connection, office.deployment, "reinstate", who, NOW)
        fine = decisions.decide(connection, office.deployment, "suspend", who, NOW)
        others = decisions.decide(connection, office.deployment, "suspend", other, NOW)
    office.settle()
    stands = office.read(refused)
    assert stands.state is State.REFUSED
    assert "ParticipantsWrongStatus" in str(stands.reason)
    assert [office.state(one) for one in (fine, others)] == [State.DONE, State.DONE]


def test_what_rests_on_a_refused_decision_is_not_sent(office):
    made = office.admit()
    with office.admin.begin() as connection:
        given = (connection, office.deployment)
        first = decisions.decide(*given, "reinstate", made.id, NOW)
        facts: Members = {"nextSequence": 0, "upon": str(first)}
        second = decisions.decide(*given, "revoke", made.id, NOW, key=made.address, facts=facts)
    office.settle()
    assert [office.state(one) for one in (first, second)] == [State.REFUSED] * 2
    assert str(first) in str(office.read(second).reason)
    key_of = office.client.ask(calls.key_of(office.deployment.participants, made.address))
    assert key_of is not None
    assert key_of.revoked is None


def test_an_account_that_is_not_the_registrars_refuses_nothing_for_good(office):
    made = office.enter()
    with pytest.raises(NotRegistrarError):
        office.hire("stranger").step(NOW)
    assert office.state(made.decision) is State.WAITING
    office.settle()
    assert office.state(made.decision) is State.DONE


def test_a_chain_that_is_away_is_waited_for_at_another_endpoint(office):
    made = office.enter()
    registrar = office.hire("registrar", "http://127.0.0.1:9", office.world.net.url)
    with pytest.raises(UnreachableError):
        registrar.step(NOW)
    assert registrar.step(NOW)
    office.follow()
    assert office.state(made.decision) is State.DONE


def test_a_node_that_lags_behind_the_follower_is_not_asked(office):
    made = office.enter()
    with office.node.begin() as connection:
        connection.execute(text("update ledger.cursor set tip_number = tip_number + 1000"))
    assert office.registrar.step(NOW) is False
    assert office.state(made.decision) is State.WAITING


def test_what_was_done_by_hand_is_not_done_again(office):
    """The registrar's account can act from elsewhere too: what is in effect is not sent again."""
    who = office.admit().id
    suspended, before = office.do(acts.suspend, who), office.sent()
    office.world.hands["registrar"].suspend(who)
    assert office.registrar.step(NOW) is False
    office.settle()
    assert (office.state(suspended), office.sent()) == (State.DONE, before + 1)


def test_nothing_secret_shows(office):
    assert office.world.keys["registrar"].hex() not in repr(office.registrar)
    assert repr(office.world.keys["registrar"]) not in repr(office.registrar)
