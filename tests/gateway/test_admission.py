import secrets
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from web3 import Web3

from contracts import consent
from contracts.operate import Hand
from contracts.sending import RefusedError
from gateway import demo
from gateway.accounts import desk
from gateway.accounts.desk import ParticipantKnownError
from gateway.admission import admit, possession
from gateway.vault import Vault
from indexer.store.engine import engine
from tests.contracts.world import World

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def chain(devnet):
    return World.on(devnet)


@pytest.fixture
def accounts(database):
    made = engine(database.url("admin"))
    yield made
    made.dispose()


def test_an_enterprise_is_on_chain_with_its_custodial_key(accounts, chain):
    vault = Vault(secrets.token_bytes(32))
    one = demo.MAKER
    admitted = admit(accounts, vault, chain.hands["registrar"], one.name, one.credit_code, NOW)
    name, code, *_ = chain.participants.functions.participantOf(admitted.id.bytes).call()
    assert (name, code) == (one.name, one.credit_code)
    key = chain.participants.functions.keyOf(Web3.to_checksum_address(admitted.address)).call()
    assert bytes(key[0]) == admitted.id.bytes
    assert key[1] is True
    assert admitted.api_key not in repr(admitted)


def test_nobody_but_the_registrar_admits(accounts, chain):
    vault = Vault(secrets.token_bytes(32))
    stranger: Hand = chain.hands["stranger"]
    with pytest.raises(RefusedError):
        admit(accounts, vault, stranger, demo.SHOP.name, demo.SHOP.credit_code, NOW)


def test_the_same_enterprise_is_not_admitted_twice(accounts, chain):
    vault, one = Vault(secrets.token_bytes(32)), demo.CARRIER
    admit(accounts, vault, chain.hands["registrar"], one.name, one.credit_code, NOW)
    with pytest.raises(ParticipantKnownError):
        admit(accounts, vault, chain.hands["registrar"], one.name, one.credit_code, NOW)


def test_possession_is_signed_by_the_custodial_key(accounts, chain):
    vault, deployment = Vault(secrets.token_bytes(32)), chain.deployment
    with accounts.begin() as connection:
        made = desk.admit(connection, vault, demo.SHOP.name, demo.SHOP.credit_code, NOW)
        signature = possession(connection, vault, deployment, made.participant)
    said = consent.Possession(made.participant, made.address).typed_data(deployment)
    signer = Account.recover_message(encode_typed_data(full_message=said), signature=signature)
    assert signer.lower() == "0x" + made.address.hex()


def test_a_stranger_possesses_nothing(accounts, chain):
    vault = Vault(secrets.token_bytes(32))
    with pytest.raises(desk.ParticipantUnknownError), accounts.begin() as connection:
        possession(connection, vault, chain.deployment, uuid4())
