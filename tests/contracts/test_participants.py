"""Participants: nobody enters without showing a key, and no key comes back."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from coincurve import PrivateKey

from contracts import consent
from gateway.devnet import Devnet
from indexer.core.submission import address
from tests.contracts.world import World

NAME, CREDIT_CODE = "燃气具制造有限公司", "91110000600037341L"
UNKNOWN, ADMITTED, SUSPENDED = range(3)
WEEK = 7 * 24 * 3600


def new_key() -> bytes:
    return PrivateKey().secret


def admitting(world: World, participant: UUID, key: bytes, possession: bytes, **changes: object):
    facts = {"name": NAME, "code": CREDIT_CODE, "custodial": False} | changes
    return world.participants.functions.admit(
        participant.bytes,
        facts["name"],
        facts["code"],
        address(key),
        facts["custodial"],
        possession,
    )


def key_of(world: World, key: bytes):
    return world.participants.functions.keyOf(address(key)).call()


def status(world: World, participant: UUID) -> int:
    return int(world.participants.functions.participantOf(participant.bytes).call()[2])


@pytest.mark.parametrize("custodial", [False, True])
def test_admission_is_readable_and_told(world: World, custodial: bool):
    participant, key = uuid4(), new_key()
    possession = world.possession(participant, key)
    call = admitting(world, participant, key, possession, custodial=custodial)
    receipt = world.send("registrar", call)
    (admitted,) = world.told(receipt, "Admitted")
    who = {"participant": participant.bytes, "name": NAME, "creditCode": CREDIT_CODE}
    assert admitted == who
    (added,) = world.told(receipt, "KeyAdded")
    assert added["custodial"] is custodial
    found = world.participants.functions.participantOf(participant.bytes).call()
    assert found == [NAME, CREDIT_CODE, ADMITTED]
    block = receipt["blockNumber"]
    assert key_of(world, key) == [participant.bytes, custodial, block, False, 0]


def test_nobody_is_unknown_and_empty(world: World):
    found = world.participants.functions.participantOf(uuid4().bytes).call()
    assert found == ["", "", UNKNOWN]
    assert key_of(world, new_key()) == [bytes(16), False, 0, False, 0]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": "名" * 85}, ""),
        ({"name": ""}, "ParticipantsIncomplete"),
        ({"name": "名" * 86}, "ParticipantsIncomplete"),
        ({"code": ""}, "ParticipantsIncomplete"),
        ({"code": "9" * 32}, ""),
        ({"code": "9" * 33}, "ParticipantsIncomplete"),
    ],
)
def test_a_name_and_a_credit_code_are_needed(world: World, changes, error: str):
    participant, key = uuid4(), new_key()
    call = admitting(world, participant, key, world.possession(participant, key), **changes)
    assert world.verdict("registrar", call) == error


def test_the_zero_id_is_nobody(world: World):
    key = new_key()
    call = admitting(world, UUID(int=0), key, world.possession(UUID(int=0), key))
    assert world.verdict("registrar", call) == "ParticipantsIncomplete"


def test_the_key_must_sign_for_this_participant_on_this_register(world: World):
    participant, key = uuid4(), new_key()
    good = world.possession(participant, key)
    elsewhere = type(world.deployment)(
        chain_id=1,
        genesis=world.deployment.genesis,
        trace_log=world.deployment.trace_log,
        participants=world.deployment.participants,
        block=0,
    )
    said = consent.Possession(participant, address(key))
    high_s = int.from_bytes(good[32:64], "big")
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    malleable = good[:32] + (order - high_s).to_bytes(32, "big") + bytes([55 - good[64]])
    wrong = [
        b"",
        good[:64],
        bytes(65),
        malleable,
        world.possession(uuid4(), key),
        world.possession(participant, new_key()),
        consent.sign(said, world.deployment, new_key()),
        consent.sign(said, elsewhere, key),
        world.consent(participant, key, False, key),
    ]
    assert world.verdict("registrar", admitting(world, participant, key, good)) == ""
    for possession in wrong:
        call = admitting(world, participant, key, possession)
        assert world.verdict("registrar", call) == "ParticipantsNoPossession"


def test_ids_and_keys_are_used_once(world: World):
    participant, key = world.new_participant()
    call = admitting(world, participant, new_key(), b"")
    assert world.verdict("registrar", call) == "ParticipantsExists"
    other = uuid4()
    call = admitting(world, other, key, world.possession(other, key))
    assert world.verdict("registrar", call) == "ParticipantsKeyTaken"
    world.hands["registrar"].revoke(address(key), 3)
    assert world.verdict("registrar", call) == "ParticipantsKeyTaken"


def adding(world: World, participant: UUID, key: bytes, signer: bytes, *, custodial: bool = False):
    return world.participants.functions.addKey(
        participant.bytes,
        address(key),
        custodial,
        world.possession(participant, key),
        world.consent(participant, key, custodial, signer),
    )


def test_an_active_key_vouches_for_the_next(world: World):
    participant, first = world.new_participant()
    second, third = new_key(), new_key()
    receipt = world.send("registrar", adding(world, participant, second, first))
    (event,) = world.told(receipt, "KeyAdded")
    assert event["participant"] == participant.bytes
    world.hands["registrar"].revoke(address(first), 12)
    assert key_of(world, first)[3:] == [True, 12]
    call = adding(world, participant, third, first)
    assert world.verdict("registrar", call) == "ParticipantsNoConsent"
    assert world.verdict("registrar", adding(world, participant, third, second)) == ""


def test_only_a_key_of_the_same_participant_vouches(world: World):
    participant, key = world.new_participant()
    _, other = world.new_participant()
    new = new_key()
    for signer in (other, new, new_key()):
        call = adding(world, participant, new, signer)
        assert world.verdict("registrar", call) == "ParticipantsNoConsent"
    functions = world.participants.functions
    possession = world.possession(participant, new)
    turned = world.consent(participant, new, True, key)
    call = functions.addKey(participant.bytes, address(new), False, possession, turned)
    assert world.verdict("registrar", call) == "ParticipantsNoConsent"
    call = functions.addKey(participant.bytes, address(new), False, possession, possession)
    assert world.verdict("registrar", call) == "ParticipantsNoConsent"


def test_who_has_a_key_of_its_own_gets_no_custodial_one(world: World):
    participant, custodial = world.new_participant(custodial=True)
    own, another = new_key(), new_key()
    world.send("registrar", adding(world, participant, own, custodial))
    call = adding(world, participant, another, own, custodial=True)
    assert world.verdict("registrar", call) == "ParticipantsHasOwnKey"
    world.hands["registrar"].revoke(address(own), 0)
    call = adding(world, participant, another, custodial, custodial=True)
    assert world.verdict("registrar", call) == ""


def test_a_key_is_revoked_once_and_below_2_to_53(world: World):
    _, key = world.new_participant()
    revoke = world.participants.functions.revoke
    call = revoke(address(new_key()), 0)
    assert world.verdict("registrar", call) == "ParticipantsKeyNotActive"
    call = revoke(address(key), 2**53)
    assert world.verdict("registrar", call) == "ParticipantsSequenceTooLarge"
    receipt = world.send("registrar", revoke(address(key), 2**53 - 1))
    (event,) = world.told(receipt, "KeyRevoked")
    assert event["nextSequence"] == 2**53 - 1
    assert world.verdict("registrar", revoke(address(key), 0)) == "ParticipantsKeyNotActive"


def test_suspension_comes_and_goes(world: World):
    participant, key = world.new_participant()
    suspend = world.participants.functions.suspend(participant.bytes)
    reinstate = world.participants.functions.reinstate(participant.bytes)
    assert world.verdict("registrar", reinstate) == "ParticipantsWrongStatus"
    receipt = world.send("registrar", suspend)
    assert world.told(receipt, "Suspended")
    assert status(world, participant) == SUSPENDED
    assert world.verdict("registrar", suspend) == "ParticipantsWrongStatus"
    call = adding(world, participant, new_key(), key)
    assert world.verdict("registrar", call) == "ParticipantsWrongStatus"
    receipt = world.send("registrar", reinstate)
    assert world.told(receipt, "Reinstated")
    assert status(world, participant) == ADMITTED
    unknown = world.participants.functions.suspend(uuid4().bytes)
    assert world.verdict("registrar", unknown) == "ParticipantsUnknown"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own, whose clock can be moved."""
    with Devnet.start(tmp_path_factory.mktemp("patient")) as net:
        yield World.on(net)


