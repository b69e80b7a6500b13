import secrets
from uuid import uuid4

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from sqlalchemy import text

from contracts import consent
from gateway import admission
from gateway.accounts import desk
from gateway.accounts.claim import Claim, NoPossessionError
from gateway.accounts.decisions import Decision, State
from gateway.accounts.desk import ParticipantKnownError
from gateway.vault import Vault
from indexer.chain import calls
from tests.gateway.making import CODES, NOW
from tests.gateway.office import key


def registered(office, made):
    where = office.deployment.participants
    return (
        office.client.ask(calls.participant_of(where, made.id)),
        office.client.ask(calls.key_of(where, made.address)),
    )


def test_an_enterprise_is_on_chain_with_its_custodial_key_and_gets_an_api_key(office):
    made = office.enter()
    office.settle()
    admitted = admission.admitted(office.admin, office.deployment, made, NOW)
    party, held = registered(office, made)
    assert (party.name, party.credit_code, party.status) == ("甲公司", CODES[0], "admitted")
    assert (held.participant, held.custodial) == (made.id, True)
    assert admitted.api_key.startswith("suyuan_")
    assert admitted.api_key not in repr(admitted)


def test_an_enterprise_with_a_key_of_its_own_keeps_its_id_and_gets_no_other_key(office):
    who, own = uuid4(), key()
    claim = office.claim(who, own, name="自钥企业", credit_code=CODES[1])
    made = office.enter_own(claim)
    office.settle()
    party, held = registered(office, made)
    assert (made.id, party.name, held.custodial) == (who, "自钥企业", False)
    with office.admin.connect() as connection:
        assert not connection.execute(text("select from gateway.custodial_key")).all()
    with pytest.raises(ParticipantKnownError):
        office.enter_own(claim)


def test_a_key_that_nobody_shows_to_hold_is_not_even_entered(office):
    claim = office.claim(uuid4(), key(), name="自钥企业", credit_code=CODES[1])
    stolen = Claim(uuid4(), claim.key, claim.possession, claim.name, claim.credit_code)
    with pytest.raises(NoPossessionError):
        office.enter_own(stolen)
    with office.admin.connect() as connection:
        assert not connection.execute(text("select from gateway.participant")).all()


def test_the_same_enterprise_is_not_admitted_twice(office):
    office.enter()
    with pytest.raises(ParticipantKnownError):
        office.enter()


def test_an_admission_that_came_to_nothing_can_be_made_again(office):
    first = office.enter()
    with office.loop.begin() as connection:
        connection.execute(
            text("insert into gateway.refusal values (:id, 'no', now())"), {"id": first.decision}
        )
    again = office.enter()
    assert (again.id, again.address) == (first.id, first.address)
    claim = office.claim(uuid4(), key(), name="自钥企业", credit_code=CODES[1])
    office.enter_own(claim)
    with office.loop.begin() as connection:
        connection.execute(
            text(
                "insert into gateway.refusal select id, 'no', now() from gateway.decision d"
                " where participant = :who"
            ),
            {"who": claim.participant},
        )
    assert office.enter_own(claim).id == claim.participant
    office.settle()
    assert office.state(again.decision) is State.DONE


def test_a_refusal_ends_the_waiting_with_the_contracts_words(office):
    made = office.enter()
    with office.loop.begin() as connection:
        connection.execute(
            text("insert into gateway.refusal values (:id, 'KeyTaken', now())"),
            {"id": made.decision},
        )
    heard: list[Decision] = []
    with pytest.raises(admission.DecisionRefusedError, match="KeyTaken"):
        admission.settled(office.admin, office.deployment, [made.decision], heard.append)
    assert [one.state for one in heard] == [State.REFUSED]


def test_who_waits_in_vain_is_told_what_should_be_running(office):
    made = office.enter()
    heard: list[Decision] = []
    with pytest.raises(admission.DecisionWaitsError, match="loop"):
        admission.settled(office.admin, office.deployment, [made.decision], heard.append, 0)
    assert [one.state for one in heard] == [State.WAITING]


def test_possession_is_signed_by_the_custodial_key(office):
    vault, deployment = Vault(secrets.token_bytes(32)), office.deployment
    with office.admin.begin() as connection:
        made = desk.admit(connection, vault, "甲公司", CODES[0], NOW)
        signature = admission.possession(connection, vault, deployment, made.participant)
    said = consent.Possession(made.participant, made.address).typed_data(deployment)
    signer = Account.recover_message(encode_typed_data(full_message=said), signature=signature)
    assert signer.lower() == "0x" + made.address.hex()


def test_a_stranger_possesses_nothing(office):
    with pytest.raises(desk.ParticipantUnknownError), office.admin.begin() as connection:
        admission.possession(connection, office.vault, office.deployment, uuid4())
