"""Who may speak, from the operator's shell to the regulator's node: admitted, given keys, suspended, recovered."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from coincurve import PrivateKey
from web3 import Web3

from contracts import consent, sending
from contracts.operate import Hand
from indexer.core.submission import address
from indexer.store import registry
from indexer.store.engine import engine
from indexer.store.registry import KeyStanding
from tests.journeys import stories
from tests.world import World, until

CREDIT_CODE = "91440300MA5000001K"
WEEK = 7 * 86_400


def claim(world: World, folder: Path, who: UUID, key: bytes, **members: object) -> Path:
    """What an enterprise writes for the operator: its key, and the key's own signature."""
    said = consent.Possession(who, address(key))
    signed = consent.sign(said, world.machine.deployment, key).hex()
    file = folder / f"{address(key).hex()}.json"
    file.write_text(
        json.dumps(
            {
                "participant": str(who),
                "key": address(key).hex(),
                "possession": signed,
                **members,
            }
        )
    )
    return file


def told(world: World, *words: str | Path) -> Any:
    done = world.desk(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def keys(world: World, who: UUID) -> Sequence[KeyStanding]:
    """The participant's keys as the regulator's node follows the registry."""
    node = engine(world.machine.database_url("node"))
    with node.connect() as connection:
        found = registry.keys(connection, who)
    node.dispose()
    return found


def hand(world: World, role: str) -> Hand:
    key = bytes.fromhex((world.machine.keys / f"{role}.key").read_text())
    return Hand(world.machine.devnet.url, world.machine.deployment, key)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One deployment for all of these, whose last moves the chain's clock."""
    made = World.open(tmp_path_factory.mktemp("registry") / "world")
    yield made
    made.close()


@pytest.fixture(scope="module")
def own(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[UUID, bytes]:
    """An enterprise that was admitted with a key of its own."""
    who, key, folder = uuid4(), PrivateKey().secret, tmp_path_factory.mktemp("own")
    file = claim(world, folder, who, key, name="自钥企业", creditCode=CREDIT_CODE)
    made = told(world, "admit", "--application", file)
    assert made["participant"] == str(who)
    assert made["apiKey"].startswith("suyuan_")
    return who, key


def test_an_enterprise_enters_with_its_own_key_and_no_other_is_made(world: World, own):
    who, key = own
    (only,) = keys(world, who)
    assert (only.key, only.custodial, only.name) == (address(key), False, "自钥企业")
    assert world.ask("select count(*) from gateway.custodial_key where participant = %s", who) == [
        (0,)
    ]
    listed = {one["participant"]: one for one in told(world, "list")["participants"]}
    assert listed[str(who)]["key"] == "own"
    assert {one["key"] for one in listed.values()} == {"own", "custodial"}
    assert world.findings() == set()


def test_a_custodial_key_ends_behind_all_it_signed_when_the_first_own_key_comes(
    world: World, tmp_path: Path
):
    maker = world.enterprises[0]
    for _ in range(3):
        world.submit(stories.seen(stories.serial()))
    key = PrivateKey().secret
    made = told(world, "add-key", str(maker.id), "--file", claim(world, tmp_path, maker.id, key))
    assert [(one["act"], one["state"]) for one in made["decisions"]] == [
        ("add_key", "done"),
        ("revoke", "done"),
    ]
    custodial, own = keys(world, maker.id)
    assert (custodial.key, custodial.custodial, custodial.revoked) == (maker.address, True, 3)
    assert (own.key, own.custodial, own.revoked) == (address(key), False, None)
    answer = world.post([stories.seen(stories.serial())])
    assert answer.json()["code"] == "SIGNATURE_REQUIRED"
    world.check()


def test_a_suspension_and_its_end_are_seen_and_each_is_refused_twice(world: World):
    who = str(world.enterprises[1].id)
    for act, status in (("suspend", "suspended"), ("reinstate", "admitted")):
        (one,) = told(world, act, who)["decisions"]
        assert one["state"] == "done"
        assert told(world, "show", who)["status"] == status
        again = world.desk(act, who)
        assert (again.returncode, "PARTICIPANT_STATUS" in again.stderr) == (2, True)


def test_a_granted_role_is_a_finding_until_it_is_acknowledged(world: World):
    admin, registrar = hand(world, "admin"), b"\x5a" * 20
    role = admin.participants.functions.REGISTRAR_ROLE().call()
    call = admin.participants.functions.grantRole(role, Web3.to_checksum_address(registrar))
    sending.send(admin.web3, call, admin.key)
    until(lambda: bool(world.findings()), "it is found")
    assert world.findings() == {("ROLE_CHANGED", None)}
    status = httpx.get(f"{world.where.node}/findings").json()["findings"]
    (found,) = [one for one in status if one["kind"] == "ROLE_CHANGED"]
    assert (found["facts"]["roleName"], found["facts"]["account"]) == (
        "REGISTRAR_ROLE",
        registrar.hex(),
    )
    assert "REGISTRAR_ROLE" in httpx.get(f"{world.where.node}/").text
    assert world.node("acknowledge", found["subject"]).returncode == 0
    assert world.findings() == set()
    assert httpx.get(f"{world.where.node}/status").json()["findings"] == 0
    assert 'id="acknowledged"' in httpx.get(f"{world.where.node}/").text


def test_a_lost_key_is_replaced_by_two_parties_after_seven_days(world: World, own, tmp_path: Path):
    who, lost = own
    told(world, "revoke-key", address(lost).hex())
    key = PrivateKey().secret
    file = claim(world, tmp_path, who, key)
    told(world, "recover", str(who), "--file", file)
    early = world.desk("complete-recovery", str(who))
    assert "the regulator has not agreed" in early.stderr
    told(world, "cancel-recovery", str(who))
    told(world, "recover", str(who), "--file", file)
    hand(world, "regulator").approve_recovery(who, address(key))
    until(lambda: told(world, "show", str(who))["recovery"]["readyAt"], "the approval is followed")
    early = world.desk("complete-recovery", str(who))
    assert (early.returncode, "not before" in early.stderr) == (2, True)
    world.machine.devnet.call("evm_increaseTime", WEEK)
    world.machine.devnet.call("evm_mine")
    until(lambda: world.desk("complete-recovery", str(who)).returncode == 0, "it is complete")
    first, new = keys(world, who)
    assert (first.revoked, new.key, new.revoked) == (0, address(key), None)
