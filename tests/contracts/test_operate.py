"""The administrator's hand puts things where readers find them, and refuses roles that overlap."""

from dataclasses import replace
from itertools import combinations
from uuid import uuid4

import pytest
from coincurve import PrivateKey
from hexbytes import HexBytes

from contracts import operate, sending
from indexer.core.submission import address, log_id
from tests.contracts.world import LOG_KEY, World


def test_a_deployment_names_its_chain_and_both_contracts(world: World):
    web3 = world.hands["admin"].web3
    deployment = world.deployment
    assert deployment.chain_id == web3.eth.chain_id
    assert deployment.genesis == bytes(web3.eth.get_block(0)["hash"])
    assert web3.eth.get_code(world.log.address) == sending.artifact("TraceLog").deployed
    assert (
        web3.eth.get_code(world.participants.address) == sending.artifact("Participants").deployed
    )
    opened = world.log.events.Opened.get_logs(from_block=0)
    granted = world.log.events.RoleGranted.get_logs(from_block=0)
    assert min(one["blockNumber"] for one in (*opened, *granted)) == deployment.block


PAIRS = list(combinations(("admin", "registrar", "regulator", "operator"), 2))


@pytest.mark.parametrize("pair", PAIRS)
def test_nobody_plays_two_roles(world: World, pair: tuple[str, str]):
    keys = {role: world.keys[role] for role in ("admin", "registrar", "regulator", "operator")}
    keys[pair[1]] = keys[pair[0]]
    blocks = world.hands["admin"].web3.eth.block_number
    with pytest.raises(operate.RolesNotSeparateError):
        operate.deploy(
            world.net.url,
            admin=keys["admin"],
            registrar=address(keys["registrar"]),
            regulator=address(keys["regulator"]),
            operator=address(keys["operator"]),
        )
    assert world.hands["admin"].web3.eth.block_number == blocks


def test_the_registrar_does_not_become_an_operator(world: World):
    registrar, hand = world.address("registrar"), world.hands["admin"]
    with pytest.raises(operate.RolesNotSeparateError):
        hand.open_log("registrars.example", registrar, LOG_KEY, registrar)
    with pytest.raises(operate.RolesNotSeparateError):
        hand.rotate(world.new_log(), registrar, LOG_KEY, registrar)


def test_a_log_is_opened_rotated_and_closed(world: World):
    hand, operator, stranger = (
        world.hands["admin"],
        world.address("operator"),
        world.address("stranger"),
    )
    log = log_id("operate.example")
    hand.open_log("operate.example", operator, LOG_KEY, stranger)
    assert world.log.functions.head(log).call() == [0, 0, operate.EMPTY_ROOT]
    hand.rotate(log, stranger, LOG_KEY[::-1], operator)
    state = world.log.functions.logOf(log).call()
    assert [bytes.fromhex(state[at][2:]) for at in (0, 2)] == [stranger, operator]
    assert state[1] == LOG_KEY[::-1]
    transaction = hand.close(log, 0)
    assert world.log.functions.logOf(log).call()[6]
    receipt = hand.web3.eth.get_transaction_receipt(HexBytes(transaction))
    assert world.told(receipt, "Closed")[0]["log"] == log


def test_a_log_is_carried_on(world: World):
    log = log_id("carried.example")
    parties = (world.address("operator"), LOG_KEY, world.address("stranger"))
    world.hands["admin"].open_log(
        "carried.example", *parties, size=7, root=b"\7" * 32, predecessor=log
    )
    assert world.log.functions.head(log).call() == [1, 7, b"\7" * 32]


def test_a_participant_is_admitted_suspended_reinstated_and_changes_its_key(world: World):
    participant, key = world.new_participant()
    hand, functions = world.hands["registrar"], world.participants.functions
    hand.suspend(participant)
    assert functions.participantOf(participant.bytes).call()[2] == 2
    hand.reinstate(participant)
    assert functions.participantOf(participant.bytes).call()[2] == 1
    new = PrivateKey().secret
    possession = world.possession(participant, new)
    consent = world.consent(participant, new, False, key)
    hand.add_key(participant, address(new), custodial=False, possession=possession, consent=consent)
    hand.revoke(address(key), 9)
    assert functions.keyOf(address(key)).call()[3:] == [True, 9]
    assert functions.keyOf(address(new)).call()[0] == participant.bytes


def test_a_refusal_is_told_with_the_contracts_error(world: World):
    with pytest.raises(sending.RefusedError, match="AccessControlUnauthorizedAccount"):
        world.hands["operator"].suspend(uuid4())


def test_another_chain_than_the_deployments_is_refused(world: World):
    for change in ({"chain_id": 1}, {"genesis": bytes(32)}):
        elsewhere = replace(world.deployment, **change)
        hand = operate.Hand(world.net.url, elsewhere, world.keys["admin"])
        with pytest.raises(operate.WrongChainError):
            hand.close(bytes(32), 0)


def test_a_hand_does_not_show_its_key(world: World):
    shown = repr(world.hands["admin"])
    assert world.keys["admin"].hex() not in shown
    assert repr(world.keys["admin"]) not in shown
    assert world.address("admin").hex() in shown
