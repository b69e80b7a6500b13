"""Questions about contracts, read by hand and by web3.py; and answers that are none."""

import contextlib
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from indexer.chain import calls
from indexer.chain.calls import Call, MisshapenError
from indexer.core import merkle
from indexer.core.submission import address
from tests.contracts.world import World


def test_heads_and_states_are_what_web3_reads(devnet, client):
    world = World.on(
        devnet
    )  # contracts of its own: a closed log is a finding for whoever shares them
    log = world.new_log()
    leaf = merkle.leaf_hash(b"one")
    world.send("operator", world.anchoring(log, 1, leaf, []))
    where = world.deployment.trace_log
    number, size, root = world.log.functions.head(log).call()
    head = client.ask(calls.head(where, log))
    assert (head.number, head.size, head.root) == (number, size, root) == (1, 1, leaf)
    state = client.ask(calls.log_state(where, log))
    told = world.log.functions.logOf(log).call()
    assert state.head == head
    assert state.last_good is None
    assert "0x" + state.operator.hex() == told[0].lower()
    assert state.log_key == told[1]
    assert "0x" + state.receipt_key.hex() == told[2].lower()
    world.hands["admin"].close(log, 1)
    assert client.ask(calls.log_state(where, log)).last_good == 1


def test_who_served_a_log_is_what_web3_reads(world, client):
    log, where = world.new_log(), world.deployment.trace_log
    parties = [world.address(role) for role in ("operator", "stranger", "regulator")]
    seen = client.ask_all([calls.served(where, log, one) for one in parties])
    assert seen == [(True, False), (False, True), (False, False)]
    told = [
        tuple(world.log.functions.served(log, Web3.to_checksum_address(one)).call())
        for one in parties
    ]
    assert seen == told
    nobody = calls.served(where, bytes(32), parties[0])
    assert client.ask(nobody) == (False, False)


def test_a_log_that_was_never_opened_has_no_head(world, client):
    where = world.deployment.trace_log
    assert client.ask_all([calls.head(where, bytes(32)), calls.log_state(where, bytes(32))]) == [
        None,
        None,
    ]


def test_a_head_can_be_read_as_of_a_block(world, client):
    log = world.new_log()
    before = client.header_at("latest")
    world.send("operator", world.anchoring(log, 1, merkle.leaf_hash(b"one"), []))
    where = world.deployment.trace_log
    assert client.head(where, log, before.hash).number == 0
    assert client.head(where, log, before.number).number == 0
    assert client.head(where, log).number == 1


def test_keys_and_participants_are_what_web3_reads(world, client):
    participant, key = world.new_participant(custodial=True)
    where = world.deployment.participants
    party = client.ask(calls.participant_of(where, participant))
    name, credit_code, status = world.participants.functions.participantOf(participant.bytes).call()
    assert (party.name, party.credit_code, party.status) == (name, credit_code, "admitted")
    assert status == 1
    seen = client.ask(calls.key_of(where, address(key)))
    assert (seen.participant, seen.custodial, seen.revoked) == (participant, True, None)
    assert seen.admitted == client.header_at("latest").number
    world.hands["registrar"].revoke(address(key), 5)
    world.hands["registrar"].suspend(participant)
    assert client.ask(calls.key_of(where, address(key))).revoked == 5
    assert client.ask(calls.participant_of(where, participant)).status == "suspended"


def test_who_is_nobody_is_none(world, client):
    where = world.deployment.participants
    assert client.ask(calls.participant_of(where, uuid4())) is None
    assert client.ask(calls.key_of(where, bytes(20))) is None


QUESTIONS: list[Call[object]] = [
    calls.chain_id(),
    calls.block_number(),
    calls.header(1),
    calls.header("latest"),
    calls.code(bytes(20)),
    calls.head(bytes(20), bytes(32)),
    calls.log_state(bytes(20), bytes(32)),
    calls.served(bytes(20), bytes(32), bytes(20)),
    calls.key_of(bytes(20), bytes(20)),
    calls.participant_of(bytes(20), uuid4()),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary().map(lambda b: "0x" + b.hex()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda call: call.method)
@given(answer=JSON)
def test_whatever_is_answered_it_is_facts_or_a_value_error(question, answer):
    with contextlib.suppress(ValueError):
        question.read(msgspec.json.encode(answer))


@given(words=st.binary(max_size=200))
def test_hostile_words_never_read_as_a_participant_by_accident(words):
    question = calls.participant_of(bytes(20), uuid4())
    with contextlib.suppress(ValueError):
        question.read(msgspec.json.encode("0x" + words.hex()))


@pytest.mark.parametrize("text", ["", "0x", "12", "0x1_0", "0x 1", "-0x1", "0xg", "0x" + "1" * 65])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(MisshapenError):
        calls.quantity(text)


@pytest.mark.parametrize("text", ["ab", "0xa", "0xab cd", "0xabcd12"])
def test_what_is_no_two_bytes_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - bytes.fromhex raises its own
        calls.data(text, 2)


def test_a_block_of_another_number_is_not_the_one_asked_for():
    raw = msgspec.json.encode(
        {
            "number": "0x5",
            "hash": "0x" + "11" * 32,
            "parentHash": "0x" + "22" * 32,
            "timestamp": "0x1",
        }
    )
    assert calls.header(5).read(raw) is not None
    with pytest.raises(MisshapenError):
        calls.header(4).read(raw)