def asking(world: World, participant: UUID, key: bytes, *, custodial: bool = False):
    possession = world.possession(participant, key)
    return world.participants.functions.requestRecovery(
        participant.bytes, address(key), custodial, possession
    )


def test_a_lost_key_is_replaced_by_two_parties_after_seven_days(patient: World):
    participant, _lost = patient.new_participant()
    key = new_key()
    functions = patient.participants.functions
    approve = functions.approveRecovery(participant.bytes, address(key))
    complete = functions.completeRecovery(participant.bytes)
    assert patient.verdict("regulator", approve) == "ParticipantsNoRecovery"
    receipt = patient.send("registrar", asking(patient, participant, key))
    (event,) = patient.told(receipt, "RecoveryRequested")
    assert event["participant"] == participant.bytes
    assert patient.verdict("registrar", complete) == "ParticipantsNoRecovery"
    wrong = functions.approveRecovery(participant.bytes, address(new_key()))
    assert patient.verdict("regulator", wrong) == "ParticipantsNoRecovery"
    receipt = patient.send("regulator", approve)
    (event,) = patient.told(receipt, "RecoveryApproved")
    block = patient.hands["admin"].web3.eth.get_block(receipt["blockNumber"])
    assert event["readyAt"] == block["timestamp"] + WEEK
    assert patient.verdict("regulator", approve) == "ParticipantsNoRecovery"
    patient.net.call("evm_setNextBlockTimestamp", block["timestamp"] + WEEK - 1)
    patient.net.call("evm_mine")
    assert patient.verdict("registrar", complete) == "ParticipantsTooEarly"
    patient.net.call("evm_setNextBlockTimestamp", block["timestamp"] + WEEK)
    patient.net.call("evm_mine")
    receipt = patient.send("registrar", complete)
    (event,) = patient.told(receipt, "KeyRecovered")
    assert event["custodial"] is False
    assert not patient.told(receipt, "KeyAdded")
    assert key_of(patient, key)[0] == participant.bytes
    assert patient.verdict("registrar", complete) == "ParticipantsNoRecovery"


