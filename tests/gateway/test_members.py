"""Whoever a register knew is known to another, as far as keys can sign for it."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, text

from contracts import consent
from gateway.accounts import desk
from gateway.accounts.claim import ClaimMisshapenError, NoPossessionError
from gateway.members import (
    Member,
    Proof,
    Proofs,
    applications,
    members,
    register,
)
from gateway.vault import Vault
from indexer.chain import calls
from indexer.chain.client import Client
from indexer.core.submission import address
from indexer.follower import Follower
from indexer.store.engine import engine
from tests.contracts.world import World

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CODE = "91440605MACX7R1K0J"


@pytest.fixture
def old(devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def new(devnet) -> World:
    return World.on(devnet)


@pytest.fixture
def vault() -> Vault:
    return Vault(secrets.token_bytes(32))


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


def admitted(owner: Engine, vault: Vault, old: World) -> desk.Admission:
    """A participant under a custodial key, here and on the old chain."""
    with owner.begin() as connection:
        made = desk.admit(connection, vault, "佛山市禅溪热能科技有限公司", CODE, NOW)
        sealed = connection.execute(text("select sealed from gateway.custodial_key")).scalar_one()
    key = vault.open_custodial(made.participant, sealed)
    names = ("佛山市禅溪热能科技有限公司", CODE, made.address)
    possession = old.possession(made.participant, key)
    old.hands["registrar"].admit(made.participant, *names, custodial=True, possession=possession)
    return made


def followed(owner: Engine, old: World) -> list[Member]:
    with Client([old.net.url]) as client:
        follower = Follower(owner, client, old.deployment)
        while follower.step() != "idle":
            pass
    with owner.begin() as connection:
        return members(connection)


def enter(
    owner: Engine, vault: Vault, new: World, member: Member, given: dict[bytes, Proof]
) -> None:
    with owner.begin() as connection:
        proofs = Proofs(vault, new.deployment, given)(connection, member)
    with Client([new.net.url]) as client:
        register(client, new.hands["registrar"], member, proofs)


def known(new: World, key: bytes) -> Any:
    with Client([new.net.url]) as client:
        return client.ask(calls.key_of(new.deployment.participants, key))


def test_a_custodial_participant_enters_with_name_and_status(owner, vault, old, new):
    made = admitted(owner, vault, old)
    old.hands["registrar"].suspend(made.participant)
    (member,) = followed(owner, old)
    assert (member.credit_code, member.suspended) == (CODE, True)
    for _ in range(2):  # a command that was killed is given again
        enter(owner, vault, new, member, {})
    there = new.participants.functions.participantOf(made.participant.bytes).call()
    assert there == ["佛山市禅溪热能科技有限公司", CODE, 2]
    assert known(new, made.address).custodial


def test_what_was_revoked_stays_revoked_from_the_same_sequence(owner, vault, old, new):
    made = admitted(owner, vault, old)
    old.hands["registrar"].revoke(made.address, 7)
    (member,) = followed(owner, old)
    for _ in range(2):
        enter(owner, vault, new, member, {})
    assert known(new, made.address).revoked == 7


def test_a_key_of_ones_own_enters_with_its_owners_file_and_not_without(
    owner, vault, old, new, tmp_path
):
    participant, key = old.new_participant()
    (member,) = followed(owner, old)
    with owner.begin() as connection:
        assert Proofs(vault, new.deployment)(connection, member) == {}
    possession = new.possession(participant, key)
    said = {
        "participant": str(participant),
        "key": "0x" + address(key).hex(),
        "possession": possession.hex(),
    }
    (tmp_path / "one.json").write_bytes(msgspec.json.encode(said))
    enter(owner, vault, new, member, applications(tmp_path, new.deployment))
    found = known(new, address(key))
    assert (found.participant, found.custodial) == (participant, False)


def test_a_custodial_key_vouches_for_the_next_which_outlives_it(owner, vault, old, new):
    made = admitted(owner, vault, old)
    own = secrets.token_bytes(32)
    with owner.begin() as connection:
        sealed = connection.execute(text("select sealed from gateway.custodial_key")).scalar_one()
    custodial = vault.open_custodial(made.participant, sealed)
    old.hands["registrar"].add_key(
        made.participant,
        address(own),
        custodial=False,
        possession=old.possession(made.participant, own),
        consent=old.consent(made.participant, own, False, custodial),
    )
    old.hands["registrar"].revoke(made.address, 3)
    (member,) = followed(owner, old)
    assert list(member.keys) == [made.address, address(own)]
    said = consent.Possession(made.participant, address(own))
    possession = consent.sign(said, new.deployment, own)
    enter(owner, vault, new, member, {address(own): Proof(possession)})
    assert known(new, address(own)).revoked is None
    assert known(new, made.address).revoked == 3


def test_a_signature_for_the_old_register_does_not_do_for_the_new(old, new, tmp_path):
    participant, key = old.new_participant()
    said = {
        "participant": str(participant),
        "key": address(key).hex(),
        "possession": old.possession(participant, key).hex(),
    }
    (tmp_path / "one.json").write_bytes(msgspec.json.encode(said))
    with pytest.raises(NoPossessionError):
        applications(tmp_path, new.deployment)


def test_a_custodial_key_that_ended_long_ago_enters_too(owner, vault, old, new):
    made = admitted(owner, vault, old)
    old.hands["registrar"].revoke(made.address, 2)
    with owner.begin() as connection:
        connection.execute(
            text("insert into gateway.retired_key select * from gateway.custodial_key")
        )
        connection.execute(text("delete from gateway.custodial_key"))
    (member,) = followed(owner, old)
    enter(owner, vault, new, member, {})
    assert known(new, made.address).revoked == 2


def test_a_file_that_is_no_application_is_named(tmp_path: Path, new):
    (tmp_path / "thesis.json").write_text('{"key": "zz"}')
    with pytest.raises(ClaimMisshapenError, match=r"thesis\.json"):
        applications(tmp_path, new.deployment)
