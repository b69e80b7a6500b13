"""Who may call what: every function that changes something, tried by every role."""

from uuid import uuid4

import pytest
from coincurve import PrivateKey

from contracts import sending
from indexer.core import merkle
from indexer.core.submission import address
from tests.contracts.world import LOG_KEY, ROLES, World

LEAF = merkle.leaf_hash(b"leaf")
ROLE = b"\7" * 32


@pytest.fixture(scope="module")
def calls(world: World):
    """Each function with arguments that its rightful caller succeeds with."""
    log = world.new_log()
    mine, key = world.new_participant()
    asleep, _ = world.new_participant()
    recovering, _ = world.new_participant()
    asked = PrivateKey().secret
    possession = world.possession(recovering, asked)
    request = world.participants.functions.requestRecovery(
        recovering.bytes, address(asked), False, possession
    )
    world.send("registrar", request)
    world.send("registrar", world.participants.functions.suspend(asleep.bytes))
    new, fresh = PrivateKey().secret, uuid4()
    operator, stranger = world.address("operator"), world.address("stranger")
    logs, people = world.log.functions, world.participants.functions
    name = ("企业", "91110000600037341L")
    admit = people.admit(fresh.bytes, *name, address(new), False, world.possession(fresh, new))
    proofs = (world.possession(mine, new), world.consent(mine, new, False, key))
    add = people.addKey(mine.bytes, address(new), False, *proofs)
    ask = people.requestRecovery(mine.bytes, address(new), False, proofs[0])
    fixed = {
        ("TraceLog", "open"): logs.open(
            "roles.example", operator, LOG_KEY, stranger, 0, merkle.EMPTY, bytes(32)
        ),
        ("TraceLog", "anchor"): logs.anchor(log, 1, LEAF, []),
        ("TraceLog", "rotate"): logs.rotate(log, operator, LOG_KEY, stranger),
        ("TraceLog", "close"): logs.close(log, 0, bytes(32)),
        ("TraceLog", "attest"): logs.attest(log, 0, merkle.EMPTY),
        ("TraceLog", "dispute"): logs.dispute(log, 0, "reason"),
        ("Participants", "admit"): admit,
        ("Participants", "addKey"): add,
        ("Participants", "requestRecovery"): ask,
        ("Participants", "approveRecovery"): people.approveRecovery(
            recovering.bytes, address(asked)
        ),
        ("Participants", "cancelRecovery"): people.cancelRecovery(recovering.bytes),
        ("Participants", "completeRecovery"): people.completeRecovery(recovering.bytes),
        ("Participants", "revoke"): people.revoke(address(key), 5),
        ("Participants", "suspend"): people.suspend(mine.bytes),
        ("Participants", "reinstate"): people.reinstate(asleep.bytes),
    }
    for contract, functions in (("TraceLog", logs), ("Participants", people)):
        fixed[contract, "grantRole"] = functions.grantRole(ROLE, stranger)
        fixed[contract, "revokeRole"] = functions.revokeRole(ROLE, stranger)
    return fixed


def call_of(world: World, calls, place: tuple[str, str], role: str):
    """Renouncing is the one call whose right arguments depend on the caller."""
    if place[1] == "renounceRole":
        contract = world.log if place[0] == "TraceLog" else world.participants
        return contract.functions.renounceRole(ROLE, world.address(role))
    return calls[place]


ALLOWED = {
    ("TraceLog", "open"): {"admin"},
    ("TraceLog", "anchor"): {"operator"},
    ("TraceLog", "rotate"): {"admin"},
    ("TraceLog", "close"): {"admin"},
    ("TraceLog", "attest"): {"regulator"},
    ("TraceLog", "dispute"): {"regulator"},
    ("TraceLog", "grantRole"): {"admin"},
    ("TraceLog", "revokeRole"): {"admin"},
    ("TraceLog", "renounceRole"): set(ROLES),
    ("Participants", "admit"): {"registrar"},
    ("Participants", "addKey"): {"registrar"},
    ("Participants", "requestRecovery"): {"registrar"},
    ("Participants", "approveRecovery"): {"regulator"},
    ("Participants", "cancelRecovery"): {"registrar", "regulator"},
    ("Participants", "completeRecovery"): {"registrar"},
    ("Participants", "revoke"): {"registrar"},
    ("Participants", "suspend"): {"registrar"},
    ("Participants", "reinstate"): {"registrar"},
    ("Participants", "grantRole"): {"admin"},
    ("Participants", "revokeRole"): {"admin"},
    ("Participants", "renounceRole"): set(ROLES),
}
# It comes in the second step of a recovery that only test_participants.py can wait for.
LATER = {("Participants", "completeRecovery"): "ParticipantsNoRecovery"}


def test_the_table_names_every_function_that_changes_something():
    changing = {
        (contract, entry["name"])
        for contract in ("TraceLog", "Participants")
        for entry in sending.artifact(contract).abi
        if entry["type"] == "function" and entry["stateMutability"] != "view"
    }
    assert changing == set(ALLOWED)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ALLOWED, ids=".".join)
def test_who_may_call_what(world: World, calls, place: tuple[str, str], role: str):
    verdict = world.verdict(role, call_of(world, calls, place, role))
    if role in ALLOWED[place]:
        assert verdict == LATER.get(place, "")
    elif place == ("TraceLog", "anchor"):
        assert verdict == "TraceLogNotOperator"
    else:
        assert verdict == "AccessControlUnauthorizedAccount"


def test_nobody_renounces_for_another(world: World):
    call = world.log.functions.renounceRole(ROLE, world.address("regulator"))
    assert world.verdict("admin", call) == "AccessControlBadConfirmation"


@pytest.mark.parametrize("same", [(0, 0), (None, 0), (0, None)])
def test_trace_log_is_not_deployed_with_one_account_in_two_roles(world: World, same):
    accounts = [bytes(20) if one is None else world.address(ROLES[one]) for one in same]
    assert creation(world, "TraceLog", accounts) == "TraceLogRolesNotSeparate"


@pytest.mark.parametrize(
    "same", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (None, 0, 1), (0, None, 1), (0, 1, None)]
)
def test_participants_is_not_deployed_with_one_account_in_two_roles(world: World, same):
    accounts = [bytes(20) if one is None else world.address(ROLES[one]) for one in same]
    assert creation(world, "Participants", accounts) == "ParticipantsRolesNotSeparate"


def creation(world: World, name: str, accounts: list[bytes]) -> str:
    built = sending.artifact(name)
    factory = world.hands["admin"].web3.eth.contract(abi=built.abi, bytecode=built.bytecode)
    try:
        sending.send(world.hands["admin"].web3, factory.constructor(*accounts), world.keys["admin"])
    except sending.RefusedError as error:
        return str(error.facts["error"])
    return ""
