import asyncio
import secrets
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gateway.accounts import desk
from gateway.accounts.desk import Caller
from gateway.vault import Vault
from indexer.chain.deployment import Deployment
from indexer.core import creditcode, submission
from indexer.store.engine import async_engine, engine
from tests.gateway.making import CODES, NOW

DEPLOYMENT = Deployment(31337, bytes(32), b"\1" * 20, b"\2" * 20, 1)


@pytest.fixture
def vault():
    return Vault(secrets.token_bytes(32))


@pytest.fixture
def admin(database):
    made = engine(database.url("admin"))
    yield made
    made.dispose()


@pytest.fixture
def maker(admin, vault):
    with admin.begin() as connection:
        return desk.admit(connection, vault, "甲公司", CODES[0], NOW)


@pytest.fixture
def ask(database):
    def authenticate(secret):
        async def run():
            web = async_engine(database.url("web"))
            try:
                async with web.begin() as connection:
                    return await desk.authenticate(connection, secret)
            finally:
                await web.dispose()

        return asyncio.run(run())

    return authenticate


def test_admission_makes_a_participant_and_its_custodial_key(admin, vault, maker):
    with admin.begin() as connection:
        row = connection.execute(
            text(
                "select p.name, p.credit_code, k.address, k.sealed from gateway.participant p"
                " join gateway.custodial_key k on k.participant = p.id where p.id = :id"
            ),
            {"id": maker.participant},
        ).one()
    assert (row.name, row.credit_code, row.address) == ("甲公司", CODES[0], maker.address)
    private = vault.open_custodial(maker.participant, row.sealed)
    assert submission.address(private) == maker.address
    assert private not in row.sealed


def test_an_enterprise_is_admitted_once(admin, vault, maker):
    with (
        pytest.raises(desk.ParticipantKnownError, match=str(maker.participant)),
        admin.begin() as connection,
    ):
        desk.admit(connection, vault, "乙公司", CODES[0], NOW)


def test_a_wrong_credit_code_leaves_nothing(admin, vault):
    with pytest.raises(creditcode.CreditCodeError), admin.begin() as connection:
        desk.admit(connection, vault, "甲公司", CODES[0][:-1] + "0", NOW)
    with admin.begin() as connection:
        assert (
            connection.execute(text("select count(*) from gateway.participant")).scalar_one() == 0
        )


def test_an_api_key_tells_its_participant(admin, maker, ask):
    with admin.begin() as connection:
        issued = desk.issue(connection, maker.participant, NOW)
        other = desk.issue(connection, maker.participant, NOW)
    assert issued.secret.startswith("suyuan_")
    assert issued.secret != other.secret
    assert ask(issued.secret) == ask(other.secret) == Caller(maker.participant)


def test_an_operators_key_says_so(admin, maker, ask):
    with admin.begin() as connection:
        issued = desk.issue(connection, maker.participant, NOW, role="operator")
    assert ask(issued.secret) == Caller(maker.participant, "operator")


def test_a_participant_with_a_key_of_its_own_gets_no_custodial_one(admin, maker):
    own = desk.Admission(uuid4(), b"\5" * 20)
    with admin.begin() as connection:
        made = desk.admit_own(connection, own, "乙公司", CODES[1], NOW)
        keys = connection.execute(text("select participant from gateway.custodial_key")).all()
    assert made == own
    assert [row.participant for row in keys] == [maker.participant]
    other = replace(own, participant=uuid4())
    for again, credit_code in ((own, CODES[1]), (own, CODES[2]), (other, CODES[1])):
        with pytest.raises(desk.ParticipantKnownError), admin.begin() as connection:
            desk.admit_own(connection, again, "乙公司", credit_code, NOW)


def test_the_store_does_not_hold_the_secret(admin, maker):
    with admin.begin() as connection:
        issued = desk.issue(connection, maker.participant, NOW)
        row = connection.execute(text("select * from gateway.api_key")).one()
    assert issued.secret not in str(row)
    assert issued.secret.encode() not in row.hash
    assert issued.secret not in repr(issued)


@pytest.mark.parametrize("secret", ["", "suyuan_", "suyuan_" + "A" * 43, "\ud800", "密钥"])
def test_an_unknown_key_is_nobodys(maker, ask, secret):
    with pytest.raises(desk.ApiKeyUnknownError):
        ask(secret)


def test_a_revoked_key_is_nobodys_and_its_sisters_stay(admin, maker, ask):
    with admin.begin() as connection:
        issued = desk.issue(connection, maker.participant, NOW)
        other = desk.issue(connection, maker.participant, NOW)
    with admin.begin() as connection:
        desk.revoke(connection, issued.id, NOW)
    with pytest.raises(desk.ApiKeyUnknownError):
        ask(issued.secret)
    assert ask(other.secret) == Caller(maker.participant)


def test_revoking_twice_or_nothing_is_missing(admin, maker):
    with admin.begin() as connection:
        issued = desk.issue(connection, maker.participant, NOW)
        desk.revoke(connection, issued.id, NOW)
        with pytest.raises(desk.ApiKeyMissingError):
            desk.revoke(connection, issued.id, NOW)
        with pytest.raises(desk.ApiKeyMissingError):
            desk.revoke(connection, uuid4(), NOW)


def test_keys_are_issued_to_participants_only(admin):
    with pytest.raises(desk.ParticipantUnknownError), admin.begin() as connection:
        desk.issue(connection, uuid4(), NOW)


def test_the_web_may_admit_nobody(database, vault):
    web = engine(database.url("web"))
    with pytest.raises(ProgrammingError, match="permission denied"), web.begin() as connection:
        desk.admit(connection, vault, "甲公司", CODES[0], NOW)
    web.dispose()