@pytest.mark.parametrize("role", ["registrar", "regulator"])
def test_either_party_ends_a_recovery(patient: World, role: str):
    participant, _lost = patient.new_participant()
    key = new_key()
    functions = patient.participants.functions
    cancel = functions.cancelRecovery(participant.bytes)
    assert patient.verdict(role, cancel) == "ParticipantsNoRecovery"
    patient.send("registrar", asking(patient, participant, key))
    patient.send("regulator", functions.approveRecovery(participant.bytes, address(key)))
    receipt = patient.send(role, cancel)
    assert patient.told(receipt, "RecoveryCancelled")
    patient.net.call("evm_increaseTime", WEEK)
    patient.net.call("evm_mine")
    complete = functions.completeRecovery(participant.bytes)
    assert patient.verdict("registrar", complete) == "ParticipantsNoRecovery"


def test_a_new_request_needs_a_new_approval(patient: World):
    participant, _lost = patient.new_participant()
    first, second = new_key(), new_key()
    functions = patient.participants.functions
    patient.send("registrar", asking(patient, participant, first))
    patient.send("regulator", functions.approveRecovery(participant.bytes, address(first)))
    patient.send("registrar", asking(patient, participant, second))
    patient.net.call("evm_increaseTime", WEEK)
    patient.net.call("evm_mine")
    complete = functions.completeRecovery(participant.bytes)
    assert patient.verdict("registrar", complete) == "ParticipantsNoRecovery"


def test_what_changed_within_the_seven_days_counts(patient: World):
    suspended, _ = patient.new_participant()
    taken, old = patient.new_participant()
    turned, custodial = patient.new_participant(custodial=True)
    keys = {participant: new_key() for participant in (suspended, taken, turned)}
    functions = patient.participants.functions
    for participant, key in keys.items():
        call = asking(patient, participant, key, custodial=participant == turned)
        patient.send("registrar", call)
        approve = functions.approveRecovery(participant.bytes, address(key))
        patient.send("regulator", approve)
    patient.hands["registrar"].suspend(suspended)
    patient.send("registrar", adding(patient, taken, keys[taken], old))
    patient.send("registrar", adding(patient, turned, new_key(), custodial))
    patient.net.call("evm_increaseTime", WEEK)
    patient.net.call("evm_mine")
    for participant, error in {
        suspended: "ParticipantsWrongStatus",
        taken: "ParticipantsKeyTaken",
        turned: "ParticipantsHasOwnKey",
    }.items():
        complete = functions.completeRecovery(participant.bytes)
        assert patient.verdict("registrar", complete) == error
